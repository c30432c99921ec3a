"""The graph on disk: one named graph a document, over Oxigraph, with rdflib's API on top.

A store is a directory: `store.json` (the version of its layout), `quads/` (the Oxigraph database), `journal/` (every change as
N-Quads, forced to disk first) and, while readers are at work, `snapshots/`. Each document's triples live in the named graph that
bears the document's IRI. The default graph is their merge, each triple once, and holds the codebook besides; so plain SPARQL
counts a label or a tie once, however many documents carry it. Both are written in the same transaction.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

import pyoxigraph as ox
from oxrdflib import OxigraphStore
from rdflib import Dataset
from rdflib.query import Result

from kg.errors import StoreError
from kg.rdf import bind_prefixes
from kg.store.builds import Build, kg_version
from kg.store.bulk import BulkLoad, load_new, marker_in
from kg.store.corrections import Correction
from kg.store.graphs import CODEBOOK_GRAPH, Lines, apply, changes_of, content, record_of
from kg.store.interface import AnyStore, Change, changes_in, codebook_lines, extracted_record, first_line
from kg.store.journal import Journal, Record, is_empty, write_synced
from kg.store.serialise import FORMATS
from kg.store.snapshot import Snapshot, copy_quads, remove_dead_snapshots

__all__ = [
    "CODEBOOK_GRAPH",
    "FORMATS",
    "FORMAT_VERSION",
    "AnyStore",
    "Build",
    "Change",
    "Correction",
    "Snapshot",
    "Store",
    "extracted_record",
    "is_address",
    "open_store",
]

FORMAT_VERSION: Final = 2
"""Version of the store's layout on disk. A store of a higher one is refused, one of a lower one upgraded when it is opened to write.
1 had no journal."""

_FLUSH_EVERY = 20_000
"""Triples written between two flushes. What is not flushed lies in a log that every reader copies and replays (some 15 MB at
most), and is compared with the journal when a store is opened whose writer was killed."""

_MANIFEST = "store.json"


class Store(AnyStore):
    """Documents and their statements on disk. Open it with `Store.open`; close it, or use it in a `with` block.

    One process writes at a time; any number read meanwhile, each from a frozen copy (`read_only=True`, or `snapshot()`).
    What `add`, `remove` and `correct` did when they return is on disk: it survives the end of the process and loss of power.

    `dataset` is rdflib's view of the same triples. Its default graph is the merge of all documents, so query that one;
    what is written through it directly belongs to no document and is the caller's affair.
    """

    def __init__(self, path: Path, quads: ox.Store, *, frozen: Snapshot | None = None, journal: Journal | None = None) -> None:
        """Not for callers: use `Store.open`."""
        super().__init__()
        self.path = path
        self._inner: ox.Store | None = quads
        self._frozen = frozen
        self._journal = journal
        self._unflushed = 0
        self.dataset = Dataset(store=OxigraphStore(store=quads))
        bind_prefixes(self.dataset)

    @classmethod
    def open(cls, path: str | os.PathLike[str], *, create: bool = True, read_only: bool = False) -> Store:
        """Open the store in directory `path`.

        Parameters
        ----------
        path
            The store's directory. A missing or empty one becomes a new store.
        create
            With False, a missing store is an error.
        read_only
            Open a frozen copy of this moment's content; it never waits for a writer and never makes one wait.

        Raises
        ------
        StoreError
            No store there, a directory with other things in it, a store of a newer version, another process writing.
        """
        if is_address(path):
            raise StoreError(f"{path}: is an address, and this takes a directory; kg.store.open_store takes both")
        folder = Path(path)
        version = _check_manifest(folder, create=create and not read_only)
        if read_only:
            frozen = Snapshot(folder / "snapshots", lambda target: copy_quads(folder / "quads", target))
            return cls(folder, _open_frozen(folder, frozen), frozen=frozen)
        is_bare = (folder / "quads").exists() and is_empty(folder / "journal")  # of an older version, or somebody moved it away
        store = cls(folder, _open_quads(folder), journal=_open_journal(folder))
        try:
            remove_dead_snapshots(folder / "snapshots")
            store._recover(upgrade=version < FORMAT_VERSION or is_bare)
            _write_codebook(store._quads)
        except BaseException:
            store._let_go()
            raise
        return store

    @property
    def place(self) -> str:
        """The store's directory."""
        return str(self.path)

    def load_records(self, records: Iterable[Record], *, journaled: bool = False) -> None:
        """Apply the records of a journal or backup, those of new graphs by the bulk loader; `journaled` ones are in this journal already.

        Raises StoreError where a record is no N-Quads.
        """
        with BulkLoad(self._quads, self._writable(), self._checkpoint, journaled=journaled) as bulk:
            for record in records:
                if bulk.holds(record.graphs):
                    bulk.finish()
                if any(self.has_graph(graph) for graph in record.graphs):
                    bulk.finish()  # a change of its own may say that the journal is in the database up to here
                    self.put_lines(changes_in(record))
                else:
                    bulk.add(record)

    def query(self, text: str) -> Result:
        """Run a trusted SPARQL query over the merge of all documents; our prefixes are known.

        It runs in this process with no limit of time or memory, and SERVICE would reach the network: for text that
        someone else wrote, use `kg.query.run_query`.
        """
        return self.dataset.query(text)

    def _dump(self, graph: str) -> bytes:
        dumped = self._quads.dump(format=ox.RdfFormat.N_TRIPLES, from_graph=ox.NamedNode(graph))
        assert dumped is not None  # None is for writing to a file
        return dumped

    def snapshot(self) -> Snapshot:
        """A frozen copy of this moment in a folder of its own; close it when done. Millions of triples take a blink."""
        if self._frozen is not None:
            frozen = self._frozen.quads
            return Snapshot(self.path / "snapshots", lambda target: copy_quads(frozen, target))
        return Snapshot(self.path / "snapshots", lambda target: self._quads.backup(os.fspath(target)))

    def copy_to(self, path: str | os.PathLike[str]) -> None:
        """Make a store of this moment's content in a new directory, without its history. A blink where it is on the same disk."""
        target = Path(path)
        _check_manifest(target, create=True)
        with self.snapshot() as frozen:
            copy_quads(frozen.quads, target / "quads")

    def close(self) -> None:
        """Force everything to disk and let go of the directory. Closing twice is harmless."""
        if self._inner is None:
            return
        try:
            if self._journal is not None:
                self._checkpoint()
        finally:
            self._let_go()

    def _let_go(self) -> None:
        if self._journal is not None:
            self._journal.close()
        self.dataset.store.close()
        self._inner = None
        if self._frozen is not None:
            self._frozen.close()

    def _commit(self, changes: Mapping[str, Lines], known: Mapping[str, Lines]) -> None:
        """One change of several graphs: into the journal and to disk, then into the database."""
        journal = self._writable()
        moved = {graph: lines for graph, lines in changes.items() if lines != known[graph]}
        record = record_of(moved)
        journal.append([record])
        try:
            self._unflushed += apply(self._quads, moved, known)
        except (OSError, ValueError, SyntaxError) as error:
            journal.undo([record])
            raise StoreError(f"{self.path}: the change could not be written ({first_line(error)}) and was left out") from error
        if self._unflushed >= _FLUSH_EVERY:
            self._checkpoint()

    def _checkpoint(self) -> None:
        """Force the database to disk, so that the journal need not be applied up to here again."""
        assert self._journal is not None
        try:
            self._quads.flush()
            self._journal.checkpoint()
        except OSError as error:
            raise StoreError(f"{self.path}: cannot be forced to disk ({first_line(error)}); nothing is lost: make room") from error
        self._unflushed = 0

    def _recover(self, *, upgrade: bool) -> None:
        """Apply what the journal has and the database may have lost; write the journal of a store that has none."""
        journal = self._writable()
        marker = marker_in(journal)
        for record in journal.unapplied():
            changes = changes_of(record)
            apply(self._quads, changes, {graph: content(self._quads, graph) for graph in changes})
            if marker.exists():  # the bulk loader may have done half of a graph, or a graph and not the merge
                load_new(self._quads, [record])
        if marker.exists():
            self._checkpoint()
            marker.unlink()
        if upgrade:
            journal.replace(self.records())
            write_synced(self.path / _MANIFEST, _manifest())

    def _writable(self) -> Journal:
        if self._journal is None:
            raise StoreError(f"{self.path}: the store was opened for reading only; open it without read_only to change it")
        return self._journal

    @property
    def _quads(self) -> ox.Store:
        if self._inner is None:
            raise StoreError(f"{self.path}: the store has been closed; open it again")
        return self._inner


