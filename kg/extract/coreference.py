"""What the syntax of a sentence says of who is meant, over and above the linker's memory of the document."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from kg.extract.lexicon import Lexicon
from kg.extract.phrases import Phrase
from kg.extract.reading import operator_at
from kg.extract.roles import surface_subjects
from kg.extract.tree import Tree
from kg.model import Link

OBJECT_ROLES = frozenset(("obj", "iobj", "obl", "obl:agent"))
PERSONAL = frozenset(("he", "she"))
NEAR = 40
"""Mentions before a pronoun that it may stand for."""


def bind_by_syntax(
    sentences: Sequence[Tree], phrases: Sequence[Phrase], links: Sequence[Link], lexicon: Lexicon, resolve: Callable[[str], Link]
) -> list[Link]:
    """The links of a document with pronouns and appositions bound. `resolve` links a phrase that stands alone."""
    binder = Binder(sentences, phrases, links, lexicon)
    for i in range(len(phrases)):
        binder.speaker_of_clause(i)
        binder.not_its_own_object(i)
    for i in range(len(phrases)):
        binder.owner_by_pronoun(i, resolve)
        binder.side_by_apposition(i)
    return binder.links


class Binder:
    """Changes the links of one document, one phrase at a time."""

    def __init__(self, sentences: Sequence[Tree], phrases: Sequence[Phrase], links: Sequence[Link], lexicon: Lexicon) -> None:
        self.sentences, self.phrases, self.lexicon = sentences, phrases, lexicon
        self.links = list(links)
        self._at = {(p.tree, p.token): i for i, p in enumerate(phrases)}

    def _linked_at(self, tree: Tree, token: int) -> Link | None:
        """The link of the phrase that a token heads, if it is one to an actor."""
        i = self._at.get((tree.index, token))
        return self.links[i] if i is not None and self.links[i].actor is not None else None

    def speaker_of_clause(self, i: int) -> None:
        """ "Oman said it would send": the subject pronoun of what is said is who says it."""
        phrase = self.phrases[i]
        tree = self.sentences[phrase.tree]
        if tree.pos[phrase.token] != "PRON" or not phrase.mention.role.startswith("nsubj"):
            return
        clause = tree.heads[phrase.token]
        said = tree.heads[clause] if clause >= 0 and tree.base(clause) == "ccomp" else -1
        operator = operator_at(tree, self.lexicon, said) if said >= 0 else None
        if operator is None or operator.kind != "claim":
            return
        speaker = next((x for s in surface_subjects(tree, said) if s < phrase.token and (x := self._linked_at(tree, s))), None)
        if speaker is None or speaker.actor is None or not speaker.agent:
            return
        if (speaker.actor.kind == "person") == (tree.words[phrase.token].lower() in PERSONAL):
            self.links[i] = replace(speaker, mention=phrase.mention, rule="pronoun", reason=f"who says it: {speaker.reason}", score=0.8)

    def not_its_own_object(self, i: int) -> None:
        """ "Ada phoned Ben to congratulate him": an object pronoun is the nearest other actor, not the clause's subject."""
        phrase, link = self.phrases[i], self.links[i]
        if link.rule != "pronoun" or link.actor is None or phrase.mention.role not in OBJECT_ROLES:
            return
        tree = self.sentences[phrase.tree]
        subjects = (self._linked_at(tree, s) for s in surface_subjects(tree, tree.heads[phrase.token]))
        taken = {s.actor.id for s in subjects if s is not None and s.actor is not None}
        if link.actor.id not in taken:
            return
        near = range(max(0, i - NEAR), i)
        before = [self.links[k] for k in near if 0 <= phrase.tree - self.phrases[k].tree <= 1 and self.links[k].agent]
        kind = link.actor.kind
        other = next((x for x in reversed(before) if x.actor is not None and x.actor.id not in taken and x.actor.kind == kind), None)
        self.links[i] = replace(link, actor=None) if other is None else replace(other, mention=phrase.mention, rule="pronoun", score=0.6)

    def owner_by_pronoun(self, i: int, resolve: Callable[[str], Link]) -> None:
        """ "Its envoy" is the envoy of whom "its" stands for."""
        phrase = self.phrases[i]
        tree = self.sentences[phrase.tree]
        words = phrase.mention.text.split(" ", 1)
        if self.links[i].actor is not None or len(words) < 2:
            return
        pronouns = [k for k in tree.kids(phrase.token, "nmod:poss") if tree.pos[k] == "PRON"]
        meant = next((x for k in pronouns if (x := self._linked_at(tree, k))), None)
        owner = (meant.affiliation or meant.actor) if meant is not None else None
        if owner is not None:
            resolved = resolve(f"{owner.label}'s {words[1]}")
            if resolved.actor is not None and resolved.agent:
                self.links[i] = replace(resolved, mention=phrase.mention, rule="pronoun-owner", score=round(resolved.score * 0.8, 2))

    def side_by_apposition(self, i: int) -> None:
        """ "Ada Lovo, the Fijian envoy": a person whom the catalogue does not know acts for whom the apposition says."""
        phrase, link = self.phrases[i], self.links[i]
        if not link.local or link.affiliation is not None:
            return
        tree = self.sentences[phrase.tree]
        near = [*tree.kids(phrase.token, "appos"), *([tree.heads[phrase.token]] if tree.base(phrase.token) == "appos" else [])]
        for k in near:
            other = self._linked_at(tree, k)
            if (
                other is not None
                and other.actor is not None
                and other.agent
                and other.role
                and not other.local
                and other.actor.kind != "person"
            ):
                self.links[i] = replace(link, affiliation=other.actor, role=other.role)
                return
