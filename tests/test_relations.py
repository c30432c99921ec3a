"""The relation model: its input, what it answers for plain sentences, and how the rules' answer counts with it."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest

from kg.codebook import RELATIONS
from kg.nlp.relations import FILES, FOLDER, LONGEST, MOST, Marked, RelationModel, arrays, marked, open_tokenizer

TOKENIZER = open_tokenizer(FOLDER.parent / "english" / "tokenizer.json")
shipped = pytest.mark.skipif(not all((FOLDER / name).is_file() for name in FILES), reason="the package holds no relation model")


def spans(text: str, source: str, target: str) -> tuple[tuple[int, int], tuple[int, int]]:
    a, b = text.index(source), text.index(target)
    return (a, a + len(source)), (b, b + len(target))


def only(text: str, *pairs: tuple[tuple[int, int], tuple[int, int]]) -> Marked:
    """The one input of a short text."""
    [(x, indices)] = marked(TOKENIZER, text, pairs)
    assert indices == list(range(len(pairs)))
    return x


def pieces(text: str, span: tuple[int, int]) -> list[int]:
    return TOKENIZER.encode(text[slice(*span)], add_special_tokens=False).ids


def test_the_marks_of_a_pair_take_the_places_of_its_ends() -> None:
    text = "Peru was thanked by the Chilean president."
    source, target = spans(text, "the Chilean president", "Peru")
    x = only(text, (source, target))
    a, b, c, d = x.places[0]
    assert x.ids[a : b + 1] == pieces(text, source)
    assert x.ids[c : d + 1] == pieces(text, target)
    assert len(x.shapes) == len(x.ids)


def test_the_text_is_read_once_for_all_pairs() -> None:
    text = "Kenya and Ghana thanked Togo."
    one, two = spans(text, "Kenya", "Togo"), spans(text, "Ghana", "Togo")
    assert only(text, one, two).ids == only(text, one).ids
    assert only(text, one, two).places[1] == only(text, two).places[0]


def test_an_end_that_is_missing_stands_at_the_opening() -> None:
    assert only("Workers marched.", ((0, 7), (0, 0))).places[0][2:] == (0, 0)


def test_marks_see_the_text_and_their_own_pair() -> None:
    text = "Kenya and Ghana thanked Togo."
    x = only(text, spans(text, "Kenya", "Togo"), spans(text, "Ghana", "Togo"))
    seen, n = arrays(x)["seen"][0], len(x.ids)
    assert seen[:, :n].all()
    assert not seen[:n, n:].any()
    assert seen[n : n + 4, n : n + 4].all()
    assert not seen[n : n + 4, n + 4 :].any()
    assert not seen[n + 4 :, n : n + 4].any()


@pytest.mark.parametrize("before", [0, 40, 400])
def test_a_long_text_is_cut_around_the_pair(before: int) -> None:
    text = "so it went " * before + "Kenya thanked Ghana" + " and so it went" * 300
    source, target = spans(text, "Kenya", "Ghana")
    x = only(text, (source, target))
    a, b, c, d = x.places[0]
    assert len(x.ids) == LONGEST
    assert (x.ids[a : b + 1], x.ids[c : d + 1]) == (pieces(text, source), pieces(text, target))


def test_a_pair_wider_than_the_window_keeps_its_source() -> None:
    text = "Kenya " + "and so on " * 200 + "Ghana"
    source, target = spans(text, "Kenya", "Ghana")
    x = only(text, (source, target))
    assert len(x.ids) == LONGEST
    assert x.ids[x.places[0][0] : x.places[0][1] + 1] == pieces(text, source)


def test_many_pairs_are_asked_in_several_inputs() -> None:
    text = "Kenya thanked Ghana."
    found = marked(TOKENIZER, text, [spans(text, "Kenya", "Ghana")] * (MOST + 1))
    assert [len(indices) for _, indices in found] == [MOST, 1]


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
    [(given, _)] = model.judge(text, [spans(text, source, target)])
    assert max(given, key=lambda r: given[r]) == relation


@shipped
def test_answers_are_probabilities_and_repeat(model: RelationModel) -> None:
    text = "Mali asked Niger for grain."
    [(given, status)] = model.judge(text, [spans(text, "Mali", "Niger")])
    assert set(given) == {*RELATIONS, "NONE"}
    assert sum(given.values()) == pytest.approx(1)
    assert [(given, status)] == model.judge(text, [spans(text, "Mali", "Niger")])


@shipped
def test_who_acts_is_told_from_who_is_named(model: RelationModel) -> None:
    text = "While Ghana watched, Kenya accused Togo of smuggling."
    acts, watches, turned = model.judge(text, [spans(text, a, b) for a, b in (("Kenya", "Togo"), ("Ghana", "Togo"), ("Togo", "Kenya"))])
    assert acts[0]["ACCUSE"] > watches[0]["ACCUSE"] > turned[0]["ACCUSE"]
    assert acts[0]["NONE"] < watches[0]["NONE"] < turned[0]["NONE"]


@shipped
def test_a_pickled_model_answers_the_same(model: RelationModel) -> None:
    text = "Mali asked Niger for grain."
    ends = spans(text, "Mali", "Niger")
    assert pickle.loads(pickle.dumps(model)).judge(text, [ends]) == model.judge(text, [ends])
