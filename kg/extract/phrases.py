"""Noun phrases that may name an actor: where they stand, what they say, how they are governed."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from kg.extract.tree import NOMINAL, Tree
from kg.model import Mention, Span

PREMODIFIERS = frozenset(
    ("compound", "amod", "nummod", "nmod", "flat", "det", "advmod", "punct", "appos", "obl", "conj", "cc", "dep", "acl")
)
PRONOUNS = frozenset("he she they it him her them his its their himself herself itself themselves".split())
TRIMMED = frozenset("a an the this that these those some any several many few both all each every no other another such".split())
MONTHS = frozenset(("May", "March", "August", "April", "June"))
OWNER_PREPOSITIONS = {
    **dict.fromkeys(("spokesman", "spokeswoman", "spokesperson"), ("for",)),
    **dict.fromkeys(("official", "authority", "government", "regime", "junta", "source", "rebel", "leadership", "embassy"), ("in",)),
    **dict.fromkeys(
        ("court", "judge", "prosecutor", "police", "parliament", "lawmaker", "militant", "gunman", "army", "protester"), ("in",)
    ),
}
"""Prepositions besides "of" that name whom an agent acts for."""
DEFINITE = frozenset("the this that these those his her its their".split())


class Names(Protocol):
    """What mention finding needs of a catalogue."""

    def longest_name(self, tokens: Sequence[str], start: int) -> int:
        """Number of tokens of the longest known name that begins at `start`; 0 if none."""

    def is_agent_noun(self, noun: str) -> bool:
        """Whether a noun names somebody who acts for an owner."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """A mention with its place in the parse: the token that heads it. Several phrases may share one head."""

    mention: Mention
    tree: int
    token: int


def find_names(tree: Tree, names: Names) -> list[tuple[int, int, str]]:
    """Name spans of the recogniser and of the catalogue, the longer winning where they overlap."""
    found = [(b, e, label) for b, e, label in tree.names]
    words = tree.words
    i = 0
    while i < len(words):
        n = names.longest_name(words, i)
        if n and not (n == 1 and words[i] in MONTHS):
            found.append((i, i + n, ""))
        i += 1
    found.sort(key=lambda s: (s[0] - s[1], s[2] == "", s[0]))
    taken = [False] * len(words)
    kept = []
    for begin, end, label in found:
        if not any(taken[begin:end]):
            kept.append((begin, end, label))
            taken[begin:end] = [True] * (end - begin)
    return sorted(kept)


def _is_phrase_head(tree: Tree, i: int) -> bool:
    dep, pos = tree.base(i), tree.pos[i]
    if dep in ("flat", "compound", "fixed", "goeswith", "det", "case", "punct"):
        return tree.deps[i] == "nmod:poss"
    if (tree.deps[i] == "nmod:desc" and tree.heads[i] > i) or _follows_title(tree, i):
        return False
    if pos in NOMINAL:
        return True
    return (
        pos in ("ADJ", "NUM", "X", "SYM")
        and dep in ("nsubj", "obj", "iobj", "obl", "nmod", "conj", "appos", "root")
        and tree.words[i][:1].isupper()
    )


def _follows_title(tree: Tree, i: int) -> bool:
    """A name in apposition right after its title ("foreign minister Ada Lovo"): part of the title's phrase."""
    title = tree.heads[i]
    return tree.base(i) == "appos" and tree.pos[i] == "PROPN" and 0 <= title == tree.subtree(i)[0] - 1


def _left_edge(tree: Tree, head: int) -> int:
    """First token of the run of premodifiers that ends at the head."""
    left = head
    for k in reversed([k for k in tree.children[head] if k < head]):
        if tree.base(k) not in PREMODIFIERS:
            break
        part = tree.subtree(k)
        if part[-1] != left - 1 or part != list(range(part[0], left)):
            break
        left = part[0]
    return left


