"""What became of each sentence: every reason on a sentence of its own, the queue, and the command."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from kg.explain import Explained, explain_document, queue
from kg.model import Document
from kg.pipeline import Extractor, Settings
from tests.conftest import EXAMPLES, Run

TEXT = "The junta expelled the French ambassador. Ghana flummoxed Togo. Peru and Chile share a border. Ghana thanked Togo. Cocoa is cheap."


def explained(text: str, settings: Settings | None = None) -> list[Explained]:
    """What the rules alone made of a text; the relation model has an opinion of every pair."""
    extractor = Extractor(settings or Settings(rules_only=True))
    return list(explain_document(extractor, Document("https://example.org/a", text, published="2024-05-15")))


@pytest.mark.usefixtures("models_once")
@pytest.mark.parametrize(
    ("text", "kind", "words"),
    [
        ("The junta expelled the French ambassador.", "unknown actor", ["“junta”", "the source of “expelled” (SANCTION)"]),
        ("The Frobnia Front attacked Niger.", "unknown actor", ["“Frobnia Front”", "not in the catalogue", "“attacked” (ASSAULT)"]),
        ("Ghana flummoxed Togo.", "unknown act", ["“flummoxed” between Ghana and Togo"]),
        ("The move by Chad surprised Sudan.", "unknown act", ["“surprised” between Chad and Sudan"]),
        ("Peru and Chile share a border.", "no actor in its slot", ["“share” (COOPERATE) has “border” as target"]),
        ("Ghana and Togo.", "no act", ["between Ghana and Togo"]),
    ],
)
def test_why_nothing_is_stated(text: str, kind: str, words: list[str]) -> None:
    (found,) = explained(text)
    assert (found.held, found.dropped) == ((), ())
    assert found.reasons[0].kind == kind
    assert all(part in found.reasons[0].text for part in words), found.reasons[0].text


@pytest.mark.usefixtures("models_once")
def test_what_was_dropped_keeps_its_reason() -> None:
    (ours,) = explained("Emmanuel Macron praised France.")
    assert [(d.relation, d.reason.kind, d.reason.text) for d in ours.dropped] == [
        ("SUPPORT", "same side", "same side: Emmanuel Macron and France both stand for France")
    ]
    (weak,) = explained("Kenya will not bomb Uganda.", Settings(rules_only=True, min_confidence=0.95))
    assert [(d.relation, d.reason.kind) for d in weak.dropped] == [("ASSAULT", "below confidence")]
    assert weak.dropped[0].reason.text == f"below --min-confidence 0.95 ({weak.dropped[0].confidence:.2f})"


@pytest.mark.usefixtures("models_once")
def test_sentences_with_fewer_than_two_actors_are_left_out() -> None:
    assert explained("Ghana exports cocoa. It rained in the hills.") == []


@pytest.mark.usefixtures("models_once")
def test_statements_are_those_of_extract_with_their_rule() -> None:
    settings = Settings(rules_only=True)
    extractor = Extractor(settings)
    for path in EXAMPLES[:3]:
        document = Document("https://example.org/a", path.read_text(encoding="utf-8"), published="2024-05-15")
        held = [h for e in explain_document(extractor, document) for h in e.held]
        assert all(h.rule for h in held)
        found = {s.id for s in extractor.extract(document)}
        assert {h.statement.id for h in held} <= found
        assert len(held) >= 0.8 * len(found)  # the rest has an end in another sentence


@pytest.mark.usefixtures("models_once")
def test_the_queue_begins_with_what_promises_most() -> None:
    found = explained(TEXT)
    assert [e.text.split()[0] for e in found] == ["The", "Ghana", "Peru", "Ghana"]
    ordered = queue(found)
    assert [e.promise for e in ordered] == sorted((e.promise for e in found), reverse=True)
    assert ordered[0].text.startswith("The junta")
    assert ordered[-1].held
    assert all(0 <= e.promise <= 1 for e in ordered)


def test_the_command_writes_json_lines(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text(TEXT, encoding="utf-8")
    done = run("explain", path, "--format", "jsonl")
    rows = [json.loads(line) for line in done.out.splitlines()]
    assert done.code == 0
    assert len(rows) == 4
    keys = ["document", "sentence", "begin", "end", "promise", "actors", "unknown", "statements", "dropped", "reasons"]
    assert all(list(row) == keys for row in rows)
    assert all(TEXT[row["begin"] : row["end"]] == row["sentence"] for row in rows)
    assert [s["relation"] for s in rows[3]["statements"]] == ["SUPPORT"]
    assert rows[3]["statements"][0]["rule"]
    assert rows[0]["unknown"][0]["mention"] == "junta"
    assert all(row["statements"] or row["dropped"] or row["reasons"] for row in rows)


def test_the_command_picks_and_orders(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text(TEXT, encoding="utf-8")
    missing = [json.loads(line) for line in run("explain", path, "--only", "missing", "--queue", "--format", "jsonl").out.splitlines()]
    stated = [json.loads(line) for line in run("explain", path, "--only", "stated", "--format", "jsonl").out.splitlines()]
    assert len(missing) + len(stated) == 4
    assert not any(row["statements"] for row in missing)
    assert all(row["statements"] for row in stated)
    assert [row["promise"] for row in missing] == sorted((row["promise"] for row in missing), reverse=True)


def test_the_command_writes_csv_and_a_table(run: Run, tmp_path: Path) -> None:
    path, out = tmp_path / "a.txt", tmp_path / "queue.csv"
    path.write_text(TEXT, encoding="utf-8")
    assert run("explain", path, "--format", "csv", "--output", out).code == 0
    rows = list(csv.DictReader(io.StringIO(out.read_text(encoding="utf-8"))))
    assert {row["sentence"] for row in rows} == {s.strip() + "." for s in TEXT.split(".")[:4]}
    assert {row["outcome"] for row in rows} <= {"statement", "dropped", "none"}
    assert all(row["rule"] for row in rows if row["outcome"] == "statement")
    table = run("explain", path).out
    assert "Ghana SUPPORT Togo" in table
    assert "unknown actor: “junta”" in table
