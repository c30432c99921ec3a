"""RDF text whose bytes depend on the triples alone: not on insertion order, process or hash seed.

Oxigraph's writers are used for speed, over quads sorted beforehand. Prefixes come out of them in random order, which is mended
here; their JSON-LD has no context, so that kg.store.jsonld writes that.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from itertools import groupby

import pyoxigraph as ox

from kg.errors import UnknownNameError
from kg.store.jsonld import compact, to_jsonld
from kg.store.reified import with_reifiers

__all__ = ["DATASET_FORMATS", "FORMATS", "compact", "format_name", "serialise", "serialise_graphs"]

FORMATS = ("turtle", "trig", "nquads", "ntriples", "jsonld", "rdfxml", "turtle12", "trig12", "nquads12", "ntriples12")
"""What `serialise` writes. Of these trig and nquads keep named graphs; those of RDF 1.2 say of each statement which triple it reifies."""

DATASET_FORMATS = frozenset({"trig", "nquads"})

_RDF_1_2 = {"turtle12": "turtle", "trig12": "trig", "nquads12": "nquads", "ntriples12": "ntriples"}
_ALIASES = {"ttl": "turtle", "nq": "nquads", "nt": "ntriples", "json-ld": "jsonld", "rdf": "rdfxml", "xml": "rdfxml"}
_ALIASES |= {"ttl12": "turtle12", "nq12": "nquads12", "nt12": "ntriples12"}
_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_RDF_TYPE = ox.NamedNode(_RDF + "type")
_TYPE = f" {_RDF_TYPE} ".encode()
_FIRST = b" \x00 "
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
    if name in _RDF_1_2:
        name, quads = _RDF_1_2[name], with_reifiers(quads)
    if name in DATASET_FORMATS:
        return _written(sorted(set(quads), key=_quad_key), name, prefixes)
    once = sorted({quad.triple for quad in quads}, key=_triple_key)
    return _written((ox.Quad(triple.subject, triple.predicate, triple.object) for triple in once), name, prefixes)


def serialise_graphs(graphs: Iterable[tuple[str, bytes]], format: str, prefixes: Mapping[str, str]) -> bytes:
    """As `serialise`, of named graphs as Oxigraph dumps them: the IRI of each, and its triples as lines of N-Triples.

    Several times as fast: lines are sorted as they stand, and no triple becomes an object of Python's.
    """
    name = format_name(format)
    plain = _RDF_1_2.get(name, name)
    by_graph: dict[str, list[bytes]] = {}
    for graph, text in graphs:
        by_graph.setdefault(f"<{graph}>" if plain in DATASET_FORMATS else "", []).append(text)
    ordered = b"".join(_in_order(b"".join(by_graph[graph]), graph) for graph in sorted(by_graph))
    if name in {"nquads", "ntriples"}:
        return ordered
    quads = ox.parse(ordered, format=ox.RdfFormat.N_QUADS, lenient=True)
    if name in _RDF_1_2:
        return serialise(quads, name, prefixes)
    return _written(quads, name, prefixes)


def _in_order(text: bytes, graph: str) -> bytes:
    """The lines sorted, each once, rdf:type before all else; Oxigraph escapes the mark that sees to that where a literal has it."""
    lines = sorted(text.replace(_TYPE, _FIRST).split(b"\n"))  # what is dumped is half in order: faster than what comes out of a set
    ordered = b"\n".join([*(line for line, _ in groupby(lines) if line), b""]).replace(_FIRST, _TYPE)
    return ordered.replace(b" .\n", f" {graph} .\n".encode()) if graph else ordered


def _written(ordered: Iterable[ox.Quad], name: str, prefixes: Mapping[str, str]) -> bytes:
    """The quads as they come, those for a format without graphs in the default graph."""
    if name == "jsonld":
        return to_jsonld((quad.triple for quad in ordered), prefixes)
    given = dict(prefixes) if name in {"turtle", "trig", "rdfxml"} else None
    written = ox.serialize(ordered, format=_FORMATS[name], prefixes=given)
    assert written is not None  # None is for writing to a file
    return _with_header(written, name, prefixes)


def _triple_key(triple: ox.Triple) -> tuple[str, str, str]:
    predicate = triple.predicate
    return str(triple.subject), "" if predicate == _RDF_TYPE else predicate.value, str(triple.object)


def _quad_key(quad: ox.Quad) -> tuple[str, str, str, str]:
    return str(quad.graph_name), *_triple_key(quad.triple)


def _with_header(written: bytes, name: str, prefixes: Mapping[str, str]) -> bytes:
    """Put the prefix declarations, which the writer emits in random order, into alphabetical order."""
    if name in {"turtle", "trig"}:
        body = written.split(b"\n", len(prefixes))[-1]
        header = [f"@prefix {prefix}: <{iri}> .".encode() for prefix, iri in sorted(prefixes.items())]
        return b"\n".join([*header, b"", body])
    if name == "rdfxml":
        return re.sub(rb"<rdf:RDF( [^>]*)>", _sorted_attributes, written, count=1)
    return written


def _sorted_attributes(tag: re.Match[bytes]) -> bytes:
    return b"<rdf:RDF " + b" ".join(sorted(re.findall(rb'\S+="[^"]*"', tag[1]))) + b">"
