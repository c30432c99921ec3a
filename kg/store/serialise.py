"""RDF text whose bytes depend on the triples alone: not on insertion order, process or hash seed.

Oxigraph's writers are used for speed, over quads sorted beforehand. Prefixes come out of them in random order, which is mended
here; their JSON-LD has no context, so that kg.store.jsonld writes that.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from difflib import get_close_matches

import pyoxigraph as ox

from kg.errors import UnknownNameError
from kg.store.jsonld import compact, to_jsonld

__all__ = ["DATASET_FORMATS", "FORMATS", "compact", "format_name", "serialise"]

FORMATS = ("turtle", "trig", "nquads", "ntriples", "jsonld", "rdfxml")
"""What `serialise` writes. Of these trig and nquads keep named graphs."""

DATASET_FORMATS = frozenset({"trig", "nquads"})

_ALIASES = {"ttl": "turtle", "nq": "nquads", "nt": "ntriples", "json-ld": "jsonld", "rdf": "rdfxml", "xml": "rdfxml"}
_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_RDF_TYPE = ox.NamedNode(_RDF + "type")
_FORMATS = {
    "turtle": ox.RdfFormat.TURTLE,
    "trig": ox.RdfFormat.TRIG,
    "nquads": ox.RdfFormat.N_QUADS,
    "ntriples": ox.RdfFormat.N_TRIPLES,
    "rdfxml": ox.RdfFormat.RDF_XML,
}


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
        return to_jsonld(triples, prefixes)
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
