"""Our own annotated sentences: every actor marked, every statement between two of them listed, all other pairs hold nothing.

    [1 Kenya] urged [2 Uganda] to free [3 two fishermen].
    1 APPEAL 2
    2 RETREAT 3 requested by=1

A line is source, relation, target, perhaps a status (asserted by default) and who says so. Blocks are parted by blank lines.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from kg.codebook import RELATIONS
from training.relations.examples import Pair

FOLDER = Path(__file__).resolve().parent / "sentences"
BOTH_WAYS = frozenset(("AGREE", "CONSULT", "COOPERATE", "ALLY", "RIVAL"))
"""Relations of which one direction may be listed: the other then counts neither for nor against."""
IGNORED = "IGNORED"
STATUSES = frozenset(("asserted", "negated", "requested", "planned", "possible"))
MARK = re.compile(r"\[(\d+) ([^\[\]]+)\]")
LINE = re.compile(r"(\d+) ([A-Z]+) (\d+)(?: ([a-z]+))?(?: by=(\d+))?")


@dataclass(frozen=True, slots=True)
class Annotated:
    """`actors` are half-open code points of `text`; `statements` (source, relation, target, status) index them."""

    text: str
    actors: tuple[tuple[int, int], ...]
    statements: tuple[tuple[int, str, int, str], ...]
    place: str

    def pairs(self) -> list[Pair]:
        """Every ordered pair of actors: one Pair a statement, else one with NONE or IGNORED."""
        found = []
        for s, source in enumerate(self.actors):
            for t, target in enumerate(self.actors):
                if s == t:
                    continue
                listed = [(r, status) for a, r, b, status in self.statements if (a, b) == (s, t)]
                reverse = any((a, b) == (t, s) and r in BOTH_WAYS for a, r, b, _ in self.statements)
                for relation, status in listed or [(IGNORED if reverse else "NONE", "asserted")]:
                    found.append(Pair(self.text, source, target, relation, status, "sentences", self.place))
        return found


def read_sentences(path: Path) -> Iterator[Annotated]:
    """The blocks of a file; ValueError with file and line where one cannot be read."""
    block: list[tuple[int, str]] = []
    for number, line in enumerate([*path.read_text(encoding="utf-8").splitlines(), ""], 1):
        if line.startswith("#"):
            continue
        if line.strip():
            block.append((number, line.strip()))
        elif block:
            yield _annotated(path, block)
            block = []


def _annotated(path: Path, block: list[tuple[int, str]]) -> Annotated:
    place = f"{path.name}:{block[0][0]}"
    text, spans, done = "", {}, 0
    marked = block[0][1]
    for mark in MARK.finditer(marked):
        text += marked[done : mark.start()]
        if mark[1] in spans:
            raise ValueError(f"{place}: two actors are numbered {mark[1]}")
        spans[mark[1]] = (len(text), len(text) + len(mark[2]))
        text += mark[2]
        done = mark.end()
    text += marked[done:]
    if "[" in text or "]" in text:
        raise ValueError(f"{place}: a bracket is no mark of the form [1 name]")
    order = {name: i for i, name in enumerate(spans)}
    statements = tuple(_statement(f"{path.name}:{number}", line, order) for number, line in block[1:])
    return Annotated(text, tuple(spans.values()), statements, place)


def _statement(place: str, line: str, order: dict[str, int]) -> tuple[int, str, int, str]:
    found = LINE.fullmatch(line)
    if found is None:
        raise ValueError(f"{place}: '{line}' is no statement of the form '1 APPEAL 2 requested by=3'")
    source, relation, target, status, speaker = found.groups()
    unknown = [n for n in (source, target, speaker) if n and n not in order]
    if unknown:
        raise ValueError(f"{place}: no actor is numbered {unknown[0]}")
    if relation not in RELATIONS or (status or "asserted") not in STATUSES or source == target:
        raise ValueError(f"{place}: unknown relation or status, or one actor at both ends, in '{line}'")
    return order[source], relation, order[target], status or "asserted"
