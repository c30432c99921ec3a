"""What a document has said so far: who was named, by which words, and who was named last."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from kg.link.context import Context
from kg.link.keys import key
from kg.model import Actor


@dataclass(frozen=True, slots=True)
class Seen:
    """An actor as it was last mentioned; `office` is the role by which a person was found, `subject` its place in the clause.

    `thing` marks an owner of whom only a thing was mentioned ("Belarusian assets").
    """

    actor: Actor
    sentence: int
    subject: bool = False
    plural: bool = False
    gender: str = ""
    affiliation: Actor | None = None
    role: str | None = None
    offices: tuple[str, ...] = ()
    local: bool = False
    named: bool = True
    thing: bool = False


@dataclass(slots=True)
class Memory:
    """The mentions of one document, in order. Built and thrown away for each document; `document` is its id, "" if it has none."""

    context: Context = field(default_factory=Context)
    document: str = ""
    seen: list[Seen] = field(default_factory=list)
    places: set[tuple[int, str]] = field(default_factory=set)
    _sides: list[Seen] = field(default_factory=list)
    _surnames: dict[str, Seen] = field(default_factory=dict)
    _names: dict[str, Seen] = field(default_factory=dict)

    def note(self, entry: Seen, *surfaces: str) -> None:
        """Remember an actor and the surfaces that name it from now on."""
        self.seen.append(entry)
        if entry.affiliation is not None:
            self._sides.append(Seen(entry.affiliation, entry.sentence, thing=True))
        for surface in surfaces:
            self._names[key(surface)] = entry
        if entry.actor.kind == "person" and entry.named:
            last = entry.actor.label.split()[-1]
            self._surnames[key(last)] = entry
            for surface in surfaces:
                self._surnames[key(surface.split()[-1])] = entry

    def person(self, surname: str) -> Seen | None:
        """The person last named with this surname."""
        return self._surnames.get(key(surname))

    def named(self, surface: str) -> Seen | None:
        """The actor for whom the document introduced this surface."""
        return self._names.get(key(surface))

    def recent(self, fits: Callable[[Seen], bool]) -> Seen | None:
        """The last actor that fits."""
        return next((entry for entry in reversed(self.seen) if fits(entry)), None)

    def recent_side(self, fits: Callable[[Seen], bool]) -> Seen | None:
        """The last state or organisation that fits, the subject of a sentence first, named itself or through who speaks for it."""
        last = self.recent(fits)
        if last is None:
            return next((entry for entry in reversed(self._sides) if fits(entry)), None)
        return next((entry for entry in self.seen if entry.sentence == last.sentence and entry.subject and fits(entry)), last)

    def antecedent(self, sentence: int, fits: Callable[[Seen], bool], reach: int = 2) -> Seen | None:
        """Whom a pronoun may mean: in this sentence, then those before it, the subject first, then the leftmost."""
        for distance in range(reach + 1):
            here = [entry for entry in self.seen if entry.sentence == sentence - distance and fits(entry)]
            if here:
                return next((entry for entry in here if entry.subject), here[0])
        return None

    def __iter__(self) -> Iterator[Seen]:
        """The entries, first mentioned first."""
        return iter(self.seen)
