"""The small word lists that the linker reads, indexed. They are data (kg/data/catalogue/lexicon.json), not code."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from kg.link.catalogue import ACTOR, Catalogue


class Role(NamedTuple):
    """What a role phrase may mean: offices to look up, first one first, and for whom ("" is any state)."""

    offices: tuple[str, ...]
    scope: tuple[str, ...]


class Description(NamedTuple):
    """What "the bloc" or "the country" may refer to: kinds of actors, parts of their types, and the one meant without context."""

    kinds: tuple[str, ...]
    types: tuple[str, ...]
    default: str | None


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Role phrases, agent nouns, descriptions, modifiers and the words of syntax that tell a place from a state."""

    roles: dict[str, tuple[Role, ...]]
    agents: dict[str, str]
    descriptions: dict[str, Description]
    modifiers: dict[str, str]
    honorifics: dict[str, str]
    syntax: dict[str, frozenset[str]]
    regions: dict[str, frozenset[str]]
    leaders: dict[str, str]
    ambiguous: dict[str, tuple[str, ...]]
    contextual: dict[str, tuple[tuple[str, tuple[str, ...]], ...]]
    longest_role: int

    @classmethod
    def of(cls, catalogue: Catalogue) -> Lexicon:
        """The lexicon that was loaded with a catalogue."""
        data = catalogue.lexicon
        roles: dict[str, list[Role]] = {}
        for phrase, offices, scope in data["roles"]:
            roles.setdefault(phrase, []).append(Role(_parts(offices), _parts(scope)))
        classes: dict[str, set[str]] = {}
        for word, name in data["syntax"]:
            classes.setdefault(name, set()).add(word)
        return cls(
            roles={phrase: tuple(sorted(rows, key=lambda role: not role.scope)) for phrase, rows in roles.items()},
            agents=dict(data["agents"]),
            descriptions={
                noun: Description(_parts(kinds), _parts(types), ACTOR + default if default else None)
                for noun, kinds, types, default in data["descriptions"]
            },
            modifiers=dict(data["modifiers"]),
            honorifics=dict(data["honorifics"]),
            syntax={name: frozenset(words) for name, words in classes.items()},
            regions={adjective: frozenset(ACTOR + state for state in _parts(states)) for adjective, states in data["regions"]},
            leaders={ACTOR + state: office for state, office in data["leaders"]},
            ambiguous={name: tuple(ACTOR + actor for actor in _parts(candidates)) for name, candidates in data["ambiguous"]},
            contextual=_contextual(data["contextual"]),
            longest_role=max(len(phrase.split()) for phrase in roles),
        )

    def agent_group(self, noun: str) -> str | None:
        """The group of an agent noun in any number ("official", "military"), None for other nouns."""
        return next((self.agents[form] for form in singulars(noun) if form in self.agents), None)

    def role_length(self, words: Sequence[str], start: int) -> int:
        """How many words the longest role phrase that begins at `start` has (words in lower case)."""
        for length in range(min(self.longest_role, len(words) - start), 0, -1):
            if " ".join(words[start : start + length]) in self.roles:
                return length
        return 0

    def is_(self, word: str, name: str) -> bool:
        """Whether a word belongs to a class of the syntax list."""
        return word.lower() in self.syntax[name]


def singulars(noun: str) -> list[str]:
    """The forms that a noun may have in the singular, itself first."""
    word = noun.lower()
    forms = [word]
    if word.endswith("men"):
        forms.append(word[:-3] + "man")
    if word.endswith("ies"):
        forms.append(word[:-3] + "y")
    if word.endswith("es"):
        forms.append(word[:-2])
    if word.endswith("s"):
        forms.append(word[:-1])
    return forms


def _contextual(rows: Sequence[Sequence[str]]) -> dict[str, tuple[tuple[str, tuple[str, ...]], ...]]:
    """Bare names ("Senate") with whom each means in a document that is most of all about one of some states."""
    found: dict[str, tuple[tuple[str, tuple[str, ...]], ...]] = {}
    for name, actor, about in rows:
        found[name] = (*found.get(name, ()), (ACTOR + actor, tuple(ACTOR + state for state in _parts(about))))
    return found


def _parts(cell: str) -> tuple[str, ...]:
    return tuple(part for part in cell.split("|") if part)
