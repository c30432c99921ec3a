"""A claim of a model becomes a reading of the document, or is dropped with the reason.

Its words must stand in the sentence; who they mean is the linker's to say, the model's own word counts for pronouns
and descriptions alone, and only as a name that stands in the text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import cast

from kg.codebook import RELATIONS
from kg.extract.phrases import Phrase
from kg.extract.tree import Tree
from kg.llm.answers import Claim
from kg.llm.prompt import STATUSES
from kg.model import Document, Link, Mention, Relation, Span, Status

RULE = "llm"
"""Rule of a link that follows the model's word for whom a pronoun or description stands for."""
_REFERRING = ("pronoun", "description")
_QUOTES = {**dict.fromkeys("'’‘`", "['’‘`]"), **dict.fromkeys('"“”', '["“”]')}


class UngroundedError(Exception):
    """A claim that is dropped; the message is the reason by which it is counted."""


@dataclass(frozen=True, slots=True)
class Grounded:
    """A claim whose words stand in the text: links of its ends and speaker, span of its trigger and the token that heads it."""

    tree: Tree
    source: Link
    relation: Relation
    target: Link
    status: Status
    speaker: Link | None
    trigger: Span
    token: int


class Ground:
    """One document to ground claims in.

    Args:
        document: whose text the spans are of.
        phrases, links: its mentions and whom they mean, in step.
        resolve: links a phrase that stands alone.
    """

    def __init__(self, document: Document, phrases: Sequence[Phrase], links: Sequence[Link], resolve: Callable[[str], Link]) -> None:
        self.document, self.phrases, self.links, self.resolve = document, phrases, links, resolve
        self._at: dict[int, list[int]] = {}
        for i, phrase in enumerate(phrases):
            self._at.setdefault(phrase.tree, []).append(i)

    def ground(self, claim: Claim, tree: Tree) -> Grounded:
        """The claim about a sentence as what the text says. Raises UngroundedError."""
        relation = RELATIONS.get(claim.relation)
        if relation is None or claim.status not in STATUSES:
            raise UngroundedError("with a relation or status outside the codebook")
        if not claim.target:
            raise UngroundedError("without a target")
        places = {what: self._places(tree, what, getattr(claim, what)) for what in ("trigger", "source", "target")}
        trigger = min(places["trigger"], key=lambda t: (_nearest(t, places["source"])[0] + _nearest(t, places["target"])[0], t))
        source = self._link(tree, _nearest(trigger, places["source"])[1], claim.source_name)
        target = self._link(tree, _nearest(trigger, places["target"])[1], claim.target_name)
        speaker = None
        if claim.speaker:
            span = _nearest(trigger, self._places(tree, "speaker", claim.speaker))[1]
            speaker = self._link(tree, span, claim.speaker_name)
        return Grounded(tree, source, relation, target, cast(Status, claim.status), speaker, trigger, _head(tree, trigger))

    def _places(self, tree: Tree, what: str, words: str) -> list[Span]:
        """Where words stand in a sentence."""
        found = list(occurrences(self.document.text, words, tree.begins[0], tree.ends[-1]))
        if not found:
            raise UngroundedError(f"with a {what} that is not in its sentence")
        return found

    def _link(self, tree: Tree, span: Span, name: str) -> Link:
        """Whom words in a sentence mean."""
        i = self._phrase_at(tree, span)
        words = " ".join(self.document.text[span.begin : span.end].split())
        own = self.links[i] if i is not None else None
        mention = own.mention if own is not None else Mention(span, words, "", sentence=tree.index)
        if name and name != words:
            self._check_name(name)
            if own is None or own.actor is None or own.rule.startswith(_REFERRING):
                named = self._named(name, span)
                if named.actor is not None:
                    score = round(0.9 * named.score, 2)
                    return replace(named, mention=mention, rule=RULE, reason=f"said to stand for “{name}”: {named.reason}", score=score)
        return own if own is not None else replace(self.resolve(words), mention=mention)

    def _check_name(self, name: str) -> None:
        document = self.document
        texts = (document.text, document.title or "")
        if not any(next(occurrences(text, name, 0, len(text)), None) for text in texts):
            raise UngroundedError("with a name that is not in the text")

    def _named(self, name: str, before: Span) -> Link:
        """The link of the nearest mention before that is this name, else of one after, else of the name alone."""
        same = [
            link for link in self.links
            if link.actor is not None and not link.rule.startswith(_REFERRING) and name in (link.mention.text, self._name_of(link.mention))
        ]  # fmt: skip
        earlier = [link for link in same if link.mention.span.begin < before.begin]
        return earlier[-1] if earlier else same[0] if same else self.resolve(name)

    def _name_of(self, mention: Mention) -> str:
        return self.document.text[mention.name.begin : mention.name.end] if mention.name else ""

    def _phrase_at(self, tree: Tree, span: Span) -> int | None:
        """The phrase that words are: the one that covers the same text best, and of which they hold more than a modifier."""
        best: tuple[float, int] | None = None
        for i in self._at.get(tree.index, ()):
            phrase = self.phrases[i]
            shared = _shared(span, phrase.mention.span)
            head = Span(tree.begins[phrase.token], tree.ends[phrase.token])
            holds_name = phrase.mention.name is not None and _shared(span, phrase.mention.name) > 0
            if shared >= 0.5 or (shared > 0 and (_shared(span, head) > 0 or holds_name)):
                best = max(best or (shared, -i), (shared, -i))
        return -best[1] if best else None


def occurrences(text: str, words: str, begin: int, end: int) -> Iterator[Span]:
    """Where words stand in text[begin:end] as whole words; white space and the shape of quotation marks may differ.

    >>> list(occurrences("Iran met  an Iranian; Iran left.", "Iran", 0, 32))
    [Span(begin=0, end=4), Span(begin=22, end=26)]
    """
    parts = ["".join(_QUOTES.get(c, re.escape(c)) for c in part) for part in words.split()]
    if not parts:
        return iter(())
    bare = words.strip()
    before, after = (r"(?<!\w)" if bare[0].isalnum() else ""), (r"(?!\w)" if bare[-1].isalnum() else "")
    pattern = re.compile(before + r"\s+".join(parts) + after)
    return (Span(m.start(), m.end()) for m in pattern.finditer(text, begin, end))


def _nearest(place: Span, spans: Sequence[Span]) -> tuple[int, Span]:
    """The span with the fewest code points between it and a place, and how many."""
    return min((max(s.begin - place.end, place.begin - s.end, 0), s) for s in spans)


def _shared(one: Span, other: Span) -> float:
    """Code points in both of those in either, from 0 to 1."""
    common = min(one.end, other.end) - max(one.begin, other.begin)
    return max(common, 0) / (max(one.end, other.end) - min(one.begin, other.begin))


def _head(tree: Tree, span: Span) -> int:
    """The topmost token of a span."""
    inside = [i for i in range(len(tree)) if tree.begins[i] < span.end and span.begin < tree.ends[i]]
    return next((i for i in inside if tree.heads[i] not in inside), inside[0])
