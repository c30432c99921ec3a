"""JSON-LD that reads like plain JSON: written with the context that the ontology publishes, and with that context inside.

Relations, statuses and classes are words, references are strings, counts and truth values are JSON's own. A decimal is a string,
as JSON-LD turns JSON's fractions into doubles; so is a day. What the context has no plain form for is written out in full.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files
from itertools import groupby
from typing import Any, Final

import pyoxigraph as ox

from kg.errors import InputError

_RDF_TYPE = ox.NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
_XSD: Final = "http://www.w3.org/2001/XMLSchema#"
_LOCAL = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_./-]*")
_INTEGER = re.compile(r"0|-?[1-9][0-9]{0,14}")
"""Integers whose JSON is exact for every reader."""
_ENDS_PREFIX = (":", "/", "?", "#", "[", "]", "@")


def context() -> dict[str, Any]:
    """The published context, by term."""
    return dict(_context())


def to_jsonld(triples: Iterable[ox.Triple], prefixes: Mapping[str, str]) -> bytes:
    """A JSON-LD document of triples that are sorted by subject and predicate, one node a line.

    Parameters
    ----------
    prefixes
        Known beside those of the context, where they are no words of it.

    Raises
    ------
    InputError
        An IRI whose scheme is one of the prefixes, so that JSON-LD has no way to write it.
    """
    added = {name: iri for name, iri in sorted(prefixes.items()) if name not in _context()}
    writer = _Writer(added)
    body = ",\n".join(_dumps(writer.node(list(group))) for _, group in groupby(triples, key=lambda triple: triple.subject))
    terms = {**_context(), **{name: _prefix(iri) for name, iri in added.items()}}
    return f'{{"@context":{_dumps(terms)},\n"@graph":[\n{body}\n]}}\n'.encode()


def compact(iri: str, prefixes: Mapping[str, str]) -> str:
    """`iri` as prefix:local by the longest namespace that fits, or unchanged.

    >>> compact("http://x.org/a/b", {"x": "http://x.org/", "xa": "http://x.org/a/"})
    'xa:b'
    """
    best = max((item for item in prefixes.items() if iri.startswith(item[1])), key=lambda item: len(item[1]), default=None)
    if best is None or not _LOCAL.fullmatch(iri, len(best[1])):
        return iri
    return f"{best[0]}:{iri[len(best[1]) :]}"


class _Writer:
    """Nodes as JSON objects, each IRI made short once."""

    def __init__(self, added: Mapping[str, str]) -> None:
        self._prefixes = {**_prefixes(), **added}
        self._words = _words()
        self._properties = _properties()
        self._short: dict[str, str] = {}

    def node(self, triples: list[ox.Triple]) -> dict[str, Any]:
        written: dict[str, Any] = {"id": self._reference(triples[0].subject)}
        for predicate, group in groupby(triples, key=lambda triple: triple.predicate):
            objects = [triple.object for triple in group]
            if predicate == _RDF_TYPE and all(isinstance(one, ox.NamedNode | ox.BlankNode) for one in objects):
                key, values = "type", [self._word(one) for one in objects]
            else:
                key, coerced = self._properties.get(predicate.value) or (self._iri(predicate.value), "")
                values = [self._value(one, coerced) for one in objects]
            written[key] = values if len(values) > 1 else values[0]
        return written

    def _value(self, term: object, coerced: str) -> Any:
        if not isinstance(term, ox.Literal):
            if coerced == "@vocab":
                return self._word(term)
            return self._reference(term) if coerced == "@id" else {"id": self._reference(term)}
        if term.language:
            return {"@language": term.language, "@value": term.value}
        datatype = term.datatype.value
        if datatype == _XSD + "string":
            return {"@value": term.value} if coerced else term.value
        if coerced.replace("xsd:", _XSD, 1) == datatype:
            return _plain(term.value, coerced)
        return {"@type": self._iri(datatype), "@value": term.value}

    def _word(self, term: object) -> str:
        """A class, relation or status as the context's word for it."""
        iri = getattr(term, "value", "")
        return self._words.get(iri) or self._reference(term)

    def _reference(self, term: object) -> str:
        return self._iri(term.value) if isinstance(term, ox.NamedNode) else str(term)

    def _iri(self, iri: str) -> str:
        short = self._short.get(iri)
        if short is None:
            short = self._short[iri] = compact(iri, self._prefixes)
            if short == iri and iri.partition(":")[0] in self._prefixes:
                raise InputError(f"<{iri}> reads as a name with a prefix in JSON-LD; give it another IRI, or choose another format")
        return short


def _plain(value: str, coerced: str) -> Any:
    """A literal of the type that the context gives the property: JSON's own where that comes back as it was."""
    if coerced == "xsd:integer" and _INTEGER.fullmatch(value):
        return int(value)
    if coerced == "xsd:boolean" and value in {"true", "false"}:
        return value == "true"
    return value


def _prefix(iri: str) -> Any:
    """A prefix's definition: JSON-LD takes a plain string for one only where it ends as namespaces do."""
    return iri if iri.endswith(_ENDS_PREFIX) else {"@id": iri, "@prefix": True}


@cache
def _context() -> Mapping[str, Any]:
    found: Mapping[str, Any] = json.loads((files("kg") / "data/ontology/context.jsonld").read_text(encoding="utf-8"))["@context"]
    return found


@cache
def _prefixes() -> Mapping[str, str]:
    return {name: iri for name, iri in _context().items() if isinstance(iri, str) and iri.startswith(("http://", "https://"))}


@cache
def _words() -> Mapping[str, str]:
    """The word of each class, status and relation, by IRI."""
    terms = {name: term if isinstance(term, str) else term["@id"] for name, term in _context().items() if name not in _prefixes()}
    return {_expanded(iri): name for name, iri in terms.items()}


@cache
def _properties() -> Mapping[str, tuple[str, str]]:
    """The word of each property and the type of its values ("" for strings), by IRI."""
    return {iri: (name, "" if isinstance(term := _context()[name], str) else term["@type"]) for iri, name in _words().items()}


def _expanded(iri: str) -> str:
    prefix, _, local = iri.partition(":")
    return _prefixes().get(prefix, prefix + ":") + local


def _dumps(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
