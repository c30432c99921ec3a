"""The JSON form of statements, on statements made by hand."""

from __future__ import annotations

import json
from dataclasses import replace

from kg.record import actor_record, json_line, statement_record
from tests.small_store import KENYA, MINISTER, PERU, RWANDA, UGANDA, document, statement

NEWS = document(1)


def test_a_statement_without_target_or_speaker_has_nulls() -> None:
    record = statement_record(statement("s1", NEWS, KENYA, "MOBILIZE", None), "news-1")
    assert record["document"] == "news-1"
    assert (record["target"], record["speaker"], record["content"], record["when"]) == (None, None, None, None)
    assert record["source"]["label"] == "Kenya"


def test_all_that_a_statement_says_is_in_its_record() -> None:
    given = {"affiliation": KENYA, "speaker": RWANDA, "speaks_for": PERU}
    full = statement("s2", NEWS, MINISTER, "REQUEST", UGANDA, status="planned", when="2024-05", begin=40, **given)
    record = statement_record(replace(full, content="https://example.org/inner"), "d")
    assert record["source"]["affiliation"] == {"id": KENYA.id, "label": "Kenya", "iso3": "KEN"}
    assert record["source"]["role"] == "minister"
    assert record["speaker"]["affiliation"]["iso3"] == "PER"
    assert (record["status"], record["when"], record["content"]) == ("planned", "2024-05", "https://example.org/inner")
    assert (record["begin"], record["sentence"]) == (40, "Ada Otieno REQUEST Uganda.")
    assert record["end"] - record["begin"] == len(record["sentence"])
    assert record["trigger"] == "REQUEST"


def test_nobody_is_null() -> None:
    assert actor_record(None) is None


def test_a_line_keeps_letters_and_order_and_has_no_newline() -> None:
    assert json_line({"b": "Erdoğan\nsaid", "a": None}) == '{"b": "Erdoğan\\nsaid", "a": null}'
    assert json.loads(json_line({"x": "\u2028"})) == {"x": "\u2028"}
