"""RDF text whose bytes depend on the triples alone: not on insertion order, process or hash seed.

Oxigraph's writers are used for speed, over quads sorted beforehand. Two things they leave open are closed here: prefixes
come out of them in random order, and their JSON-LD has no context.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from itertools import groupby
from typing import Any

import pyoxigraph as ox

from kg.errors import UnknownNameError

FORMATS = ("turtle", "trig", "nquads", "ntriples", "jsonld", "rdfxml")
"""What `serialise` writes. Of these trig and nquads keep named graphs."""

DATASET_FORMATS = frozenset({"trig", "nquads"})

_ALIASES = {"ttl": "turtle", "nq": "nquads", "nt": "ntriples", "json-ld": "jsonld", "rdf": "rdfxml", "xml": "rdfxml"}
_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_RDF_TYPE = ox.NamedNode(_RDF + "type")
_XSD_STRING = ox.NamedNode("http://www.w3.org/2001/XMLSchema#string")
_FORMATS = {
    "turtle": ox.RdfFormat.TURTLE,
    "trig": ox.RdfFormat.TRIG,
    "nquads": ox.RdfFormat.N_QUADS,
    "ntriples": ox.RdfFormat.N_TRIPLES,
    "rdfxml": ox.RdfFormat.RDF_XML,
}
_LOCAL = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_./-]*")


def format_name(name: str) -> str:
    """The name in FORMATS that `name` means ("ttl" is "turtle"). Raises UnknownNameError with near names."""
    known = _ALIASES.get(name.lower(), name.lower())
    if known in FORMATS:
        return known
    near = get_close_matches(name, [*FORMATS, *_ALIASES], n=2)
    hint = f"; did you mean {' or '.join(near)}?" if near else ""
    raise UnknownNameError(f"unknown RDF format {name!r}: use one of {', '.join(FORMATS)}{hint}")


def serialise(quads: Iterable[ox.Quad], format: str, prefixes: Mapping[str, str]) -> bytes:
    """The quads in `format`, sorted by graph, subject, predicate (rdf:type first) and object; `prefixes` in alphabetical order.

    Formats without graphs get each triple once, whichever graphs hold it. Raises UnknownNameError for a format not in FORMATS.
    """
    name = format_name(format)
    if name in DATASET_FORMATS:
        ordered = sorted(set(quads), key=_quad_key)
        return _with_header(_written(ordered, name, prefixes), name, prefixes)
    triples = sorted({quad.triple for quad in quads}, key=_triple_key)
    if name == "jsonld":
        return _jsonld(triples, prefixes)
    return _with_header(_written(triples, name, prefixes), name, prefixes)


def _written(ordered: list[ox.Quad] | list[ox.Triple], name: str, prefixes: Mapping[str, str]) -> bytes:
    given = dict(prefixes) if name in {"turtle", "trig", "rdfxml"} else None
    written = ox.serialize(ordered, format=_FORMATS[name], prefixes=given)
    assert written is not None  # None is for writing to a file
    return written


def _triple_key(triple: ox.Triple) -> tuple[str, str, str]:
    predicate = triple.predicate
    return str(triple.subject), "" if predicate == _RDF_TYPE else predicate.value, str(triple.object)


def _quad_key(quad: ox.Quad) -> tuple[str, str, str, str]:
    return str(quad.graph_name), *_triple_key(quad.triple)


def _with_header(written: bytes, name: str, prefixes: Mapping[str, str]) -> bytes:
    """Put the prefix declarations, which the writer emits in random order, into alphabetical order."""
    if name in {"turtle", "trig"}:
        body = written.split(b"\n")[len(prefixes) :]
        header = [f"@prefix {prefix}: <{iri}> .".encode() for prefix, iri in sorted(prefixes.items())]
        return b"\n".join([*header, b"", *body])
    if name == "rdfxml":
        return re.sub(rb"<rdf:RDF( [^>]*)>", _sorted_attributes, written, count=1)
    return written


def _sorted_attributes(tag: re.Match[bytes]) -> bytes:
    return b"<rdf:RDF " + b" ".join(sorted(re.findall(rb'\S+="[^"]*"', tag[1]))) + b">"


def _jsonld(triples: list[ox.Triple], prefixes: Mapping[str, str]) -> bytes:
    """A JSON-LD document with our prefixes as its context, one node a line."""
    nodes = [_dumps(_node(list(group), prefixes)) for _, group in groupby(triples, key=lambda triple: str(triple.subject))]
    context = _dumps(dict(sorted(prefixes.items())))
    body = ",\n".join(nodes)
    return f'{{"@context":{context},\n"@graph":[\n{body}\n]}}\n'.encode()


def _dumps(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _node(triples: list[ox.Triple], prefixes: Mapping[str, str]) -> dict[str, Any]:
    node: dict[str, Any] = {"@id": _reference(triples[0].subject, prefixes)}
    for predicate, group in groupby(triples, key=lambda triple: triple.predicate):
        if predicate == _RDF_TYPE:
            node["@type"] = [_reference(triple.object, prefixes) for triple in group]
        else:
            values = [_value(triple.object, prefixes) for triple in group]
            node[compact(predicate.value, prefixes)] = values if len(values) > 1 else values[0]
    return node


def _value(term: object, prefixes: Mapping[str, str]) -> object:
    if not isinstance(term, ox.Literal):
        return {"@id": _reference(term, prefixes)}
    if term.language:
        return {"@language": term.language, "@value": term.value}
    if term.datatype == _XSD_STRING:
        return term.value
    return {"@type": compact(term.datatype.value, prefixes), "@value": term.value}


def _reference(term: object, prefixes: Mapping[str, str]) -> str:
    return compact(term.value, prefixes) if isinstance(term, ox.NamedNode) else str(term)


def compact(iri: str, prefixes: Mapping[str, str]) -> str:
    """`iri` as prefix:local by the longest namespace that fits, or unchanged.

    >>> compact("http://x.org/a/b", {"x": "http://x.org/", "xa": "http://x.org/a/"})
    'xa:b'
    """
    best = max((item for item in prefixes.items() if iri.startswith(item[1])), key=lambda item: len(item[1]), default=None)
    if best is None or not _LOCAL.fullmatch(iri, len(best[1])):
        return iri
    return f"{best[0]}:{iri[len(best[1]) :]}"
