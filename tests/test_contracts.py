"""What other tools rely on: the JSON lines of extract, classify and resolve, and the figures of evaluate, key by key."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import kg
from kg.codebook import RELATIONS
from tests.conftest import EXAMPLES, Run

STATEMENT = [
    "document", "sentence", "begin", "end", "source", "relation", "quad", "score", "target", "status", "speaker", "content", "id", "when",
    "trigger", "confidence",
]  # fmt: skip
ACTOR = ["id", "label", "kind", "iso3", "affiliation", "role", "mention", "begin", "end", "linked"]
STATUSES = {"asserted", "negated", "requested", "planned", "possible"}


def check_actor(actor: dict[str, Any], text: str) -> None:
    assert list(actor) == ACTOR
    span = text[actor["begin"] : actor["end"]]  # of "the leaders of Peru and Chile" the mention may be "leaders of Chile"
    assert set(actor["mention"].split()) - {"of"} <= set(span.replace(",", " ").split()) or actor["mention"] in span
    assert isinstance(actor["linked"], bool)
    if actor["affiliation"] is not None:
        assert list(actor["affiliation"]) == ["id", "label", "iso3"]


def check_statement(row: dict[str, Any], text: str) -> None:
    assert list(row) == STATEMENT
    assert text[row["begin"] : row["end"]] == row["sentence"]
    relation = RELATIONS[row["relation"]]
    assert (row["quad"], row["score"]) == (relation.quad, relation.score)
    assert row["status"] in STATUSES
    assert 0 < row["confidence"] <= 1
    for actor in (row["source"], row["target"], row["speaker"]):
        if actor is not None:
            check_actor(actor, text)


@pytest.mark.parametrize("actors", ["known", "all"])
def test_extract_writes_the_statements_of_the_contract(run: Run, actors: str) -> None:
    documents = kg.read_documents([str(path) for path in EXAMPLES], on_problem=print)
    texts = {document.id.rsplit("/", 1)[-1]: document.text for document in documents}
    done = run("extract", *EXAMPLES, "--actors", actors)
    rows = [json.loads(line) for line in done.out.splitlines()]
    assert done.code == 0
    assert len(rows) > 30
    for row in rows:
        check_statement(row, texts[row["document"]])
    if actors == "known":
        ends = [end for row in rows for end in (row["source"], row["target"]) if end]
        assert all(end["linked"] or end["affiliation"] for end in ends)


def test_content_names_a_statement_of_the_same_document(run: Run) -> None:
    rows = [json.loads(line) for line in run("extract", *EXAMPLES).out.splitlines()]
    ids = {(row["document"], row["id"]) for row in rows}
    assert all((row["document"], row["content"]) in ids for row in rows if row["content"])


def test_the_document_keeps_the_id_it_was_given(run: Run) -> None:
    line = json.dumps({"id": "d 001", "text": "Ghana thanked Togo.", "date": "2025-05-12"})
    rows = [json.loads(row) for row in run("extract", "-", "--input-format", "jsonl", stdin=line.encode()).out.splitlines()]
    assert [(row["document"], row["source"]["iso3"], row["relation"], row["target"]["iso3"]) for row in rows] == [
        ("d 001", "GHA", "SUPPORT", "TGO")
    ]


def test_classify_adds_relation_status_and_confidence(run: Run, tmp_path: Path) -> None:
    pairs = tmp_path / "pairs.jsonl"
    rows = [
        {"id": "p1", "text": "Ghana thanked Togo.", "source": [0, 5], "target": [14, 18], "mark": True},
        {"id": "p2", "text": "Ghana accused Togo of arming rebels.", "source": [0, 5], "target": [14, 18]},
    ]
    pairs.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    done = run("classify", pairs)
    answers = [json.loads(line) for line in done.out.splitlines()]
    assert done.code == 0
    assert [list(answer) for answer in answers] == [[*row, "relation", "status", "confidence"] for row in rows]
    assert [answer["relation"] for answer in answers] == ["SUPPORT", "ACCUSE"]
    assert all(answer["status"] in STATUSES and 0 <= answer["confidence"] <= 1 for answer in answers)


def test_classify_answers_only_what_is_allowed(run: Run) -> None:
    row = {"id": 1, "text": "Ghana thanked Togo.", "source": [0, 5], "target": [14, 18]}
    for allowed in ("ACCUSE,SANCTION", "accuse,none"):
        done = run("classify", "-", "--relations", allowed, stdin=json.dumps(row).encode())
        assert json.loads(done.out)["relation"] in allowed.upper().split(",")


def test_resolve_adds_actor_and_reason(run: Run) -> None:
    rows = [
        {"id": 1, "text": "the Turkish president", "date": "2025-03-20"},
        {"id": 2, "text": "a bicycle", "date": "2025-03-20"},
        {"id": 3, "text": "Kyiv", "date": None},
    ]
    done = run("resolve", "-", stdin="\n".join(map(json.dumps, rows)).encode())
    answers = [json.loads(line) for line in done.out.splitlines()]
    assert done.code == 0
    assert [list(answer) for answer in answers] == [[*row, "actor", "reason"] for row in rows]
    president, bicycle, capital = (answer["actor"] for answer in answers)
    check_actor(president, rows[0]["text"])  # type: ignore[arg-type]  # the values of a row are of several types
    assert (president["affiliation"] or president)["iso3"] == "TUR"
    assert bicycle is None
    assert capital["iso3"] == "UKR"
    assert all(answer["reason"] for answer in answers)


def test_evaluate_gives_the_figures_of_every_rung(run: Run, tmp_path: Path) -> None:
    gold = tmp_path / "gold.txt"
    gold.write_text("a1 | thanks | 2025-01-02\nGhana thanked Togo.\nGhana > SUPPORT > Togo\n\na2 | none | 2025-01-02\nIt rained.\n")
    done = run("evaluate", gold, "--format", "json", "--by", "phenomenon", "--errors")
    figures = json.loads(done.out)
    assert done.code == 0
    assert list(figures) == ["all", "none", "thanks", "errors"]
    for group in ("all", "none", "thanks"):
        assert list(figures[group]) == ["dyad", "quad", "root", "full"]
        assert all(list(rung) == ["precision", "recall", "f1", "gold", "predicted"] for rung in figures[group].values())
    assert figures["all"]["full"] == {"precision": 1.0, "recall": 1.0, "f1": 1.0, "gold": 1, "predicted": 1}
    assert figures["errors"] == []