def _right_edge(tree: Tree, head: int, names: Iterable[tuple[int, int, str]]) -> int:
    """Last token of the head's name or flat continuation."""
    right = head
    for k in tree.children[head]:
        if k > head and tree.base(k) in ("flat", "compound") and k <= right + 2 and tree.deps[k] != "compound:prt":
            right = max(right, _last_of_name(tree, k))
    for k in tree.children[head]:
        if _follows_title(tree, k):
            right = max(right, _right_edge(tree, k, names))
    for begin, end, _ in names:
        if begin <= head < end:
            right = max(right, end - 1)
    return right


def _last_of_name(tree: Tree, k: int) -> int:
    """Last token of a flat continuation, short of a coordination that was parsed into it."""
    last = k
    for i in tree.subtree(k):
        if i > last + 1 or tree.base(i) in ("cc", "conj"):
            break
        last = max(last, i)
    return last


def _trim(tree: Tree, left: int, head: int) -> int:
    """Past determiners, adverbs, prepositions and commas at the beginning."""
    while left < head and (
        tree.words[left].lower() in TRIMMED
        or (tree.pos[left] in ("PUNCT", "ADV", "ADP", "CCONJ", "SCONJ") and not tree.words[left][:1].isupper())
    ):
        left += 1
    while left < head and tree.pos[left] in ("PUNCT", "ADP", "CCONJ"):
        left += 1
    return left


def _text(tree: Tree, begin: int, end: int) -> str:
    """Words [begin, end) with the spaces that the document has between them."""
    parts = []
    for i in range(begin, end):
        parts.append(tree.words[i])
        if i + 1 < end and tree.begins[i + 1] > tree.ends[i]:
            parts.append(" ")
    return "".join(parts)


def _owner_of_office(tree: Tree, head: int, named: Sequence[bool], spans: Sequence[tuple[int, int, str]]) -> list[tuple[int, int]]:
    """Token ranges of "of X" after the head, one a conjunct, where X holds a name: "leaders of France and Chad"."""
    found = []
    if any(tree.pos[k] != "PRON" for k in tree.kids(head, "nmod:poss")):
        return []
    for k in tree.kids(head, "nmod"):
        if k > head and tree.case(k) in ("of", "from", *OWNER_PREPOSITIONS.get(tree.lemmas[head], ())):
            for c in tree.conjuncts(k):
                left, right = _trim(tree, _left_edge(tree, c), c), _right_edge(tree, c, spans)
                if any(named[left : right + 1]):
                    found.append((left, right + 1))
    return found


def _end_of_office(tree: Tree, head: int, named: Sequence[bool]) -> int:
    """Last token of an office that says its field after it: "secretary of state", "minister of foreign affairs"."""
    if tree.lemmas[head].lower() not in ("secretary", "minister"):
        return head
    fields = [k for k in tree.kids(head, "nmod") if k > head and tree.case(k) == "of" and tree.words[head + 1].lower() == "of"]
    return next((k for k in fields if not any(named[head + 1 : k + 1]) and k <= head + 3), head)


def _modifier_conjuncts(tree: Tree, head: int, left: int, named: Sequence[bool]) -> list[list[int]]:
    """Coordinated named premodifiers of one head, "Polish and Lithuanian" of "officials", as token runs."""
    for k in tree.children[head]:
        if left <= k < head and tree.base(k) in ("amod", "compound", "nmod") and named[k]:
            runs = [c for c in tree.conjuncts(k) if c < head and named[c]]
            if len(runs) > 1:
                return [[c] for c in runs]
    return []


