"""Where phrases stand that may name an actor, and what they say."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from kg.extract.phrases import Phrase, find_names, find_phrases
from kg.extract.tree import Tree
from tests.parsed import parse

KNOWN = (
    "Peru",
    "Chile",
    "Chad",
    "Mali",
    "France",
    "NATO",
    "May",
    "Bosnia and Herzegovina",
    "Bosnia",
    "Chadian",
    "Polish",
    "Lithuanian",
    "Fijian",
)


class Known:
    """Names as a catalogue gives them."""

    def longest_name(self, tokens: Sequence[str], start: int) -> int:
        return max((n for n in range(1, min(4, len(tokens) - start + 1)) if " ".join(tokens[start : start + n]) in KNOWN), default=0)

    def is_agent_noun(self, noun: str) -> bool:
        return noun in ("leader", "general", "official", "envoy", "minister", "spokesman")


def phrases(tree: Tree) -> list[Phrase]:
    return find_phrases(tree, Known())


def texts(text: str, names: Sequence[tuple[int, int, str]] = ()) -> list[str]:
    return [p.mention.text for p in phrases(parse(text, names=names))]


TITLED = "Foreign/JJ/amod>2 minister/NN/nmod:desc>3 Ada/NNP/nsubj>5 Lovo/NNP/flat>3 met/VBD/root>0 Chadian/JJ/amod>7 officials/NNS/obj>5"
TITLE_HEADS = "foreign/JJ/amod>2 minister/NN/nsubj>5 Ada/NNP/appos>2 Lovo/NNP/flat>3 met/VBD/root>0 Mali/NNP/obj>5"
OFFICE = "The/DT/det>2 leaders/NNS/nsubj>7 of/IN/case>4 France/NNP/nmod>2 and/CC/cc>6 Chad/NNP/conj>4 met/VBD/root>0"
SECRETARY = (
    "The/DT/det>4 secretary/NN/compound>4 -/HYPH/punct>2 general/NN/nsubj>7 of/IN/case>6 NATO/NNP/nmod>4 met/VBD/root>0 it/PRP/obj>7"
)
COORDINATED = "Polish/JJ/amod>4 and/CC/cc>3 Lithuanian/JJ/conj>1 officials/NNS/nsubj>5 met/VBD/root>0"
APPOSITION = (
    "Ada/NNP/nsubj>8 Lovo/NNP/flat>1 ,/,/punct>6 the/DT/det>6 Fijian/JJ/amod>6 envoy/NN/appos>1 ,/,/punct>1 met/VBD/root>0 him/PRP/obj>8"
)


@pytest.mark.parametrize(
    ("text", "names", "expected"),
    [
        pytest.param(TITLED, [(2, 4, "PER")], ["Foreign minister Ada Lovo", "Chadian", "Chadian officials"], id="title before a name"),
        pytest.param(TITLE_HEADS, [(2, 4, "PER")], ["foreign minister Ada Lovo", "Mali"], id="title as head of the name"),
        pytest.param(OFFICE, [], ["leaders of France", "leaders of Chad", "France", "Chad"], id="office of each of two"),
        pytest.param(SECRETARY, [], ["secretary-general of NATO", "NATO", "it"], id="hyphened office, pronoun"),
        pytest.param(COORDINATED, [], ["Polish", "Polish officials", "Lithuanian", "Lithuanian officials"], id="coordinated modifiers"),
        pytest.param(APPOSITION, [(0, 2, "PER")], ["Ada Lovo", "Fijian", "Fijian envoy", "him"], id="apposition"),
        pytest.param(
            "A/DT/det>2 spokesman/NN/nsubj>5 for/IN/case>4 Chad/NNP/nmod>2 thanked/VBD/root>0 Mali/NNP/obj>5",
            [],
            ["spokesman of Chad", "Chad", "Mali"],
            id="spokesman for",
        ),
        pytest.param(
            "A/DT/det>2 shop/NN/nsubj>5 for/IN/case>4 Chad/NNP/nmod>2 thanked/VBD/root>0 Mali/NNP/obj>5",
            [],
            ["Chad", "Mali"],
            id="other nouns do not speak for",
        ),
        pytest.param("The/DT/det>2 minister/NN/nsubj>3 thanked/VBD/root>0 Mali/NNP/obj>3", [], ["minister", "Mali"], id="definite"),
        pytest.param("A/DT/det>2 minister/NN/nsubj>3 thanked/VBD/root>0 Mali/NNP/obj>3", [], ["Mali"], id="indefinite, unnamed"),
        pytest.param(
            "A/DT/det>3 Chadian/JJ/amod>3 minister/NN/nsubj>4 thanked/VBD/root>0 Mali/NNP/obj>4",
            [],
            ["A Chadian minister", "Chadian", "Mali"],
            id="the article tells an indefinite agent",
        ),
        pytest.param("In/IN/case>2 May/NNP/obl>5 ,/,/punct>2 Chad/NNP/nsubj>5 fell/VBD/root>0", [], ["May", "Chad"], id="month"),
        pytest.param(
            "Chad/NNP/nmod:poss>4 's/POS/case>1 own/JJ/amod>4 envoy/NN/nsubj>5 left/VBD/root>0",
            [],
            ["Chad", "Chad's own envoy"],
            id="owner",
        ),
        pytest.param("He/PRP/nsubj>2 told/VBD/root>0 me/PRP/iobj>2 himself/PRP/obl>2", [], ["He", "himself"], id="third persons only"),
        pytest.param("prices/NNS/nsubj>2 rose/VBD/root>0", [], [], id="nobody"),
    ],
)
def test_phrases(text: str, names: list[tuple[int, int, str]], expected: list[str]) -> None:
    assert texts(text, names) == expected


def test_a_name_inside_another_phrase_is_one_of_its_own() -> None:
    tree = parse("NATO/NNP/nsubj>2 left/VBD/root>0 the/DT/det>7 old/JJ/amod>7 Chadian/JJ/amod>7 air/NN/compound>7 base/NN/obj>2")
    assert [(p.mention.text, p.token) for p in phrases(tree)] == [("NATO", 0), ("old Chadian air base", 6), ("Chadian", 4)]


def test_what_a_mention_says_of_its_place() -> None:
    tree = parse("They/PRP/nsubj>2 met/VBD/root>0 in/IN/case>5 northern/JJ/amod>5 Chad/NNP/obl>2", names=[(4, 5, "LOC")], index=3, begin=50)
    (_, phrase) = phrases(tree)
    mention = phrase.mention
    assert (mention.text, mention.head, mention.label) == ("northern Chad", "Chad", "LOC")
    assert (mention.role, mention.preposition, mention.governor, mention.sentence) == ("obl", "in", "meet", 3)
    assert (mention.span.begin, mention.span.end) == (62, 75)
    assert mention.name is not None
    assert (mention.name.begin, mention.name.end) == (71, 75)
    assert (phrase.tree, phrase.token) == (3, 4)


def test_an_office_points_at_its_own_words_in_the_document() -> None:
    tree = parse(OFFICE)
    first = next(p for p in phrases(tree) if p.mention.text == "leaders of France")
    last = next(p for p in phrases(tree) if p.mention.text == "leaders of Chad")
    assert (first.mention.span.begin, first.mention.span.end) == (4, 21)
    assert (last.mention.span.begin, last.mention.span.end) == (4, 30)
    assert first.token == last.token == 1


def test_the_longer_name_wins() -> None:
    tree = parse("Bosnia/NNP/nsubj>4 and/CC/cc>3 Herzegovina/NNP/conj>1 joined/VBD/root>0", names=[(2, 3, "LOC")])
    assert find_names(tree, Known()) == [(0, 3, "")]
    assert [p.mention.text for p in phrases(tree)] == ["Bosnia and Herzegovina"]


def test_of_equal_names_the_recognisers_with_its_class_stays() -> None:
    tree = parse("Chad/NNP/nsubj>2 fell/VBD/root>0", names=[(0, 1, "LOC")])
    assert find_names(tree, Known()) == [(0, 1, "LOC")]


def test_a_month_alone_is_no_name_of_the_catalogue() -> None:
    assert find_names(parse("May/NNP/nsubj>2 came/VBD/root>0"), Known()) == []
