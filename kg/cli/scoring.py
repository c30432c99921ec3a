"""The command that scores: evaluate."""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal, TextIO

import typer
from rich.table import Table

from kg.cli.console import plain_table, print_table, progress, writing
from kg.cli.options import Actors, ActorsFile, Date, Least, Model, Output, RulesOnly
from kg.errors import UnknownNameError
from kg.evaluate import OF_RELATION, RUNGS, ItemResult, Rung, Score, by_phenomenon, by_relation, read_gold, score_item, total
from kg.model import Document
from kg.read import document_id

_OF_PHENOMENON: tuple[Rung, ...] = ("root", "full")


class By(StrEnum):
    """What items or statements are grouped by."""

    PHENOMENON = "phenomenon"
    RELATION = "relation"


def register(app: typer.Typer) -> None:
    app.command()(evaluate)


def evaluate(
    gold: Annotated[Path, typer.Argument(metavar="GOLD", help="A gold file: head lines, texts and statements as below.")],
    text: Annotated[Path | None, typer.Option("--text", help="The text of a gold file that holds statements alone.")] = None,
    errors: Annotated[bool, typer.Option("--errors", help="Show each item with what was missed and what was spurious.")] = False,
    by: Annotated[list[By] | None, typer.Option("--by", help="Scores of each group besides; repeatable.")] = None,
    date: Date = None,
    model: Model = None,
    actors: Actors = "known",
    actors_file: ActorsFile = None,
    min_confidence: Least = None,
    rules_only: RulesOnly = False,
    format: Annotated[Literal["table", "json", "csv"], typer.Option("--format", "-f", help="How to write.")] = "table",
    output: Output = None,
) -> None:
    """Score the extraction against gold statements of your own.

    A gold file holds items: a head line `id | phenomenon | date`, the text, and a line for each statement,
    `SOURCE > RELATION > TARGET [status] [by=SPEAKER] (optional)`. `Name@Side` is a person and whom the person speaks
    for, a name in lower case an unnamed agent of the side. Rungs: dyad (who to whom), quad (and the quad class), root
    (and the relation), full (and status, speaker and named persons). CONCEDE and RETREAT count as one relation; by
    relation, a hit counts for the one that gold has.

    Examples:

    - `kg evaluate tests/cases/development.txt --by phenomenon --errors`

    - `kg evaluate tests/cases/development.txt --by relation --format csv`
    """
    from kg.pipeline import Extractor, Settings

    if errors and format == "csv":
        raise UnknownNameError("--errors has no place in a CSV of figures; choose --format json, or leave one of the two out")
    items = read_gold(gold, text)
    extractor = Extractor(Settings(model, actors, actors_file, min_confidence, rules_only))
    results = []
    for item in progress(items, "items", len(items)):
        document = Document(document_id(item.id, item.text), item.text, published=item.date or date)
        results.append(score_item(item, extractor.extract(document), extractor.catalogue.aliases))
    wrong = [r for r in results if errors and (r.missed or r.spurious)]
    groups = [_Group(None, "all", total(results), RUNGS)]
    if by and By.PHENOMENON in by:
        groups += [_Group(By.PHENOMENON, name, scores, _OF_PHENOMENON) for name, scores in by_phenomenon(results).items()]
    if by and By.RELATION in by:
        groups += [_Group(By.RELATION, code, scores, OF_RELATION) for code, scores in by_relation(results).items()]
    with writing(output) as file:
        if format == "json":
            file.write(json.dumps(_record(groups, wrong, errors=errors), indent=1, ensure_ascii=False) + "\n")
        elif format == "csv":
            _write_csv(groups, file)
        else:
            _write_errors(wrong, file)
            print_table(_table(groups), file)


@dataclass(frozen=True, slots=True)
class _Group:
    """Scores of all items, of a phenomenon or of a relation, and the rungs that are shown."""

    kind: By | None
    name: str
    scores: dict[Rung, Score]
    shown: tuple[Rung, ...]


def _table(groups: list[_Group]) -> Table:
    counts = ("precision", "recall", "F1", "gold", "predicted")
    table = plain_table("items", "rung", *counts, right=counts)
    for group in groups:
        for rung in group.shown:
            s = group.scores[rung]
            table.add_row(group.name, rung, f"{s.precision:.3f}", f"{s.recall:.3f}", f"{s.f1:.3f}", str(s.gold), str(s.predicted))
    return table


def _write_csv(groups: list[_Group], file: TextIO) -> None:
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(("by", "group", "rung", "precision", "recall", "f1", "gold", "predicted"))
    for group in groups:
        writer.writerows((group.kind or "all", group.name, rung, *_figures(score).values()) for rung, score in group.scores.items())


def _record(groups: list[_Group], wrong: list[ItemResult], *, errors: bool) -> dict[str, object]:
    """{"all": {"dyad": {"precision", "recall", "f1", "gold", "predicted"}, ...}, one more a phenomenon}; of relations, the like
    below "relations"; "errors" if asked for."""
    figures = {(g.kind, g.name): {rung: _figures(score) for rung, score in g.scores.items()} for g in groups}
    record: dict[str, object] = {name: scores for (kind, name), scores in figures.items() if kind is not By.RELATION}
    relations = {name: scores for (kind, name), scores in figures.items() if kind is By.RELATION}
    if relations:
        record["relations"] = relations
    if errors:
        record["errors"] = [
            {"id": r.item.id, "phenomenon": r.item.phenomenon, "text": r.item.text, "missed": r.missed, "spurious": r.spurious}
            for r in wrong
        ]
    return record


def _figures(score: Score) -> dict[str, float]:
    return {
        "precision": round(score.precision, 4),
        "recall": round(score.recall, 4),
        "f1": round(score.f1, 4),
        "gold": score.gold,
        "predicted": score.predicted,
    }


def _write_errors(wrong: list[ItemResult], file: TextIO) -> None:
    for result in wrong:
        file.write(f"{result.item.id} {result.item.phenomenon}: {result.item.text}\n")
        for mark, lines in (("missed  ", result.missed), ("spurious", result.spurious)):
            file.writelines(f"   {mark} {line}\n" for line in lines)
        file.write("\n")
