"""Statements for other programs: GraphML, GEXF and a flat CSV. Same statements, same bytes, whatever their order."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

import networkx as nx
from networkx.readwrite.gexf import GEXFWriter

from kg.codebooks import Recoder
from kg.errors import KgError
from kg.graph import sorted_statements, to_graph
from kg.model import Participant, Statement

CSV_COLUMNS = (
    "document", "sentence", "begin", "end",
    "source", "source_id", "source_kind", "source_iso3", "source_affiliation", "source_affiliation_id", "source_affiliation_iso3",
    "source_role", "source_mention", "source_begin", "source_end", "source_linked",
    "relation", "quad", "score",
    "target", "target_id", "target_kind", "target_iso3", "target_affiliation", "target_affiliation_id", "target_affiliation_iso3",
    "target_role", "target_mention", "target_begin", "target_end", "target_linked",
    "status", "speaker", "speaker_id", "speaker_iso3", "content", "when", "trigger", "confidence", "id",
)  # fmt: skip
"""Columns of `write_csv`; new ones are only ever added at the end."""
CODE_COLUMNS = ("codebook", "code", "code_label", "code_root", "code_quad", "code_score")
"""Columns besides where the statements are written with their codes in another codebook."""

_XML_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def write_csv(statements: Sequence[Statement], out: Path, *, recoder: Recoder | None = None) -> None:
    """One row a statement (UTF-8, header first, empty for unknown); offsets are code points of the document.

    With a `recoder`, CODE_COLUMNS besides.

    `begin` and `end` are the sentence's. Text is written as it is: a spreadsheet that runs cells beginning with "="
    should import them as text.
    """
    buffer = io.StringIO(newline="")
    writer = csv.DictWriter(buffer, (*CSV_COLUMNS, *(CODE_COLUMNS if recoder else ())), lineterminator="\n")
    cells = _code_cells(statements, recoder)
    writer.writeheader()
    writer.writerows(_row(statement) | cells.get(statement.id, {}) for statement in sorted_statements(statements))
    out.write_bytes(buffer.getvalue().encode("utf-8", "replace"))


def write_parquet(statements: Sequence[Statement], out: Path, *, recoder: Recoder | None = None) -> None:
    """The columns of `write_csv` as Parquet, with types: whole numbers, doubles, booleans, strings, and null for unknown.

    Raises KgError where pyarrow, an optional part of the installation, is missing.
    """
    try:
        import pyarrow as pa
        from pyarrow import parquet
    except ModuleNotFoundError as error:
        raise KgError("Parquet needs pyarrow, which is not installed: pip install 'kg[parquet]'") from error
    columns = (*CSV_COLUMNS, *(CODE_COLUMNS if recoder else ()))
    cells = _code_cells(statements, recoder)
    kinds = {"score": pa.float64(), "confidence": pa.float64(), "code_score": pa.float64()}
    kinds |= {name: pa.int64() for name in columns if name.endswith(("begin", "end"))}
    kinds |= {name: pa.bool_() for name in columns if name.endswith("_linked")}
    rows = [_typed(_row(statement) | cells.get(statement.id, {})) for statement in sorted_statements(statements)]
    schema = pa.schema([(name, kinds.get(name, pa.string())) for name in columns])
    parquet.write_table(pa.Table.from_pylist(rows, schema=schema), out, compression="zstd")


def _typed(row: Mapping[str, object]) -> dict[str, object]:
    """A row of the CSV file with booleans, and without the lone surrogates that UTF-8 has no place for."""
    truth = {"true": True, "false": False}
    return {
        name: truth.get(str(value))
        if name.endswith("_linked")
        else value.encode("utf-8", "replace").decode()
        if isinstance(value, str)
        else value
        for name, value in row.items()
    }


def write_graphml(statements: Sequence[Statement], out: Path, *, roll_up: bool = False, recoder: Recoder | None = None) -> None:
    """The graph of `to_graph` as GraphML; an unknown attribute is absent, a score or confidence always a double.

    With a `recoder`, edges have CODE_COLUMNS besides.
    """
    # The standard library's writer, even where lxml is installed: the two differ in their bytes.
    nx.write_graphml_xml(_without_traps(_coded_graph(statements, roll_up, recoder)), out, infer_numeric_types=False)


def write_gexf(statements: Sequence[Statement], out: Path, *, roll_up: bool = False, recoder: Recoder | None = None) -> None:
    """The graph of `to_graph` as GEXF 1.2 for Gephi: statement ids as edge ids, the relation as the edge's label.

    With a `recoder`, edges have CODE_COLUMNS besides.
    """
    graph = _without_traps(_coded_graph(statements, roll_up, recoder))
    for _, _, key, data in graph.edges(keys=True, data=True):
        data.update(id=key, label=data["relation"])
    out.write_bytes(gexf_bytes(graph))


def gexf_bytes(graph: nx.Graph) -> bytes:
    """GEXF 1.2 as its schema has it: networkx's, without what that adds to it or takes from the clock."""
    writer = GEXFWriter(version="1.2draft", prettyprint=True)
    writer.add_graph(graph)
    writer.xml.remove(writer.xml.find("meta"))  # it carries today's date and the library's version: other bytes for the same graph
    writer.xml.find("graph").attrib.pop("name", None)  # no attribute of the schema
    buffer = io.BytesIO()
    writer.write(buffer)
    return buffer.getvalue()


