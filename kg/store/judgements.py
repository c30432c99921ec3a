"""What people judged of statements, as a CSV file that they can fill in, keep and exchange."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, cast, get_args

from kg.errors import InputError, KgError
from kg.model import Actor, Statement, Status
from kg.store import AnyStore
from kg.store.corrections import VERDICTS, Correction, Verdict, revised
from kg.store.serialise import compact
from kg.vocabulary import PREFIXES

COLUMNS: Final = (
    "statement", "document", "sentence", "source", "relation", "target", "status", "verdict", "new_source", "new_relation", "new_target",
    "new_status", "by", "at", "why",
)  # fmt: skip
"""A row needs `verdict`, and a `statement` or else document, sentence, source, relation, target and status."""

REVERSE: Final = "reverse"
"""A verdict of the file beside those of a correction: a change that swaps source and target."""

_STATUSES: Final[tuple[Status, ...]] = get_args(Status)
_MOST_BYTES = 256 << 20
_FORMULA = re.compile(r"'*[=+@-]")
_GUARDED = re.compile(r"^'(?='*[=+@-])")

ActorNamed = Callable[[str], Actor]


@dataclass(frozen=True, slots=True)
class Judgement:
    """One row of the file, and where it stands."""

    place: str
    cells: Mapping[str, str]

    def __getitem__(self, column: str) -> str:
        return _GUARDED.sub("", (self.cells.get(column) or "").strip())


def to_csv(corrections: Iterable[Correction]) -> str:
    """Corrections as the text of a file that `read_judgements` reads."""
    return _table(_row(one) for one in corrections)


def to_fill_in(statements: Iterable[Statement]) -> str:
    """The same file for statements that somebody is to judge, its verdicts empty."""
    return _table(_identified(one) for one in statements)


def _table(rows: Iterable[dict[str, str]]) -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS, lineterminator="\n", restval="")
    writer.writeheader()
    writer.writerows(map(_inert, rows))
    return out.getvalue()


def _inert(cells: Mapping[str, str]) -> dict[str, str]:
    """The cells, none of which a spreadsheet takes for a formula: this file is made to be opened in one, and its texts are anybody's."""
    return {name: f"'{text}" if _FORMULA.match(text) else text for name, text in cells.items()}


def read_judgements(path: Path) -> list[Judgement]:
    """The rows of a file that have a verdict. Raises InputError, with the line, for what no row can have."""
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise InputError(f"{path}: is larger than {_MOST_BYTES >> 20} MiB; no file of judgements is")
        text = path.read_text(encoding="utf-8-sig")
        rows = csv.DictReader(io.StringIO(text, newline=""), strict=True)
        found = [Judgement(f"{path}:{rows.line_num}", {k: v or "" for k, v in row.items() if k in COLUMNS}) for row in rows]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise InputError(f"{path}: cannot be read as CSV ({error})") from error
    if "verdict" not in (rows.fieldnames or ()):
        raise InputError(f"{path}: has no column 'verdict'; the columns are {', '.join(COLUMNS)}")
    judged = [one for one in found if one["verdict"]]
    for one in judged:
        _check(one)
    return judged


def apply_judgement(store: AnyStore, judgement: Judgement, *, by: str, at: str, actor_named: ActorNamed) -> bool:
    """Keep one row as a correction; False where it is kept already. `by` and `at` stand in where the row has none.

    Raises
    ------
    InputError, StoreError, UnknownNameError
        No such statement, or a change that changes nothing or names what there is not; each with the row's place.
    """
    try:
        original = _meant(store, judgement)
        verdict = judgement["verdict"]
        changed = _changed(original, judgement, actor_named) if verdict in {"change", REVERSE} else None
        kind = cast(Verdict, "change" if verdict == REVERSE else verdict)
        return store.correct(Correction(original, kind, judgement["by"] or by, judgement["at"] or at, judgement["why"], changed))
    except KgError as error:
        raise type(error)(f"{judgement.place}: {error}") from error


def _check(one: Judgement) -> None:
    if one["verdict"] not in {*VERDICTS, REVERSE}:
        raise InputError(f"{one.place}: the verdict {one['verdict']!r} is none; write {', '.join(VERDICTS)} or {REVERSE}")
    if one["new_status"] and one["new_status"] not in _STATUSES:
        raise InputError(f"{one.place}: {one['new_status']!r} is no status; write one of {', '.join(_STATUSES)}")


def _meant(store: AnyStore, judgement: Judgement) -> Statement:
    """The statement of a row: by its id, else by what it says in which sentence."""
    document = _iri(judgement["document"])
    if not document:
        found = [one for one in store.statements() if one.id == _iri(judgement["statement"])]
    else:
        judged = [one.original for one in store.corrections(document)]
        here = [*store.statements(document), *judged]
        found = [one for one in here if one.id == _iri(judgement["statement"])] or [one for one in here if _says(one, judgement)]
    if not found:
        raise InputError("no such statement is in this store; 'kg correct --to-fill-in FILE' writes those that are")
    return found[0]


def _says(one: Statement, judgement: Judgement) -> bool:
    known = _identified(one)
    return all(known[column] == judgement[column] for column in ("sentence", "source", "relation", "target", "status"))


def _changed(original: Statement, judgement: Judgement, actor_named: ActorNamed) -> Statement:
    source, target = (actor_named(_iri(judgement[name])) if judgement[name] else None for name in ("new_source", "new_target"))
    swap = judgement["verdict"] == REVERSE or _is_swapped(original, source, target)
    return revised(
        original,
        source=source,
        relation=judgement["new_relation"] or None,
        target=target,
        status=cast(Status, judgement["new_status"]) or None,
        swap=swap,
    )


def _is_swapped(original: Statement, source: Actor | None, target: Actor | None) -> bool:
    if source is None or target is None or original.target is None:
        return False
    return (source.id, target.id) == (original.target.actor.id, original.source.actor.id)


def _row(one: Correction) -> dict[str, str]:
    row = {**_identified(one.original), "verdict": one.verdict, "by": one.by, "at": one.at, "why": one.why}
    if one.revised is not None:
        before, after = _identified(one.original), _identified(one.revised)
        row |= {f"new_{name}": after[name] for name in ("source", "relation", "target", "status") if after[name] != before[name]}
    return row


def _identified(one: Statement) -> dict[str, str]:
    return {
        "statement": compact(one.id, PREFIXES),
        "document": compact(one.document, PREFIXES),
        "sentence": " ".join(one.evidence.text.split()),
        "source": compact(one.source.actor.id, PREFIXES),
        "relation": one.relation.code,
        "target": compact(one.target.actor.id, PREFIXES) if one.target else "",
        "status": one.status,
    }


def _iri(written: str) -> str:
    """An IRI in full; what is none is left as it is."""
    prefix, colon, local = written.partition(":")
    return PREFIXES[prefix] + local if colon and prefix in PREFIXES else written
