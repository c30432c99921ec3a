"""A parsed sentence as plain tuples: what the rules read, so that they can be tested without a language model."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from spacy.tokens import Doc

NOMINAL = frozenset(("NOUN", "PROPN", "PRON"))


@dataclass(frozen=True, slots=True)
class Tree:
    """One sentence in Universal Dependencies. Token indices are local and count from 0; a root's head is -1.

    `begins` and `ends` are code points of the document; `names` holds the (first, last + 1, class) spans of
    proper names.
    """

    index: int
    words: tuple[str, ...]
    lemmas: tuple[str, ...]
    pos: tuple[str, ...]
    tags: tuple[str, ...]
    deps: tuple[str, ...]
    heads: tuple[int, ...]
    begins: tuple[int, ...]
    ends: tuple[int, ...]
    names: tuple[tuple[int, int, str], ...] = ()
    children: tuple[tuple[int, ...], ...] = field(default=(), compare=False)

    def __len__(self) -> int:
        return len(self.words)

    def kids(self, i: int, *deps: str) -> list[int]:
        """Children of `i` with one of the labels; a label without subtype takes its subtypes too ("obl")."""
        return [k for k in self.children[i] if self.deps[k] in deps or self.deps[k].split(":")[0] in deps]

    def kid(self, i: int, *deps: str) -> int | None:
        found = self.kids(i, *deps)
        return found[0] if found else None

    def base(self, i: int) -> str:
        """The universal label of `i` without its subtype."""
        return self.deps[i].split(":")[0]

    def subtree(self, i: int) -> list[int]:
        found, stack = [], [i]
        while stack:
            node = stack.pop()
            found.append(node)
            stack.extend(self.children[node])
        return sorted(found)

    def ancestors(self, i: int) -> Iterator[int]:
        while (i := self.heads[i]) >= 0:
            yield i

    def case(self, i: int) -> str:
        """The lower-case preposition or case marker of a nominal, joined if of several words; "" if none."""
        marks = [k for k in self.children[i] if self.deps[k] == "case"]
        words = [self.words[m].lower() for k in marks for m in (k, *self.kids(k, "fixed"))]
        return " ".join(words)

    def conjuncts(self, i: int) -> list[int]:
        """`i` and all that is coordinated with it, in order."""
        found = [i]
        for k in self.children[i]:
            if self.deps[k] == "conj" and not self._is_contrasted(k):
                found.extend(self.conjuncts(k))
        return found

    def _is_contrasted(self, k: int) -> bool:
        """ "Iran rather than Yemen", "Oman but not Qatar": named only to be left out."""
        return any(self.words[m].lower() in ("rather", "not", "instead", "than") and m < k for m in self.children[k])


def _children(heads: tuple[int, ...]) -> tuple[tuple[int, ...], ...]:
    found: list[list[int]] = [[] for _ in heads]
    for i, h in enumerate(heads):
        if h >= 0:
            found[h].append(i)
    return tuple(tuple(f) for f in found)


def _mended(pos: list[str], deps: list[str], heads: list[int]) -> tuple[tuple[str, ...], tuple[int, ...]]:
    """Labels and heads, with two frequent errors of parsers put right."""
    labels, parents = list(deps), list(heads)
    _give_own_subjects(pos, labels, parents)
    _give_own_clauses(pos, labels, parents)
    return tuple(labels), tuple(parents)


def _give_own_subjects(pos: list[str], deps: list[str], heads: list[int]) -> None:
    """A second subject that stands after its verb belongs to the verb behind it that has none.

    In "X shelled Y, the army said, and Z fled" the army may have become a subject of "shelled", as if it had shelled too.
    """
    subjects = [i for i, dep in enumerate(deps) if dep in ("nsubj", "nsubj:pass")]
    verbs_with = {heads[s] for s in subjects}
    for s in subjects:
        verb = heads[s]
        if not (0 <= verb < s and any(heads[o] == verb and o < verb for o in subjects)):
            continue
        after = [p for p in range(s + 1, len(heads)) if heads[p] == verb and pos[p] == "VERB" and deps[p] in ("parataxis", "ccomp", "dep")]
        if after and after[0] not in verbs_with and not any(heads[k] == verb and deps[k] == "cc" for k in range(s, after[0])):
            heads[s] = after[0]


def _give_own_clauses(pos: list[str], deps: list[str], heads: list[int]) -> None:
    """ "..., a charge Oman rejected": the clause right behind a noun that stands beside the sentence belongs to the noun."""
    beside = [i for i, dep in enumerate(deps) if dep == "parataxis"]
    for n, v in pairwise(beside):
        if pos[n] != "NOUN" or pos[v] != "VERB" or heads[n] != heads[v]:
            continue
        labels = {deps[k] for k in range(len(heads)) if heads[k] == n}
        before = {deps[k] for k in range(n + 1, v) if heads[k] == v}
        if labels.isdisjoint(("nsubj", "cop")) and "nsubj" in before and before.isdisjoint(("obj", "ccomp", "cc", "punct")):
            deps[v], heads[v] = "acl:relcl", n


def make_tree(
    index: int,
    words: list[str],
    lemmas: list[str],
    pos: list[str],
    tags: list[str],
    deps: list[str],
    heads: list[int],
    begins: list[int],
    names: list[tuple[int, int, str]],
) -> Tree:
    """A Tree from columns; `ends` follow from the words."""
    ends = tuple(b + len(w) for b, w in zip(begins, words, strict=True))
    labels, parents = _mended(pos, deps, heads)
    return Tree(
        index,
        tuple(words),
        tuple(lemmas),
        tuple(pos),
        tuple(tags),
        labels,
        parents,
        tuple(begins),
        ends,
        tuple(names),
        _children(parents),
    )


def trees(doc: Doc) -> list[Tree]:
    """The sentences of a parsed spaCy Doc, in order."""
    found = []
    entities = [(e.start, e.end, e.label_) for e in doc.ents]  # Span.ents would search the whole Doc for each sentence
    first = 0
    for index, sent in enumerate(doc.sents):
        tokens = list(sent)
        start = sent.start
        last = first
        while last < len(entities) and entities[last][0] < sent.end:
            last += 1
        names = [(begin - start, end - start, label) for begin, end, label in entities[first:last]]
        first = last
        found.append(
            make_tree(
                index,
                [t.text for t in tokens],
                [t.lemma_.lower() if t.pos_ != "PROPN" else t.lemma_ for t in tokens],
                [t.pos_ for t in tokens],
                [t.tag_ for t in tokens],
                ["root" if t.head.i == t.i else t.dep_ for t in tokens],
                [-1 if t.head.i == t.i else t.head.i - start for t in tokens],
                [t.idx for t in tokens],
                names,
            )
        )
    return found
