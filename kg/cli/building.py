"""How `kg build` and `kg rebuild` bring a store up to date with documents, and what they say of it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import astuple, dataclass, field, fields
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, cast

from kg.cli.console import err
from kg.errors import InputError
from kg.model import Document, Statement
from kg.pipeline import Settings
from kg.read import Problem, display_id
from kg.read.problems import OnProblem

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

    from kg.store import AnyStore, Build, Change

Reader = Callable[[Iterable[Document]], Iterable[tuple[Document, list[Statement]]]]
Writer = Callable[["AnyStore", Iterable[Document]], Iterator[tuple[list[Document], "Counter[Change]"]]]
"""Reads documents and stores what is in them: those that are in the store now, in the order given, and what became of them."""


@dataclass
class Outcome:
    """What became of the documents of a run. `stale` are those that another build made and that were left alone, by that build."""

    counts: Counter[str] = field(default_factory=Counter)
    stale: Counter[str] = field(default_factory=Counter)
    statements: list[Statement] = field(default_factory=list)
    number: int = 0
    copies: int = 0

    @property
    def documents(self) -> int:
        """How many documents were given."""
        return self.counts.total() - self.counts["removed"]


def build_of(settings: Settings, llm: str | None, codebook: str | None) -> Build:
    """The manifest of a run: this package's versions, and the options that statements depend on. Files count by their content."""
    from kg.store import Build

    options = {one.name: _written(getattr(settings, one.name)) for one in fields(settings) if getattr(settings, one.name) != one.default}
    if settings.names:
        files = [Path(part.strip()) for part in settings.names.split(",")]
        options["names"] = ",".join([settings.names, *(_written(file) for file in files if file.is_file())])
    return Build.of({**options, **({"llm": llm} if llm else {}), **({"codebook option": codebook} if codebook else {})})


def one_by_one(reader: Reader, build: Build) -> Writer:
    """A writer that stores each document when it has been read."""

    def write(store: AnyStore, documents: Iterable[Document]) -> Iterator[tuple[list[Document], Counter[Change]]]:
        for document, statements in reader(documents):
            yield [document], Counter((store.add(document, statements, build=build),))

    return write


def by_cluster(address: str, shards: Path | None, settings: Settings, build: Build, problems: OnProblem) -> Writer:
    """A writer that has documents read by a Dask cluster, and stores what comes back; what cannot be read is a problem."""
    from kg.cluster import extract_shards

    def left_out(document: Document, reason: str) -> None:
        problems(Problem(display_id(document.id), "", f"could not be extracted ({reason}); left out"))

    def write(store: AnyStore, documents: Iterable[Document]) -> Iterator[tuple[list[Document], Counter[Change]]]:
        extracted = extract_shards(documents, settings, build, address=address, shards=shards, on_failure=left_out)
        with closing(extracted):
            for group in extracted:
                counts = store.load_extracted(group, build=build)
                yield [document for document, _ in group], counts

    return write


def bring_up_to_date(
    store: AnyStore, documents: Iterable[Document], writer: Writer, build: Build, *, anew: bool, keep: bool, sync: Callable[[], bool] | None
) -> Outcome:
    """Add what is new, replace what changed, leave alone what is as it was.

    Parameters
    ----------
    anew
        Read again what another build made.
    keep
        Collect the statements of all documents given.
    sync
        Where given and true after the last document: remove the documents that were not given.
    """
    from kg.store.offices import note_offices

    outcome = Outcome()
    seen: set[str] = set()
    under_way: set[str] = set()  # what the store says of these is out of date, where a document is given twice

    def wanted() -> Iterator[Document]:
        for document in documents:
            if sync is not None:
                seen.add(document.id)
            left = None if document.id in under_way else _left_alone(store, document, build, anew=anew)
            if left is None:
                under_way.add(document.id)
                yield document
                continue
            outcome.counts["unchanged"] += 1
            outcome.number += store.count_statements(document.id)
            if left != build.id:
                outcome.stale[left] += 1
            if keep:
                outcome.statements += store.statements(document.id)

    for stored, changes in writer(store, wanted()):
        outcome.counts.update(changes)
        for document in stored:
            under_way.discard(document.id)
            outcome.number += store.count_statements(document.id)
            if keep:
                outcome.statements += store.statements(document.id)
    if sync is not None and sync():
        gone = [one.id for one in store.documents() if one.id not in seen]
        outcome.counts["removed"] = sum(store.remove(one) for one in gone)
    outcome.copies = len(store.group_copies())
    note_offices(store)
    return outcome


def report(path: Path, outcome: Outcome, store: AnyStore, build: Build) -> None:
    """One line on what was done, and one on what an upgrade would change."""
    counts = outcome.counts
    changes = ", ".join(f"{counts[name]} {name}" for name in ("added", "replaced", "unchanged", "removed") if counts[name])
    copies = f"; {_documents(outcome.copies)} near-copies of others" if outcome.copies else ""
    err.print(f"{path}: {_documents(outcome.documents)} ({changes}), {outcome.number} statements{copies}", markup=False)
    known = store.builds()
    for built, count in sorted(outcome.stale.items()):
        differs = ", ".join(build.differences(known[built])) if built in known else "unknown"
        err.print(
            f"note: {_documents(count)} made by another build (differs in {differs}) left as they are; "
            f"'kg rebuild' with the same inputs and options makes them anew, '--dry-run' shows what would change",
            style="dim", markup=False,
        )  # fmt: skip


def checked_sync(problems: Callable[[], int]) -> Callable[[], bool]:
    """Whether documents that were not given may be removed: not where an input could not be read."""

    def allowed() -> bool:
        if problems():
            err.print("note: nothing was removed, since not all inputs could be read", style="dim", markup=False)
        return not problems()

    return allowed


def _left_alone(store: AnyStore, document: Document, build: Build, *, anew: bool) -> str | None:
    """The build that made the document as it is given, where it need not be read again; "" where that was not noted."""
    if store.is_current(document, build):
        return build.id
    return None if anew else store.built_by(document)


def _documents(count: int) -> str:
    return f"{count} document{'' if count == 1 else 's'}"


def _written(value: object) -> str:
    if isinstance(value, Path):
        try:
            return sha256(value.read_bytes()).hexdigest()[:12]
        except OSError as error:
            raise InputError(f"{value}: cannot be read ({(error.strerror or str(error)).lower()})") from error
    if isinstance(value, tuple):
        value = json.dumps(value, default=_plain)
    text = value if isinstance(value, str) else repr(value)
    return text if len(text) < 40 else sha256(text.encode()).hexdigest()[:12]


def _plain(value: object) -> object:
    """Rows of a lexicon as lists; sets in order, for their own differs from process to process."""
    return sorted(value) if isinstance(value, frozenset) else astuple(cast("DataclassInstance", value))
