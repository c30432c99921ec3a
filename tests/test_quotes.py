"""Whose words the sentences of a quotation are."""

from __future__ import annotations

import pytest

from kg.extract.quotes import LONGEST, quoting_phrases
from kg.extract.tree import Tree
from tests.parsed import lexicon_of, linked, parse

LEXICON = lexicon_of("", "say,VERB,,claim,\nadd,VERB,,claim,\nclaim,NOUN,,claim,")
OPENED = "Peru/NNP/nsubj>2 said/VBD/root>0 :/:/punct>2 “/``/punct>5 Enough/JJ/ccomp>2"
INSIDE = "It/PRP/nsubj>2 ends/VBZ/root>0"
CLOSED = "It/PRP/nsubj>2 ends/VBZ/root>0 ”/''/punct>2"
AFTER = "Rain/NN/nsubj>2 fell/VBD/root>0"


def speakers(*texts: str) -> dict[int, str]:
    """Words of the speaker by number of the sentence."""
    sentences: list[Tree] = []
    for text in texts:
        begin = sentences[-1].ends[-1] + 1 if sentences else 0
        sentences.append(parse(text, index=len(sentences), begin=begin))
    read = [linked(tree) for tree in sentences]
    phrases, links = [p for some, _ in read for p in some], [link for _, some in read for link in some]
    found = quoting_phrases(sentences, LEXICON, phrases, links)
    return {index: phrases[i].mention.text for index, i in found.items()}


def test_up_to_the_sentence_that_closes_it() -> None:
    assert speakers(OPENED, INSIDE, CLOSED, AFTER) == {1: "Peru", 2: "Peru"}


@pytest.mark.parametrize(("opening", "closing"), [("“", "”"), ("«", "»"), ("„", "”"), ('"', '"')])
def test_kinds_of_quotation_marks(opening: str, closing: str) -> None:
    assert speakers(OPENED.replace("“", opening), CLOSED.replace("”", closing), AFTER) == {1: "Peru"}


def test_a_quotation_within_one_sentence_continues_nowhere() -> None:
    assert speakers(OPENED + " ”/''/punct>5", AFTER) == {}


def test_no_quotation() -> None:
    assert speakers("Peru/NNP/nsubj>2 said/VBD/root>0 so/RB/advmod>2", AFTER) == {}


def test_nobody_known_says_it() -> None:
    assert speakers(OPENED.replace("Peru/NNP", "Farmers/NNS"), INSIDE, CLOSED) == {}


def test_who_speaks_within_the_quotation_does_not_take_it_over() -> None:
    assert speakers(OPENED, "Chile/NNP/nsubj>2 said/VBD/root>0 no/UH/obj>2".replace("/UH/", "/INTJ/UH/"), CLOSED) == {1: "Peru", 2: "Peru"}


def test_the_next_quotation_has_its_own_speaker() -> None:
    assert speakers(OPENED, CLOSED, OPENED.replace("Peru", "Chile"), CLOSED) == {1: "Peru", 3: "Chile"}


def test_a_mark_never_closed_is_a_slip() -> None:
    found = speakers(OPENED, *[INSIDE] * (LONGEST + 3))
    assert sorted(found) == list(range(1, LONGEST + 1))
