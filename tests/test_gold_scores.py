"""Scores over the gold files do not fall. Only totals are printed: the held-out items stay unread."""

from __future__ import annotations

from pathlib import Path
from types import TracebackType

import pytest

from kg.evaluate import RUNGS, Rung, Score, read_gold, score_item, total
from kg.model import Document
from kg.pipeline import Extractor
from kg.read import document_id
from tests.conftest import ROOT

FLOORS = {
    "tests/cases/development.txt": (0.93, 0.95),
    "tests/cases/development_news.txt": (0.72, 0.87),
    "tests/held_out/phenomena.txt": (0.68, 0.85),
}
"""The least F1 and precision on the rung "root": 0.03 below what was measured when they were set."""


@pytest.fixture(scope="module")
def extractor(models_once: None) -> Extractor:
    return Extractor()


def measured(path: Path, extractor: Extractor) -> dict[Rung, Score]:
    results = []
    for item in read_gold(path):
        document = Document(document_id(item.id, item.text), item.text, published=item.date)
        results.append(score_item(item, extractor.extract(document), extractor.catalogue.aliases))
    return total(results)


class Unread:
    """Fails on any error within, without the values of a traceback, which would print the items."""

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if kind is not None:
            raise pytest.fail.Exception(f"scoring ended with {kind.__name__}", pytrace=False) from None


@pytest.mark.parametrize("name", FLOORS)
def test_scores_stay_above_their_floors(name: str, extractor: Extractor, capsys: pytest.CaptureFixture[str]) -> None:
    with Unread():
        scores = measured(ROOT / name, extractor)
    with capsys.disabled():
        print(f"\n{name}\n{'':6}{'precision':>10}{'recall':>8}{'F1':>8}{'gold':>7}{'found':>7}")
        for rung in RUNGS:
            s = scores[rung]
            print(f"{rung:6}{s.precision:10.3f}{s.recall:8.3f}{s.f1:8.3f}{s.gold:7}{s.predicted:7}")
    f1, precision = FLOORS[name]
    assert scores["root"].f1 >= f1
    assert scores["root"].precision >= precision
