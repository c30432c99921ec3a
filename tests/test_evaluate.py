"""Scoring on statements made by hand, and against the gold folder's own scorer where that is at hand."""

from __future__ import annotations

import csv
import io
import json
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from kg.errors import InputError
from kg.evaluate import OF_RELATION, RUNGS, Item, Rung, Score, by_phenomenon, by_relation, plain, read_gold, score_item, total
from kg.model import Document, Statement
from kg.pipeline import Extractor
from kg.read import document_id
from kg.record import json_line, statement_record
from tests.conftest import ROOT, Run
from tests.small_store import KENYA, MINISTER, PERU, RWANDA, UGANDA, document, statement

NEWS = document(1)
SCORER = ROOT.parent / "shared" / "gold" / "score.py"


def names_of(actor: str) -> list[str]:
    return ["Kenyan Republic"] if actor == KENYA.id else []


def gold(tmp_path: Path, *lines: str) -> Item:
    path = tmp_path / "gold.txt"
    path.write_text("\n".join(["i1 | test | 2024-05-17", "The text.", *lines]) + "\n", encoding="utf-8")
    return read_gold(path)[0]


def figures(item: Item, *found: Statement) -> dict[Rung, tuple[int, int, int]]:
    return {rung: (s.hit, s.gold, s.predicted) for rung, s in score_item(item, found, names_of).scores.items()}


def said(source: object, relation: str, target: object, **more: object) -> Statement:
    return statement("s", NEWS, source, relation, target, **more)  # type: ignore[arg-type]  # passed on as they are


def test_the_rungs_ask_for_more_and_more(tmp_path: Path) -> None:
    item = gold(tmp_path, "Kenya > ACCUSE > Uganda [by=Rwanda]")
    right, wrong, nothing = (1, 1, 1), (0, 1, 1), (0, 1, 0)
    full = said(KENYA, "ACCUSE", UGANDA, speaker=RWANDA)
    assert figures(item, full) == dict.fromkeys(RUNGS, right)
    assert figures(item, said(KENYA, "ACCUSE", UGANDA)) == {**dict.fromkeys(RUNGS, right), "full": wrong}
    assert figures(item, replace(full, status="negated")) == {**dict.fromkeys(RUNGS, right), "full": wrong}
    assert figures(item, said(KENYA, "REJECT", UGANDA)) == {"dyad": right, "quad": right, "root": wrong, "full": wrong}
    assert figures(item, said(KENYA, "AID", UGANDA)) == {"dyad": right, "quad": wrong, "root": wrong, "full": wrong}
    assert figures(item, said(UGANDA, "ACCUSE", KENYA)) == dict.fromkeys(RUNGS, wrong)
    assert figures(item) == dict.fromkeys(RUNGS, nothing)


def test_any_name_of_an_actor_counts(tmp_path: Path) -> None:
    assert figures(gold(tmp_path, "Kenyan Republic > AID > Peru"), said(KENYA, "AID", PERU))["full"] == (1, 1, 1)


def test_a_person_counts_as_the_side_and_by_name_on_the_full_rung(tmp_path: Path) -> None:
    minister = said(MINISTER, "AID", PERU, affiliation=KENYA)
    assert figures(gold(tmp_path, "Ada Otieno@Kenya > AID > Peru"), minister)["full"] == (1, 1, 1)
    assert figures(gold(tmp_path, "minister@Kenya > AID > Peru"), minister)["full"] == (1, 1, 1)
    assert figures(gold(tmp_path, "Kenya > AID > Peru"), minister)["root"] == (1, 1, 1)
    assert figures(gold(tmp_path, "Kenya > AID > Peru"), minister)["full"] == (0, 1, 1)


def test_what_is_optional_or_the_other_way_round_counts_for_nothing(tmp_path: Path) -> None:
    optional = gold(tmp_path, "Kenya > AID > Peru (optional)")
    assert figures(optional, said(KENYA, "AID", PERU))["full"] == (0, 0, 0)
    assert figures(optional)["full"] == (0, 0, 0)
    both = gold(tmp_path, "Kenya > CONSULT > Peru")
    assert figures(both, said(KENYA, "CONSULT", PERU), said(PERU, "CONSULT", KENYA))["full"] == (1, 1, 1)


