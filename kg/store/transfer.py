"""Stores and RDF files into stores: backup, restore, repair from the journal, import."""

from __future__ import annotations

import gzip
import os
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Final, Literal

import pyoxigraph as ox

from kg.errors import InputError, StoreError
from kg.model import Statement
from kg.rdf import document_from, statement_triples, statements_from
from kg.store import AnyStore, Store
from kg.store.corrections import in_force
from kg.store.graphs import Lines, changes_of, lines_of, record_of, stored_form
from kg.store.journal import Record, is_empty, read_journal, read_records
from kg.store.sources import Holding, LeftOut, Source, of_file, of_store, plain_terms

Outcome = Literal["added", "unchanged", "replaced", "kept"]

_LEFT_OUT: Final[dict[LeftOut, str]] = {
    "judgements": "triples of judgements that were left out, as stores, backups and 'kg correct' hand those on: %d",
    "others": "triples that were left out, as they belong to no document of the file: %d",
}


def back_up(store: Store, path: Path) -> int:
    """Write all that a store holds, corrections and builds too, to one gzipped file of N-Quads. How many graphs.

    The store may be open and written to: the file has this moment's content. Equal content gives equal bytes.
    """
    unfinished = path.with_name(f".{path.name}.{os.getpid()}.partial")
    graphs = 0
    try:
        with store.snapshot() as frozen, open(unfinished, "wb") as file:
            with gzip.GzipFile(filename="", mode="wb", fileobj=file, compresslevel=6, mtime=0) as out:
                for record in _frozen_records(store, frozen.quads):
                    out.write(record.text())
                    graphs += len(record.graphs)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
    return graphs