def find_phrases(tree: Tree, names: Names, people: Collection[str] = ()) -> list[Phrase]:
    """All phrases of a sentence that name somebody, or that a definite description or pronoun could stand for.

    `people` are nouns (lemmas) whose phrases are taken too, though they name nobody: "police", "protester".
    """
    spans = find_names(tree, names)
    named = [False] * len(tree)
    for begin, end, _ in spans:
        named[begin:end] = [True] * (end - begin)
    found: list[Phrase] = []
    covered: set[int] = set()
    for head in range(len(tree)):
        if _is_phrase_head(tree, head):
            phrases = _phrases_at(tree, head, spans, named, names) or _unnamed_at(tree, head, people)
            found.extend(phrases)
            if phrases:
                covered.update(
                    i
                    for b, e, _ in spans
                    if b <= head < e or any(_follows_title(tree, k) and b <= k < e for k in tree.children[head])
                    for i in range(b, e)
                )
    for begin, end, label in spans:
        if not covered.intersection(range(begin, end)):
            found.append(_modifier_phrase(tree, begin, end, label))
    return sorted(found, key=lambda p: (p.mention.span, p.token))


def _phrases_at(tree: Tree, head: int, spans: list[tuple[int, int, str]], named: Sequence[bool], names: Names) -> list[Phrase]:
    word = tree.words[head].lower()
    if tree.pos[head] == "PRON":
        return [_phrase(tree, head, head, head + 1, None)] if word in PRONOUNS else []
    outer = _left_edge(tree, head)
    right = max(_right_edge(tree, head, spans), _end_of_office(tree, head, named)) + 1
    named_by = next((k for k in tree.children[head] if _follows_title(tree, k)), head)
    own = next(((b, e, label) for b, e, label in spans if b <= named_by < e), None)
    if own and own[0] <= tree.heads[head] < own[1] and tree.heads[head] != head:
        return []  # a later part of a name that the parse has split ("Bosnia and Herzegovina")
    left = _trim(tree, min(outer, own[0]) if own else outer, head)
    if own is None and tree.pos[head] == "PROPN" and tree.deps[head] == "nmod:poss":
        own = (left, right, "")
    owners = [] if own or not names.is_agent_noun(tree.lemmas[head]) else _owner_of_office(tree, head, named, spans)
    if owners:
        return [_phrase(tree, head, left, end, None, f"{_text(tree, left, right)} of {_text(tree, begin, end)}") for begin, end in owners]
    several = [] if own else _modifier_conjuncts(tree, head, left, named)
    if several:
        rest = _text(tree, max(r[-1] for r in several) + 1, right)
        return [_phrase(tree, head, r[0], right, None, f"{_text(tree, r[0], r[-1] + 1)} {rest}") for r in several]
    if not own and outer < left and tree.words[left - 1].lower() in ("a", "an"):
        left -= 1  # the linker tells "a minister" from "the minister" by it
    definite = any(tree.words[i].lower() in DEFINITE for i in range(outer, head))
    if own or any(named[left:right]) or definite or tree.pos[head] == "PROPN":
        return [_phrase(tree, head, left, right, own)]
    return []


def _unnamed_at(tree: Tree, head: int, people: Collection[str]) -> list[Phrase]:
    """The phrase of a noun for persons, without determiner: "three aid workers"."""
    if tree.pos[head] != "NOUN" or tree.lemmas[head].lower() not in people:
        return []
    return [_phrase(tree, head, _trim(tree, _left_edge(tree, head), head), head + 1, None)]


def _phrase(tree: Tree, head: int, begin: int, end: int, own: tuple[int, int, str] | None, text: str | None = None) -> Phrase:
    governor = tree.heads[head]
    return Phrase(
        Mention(
            Span(tree.begins[begin], tree.ends[end - 1]),
            text if text is not None else _text(tree, begin, end),
            tree.lemmas[head],
            Span(tree.begins[own[0]], tree.ends[own[1] - 1]) if own else None,
            own[2] if own else "",
            tree.deps[head],
            tree.case(head),
            tree.lemmas[governor] if governor >= 0 else "",
            tree.index,
        ),
        tree.index,
        head,
    )


def _modifier_phrase(tree: Tree, begin: int, end: int, label: str) -> Phrase:
    """A name inside another phrase ("Russian" in "Russian airspace"): headed by its own topmost token."""
    inside = range(begin, end)
    top = next((i for i in inside if tree.heads[i] not in inside), end - 1)
    return _phrase(tree, top, begin, end, (begin, end, label))
