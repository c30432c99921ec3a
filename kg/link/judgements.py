"""What people decided about actors that the catalogue does not know: who is the same, who is in the catalogue, who is not the same.

The file is CSV, one judgement a line in the order in which they were made, and is replayed on every build. Nothing that is
stored is rewritten: a document that is read again gets the judgements of that day. Deleting a line takes a judgement back.

An id with a document's digest ("local/3f0c2a91be/ada-quill") is that document's actor; one without ("local/ada-quill") is
everybody of that name in all documents. What is said of one document's actor goes before what is said of the name.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from dataclasses import astuple, dataclass, fields
from pathlib import Path
from typing import Literal, cast, get_args

from kg.errors import InputError
from kg.link.catalogue import ACTOR, Catalogue
from kg.link.keys import own_id, shared_id
from kg.model import Actor, ActorKind

Action = Literal["merge", "link", "split"]


@dataclass(frozen=True, slots=True)
class Judgement:
    """One decision about a local actor or a name, ids without the prefix of actors ("local/ada-quill").

    merge: `actor` is the same as the local actor `into`, called `label`, a name with itself where all who bear it are one;
    link: it is `into` of the catalogue; split: in `document` (its IRI) the name is somebody else.
    """

    action: Action
    actor: str
    into: str = ""
    label: str = ""
    kind: str = ""
    document: str = ""
    note: str = ""


_COLUMNS = tuple(field.name for field in fields(Judgement))


class Judgements:
    """Judgements in their order, asked for one actor of one document at a time."""

    def __init__(self, rows: Iterable[Judgement] = ()) -> None:
        """Index the rows.

        Raises:
            InputError: if merges and links lead from an actor back to itself.
        """
        self.rows = tuple(rows)
        self._split = {own_id(shared_id(row.actor), row.document) for row in self.rows if row.action == "split"}
        self._into = {row.actor: row for row in self.rows if row.action != "split"}
        for row in tuple(self._into.values()):  # whoever bears a name that others were merged into is that actor
            if row.action == "merge" and row.into == shared_id(row.into) and row.into not in self._into:
                self._into[row.into] = Judgement("merge", row.into, row.into, row.label, row.kind)
        for row in self.rows:
            if row.action == "merge" and row.actor == row.into != shared_id(row.into):
                raise InputError(f"the judgements lead from {row.actor} back to itself; take one of them back")
            self._last(row.actor)

    @classmethod
    def read(cls, path: Path) -> Judgements:
        """The judgements of a file; none where it is not there yet.

        Raises:
            InputError: if the file cannot be read or a row is wrong; the message names the line.
        """
        if not path.exists():
            return cls()
        try:
            with path.open(encoding="utf-8-sig", newline="") as handle:
                rows = list(csv.DictReader(handle))
        except (OSError, UnicodeDecodeError, csv.Error) as error:
            raise InputError(f"{path}: cannot be read as a CSV file in UTF-8 ({error})") from error
        return cls(_judgement(row, f"{path}, line {number}") for number, row in enumerate(rows, start=2))

    def with_one(self, row: Judgement) -> Judgements:
        """These and one more.

        Raises:
            InputError: if it would lead from an actor back to itself.
        """
        return Judgements((*self.rows, row))

    def text(self) -> str:
        """The file's content."""
        written = io.StringIO()
        writer = csv.writer(written, lineterminator="\n")
        writer.writerow(_COLUMNS)
        writer.writerows(astuple(row) for row in self.rows)
        return written.getvalue()

    def answer(self, actor: Actor, document: str, catalogue: Catalogue) -> Actor | None:
        """Who a local actor of a document was judged to be, None where nothing was judged.

        Raises:
            InputError: if a judgement names an actor that the catalogue does not have.
        """
        short = actor.id.removeprefix(ACTOR)
        own = own_id(short, document)
        row = self._last(own)
        if row is None:
            return Actor(ACTOR + own, actor.label, actor.kind) if own in self._split and own != short else None
        if row.action == "link":
            if row.into not in catalogue:
                raise InputError(
                    f"a judgement links {short} to {row.into!r}, which the catalogue does not have; use an id such as state/TUR"
                )
            return catalogue.actor(row.into)
        return None if row.into == short else Actor(ACTOR + row.into, row.label or actor.label, cast(ActorKind, row.kind or actor.kind))

    def _next(self, actor: str) -> Judgement | None:
        """What was decided about an actor, or else about its name; None where it is already the one that it was judged to be."""
        row = self._into.get(actor)
        if row is None and actor not in self._split:
            row = self._into.get(shared_id(actor))
        return None if row is None or row.into == actor else row

    def _last(self, actor: str) -> Judgement | None:
        """The judgement that a chain of them ends with, None where there is none."""
        last, row, met = None, self._next(actor), {actor}
        while row is not None:
            if row.into in met:
                raise InputError(f"the judgements lead from {actor} back to itself; take one of them back")
            met.add(row.into)
            last, row = row, self._next(row.into) if row.action == "merge" else None
        return last


def _judgement(row: dict[str, str | None], place: str) -> Judgement:
    cells = {name: (row.get(name) or "").strip() for name in _COLUMNS}
    if cells["action"] not in get_args(Action):
        raise InputError(f"{place}: {cells['action']!r} is no judgement; write one of {', '.join(get_args(Action))}")
    needed = "document" if cells["action"] == "split" else "into"
    if not cells["actor"] or not cells[needed]:
        raise InputError(f"{place}: {cells['action']} needs an actor and {needed} (columns: {', '.join(_COLUMNS)})")
    if cells["kind"] and cells["kind"] not in get_args(ActorKind):
        raise InputError(f"{place}: {cells['kind']!r} is no kind of actor; use one of {', '.join(get_args(ActorKind))}")
    return Judgement(cast(Action, cells.pop("action")), **cells)
