"""Many new documents into the database at once, by the bulk loader: one batch is loaded while the next is gathered.

The bulk loader works beside Python and on one core, so each batch is cut into as many pieces as there are cores. It is no
transaction; what makes a batch safe is its order: a marker, the journal, the database, the checkpoint, the marker's removal.
A store that is opened and finds the marker applies the journal's last records again.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from types import TracebackType
from typing import Final

import pyoxigraph as ox

from kg.errors import StoreError
from kg.store.graphs import apply, content, is_merged
from kg.store.interface import first_line
from kg.store.journal import Journal, Record, write_synced

BATCH_BYTES: Final = 192 << 20
"""N-Quads that are on their way at once: some million triples, as many as the loader sorts in one go, and a gigabyte of memory.
Smaller batches leave more files to look into: queries over four of a quarter each took half as long again."""

_MOST_PIECES: Final = 4
_MARKER: Final = "bulk"


def marker_in(journal: Journal) -> Path:
    """The file that is there while a batch is on its way, or was when the process ended."""
    return journal.folder / _MARKER


class BulkLoad:
    """Records of graphs that the database does not have, gathered into batches. Use it in a `with` block.

    When the block ends all of them are on disk; where it ends by an exception, those of the batches that had begun.
    """

    def __init__(self, quads: ox.Store, journal: Journal, checkpoint: Callable[[], None], *, journaled: bool) -> None:
        """Records go into `journal`, unless they are `journaled` already; `checkpoint` forces the database to disk."""
        self._quads = quads
        self._journal = journal
        self._checkpoint = checkpoint
        self._journaled = journaled
        self._workers = ThreadPoolExecutor(max_workers=_cores(), thread_name_prefix="kg-load")
        self._gathered: list[Record] = []
        self._size = 0
        self._begun: list[Record] = []
        self._at_work: list[Future[None]] = []
        self._graphs: set[str] = set()

    def holds(self, graphs: Iterable[str]) -> bool:
        """Whether one of these graphs is on its way, and so perhaps not yet found in the database."""
        return not self._graphs.isdisjoint(graphs)

    def add(self, record: Record) -> None:
        """Take in a record. Raises StoreError, also of records given before."""
        self._gathered.append(record)
        self._graphs.update(record.graphs)
        self._size += len(record.body)
        if self._size > BATCH_BYTES:
            self._begin()

    def finish(self) -> None:
        """Return when all that was given is in the database and on disk. Raises StoreError."""
        if self._gathered:
            self._begin()
        self._end()

    def __enter__(self) -> BulkLoad:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        try:
            if kind is None:
                self.finish()
            else:
                self._end()
        finally:
            self._workers.shutdown()
            del self._quads  # an exception's traceback may keep this object, and a database that is kept is not closed

    def _begin(self) -> None:
        self._end()
        self._checkpoint()  # what is loaded again after a kill is then this batch alone
        try:
            write_synced(marker_in(self._journal), b"")
        except OSError as error:
            raise self._unwritten(error) from error
        if not self._journaled:
            self._journal.append(self._gathered)
        self._begun, self._gathered, self._size = self._gathered, [], 0
        self._graphs = {graph for record in self._begun for graph in record.graphs}
        self._at_work = [self._workers.submit(_load, self._quads, piece) for piece in _pieces(self._begun, min(_cores() + 1, _MOST_PIECES))]

    def _end(self) -> None:
        """Wait for the batch at work, and check that it arrived."""
        if not self._begun:
            return
        failed = [error for task in self._at_work if (error := task.exception()) is not None]
        begun, self._begun, self._at_work = self._begun, [], []
        self._graphs = {graph for record in self._gathered for graph in record.graphs}
        for error in failed:
            if isinstance(error, SyntaxError | ValueError):
                self._take_back(begun)
                raise StoreError(f"{self._journal.folder.parent}: not N-Quads ({first_line(error)}); the file is damaged") from error
            raise self._unwritten(error) from error
        self._checkpoint()
        marker_in(self._journal).unlink()

    def _take_back(self, records: Sequence[Record]) -> None:
        if not self._journaled:
            self._journal.undo(records)
        graphs = [graph for record in records for graph in record.graphs]
        apply(self._quads, dict.fromkeys(graphs, frozenset()), {graph: content(self._quads, graph) for graph in graphs})

    def _unwritten(self, error: BaseException) -> StoreError:
        folder = self._journal.folder.parent
        return StoreError(f"{folder}: documents could not be written ({first_line(error)}); make room and open it again")


def load_new(quads: ox.Store, records: Sequence[Record]) -> None:
    """Put the content of graphs that the database does not have into it and the merge, by the bulk loader.

    Not a transaction: what was begun is to be applied again. Doing so changes nothing.
    """
    for piece in _pieces(records, 1):
        _load(quads, piece)


def _load(quads: ox.Store, piece: list[bytes]) -> None:
    quads.bulk_load(input=b"".join(piece), format=ox.RdfFormat.N_QUADS)


def _pieces(records: Sequence[Record], count: int) -> list[list[bytes]]:
    """What of the records is merged, in one piece, for queries go there; then their quads in `count` parts of like size.

    The merge takes half as long as the quads with their graphs: three indexes, not six.
    """
    merged = [_without_graph(record, graph) for record in records for graph in record.graphs if is_merged(graph)]
    return [*_parts(merged, 1), *_parts([record.body for record in records], count)]


def _parts(bodies: list[bytes], count: int) -> list[list[bytes]]:
    parts: list[list[bytes]] = [[]]
    size, fair = 0, sum(map(len, bodies)) / count
    for body in bodies:
        if size >= fair * len(parts):
            parts.append([])
        parts[-1].append(body)
        size += len(body)
    return [part for part in parts if part]


def _without_graph(record: Record, graph: str) -> bytes:
    """The lines of one graph as triples. A line break is escaped in N-Quads, so that what is replaced stands at the end of a line."""
    ending = f" <{graph}> .\n".encode()
    if len(record.graphs) == 1:
        return record.body.replace(ending, b" .\n")
    lines = record.body.splitlines(keepends=True)
    return b"".join(line.removesuffix(ending) + b" .\n" for line in lines if line.endswith(ending))


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