def _code_cells(statements: Sequence[Statement], recoder: Recoder | None) -> dict[str, dict[str, object]]:
    """CODE_COLUMNS of the statements that get a code, by id."""
    if recoder is None:
        return {}
    return {
        statement: dict(zip(CODE_COLUMNS, (recoder.codebook.name, c.code, c.label, c.root, c.quad, c.score), strict=True))
        for statement, c in recoder.codes(statements).items()
    }


def _coded_graph(statements: Sequence[Statement], roll_up: bool, recoder: Recoder | None) -> nx.MultiDiGraph:
    graph = to_graph(statements, roll_up=roll_up)
    cells = _code_cells(statements, recoder)
    for _, _, key, data in graph.edges(keys=True, data=True):
        data.update(cells.get(key, {}))
    return graph


def _row(statement: Statement) -> dict[str, object]:
    evidence = statement.evidence
    row: dict[str, object] = {
        "document": statement.document,
        "sentence": evidence.text,
        "begin": evidence.sentence.begin,
        "end": evidence.sentence.end,
        "relation": statement.relation.code,
        "quad": statement.relation.quad,
        "score": statement.relation.score,
        "status": statement.status,
        "content": statement.content,
        "when": statement.when,
        "trigger": evidence.text[slice(*_within(statement))],
        "confidence": float(evidence.confidence),
        "id": statement.id,
    }
    row.update(_participant_cells("source", statement.source))
    row.update(_participant_cells("target", statement.target))
    if statement.speaker is not None:
        speaker = statement.speaker.actor
        row.update(speaker=speaker.label, speaker_id=speaker.id, speaker_iso3=speaker.iso3)
    return row


def _within(statement: Statement) -> tuple[int, int]:
    """The trigger's span, counted from the beginning of its sentence."""
    start = statement.evidence.sentence.begin
    return max(statement.evidence.trigger.begin - start, 0), max(statement.evidence.trigger.end - start, 0)


def _participant_cells(end: str, participant: Participant | None) -> dict[str, object]:
    if participant is None:
        return {}
    actor, affiliation = participant.actor, participant.affiliation
    cells: dict[str, object] = {
        "": actor.label,
        "_id": actor.id,
        "_kind": actor.kind,
        "_iso3": actor.iso3,
        "_role": participant.role,
        "_mention": participant.mention,
        "_begin": participant.span.begin,
        "_end": participant.span.end,
        "_linked": "true" if participant.linked else "false",
    }
    if affiliation is not None:
        cells |= {"_affiliation": affiliation.label, "_affiliation_id": affiliation.id, "_affiliation_iso3": affiliation.iso3}
    return {end + name: value for name, value in cells.items()}


def _without_traps(graph: nx.MultiDiGraph) -> nx.MultiDiGraph:
    """A copy that networkx's XML writers take: no None, one type an attribute, no character that XML forbids."""
    clean = nx.MultiDiGraph()
    for node, data in graph.nodes(data=True):
        clean.add_node(xml_text(node), **xml_attributes(data))
    for source, target, key, data in graph.edges(keys=True, data=True):
        clean.add_edge(xml_text(source), xml_text(target), key=xml_text(key), **xml_attributes(data))
    return clean


def xml_attributes(data: Mapping[str, object]) -> dict[str, str | float]:
    """Attributes without None, every number a double: networkx's writers trip over anything else."""
    return {name: float(value) if isinstance(value, int | float) else xml_text(value) for name, value in data.items() if value is not None}


def xml_text(value: object) -> str:
    """Text without the characters that XML forbids."""
    return _XML_FORBIDDEN.sub("\N{REPLACEMENT CHARACTER}", str(value))
