"""The graph of the examples: one node for one actor, and no node for a pronoun, a date, a number or a common noun."""

from __future__ import annotations

import re

import pytest

from kg.link import Catalogue
from kg.link.keys import key
from kg.link.lexicon import Lexicon
from kg.model import Actor
from kg.pipeline import extract_documents
from kg.read import read_documents
from tests.conftest import EXAMPLES

PRONOUNS = frozenset("i me we us you he him she her it they them who whom which that this these those one ones others".split())
DATES = re.compile(
    r"\d|\b(?:january|february|march|april|may|june|july|august|september|october|november|december)\b"
    r"|\b(?:mon|tues|wednes|thurs|fri|satur|sun)day\b|\b(?:today|yesterday|tomorrow|week|month|year|century)\b",
    re.IGNORECASE,
)


@pytest.fixture(scope="module")
def nodes(models_once: None) -> dict[str, Actor]:
    """The actors of a graph as `kg build` makes it; with `--actors all` people who are not named are nodes on purpose."""
    found: dict[str, Actor] = {}
    documents = read_documents([str(file) for file in EXAMPLES], on_problem=print)
    for _, statements in extract_documents(documents):
        for s in statements:
            for end in (s.source, s.target, s.speaker):
                if end is not None:
                    found |= {actor.id: actor for actor in (end.actor, end.affiliation) if actor is not None}
    return found


def test_the_graph_has_nodes(nodes: dict[str, Actor]) -> None:
    assert len(nodes) > 50


def test_no_two_nodes_are_one_actor(nodes: dict[str, Actor]) -> None:
    catalogue = Catalogue.load()
    labels: dict[str, set[str]] = {}
    for actor in nodes.values():
        labels.setdefault(key(actor.label).lower(), set()).add(actor.id)
    assert {label: ids for label, ids in labels.items() if len(ids) > 1} == {}
    qids = [actor.qid for actor in nodes.values() if actor.qid]
    assert len(qids) == len(set(qids))
    for actor in nodes.values():
        if actor.id not in catalogue:
            known = {c.actor for c in catalogue.find(actor.label) if c.kind in ("name", "acronym")}
            assert not known, f"{actor.label} is a node of its own beside {known}"


def test_no_node_is_a_word(nodes: dict[str, Actor]) -> None:
    catalogue = Catalogue.load()
    lexicon = Lexicon.of(catalogue)
    for actor in nodes.values():
        words = actor.label.split()
        assert actor.label.lower() not in PRONOUNS, actor
        assert actor.id in catalogue or not DATES.search(actor.label), actor
        assert actor.id in catalogue or len(words) > 1 or actor.label[:1].isupper(), actor
        assert actor.id in catalogue or len(words) > 1 or lexicon.agent_group(actor.label) is None, actor