def is_address(place: str | os.PathLike[str]) -> bool:
    """Whether a store is meant that lies behind a SPARQL endpoint."""
    return os.fspath(place).lower().startswith(("http://", "https://"))


def open_store(place: str | os.PathLike[str], *, create: bool = True, read_only: bool = False) -> AnyStore:
    """Open the store in a directory, or behind a SPARQL endpoint where `place` is an address. See `Store.open`, `EndpointStore.open`."""
    if is_address(place):
        from kg.store.endpoint import EndpointStore  # HTTP, which only this needs

        return EndpointStore.open(os.fspath(place), create=create, read_only=read_only)
    return Store.open(place, create=create, read_only=read_only)


def _check_manifest(folder: Path, *, create: bool) -> int:
    """The version of the store in `folder`, which this package can read; with `create` make one where there is none."""
    manifest = folder / _MANIFEST
    if folder.exists() and not folder.is_dir():
        raise StoreError(f"{folder}: this is a file, and a store is a directory; name another place with --store")
    if not manifest.exists():
        if folder.exists() and not all(_is_unfinished(path) for path in folder.iterdir()):
            raise StoreError(f"{folder}: this directory is not a kg store and is not empty; name a store, or a new directory")
        if not create:
            raise StoreError(f"{folder}: there is no store here; make one with 'kg build INPUT --store {folder}'")
        _make_manifest(manifest)
        return FORMAT_VERSION
    try:
        written = json.loads(manifest.read_text(encoding="utf-8"))
        version, writer = int(written["format"]), str(written["kg"])
    except (ValueError, KeyError, TypeError) as error:
        raise StoreError(f"{manifest}: unreadable ({error}); restore it from a copy of the store, or build the store anew") from error
    except OSError as error:
        raise StoreError(f"{manifest}: cannot be read ({error.strerror}); check its permissions") from error
    if version > FORMAT_VERSION:
        raise StoreError(
            f"{folder}: written by kg {writer} (store format {version}; this kg {kg_version()} reads up to {FORMAT_VERSION}): "
            f"update kg, or export the store there and import the file here"
        )
    return version


