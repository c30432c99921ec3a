"""The relation model: its input, what it answers for plain sentences, and how the rules' answer counts with it."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest

from kg.codebook import RELATIONS
from kg.nlp.relations import FILES, FOLDER, LONGEST, MARKS, RelationModel, marked, open_tokenizer

TOKENIZER = open_tokenizer(FOLDER.parent / "english" / "tokenizer.json")
shipped = pytest.mark.skipif(not all((FOLDER / name).is_file() for name in FILES), reason="the package holds no relation model")


def spans(text: str, source: str, target: str) -> tuple[tuple[int, int], tuple[int, int]]:
    a, b = text.index(source), text.index(target)
    return (a, a + len(source)), (b, b + len(target))


def test_marks_stand_around_both_ends_in_the_order_of_the_text() -> None:
    text = "Peru was thanked by Chile."
    x = marked(TOKENIZER, text, *spans(text, "Chile", "Peru"))
    assert [i for i in x.ids if i in MARKS] == [3, 4, 1, 2]
    assert (x.ids[x.marks[0]], x.ids[x.marks[1]]) == (1, 3)
    assert len(x.shapes) == len(x.ids)


def test_an_end_that_is_missing_gets_no_marks() -> None:
    x = marked(TOKENIZER, "Workers marched.", (0, 7), (0, 0))
    assert [i for i in x.ids if i in MARKS] == [1, 2]
    assert x.marks == (1, 0)


def test_a_target_inside_the_source_is_marked_inside_it() -> None:
    text = "The Fijian envoy to Tonga resigned."
    x = marked(TOKENIZER, text, *spans(text, "The Fijian envoy to Tonga", "Tonga"))
    assert sorted(i for i in x.ids if i in MARKS) == [1, 2, 3, 4]


@pytest.mark.parametrize("before", [0, 40, 400])
def test_a_long_text_is_cut_around_the_pair(before: int) -> None:
    text = "so it went " * before + "Kenya thanked Ghana" + " and so it went" * 300
    x = marked(TOKENIZER, text, *spans(text, "Kenya", "Ghana"))
    assert len(x.ids) == LONGEST
    assert [i for i in x.ids if i in MARKS] == [1, 2, 3, 4]


def test_a_pair_wider_than_the_window_keeps_its_source() -> None:
    text = "Kenya " + "and so on " * 200 + "Ghana"
    x = marked(TOKENIZER, text, *spans(text, "Kenya", "Ghana"))
    assert len(x.ids) == LONGEST
    assert x.marks == (1, 0)


def test_without_its_files_there_is_no_model(tmp_path: Path) -> None:
    assert RelationModel.load(tmp_path) is None


@pytest.fixture(scope="module")
def model() -> RelationModel:
    found = RelationModel.load()
    assert found is not None
    return found


@shipped
@pytest.mark.parametrize(
    ("text", "source", "target", "relation"),
    [
        ("Police in Lusaka arrested two Malawian traders at the market.", "Police in Lusaka", "two Malawian traders", "COERCE"),
        ("The Tongan prime minister praised Samoa for its help.", "The Tongan prime minister", "Samoa", "SUPPORT"),
        ("Two fishermen were shot dead by Eritrean soldiers.", "Eritrean soldiers", "Two fishermen", "ASSAULT"),
        ("Bolivia threatened to shut the pipeline to Paraguay.", "Bolivia", "Paraguay", "THREATEN"),
        ("Oslo refused to extradite the banker to Iceland.", "Oslo", "Iceland", "REJECT"),
        ("Thousands of nurses marched against the ministry in Bogota.", "Thousands of nurses", "the ministry", "PROTEST"),
        ("Laos will send a medical team to Cambodia next week.", "Laos", "Cambodia", "AGREE"),
        ("Brussels recalled its ambassador from Minsk.", "Brussels", "Minsk", "SANCTION"),
    ],
)
def test_plain_sentences(model: RelationModel, text: str, source: str, target: str, relation: str) -> None:
    given, _ = model.judge(text, *spans(text, source, target))
    assert max(given, key=lambda r: given[r]) == relation


@shipped
def test_answers_are_probabilities_and_repeat(model: RelationModel) -> None:
    text = "Mali asked Niger for grain."
    given, status = model.judge(text, *spans(text, "Mali", "Niger"))
    assert set(given) == {*RELATIONS, "NONE"}
    assert sum(given.values()) == pytest.approx(1)
    assert (given, status) == model.judge(text, *spans(text, "Mali", "Niger"))


@shipped
def test_a_pickled_model_answers_the_same(model: RelationModel) -> None:
    text = "Mali asked Niger for grain."
    ends = spans(text, "Mali", "Niger")
    assert pickle.loads(pickle.dumps(model)).judge(text, *ends) == model.judge(text, *ends)


@shipped
def test_the_rules_gain_what_they_are_sure_of(model: RelationModel) -> None:
    given = dict.fromkeys((*RELATIONS, "NONE"), 0.02) | {"ACCUSE": 0.3, "REJECT": 0.28}
    assert model.decide(given, "REJECT", 0.8)[0] == "REJECT"
    assert model.decide(given, "ACCUSE", 0.8)[0] == "ACCUSE"
    assert model.combined(given, "REJECT", 0.8, ("AID", "REJECT")).keys() == {"AID", "REJECT"}


@shipped
def test_concede_and_retreat_stand_together(model: RelationModel) -> None:
    given = dict.fromkeys((*RELATIONS, "NONE"), 0.0) | {"ACCUSE": 0.36, "CONCEDE": 0.3, "RETREAT": 0.34}
    relation, sure = model.decide(given, "NONE", 0.3)
    assert relation == "RETREAT"
    assert sure > 0.5