def restore(path: Path, folder: Path) -> int:
    """Make a new store from a backup; how many documents it has. Raises StoreError where there is something already."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise StoreError(f"{folder}: is there already; name a new directory to restore to")
    try:
        with Store.open(folder) as store, gzip.open(path, "rb") as file:
            store.load_records(_checked(read_records(file, path), path))
            return len(store)
    except (OSError, StoreError, ValueError):
        shutil.rmtree(folder, ignore_errors=True)
        raise


def repair(folder: Path) -> Path:
    """Make a store's database anew from its journal. The old one is kept beside it, in the folder that is returned.

    Raises StoreError where the journal is damaged or has nothing; nothing is changed then.
    """
    if is_empty(folder / "journal"):
        raise StoreError(f"{folder}: has no journal to make the database from; restore the store from a backup")
    for _ in read_journal(folder / "journal"):
        pass
    number = 1 + len(list(folder.glob("quads.damaged-*")))
    old = folder / f"quads.damaged-{number}"
    shutil.copytree(folder / "journal", folder / f"journal.before-repair-{number}")
    (folder / "quads").rename(old)
    try:
        with Store.open(folder) as store:
            store.load_records(_last(folder / f"journal.before-repair-{number}"), journaled=True)
    except BaseException:
        shutil.rmtree(folder / "quads", ignore_errors=True)
        old.rename(folder / "quads")
        raise
    finally:
        shutil.rmtree(folder / f"journal.before-repair-{number}")
    return old


def import_into(
    store: AnyStore,
    path: Path,
    *,
    replace: bool = False,
    check: bool = True,
    on_fault: Callable[[str], None],
    on_note: Callable[[str], None] = lambda note: None,
) -> dict[Outcome, int]:
    """Merge the documents of an RDF file, a backup or another store into this one. What became of how many.

    Parameters
    ----------
    replace
        Take theirs where a document, or a reference layer, is in both and differs; otherwise ours is kept. What people judged is
        taken over either way.
    check
        Leave out documents that the shapes forbid.
    on_fault
        Is told of each document that had to be left out, and why; those with blank nodes or triple terms are, whatever `check` says.
    on_note
        Is told what else the file holds that belongs to no document, and so was left where it is.

    Raises
    ------
    InputError, StoreError, UnknownNameError
        A file that cannot be read or parsed, or is out of bounds.
    """
    counts: dict[Outcome, int] = {"added": 0, "replaced": 0, "unchanged": 0, "kept": 0}
    kept: set[str] = set()
    with _opened(path) as (source, other):
        new = _sorted_out(store, _sound(source, on_fault, check=check), counts, None if replace else kept)
        store.load_records(new)
        for build in other.builds().values() if other is not None else ():
            store.note(build)
        for correction in other.corrections() if other is not None else ():
            with suppress(StoreError):  # the statement does not stand in our document, which is another: there is nothing to correct
                store.correct(correction, must_stand=correction.original.document in kept)
        if other is not None:
            _take_layers(store, other, replace=replace)
        for kind, count in sorted(source.left_out.items()):
            if count:
                on_note(_LEFT_OUT[kind] % count)
        if not source.documents and source.left_out.total():
            on_fault(f"{path}: describes no document as kg does, and nothing of it was taken over; judgements are for 'kg correct'")
    return counts


def _take_layers(store: AnyStore, other: Store, *, replace: bool) -> None:
    """Take over the reference layers that are not here, or with `replace` all."""
    for layer in other.references():
        if replace or not store.has_graph(layer):
            store.put_lines({layer: other.content(layer)})


def statements_in(path: Path) -> list[Statement]:
    """The statements of a store, a backup or an RDF file, by document and place."""
    if path.is_dir():
        with Store.open(path, read_only=True) as store:
            return store.statements()
    with _opened(path) as (source, _):
        found = [one for holding in source for one in _stated(holding, path)]
    return sorted(found, key=lambda s: (s.document, s.evidence.sentence.begin, s.evidence.trigger.begin, s.id))


def _stated(holding: Holding, path: Path) -> list[Statement]:
    try:
        return holding.statements()
    except InputError as error:
        raise InputError(f"{path}: {error}") from error


def _sound(source: Iterable[Holding], on_fault: Callable[[str], None], *, check: bool) -> Iterator[Holding]:
    for one in source:
        fault = one.fault(check=check)
        if fault:
            on_fault(f"{one.document}: {fault}; left out")
        else:
            yield one


def _checked(records: Iterable[Record], path: Path) -> Iterator[Record]:
    """The records, each of which has quads of its own graphs alone."""
    for record in records:
        endings = tuple(f" <{graph}> ." for graph in record.graphs)
        if not all(line.endswith(endings) for line in record.body.decode().splitlines() if line):
            raise StoreError(f"{path}: the record of {record.graphs[0]} has quads of other graphs; this is no backup that kg wrote")
        yield record


def _frozen_records(store: Store, quads: Path) -> Iterator[Record]:
    frozen = Store(store.path, ox.Store.read_only(os.fspath(quads)))
    yield from frozen.records()


def _last(journal: Path) -> Iterator[Record]:
    """Each graph as the journal left it."""
    latest: dict[str, int] = {}
    for number, record in enumerate(read_journal(journal)):
        latest.update(dict.fromkeys(record.graphs, number))
    for number, record in enumerate(read_journal(journal)):
        kept = {graph: lines for graph, lines in changes_of(record).items() if latest[graph] == number and lines}
        if kept:
            yield record_of(kept)


@contextmanager
def _opened(path: Path) -> Iterator[tuple[Source, Store | None]]:
    """The documents of a source, and the source itself where it keeps judgements."""
    if not path.exists():
        raise InputError(f"{path}: there is no such file or store")
    with ExitStack() as stack:
        if path.is_dir() or (path.name.endswith(".nq.gz") and _is_backup(path)):
            other = stack.enter_context(Store.open(path, read_only=True) if path.is_dir() else _unpacked(path))
            yield of_store(other), other
        else:
            yield stack.enter_context(of_file(path)), None


def _is_backup(path: Path) -> bool:
    with gzip.open(path, "rb") as file:
        return file.read(9) == b"# kg put "


@contextmanager
def _unpacked(path: Path) -> Iterator[Store]:
    with tempfile.TemporaryDirectory() as folder:
        restore(path, Path(folder) / "store")
        with Store.open(Path(folder) / "store", read_only=True) as store:
            yield store


def _sorted_out(store: AnyStore, holdings: Iterable[Holding], counts: dict[Outcome, int], kept: set[str] | None) -> Iterator[Record]:
    """The new documents, as records; the others are replaced on the way, or where `kept` is given left alone and added to it."""
    for one in holdings:
        if not store.has_graph(one.document):
            counts["added"] += 1
            yield one.record
            continue
        theirs = one.changes()
        theirs[one.document] = _as_judged_here(store, one.document, theirs[one.document])
        if store.content(one.document) == theirs[one.document]:
            counts["unchanged"] += 1
        elif kept is None:
            counts["replaced"] += 1
            store.put_lines(theirs)
        else:
            counts["kept"] += 1
            kept.add(one.document)


def _as_judged_here(store: AnyStore, document: str, lines: Lines) -> Lines:
    """Their content of a document once what people judged of it in this store is applied."""
    known = store.corrections(document)
    if not known:
        return lines
    terms = list(plain_terms(lines))
    statements = statements_from(terms, document)
    held = in_force(document_from(terms, document), statements, known)
    if held == statements:
        return lines
    about = frozenset(line for line in lines if line.startswith(f"<{document}> "))
    return about | stored_form(lines_of(triple for one in held for triple in statement_triples(one)))