def test_alternatives_and_merged_relations(tmp_path: Path) -> None:
    assert figures(gold(tmp_path, "Kenya > SANCTION|COERCE > Peru [*]"), said(KENYA, "COERCE", PERU, status="planned"))["full"] == (1, 1, 1)
    assert figures(gold(tmp_path, "Kenya > AID > Peru [planned|possible]"), said(KENYA, "AID", PERU, status="possible"))["full"] == (
        1,
        1,
        1,
    )
    assert figures(gold(tmp_path, "Kenya > CONCEDE > Peru"), said(KENYA, "RETREAT", PERU))["root"] == (1, 1, 1)


def test_the_same_report_twice_counts_once(tmp_path: Path) -> None:
    twice = said(KENYA, "AID", PERU), said(KENYA, "AID", PERU, begin=80)
    assert figures(gold(tmp_path, "Kenya > AID > Peru"), *twice)["full"] == (1, 1, 1)


def test_what_was_missed_and_what_was_spurious_is_told(tmp_path: Path) -> None:
    result = score_item(gold(tmp_path, "Kenya > AID > Peru"), [said(UGANDA, "AID", PERU)], names_of)
    assert (result.missed, result.spurious) == (("Kenya > AID > Peru",), ("Uganda > AID > Peru [asserted]",))


def test_scores_add_up(tmp_path: Path) -> None:
    results = [score_item(gold(tmp_path, "Kenya > AID > Peru"), found, names_of) for found in ([said(KENYA, "AID", PERU)], [])]
    assert total(results)["full"] == Score(1, 2, 1)
    assert by_phenomenon(results)["test"] == total(results)
    assert (Score(1, 2, 1).precision, Score(1, 2, 1).recall, round(Score(1, 2, 1).f1, 3)) == (1.0, 0.5, 0.667)
    assert (Score().precision, Score().recall, Score().f1) == (0.0, 0.0, 0.0)


def test_scores_by_relation(tmp_path: Path) -> None:
    """Right, missed, spurious, allowed besides, of several allowed, and CONCEDE for RETREAT: over the relations the item's counts."""
    lines = (
        "Kenya > AID > Peru", "Kenya > ACCUSE > Peru", "Peru > SANCTION|COERCE > Kenya", "Rwanda > REJECT|ACCUSE > Peru",
        "Kenya > CONCEDE > Rwanda", "Uganda > APPEAL > Peru (optional)",
    )  # fmt: skip
    found = [
        said(KENYA, "AID", PERU), said(PERU, "COERCE", KENYA), said(KENYA, "RETREAT", RWANDA), said(UGANDA, "APPEAL", PERU),
        said(UGANDA, "AID", PERU),
    ]  # fmt: skip
    result = score_item(gold(tmp_path, *lines), found, names_of)
    relations = by_relation([result, result])
    assert list(relations) == ["CONCEDE", "AID", "ACCUSE", "REJECT", "COERCE"]
    assert relations["AID"] == {"root": Score(2, 2, 4), "full": Score(2, 2, 4)}
    assert relations["COERCE"]["root"] == relations["CONCEDE"]["root"] == Score(2, 2, 2)
    assert relations["REJECT"]["root"] == relations["ACCUSE"]["root"] == Score(0, 2, 0)
    for rung in OF_RELATION:
        assert sum((scores[rung] for scores in result.relations.values()), Score()) == result.scores[rung]


def test_by_relation_what_gold_says_of_the_status_counts_on_the_full_rung(tmp_path: Path) -> None:
    result = score_item(gold(tmp_path, "Kenya > AID > Peru [planned]"), [said(KENYA, "AID", PERU)], names_of)
    assert by_relation([result]) == {"AID": {"root": Score(1, 1, 1), "full": Score(0, 1, 1)}}


def test_a_file_without_heads_is_one_document(tmp_path: Path) -> None:
    path = tmp_path / "gold.txt"
    path.write_text("# a comment\nKenya > AID > Peru\n", encoding="utf-8")
    text = tmp_path / "article.txt"
    text.write_text("Kenya gave Peru grain.", encoding="utf-8")
    items = read_gold(path, text)
    assert [(item.id, item.text, len(item.gold)) for item in items] == [("document", "Kenya gave Peru grain.", 1)]


