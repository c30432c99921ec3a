"""Quotations that run over several sentences: whose words the later ones are."""

from __future__ import annotations

from collections.abc import Sequence

from kg.extract.lexicon import Lexicon
from kg.extract.phrases import Phrase
from kg.extract.reading import operator_at
from kg.extract.roles import surface_subjects
from kg.extract.tree import Tree
from kg.model import Link

OPENING, CLOSING, STRAIGHT = "“«„", "”»", '"'
LONGEST = 12
"""Sentences after which an unclosed quotation mark is taken for a slip."""


def quoting_phrases(sentences: Sequence[Tree], lexicon: Lexicon, phrases: Sequence[Phrase], links: Sequence[Link]) -> dict[int, int]:
    """For each sentence that continues or ends a quotation begun before it: the index of its speaker's phrase."""
    at = {(p.tree, p.token): i for i, (p, link) in enumerate(zip(phrases, links, strict=True)) if link.actor is not None and link.agent}
    found: dict[int, int] = {}
    inside, speaker, since = False, None, 0
    for tree in sentences:
        if inside and speaker is not None and tree.index - since <= LONGEST:
            found[tree.index] = speaker
        begun = inside
        inside = _open_after(tree, inside)
        if not begun:
            speaker, since = _speaker(tree, lexicon, at), tree.index
    return found


def _open_after(tree: Tree, inside: bool) -> bool:
    for word in tree.words:
        if word in OPENING:
            inside = True
        elif word in CLOSING:
            inside = False
        elif word == STRAIGHT:
            inside = not inside
    return inside


def _speaker(tree: Tree, lexicon: Lexicon, at: dict[tuple[int, int], int]) -> int | None:
    """The actor who says something in a sentence, the last if several do."""
    last = None
    for i in range(len(tree)):
        operator = operator_at(tree, lexicon, i)
        if operator and operator.kind == "claim" and tree.pos[i] == "VERB":
            last = next((at[tree.index, s] for s in surface_subjects(tree, i) if (tree.index, s) in at), last)
    return last
