"""The command that scores: evaluate."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Literal

import typer

from kg.cli.console import out, plain_table, print_table, progress
from kg.cli.options import Actors, ActorsFile, Date, Least, Model
from kg.evaluate import RUNGS, ItemResult, Rung, Score, by_phenomenon, read_gold, score_item, total
from kg.model import Document
from kg.read import document_id

_OF_PHENOMENON: tuple[Rung, ...] = ("root", "full")


def register(app: typer.Typer) -> None:
    app.command()(evaluate)


def evaluate(
    gold: Annotated[Path, typer.Argument(metavar="GOLD", help="A gold file: head lines, texts and statements as below.")],
    text: Annotated[Path | None, typer.Option("--text", help="The text of a gold file that holds statements alone.")] = None,
    errors: Annotated[bool, typer.Option("--errors", help="Show each item with what was missed and what was spurious.")] = False,
    by: Annotated[Literal["phenomenon"] | None, typer.Option("--by", help="Scores of each group besides.")] = None,
    date: Date = None,
    model: Model = None,
    actors: Actors = "known",
    actors_file: ActorsFile = None,
    min_confidence: Least = 0.0,
    format: Annotated[Literal["table", "json"], typer.Option("--format", "-f", help="How to write.")] = "table",
) -> None:
    """Score the extraction against gold statements of your own.

    A gold file holds items: a head line `id | phenomenon | date`, the text, and a line for each statement,
    `SOURCE > RELATION > TARGET [status] [by=SPEAKER] (optional)`. `Name@Side` is a person and whom the person speaks
    for, a name in lower case an unnamed agent of the side. Rungs: dyad (who to whom), quad (and the quad class), root
    (and the relation), full (and status, speaker and named persons).

    Example:

    - `kg evaluate tests/cases/development.txt --by phenomenon --errors`
    """
    from kg.pipeline import Extractor, Settings

    items = read_gold(gold, text)
    extractor = Extractor(Settings(model, actors, actors_file, min_confidence))
    results = []
    for item in progress(items, "items", len(items)):
        document = Document(document_id(item.id, item.text), item.text, published=item.date or date)
        results.append(score_item(item, extractor.extract(document), extractor.catalogue.aliases))
    wrong = [r for r in results if errors and (r.missed or r.spurious)]
    groups = {"all": total(results)} | (by_phenomenon(results) if by else {})
    if format == "json":
        out.print(json.dumps(_record(groups, wrong, errors=errors), indent=1, ensure_ascii=False), markup=False)
        return
    _print_errors(wrong)
    table = plain_table(
        "items", "rung", "precision", "recall", "F1", "gold", "predicted", right=("precision", "recall", "F1", "gold", "predicted")
    )
    for group, scores in groups.items():
        for rung in RUNGS if group == "all" else _OF_PHENOMENON:
            s = scores[rung]
            table.add_row(group, rung, f"{s.precision:.3f}", f"{s.recall:.3f}", f"{s.f1:.3f}", str(s.gold), str(s.predicted))
    print_table(table)


def _record(groups: dict[str, dict[Rung, Score]], wrong: list[ItemResult], *, errors: bool) -> dict[str, object]:
    """{"all": {"dyad": {"precision", "recall", "f1", "gold", "predicted"}, ...}, one more a group, "errors" if asked for}."""
    record: dict[str, object] = {group: {rung: _figures(score) for rung, score in scores.items()} for group, scores in groups.items()}
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


def _print_errors(wrong: list[ItemResult]) -> None:
    for result in wrong:
        out.print(f"{result.item.id} {result.item.phenomenon}: {result.item.text}", markup=False)
        for mark, lines in (("missed  ", result.missed), ("spurious", result.spurious)):
            for line in lines:
                out.print(f"   {mark} {line}", markup=False)
        out.print()
