"""A query's answer as text."""

from __future__ import annotations

import csv
import io
import json
import re
from difflib import get_close_matches
from typing import Any
from xml.sax.saxutils import escape, quoteattr

import pyoxigraph as ox
from rdflib.term import BNode, Literal, Node, URIRef

from kg.errors import QueryError, UnknownNameError
from kg.query.run import QueryResult, Row
from kg.store.serialise import compact, serialise
from kg.vocabulary import PREFIXES

RESULT_FORMATS = ("table", "csv", "tsv", "json", "xml", "turtle")
"""What `format_result` writes. csv, tsv, json and xml are the W3C's formats for SPARQL results."""

_XML_NAMESPACE = "http://www.w3.org/2005/sparql-results#"
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_KEPT_IN_XML = {"\r": "&#13;", "\n": "&#10;", "\t": "&#9;"}
"""White space as references: XML's readers make a line feed of a carriage return, and some drop what is blank at either end."""
_OUTER_SPACE = re.compile(r"^ | $")
_XSD_STRING = "http://www.w3.org/2001/XMLSchema#string"


def format_result(result: QueryResult, format: str = "table") -> str:
    """The answer as text that ends with a newline.

    `table` shortens IRIs with our prefixes and is for reading; `csv`, `tsv`, `json` and `xml` follow the W3C's SPARQL results
    formats (for CONSTRUCT with the columns subject, predicate, object); `turtle` writes the triples of CONSTRUCT and DESCRIBE.
    Raises UnknownNameError for another format, QueryError where the answer does not fit it.
    """
    match format:
        case "table":
            return _table(result)
        case "csv":
            return _csv(result)
        case "tsv":
            return _tsv(result)
        case "json":
            return _json(result)
        case "xml":
            return _xml(result)
        case "turtle" | "ttl":
            return _turtle(result)
    near = get_close_matches(format, RESULT_FORMATS, n=1)
    hint = f"; did you mean {near[0]}?" if near else ""
    raise UnknownNameError(f"unknown result format {format!r}: use one of {', '.join(RESULT_FORMATS)}{hint}")


def _table(result: QueryResult) -> str:
    if result.kind == "ask":
        return "yes\n" if result.answer else "no\n"
    lines = [list(result.columns), *([_short(node) for node in row] for row in result.rows)]
    widths = [max(len(line[place]) for line in lines) for place in range(len(result.columns))]
    lines.insert(1, ["-" * width for width in widths])
    text = "\n".join("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in lines)
    count = f"{len(result.rows)} row{'' if len(result.rows) == 1 else 's'}"
    return f"{text}\n{count}{', more were cut off by the limit' if result.truncated else ''}\n"


def _short(node: Node | None) -> str:
    if node is None:
        return ""
    return compact(str(node), PREFIXES) if isinstance(node, URIRef) else " ".join(str(node).split())


def _csv(result: QueryResult) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(_columns(result))
    writer.writerows([["" if node is None else _plain(node) for node in row] for row in _rows(result)])
    return out.getvalue()


def _columns(result: QueryResult) -> tuple[str, ...]:
    return ("answer",) if result.kind == "ask" else result.columns


def _rows(result: QueryResult) -> tuple[Row, ...]:
    return ((Literal(bool(result.answer)),),) if result.kind == "ask" else result.rows


def _plain(node: Node) -> str:
    return f"_:{node}" if isinstance(node, BNode) else str(node)


def _tsv(result: QueryResult) -> str:
    header = "\t".join(f"?{column}" for column in _columns(result))
    rows = ("\t".join("" if node is None else str(_to_ox(node)) for node in row) for row in _rows(result))
    return "\n".join([header, *rows]) + "\n"


def _json(result: QueryResult) -> str:
    document: dict[str, Any]
    if result.kind == "ask":
        document = {"head": {}, "boolean": bool(result.answer)}
    else:
        bindings = [
            {column: _binding(node) for column, node in zip(result.columns, row, strict=True) if node is not None} for row in result.rows
        ]
        document = {"head": {"vars": list(result.columns)}, "results": {"bindings": bindings}}
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def _binding(node: Node) -> dict[str, str]:
    if isinstance(node, URIRef):
        return {"type": "uri", "value": str(node)}
    if isinstance(node, BNode):
        return {"type": "bnode", "value": str(node)}
    assert isinstance(node, Literal)
    binding = {"type": "literal", "value": str(node)}
    if node.language:
        return {**binding, "xml:lang": node.language}
    return {**binding, "datatype": str(node.datatype)} if node.datatype and str(node.datatype) != _XSD_STRING else binding


def _xml(result: QueryResult) -> str:
    head = "".join(f"  <variable name={quoteattr(column)}/>\n" for column in result.columns)
    if result.kind == "ask":
        body = f" <boolean>{'true' if result.answer else 'false'}</boolean>\n"
    else:
        body = f" <results>\n{''.join(_xml_row(result.columns, row, number) for number, row in enumerate(result.rows, 1))} </results>\n"
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<sparql xmlns="{_XML_NAMESPACE}">\n <head>\n{head} </head>\n{body}</sparql>\n'


def _xml_row(columns: tuple[str, ...], row: Row, number: int) -> str:
    cells = [
        f"   <binding name={quoteattr(column)}>{_xml_term(node, f'row {number}, {column}')}</binding>\n"
        for column, node in zip(columns, row, strict=True)
        if node is not None
    ]
    return f"  <result>\n{''.join(cells)}  </result>\n"


def _xml_term(node: Node, place: str) -> str:
    """An element; carriage returns as references, since XML readers make line feeds of them. Raises QueryError for what XML cannot hold."""
    found = _NOT_XML.search(str(node))
    if found:
        raise QueryError(
            f"{place}: XML 1.0 cannot hold the character U+{ord(found[0]):04X}, not even escaped; use --format json, csv or tsv"
        )
    term = _binding(node)
    value = _OUTER_SPACE.sub("&#32;", escape(term["value"], _KEPT_IN_XML))
    if term["type"] != "literal":
        return f"<{term['type']}>{value}</{term['type']}>"
    written = "".join(f" {name}={quoteattr(term[name])}" for name in ("xml:lang", "datatype") if name in term)
    return f"<literal{written}>{value}</literal>"


def _turtle(result: QueryResult) -> str:
    if result.kind != "construct":
        raise QueryError(f"the answer to {result.kind.upper()} is a table, and Turtle holds triples; use --format csv, tsv or json")
    quads = []
    for subject, predicate, value in result.rows:
        assert isinstance(predicate, URIRef)
        node = _to_ox(subject)
        assert isinstance(node, ox.NamedNode | ox.BlankNode)
        quads.append(ox.Quad(node, ox.NamedNode(str(predicate)), _to_ox(value), ox.DefaultGraph()))
    return serialise(quads, "turtle", PREFIXES).decode()


def _to_ox(node: Node | None) -> ox.NamedNode | ox.BlankNode | ox.Literal:
    if isinstance(node, URIRef):
        return ox.NamedNode(str(node))
    if isinstance(node, BNode):
        return ox.BlankNode(str(node))
    assert isinstance(node, Literal)
    if node.language:
        return ox.Literal(str(node), language=node.language)
    return ox.Literal(str(node), datatype=ox.NamedNode(str(node.datatype)) if node.datatype else None)
