"""Score extraction against gold statements, on four rungs of agreement.

Gold files hold blocks: a head line "id | phenomenon | date", the text, then one statement a line:
`SOURCE > RELATION > TARGET [status] [by=SPEAKER] (optional)`. SOURCE and TARGET are names; `Name@Side` is a person and
the state or organisation that the person speaks for, a name in lower case an unnamed agent of the side. `A|B` allows
either, `[*]` any status; optional statements count neither for nor against. A file without head lines is one document.

Rungs: dyad (both ends, persons as their side), quad (and the quad class), root (and the relation; CONCEDE and RETREAT
count as one), full (and the status, the speaker where gold names one, and the named persons).
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from kg.codebook import RELATIONS
from kg.errors import InputError
from kg.model import Participant, Statement

Rung = Literal["dyad", "quad", "root", "full"]
RUNGS: tuple[Rung, ...] = ("dyad", "quad", "root", "full")
OF_RELATION: tuple[Rung, ...] = ("root", "full")
"""The rungs on which a statement counts for one relation."""
STATUSES = frozenset(("asserted", "negated", "requested", "planned", "possible", "*"))
SYMMETRIC = frozenset(("CONSULT", "COOPERATE", "ALLY", "RIVAL"))
_HEAD = re.compile(r"^(\w+) \| ([\w -]+?)(?: \| (\S+))?$")
_STATEMENT = re.compile(
    r"^(?P<source>.+?) > (?P<relation>[A-Z|]+) > (?P<target>.+?)(?P<marks>(?: \[[^\]]*\])*)(?P<optional> \(optional\))?$"
)


@dataclass(frozen=True, slots=True)
class End:
    """One end of a statement for comparison: all names of the actor and of its side; `named` asks for the person."""

    names: frozenset[str]
    sides: frozenset[str]
    named: bool = True

    @property
    def key(self) -> tuple[str, ...]:
        return tuple(sorted(self.sides))


@dataclass(frozen=True, slots=True)
class Report:
    """A statement as far as scoring looks at it. Gold may allow several relations and statuses."""

    source: End
    relations: tuple[str, ...]
    target: End | None
    statuses: tuple[str, ...]
    speaker: End | None = None
    optional: bool = False
    text: str = ""


@dataclass(frozen=True, slots=True)
class Item:
    id: str
    phenomenon: str
    date: str | None
    text: str
    gold: tuple[Report, ...]


@dataclass(frozen=True, slots=True)
class Score:
    """Counts of one rung; precision, recall and F1 follow."""

    hit: int = 0
    gold: int = 0
    predicted: int = 0

    def __add__(self, other: Score) -> Score:
        return Score(self.hit + other.hit, self.gold + other.gold, self.predicted + other.predicted)

    @property
    def precision(self) -> float:
        return self.hit / self.predicted if self.predicted else 0.0

    @property
    def recall(self) -> float:
        return self.hit / self.gold if self.gold else 0.0

    @property
    def f1(self) -> float:
        return 2 * self.hit / (self.gold + self.predicted) if self.gold + self.predicted else 0.0


@dataclass(frozen=True, slots=True)
class ItemResult:
    """One item's counts on every rung, and on the full rung what was missed and what was spurious.

    `relations` are the counts on the rungs OF_RELATION by relation; over the relations they add up to those of the item.
    """

    item: Item
    scores: dict[Rung, Score]
    missed: tuple[str, ...]
    spurious: tuple[str, ...]
    relations: dict[str, dict[Rung, Score]]


def plain(name: str) -> str:
    """A name for comparison: no accents, lower case, no leading article."""
    text = "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c))
    text = re.sub(r"\s+", " ", text.replace("’", "'").replace("ı", "i")).strip().lower()
    return text.removeprefix("the ")


def read_gold(path: Path, text: Path | None = None) -> list[Item]:
    """The items of a gold file; InputError names the line of a statement that does not parse, or the item without text.

    `text` is the file with the text of a gold file that holds the statements of one document alone.
    """
    items = _items(path)
    if text is not None:
        if len(items) > 1:
            raise InputError(f"{path}: has {len(items)} items with texts of their own; leave out {text}")
        items = [replace(items[0], text=_read_text(text))]
    empty = next((item for item in items if not item.text), None)
    if empty is not None:
        raise InputError(f"{path}: item '{empty.id}' has no text; write it below the head line, or name its file with --text")
    return items


def _read_text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise InputError(f"{path}: {(error.strerror or str(error)).lower()}; give a gold file as 'kg evaluate --help' describes") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: not UTF-8 text; give a gold file as 'kg evaluate --help' describes") from error


def _items(path: Path) -> list[Item]:
    items: list[Item] = []
    lines = _read_text(path).splitlines()
    for number, raw in enumerate(lines, 1):
        line = raw.rstrip()
        if not line.strip() or line.startswith("#"):
            continue
        head = _HEAD.match(line)
        if head:
            items.append(Item(head[1], head[2], head[3], "", ()))
            continue
        if not items:
            items.append(Item("document", "document", None, "", ()))
        items[-1] = _extended(items[-1], line, f"{path}:{number}")
    if not items:
        raise InputError(f"{path}: holds no gold items; see 'kg evaluate --help' for the notation")
    return items


def _extended(item: Item, line: str, place: str) -> Item:
    found = _STATEMENT.match(line)
    if not found:
        return replace(item, text=f"{item.text} {line}".strip())
    relations = tuple(found["relation"].split("|"))
    unknown = [r for r in relations if r not in RELATIONS]
    marks = re.findall(r"\[([^\]]*)\]", found["marks"])
    statuses = tuple(next((m for m in marks if "=" not in m), "asserted").split("|"))
    unknown += [s for s in statuses if s not in STATUSES]
    if unknown:
        raise InputError(f"{place}: '{unknown[0]}' is no relation or status of the codebook")
    speaker = next((m.removeprefix("by=") for m in marks if m.startswith("by=")), None)
    report = Report(
        _gold_end(found["source"]), relations, None if found["target"] == "-" else _gold_end(found["target"]), statuses,
        _gold_end(speaker) if speaker else None, bool(found["optional"]), line,
    )  # fmt: skip
    return replace(item, gold=(*item.gold, report))


def _gold_end(text: str) -> End:
    name, _, side = text.strip().partition("@")
    return End(frozenset([plain(name)]), frozenset([plain(side or name)]), named=name[:1].isupper())


def _predicted(statement: Statement, names_of: Callable[[str], Iterable[str]]) -> Report:
    def end(p: Participant | None) -> End | None:
        if p is None:
            return None
        own = frozenset(map(plain, (p.actor.label, *names_of(p.actor.id))))
        sides = own if p.affiliation is None else frozenset(map(plain, (p.affiliation.label, *names_of(p.affiliation.id))))
        return End(own, sides)

    source = end(statement.source)
    assert source is not None
    ends = [
        f"{p.actor.label}{f'@{p.affiliation.label}' if p.affiliation else ''}" if p else "-" for p in (statement.source, statement.target)
    ]
    text = f"{ends[0]} > {statement.relation.code} > {ends[1]} [{statement.status}]"
    return Report(source, (statement.relation.code,), end(statement.target), (statement.status,), end(statement.speaker), False, text)


def _same_end(gold: End | None, given: End | None) -> bool:
    if gold is None or given is None:
        return gold is given
    return bool(gold.sides & (given.sides | given.names))


def _root(relation: str) -> str:
    return "RETREAT" if relation == "CONCEDE" else relation


def _roots(report: Report) -> set[str]:
    return {_root(r) for r in report.relations}


def _agree(gold: Report, given: Report, rung: Rung) -> bool:
    if not (_same_end(gold.source, given.source) and _same_end(gold.target, given.target)):
        return False
    if rung == "dyad":
        return True
    if rung == "quad":
        return bool({RELATIONS[r].quad for r in gold.relations} & {RELATIONS[r].quad for r in given.relations}) or bool(
            _roots(gold) & _roots(given)
        )
    if not _roots(gold) & _roots(given):
        return False
    if rung == "root":
        return True
    if "*" not in gold.statuses and not set(gold.statuses) & set(given.statuses):
        return False
    if gold.speaker and not _same_end(gold.speaker, given.speaker):
        return False
    ends = ((gold.source, given.source), (gold.target, given.target))
    return all(g is None or p is None or not g.named or bool(g.names & p.names) for g, p in ends)


def _distinct(reports: Iterable[Report], rung: Rung) -> list[Report]:
    """Reports that differ on the rung."""

    def key(r: Report) -> tuple[object, ...]:
        dyad = (r.source.key, r.target.key if r.target else None)
        relation = sorted(_roots(r))
        level = {"dyad": (), "quad": (RELATIONS[relation[0]].quad,), "root": tuple(relation)}.get(rung)
        if level is not None:
            return (dyad, level)
        names = (tuple(sorted(r.source.names)), tuple(sorted(r.target.names)) if r.target else None)
        return (dyad, tuple(relation), names, r.statuses, r.speaker.key if r.speaker else None)

    return list({key(r): r for r in reports}.values())


def _reversed(report: Report) -> Report:
    return replace(report, source=report.target or report.source, target=report.source)


@dataclass(frozen=True, slots=True)
class _Compared:
    """One item on one rung: gold with the prediction that agrees, gold that none does, predictions that nothing allows."""

    hits: tuple[tuple[Report, Report], ...]
    missed: tuple[Report, ...]
    spurious: tuple[Report, ...]

    def score(self) -> Score:
        hits = len(self.hits)
        return Score(hits, hits + len(self.missed), hits + len(self.spurious))

    def by_relation(self) -> dict[str, Score]:
        """The same counts by relation. A hit counts for the gold relation that it agrees with, a miss for the first that gold allows."""
        counts: dict[str, Score] = defaultdict(Score)
        for gold, given in self.hits:
            counts[_shared(gold, given)] += Score(1, 1, 1)
        for report in self.missed:
            counts[report.relations[0]] += Score(0, 1, 0)
        for report in self.spurious:
            counts[report.relations[0]] += Score(0, 0, 1)
        return dict(counts)


def _shared(gold: Report, given: Report) -> str:
    """The relation of gold that the prediction has, CONCEDE for RETREAT and the reverse included."""
    exact = next((r for r in gold.relations if r in given.relations), None)
    return exact or next(r for r in gold.relations if _root(r) in _roots(given))


def _compare(item: Item, given: Sequence[Report], rung: Rung) -> _Compared:
    wanted = _distinct((g for g in item.gold if not g.optional), rung)
    allowed = [g for g in item.gold if g.optional] + [_reversed(g) for g in item.gold if set(g.relations) & SYMMETRIC]
    free = _distinct(given, rung)
    hits, missed = [], []
    for gold in wanted:
        match = next((p for p in free if _agree(gold, p, rung)), None)
        if match is None:
            missed.append(gold)
        else:
            free.remove(match)
            hits.append((gold, match))
    spurious = [p for p in free if not any(_agree(g, p, rung) for g in (*wanted, *allowed))]
    return _Compared(tuple(hits), tuple(missed), tuple(spurious))


def score_item(item: Item, statements: Sequence[Statement], names_of: Callable[[str], Iterable[str]]) -> ItemResult:
    """Counts of one item. `names_of` gives an actor's aliases by id."""
    given = [_predicted(s, names_of) for s in statements]
    compared = {rung: _compare(item, given, rung) for rung in RUNGS}
    relations: dict[str, dict[Rung, Score]] = defaultdict(dict)
    for rung in OF_RELATION:
        for relation, score in compared[rung].by_relation().items():
            relations[relation][rung] = score
    full = compared["full"]
    return ItemResult(
        item, {rung: c.score() for rung, c in compared.items()}, tuple(m.text for m in full.missed), tuple(p.text for p in full.spurious),
        dict(relations),
    )  # fmt: skip


def total(results: Iterable[ItemResult]) -> dict[Rung, Score]:
    """Micro-averaged counts over items."""
    sums = {rung: Score() for rung in RUNGS}
    for result in results:
        for rung in RUNGS:
            sums[rung] = sums[rung] + result.scores[rung]
    return sums


def by_phenomenon(results: Iterable[ItemResult]) -> dict[str, dict[Rung, Score]]:
    groups: dict[str, list[ItemResult]] = defaultdict(list)
    for result in results:
        groups[result.item.phenomenon].append(result)
    return {name: total(group) for name, group in sorted(groups.items())}


def by_relation(results: Iterable[ItemResult]) -> dict[str, dict[Rung, Score]]:
    """Counts of each relation that gold or predictions have, in the codebook's order, on the rungs OF_RELATION."""
    sums: dict[str, dict[Rung, Score]] = defaultdict(lambda: {rung: Score() for rung in OF_RELATION})
    for result in results:
        for relation, scores in result.relations.items():
            for rung, score in scores.items():
                sums[relation][rung] += score
    return {code: sums[code] for code in RELATIONS if code in sums}