def test_an_item_without_text_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "gold.txt"
    path.write_text("Kenya > AID > Peru\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"'document' has no text.*--text"):
        read_gold(path)


def test_a_text_apart_is_for_one_document(tmp_path: Path) -> None:
    path = tmp_path / "gold.txt"
    path.write_text("a1 | one\nKenya fed Peru.\n\na2 | two\nPeru fed Kenya.\n", encoding="utf-8")
    with pytest.raises(InputError, match="2 items with texts of their own"):
        read_gold(path, path)


def test_names_are_compared_plainly() -> None:
    assert plain("The  Türkiye’s") == plain("turkiye's")


@pytest.mark.parametrize("line", ["Kenya > HUG > Peru", "Kenya > AID > Peru [perhaps]"])
def test_an_unknown_code_is_named_with_its_line(tmp_path: Path, line: str) -> None:
    with pytest.raises(InputError, match=r"gold\.txt:3: '(HUG|perhaps)'"):
        gold(tmp_path, line)


@pytest.mark.skipif(not SCORER.is_file(), reason="the gold folder is not beside this repository")
@pytest.mark.usefixtures("models_once")
def test_agrees_with_the_scorer_of_the_gold_folder(tmp_path: Path) -> None:
    path = ROOT / "tests" / "cases" / "development.txt"
    extractor = Extractor()
    results, lines = [], []
    for item in read_gold(path):
        found = extractor.extract(Document(document_id(item.id, item.text), item.text, published=item.date))
        results.append(score_item(item, found, extractor.catalogue.aliases))
        lines += [json_line(statement_record(one, item.id)) + "\n" for one in found]
    predicted = tmp_path / "predicted.jsonl"
    predicted.write_text("".join(lines), encoding="utf-8")
    done = subprocess.run([sys.executable, SCORER, "score", path, predicted], capture_output=True, text=True, check=True)
    theirs = {line.split()[0]: [float(number) for number in re.findall(r" ([\d.]+)", line)] for line in done.stdout.splitlines()}
    ours = {rung: [round(s.precision, 3), round(s.recall, 3), round(s.f1, 3), s.gold, s.predicted] for rung, s in total(results).items()}
    assert ours == theirs


def test_figures_of_phenomena_and_relations_as_csv_json_and_table(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "gold.txt"
    path.write_text("a1 | thanks | 2025-01-02\nGhana thanked Togo.\nGhana > SUPPORT > Togo\nGhana > AID > Togo\n", encoding="utf-8")
    both = ("evaluate", path, "--by", "phenomenon", "--by", "relation")
    rows = list(csv.DictReader(io.StringIO(run(*both, "--format", "csv").out)))
    assert [(r["by"], r["group"], r["rung"]) for r in rows] == [
        *(("all", "all", rung) for rung in RUNGS), *(("phenomenon", "thanks", rung) for rung in RUNGS),
        *(("relation", code, rung) for code in ("SUPPORT", "AID") for rung in OF_RELATION),
    ]  # fmt: skip
    figures = {(r["group"], r["rung"]): (r["precision"], r["recall"], r["f1"], r["gold"], r["predicted"]) for r in rows}
    assert figures["SUPPORT", "full"] == ("1.0", "1.0", "1.0", "1", "1")
    assert figures["AID", "root"] == ("0.0", "0.0", "0.0", "1", "0")
    assert figures["all", "root"] == figures["thanks", "root"] == ("1.0", "0.5", "0.6667", "2", "1")
    record = json.loads(run(*both, "--format", "json").out)
    assert list(record) == ["all", "thanks", "relations"]
    assert record["relations"]["AID"]["root"] == {"precision": 0.0, "recall": 0.0, "f1": 0.0, "gold": 1, "predicted": 0}
    table = run(*both, "--errors").out.splitlines()
    assert table[:2] == ["a1 thanks: Ghana thanked Togo.", "   missed   Ghana > AID > Togo"]
    assert any(line.split() == ["SUPPORT", "root", "1.000", "1.000", "1.000", "1", "1"] for line in table)
    assert "choose --format json" in run(*both, "--errors", "--format", "csv").err
