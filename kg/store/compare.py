"""Which statements two stores, or one store at two times, have in common and in which they differ."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from kg.model import Participant, Statement

_PARTS = ("source", "relation", "target", "status", "speaker", "when", "words", "confidence")


@dataclass(frozen=True, slots=True)
class Differences:
    """Statements that only the second has, that only the first has, and pairs of one statement that says something else now."""

    added: list[Statement] = field(default_factory=list)
    removed: list[Statement] = field(default_factory=list)
    changed: list[tuple[Statement, Statement]] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.added or self.removed or self.changed)


def compare_statements(before: Iterable[Statement], after: Iterable[Statement]) -> Differences:
    """What became of the statements, by document and place.

    A statement is the same where its IRI is. Of the others, two of one sentence are taken for one that changed where they
    share both actors, else where they share the words that report the act; each is paired once, the first in the text first.
    """
    old = {one.id: one for one in before}
    new = {one.id: one for one in after}
    changed = [(old[name], new[name]) for name in old.keys() & new.keys() if changed_parts(old[name], new[name])]
    removed = sorted((old[name] for name in old.keys() - new.keys()), key=_place)
    added = sorted((new[name] for name in new.keys() - old.keys()), key=_place)
    for likeness in (_actors, _words):
        pairs = list(_paired(removed, added, likeness))
        changed += pairs
        gone, come = {a.id for a, _ in pairs}, {b.id for _, b in pairs}
        removed = [one for one in removed if one.id not in gone]
        added = [one for one in added if one.id not in come]
    return Differences(added, removed, sorted(changed, key=lambda pair: _place(pair[0])))


def changed_parts(before: Statement, after: Statement) -> list[str]:
    """Names of what differs: "source", "relation", "target", "status", "speaker", "when", "words", "confidence"."""
    pairs = zip(_PARTS, _values(before), _values(after), strict=True)
    return [name for name, one, other in pairs if one != other]


def _values(s: Statement) -> tuple[object, ...]:
    ends = _actor(s.source), s.relation.code, _actor(s.target)
    return *ends, s.status, _actor(s.speaker), s.when, s.evidence.predicate, s.evidence.confidence


def _actor(participant: Participant | None) -> str:
    return participant.actor.id if participant else ""


def _place(s: Statement) -> tuple[str, int, int, str]:
    return s.document, s.evidence.sentence.begin, s.evidence.trigger.begin, s.id


def _actors(s: Statement) -> tuple[str, ...]:
    return s.document, s.evidence.text, _actor(s.source), _actor(s.target)


def _words(s: Statement) -> tuple[str, ...]:
    return s.document, s.evidence.text, s.evidence.predicate


def _paired(
    removed: list[Statement], added: list[Statement], likeness: Callable[[Statement], tuple[str, ...]]
) -> Iterator[tuple[Statement, Statement]]:
    waiting: dict[tuple[str, ...], list[Statement]] = defaultdict(list)
    for one in added:
        waiting[likeness(one)].append(one)
    for one in removed:
        like = waiting[likeness(one)]
        if like:
            yield one, like.pop(0)