def _is_unfinished(path: Path) -> bool:
    """Whether a file is what a process left that ended while it made a store here."""
    return path.name.startswith(f".{_MANIFEST}.") and path.name.endswith(".partial")


def _make_manifest(manifest: Path) -> None:
    try:
        manifest.parent.mkdir(parents=True, exist_ok=True)
        write_synced(manifest, _manifest())
    except OSError as error:
        raise StoreError(f"{manifest.parent}: cannot make a store here ({error.strerror}); name another directory with --store") from error


def _manifest() -> bytes:
    return (json.dumps({"format": FORMAT_VERSION, "kg": kg_version()}, indent=1) + "\n").encode()


def _open_quads(folder: Path) -> ox.Store:
    try:
        return ox.Store(folder / "quads")
    except OSError as error:
        if "lock" in str(error).lower():
            raise StoreError(f"{folder}: another process is writing to this store; wait for it, or open the store read-only") from error
        raise _damaged(folder, error) from error


def _open_frozen(folder: Path, frozen: Snapshot) -> ox.Store:
    try:
        return ox.Store.read_only(os.fspath(frozen.quads))
    except OSError as error:
        frozen.close()
        raise _damaged(folder, error) from error
    except RuntimeError as error:  # a database without its first records: another process is making it
        frozen.close()
        raise StoreError(f"{folder}: the store is being made just now; try again in a moment") from error


def _damaged(folder: Path, error: OSError) -> StoreError:
    return StoreError(
        f"{folder}: the database cannot be opened ({first_line(error)}); check permissions and disk space. "
        f"Where it is damaged, 'kg doctor --repair --store {folder}' makes it anew from the journal"
    )


def _open_journal(folder: Path) -> Journal:
    try:
        return Journal(folder / "journal")
    except OSError as error:
        raise StoreError(f"{folder}: the journal cannot be opened ({error.strerror}); check permissions and disk space") from error


def _write_codebook(quads: ox.Store) -> None:
    """Put the package's codebook into its graph and the merge, unless that very codebook is there."""
    wanted = {CODEBOOK_GRAPH.value: codebook_lines()}
    known = {CODEBOOK_GRAPH.value: content(quads, CODEBOOK_GRAPH.value)}
    if known != wanted:
        apply(quads, wanted, known)
