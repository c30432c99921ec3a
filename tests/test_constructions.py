"""Constructions of news prose, each read exactly by the rules: a case is added when one was read wrong."""

from __future__ import annotations

import pytest

from kg.evaluate import Item, read_gold, score_item
from kg.model import Document
from kg.pipeline import Extractor, Settings
from kg.read import document_id
from tests.conftest import ROOT

CASES = read_gold(ROOT / "tests" / "cases" / "constructions.txt")


@pytest.fixture(scope="module")
def extractor(models_once: None) -> Extractor:
    return Extractor(Settings(rules_only=True))


@pytest.mark.parametrize("item", CASES, ids=lambda item: item.id)
def test_everything_and_nothing_else(item: Item, extractor: Extractor) -> None:
    found = extractor.extract(Document(document_id(item.id, item.text), item.text, published=item.date))
    result = score_item(item, found, extractor.catalogue.aliases)
    assert (result.missed, result.spurious) == ((), ())
