"""One run over a cluster: what is under way, in the order of the inputs, and what is done when something ends badly."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import CancelledError
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep
from typing import TYPE_CHECKING, Final

from kg.cluster.connection import connected
from kg.cluster.jobs import Job, batches, job_of
from kg.cluster.shards import ShardFolder, records_in
from kg.errors import ClusterError, KgError
from kg.model import Document
from kg.pipeline import Settings
from kg.store import Build
from kg.store.journal import Record

if TYPE_CHECKING:
    from distributed import Client, Future

OnFailure = Callable[[Document, str], None]
Extracted = list[tuple[Document, Record]]

AHEAD: Final = 8
"""Batches that each worker may be ahead of the one whose turn it is."""
CHARACTERS_AHEAD: Final = 64 << 20
"""Text that may be under way in all, whatever the number of workers."""
GROUP_BYTES: Final = 16 << 20
"""Shards that are ready are handed over together until they have grown to this."""
FAILURES: Final = 20
"""Documents in a row that fail before the cluster is held to be broken, not the documents."""
PATIENCE: Final = 60.0
"""Seconds without any worker after which the run is given up."""

_LOOK = 2.0
_SEEN_WITHIN = 30.0


def extract_shards(
    documents: Iterable[Document],
    settings: Settings,
    build: Build,
    *,
    address: str,
    shards: Path | None = None,
    on_failure: OnFailure,
    patience: float = PATIENCE,
) -> Generator[Extracted, None, None]:
    """Documents with their records for `Store.load_extracted`, in the order given, in groups, extracted by the workers of a cluster.

    Who asks for the next group has stored the one before: its shards are removed then.

    Parameters
    ----------
    build
        The manifest of this run; a worker whose kg is another is refused.
    address
        Of a Dask scheduler ("tcp://host:8786", "tls://..."), or its scheduler file (.json).
    shards
        A folder that the workers and this process share; None sends the shards through the scheduler.
    on_failure
        Told of each document that could not be extracted, and why; it is left out.
    patience
        Seconds to wait for a worker where there is none.

    Raises
    ------
    ClusterError
        Dask is not installed, no scheduler there, no worker left, a worker with another kg, a folder that is not shared.
    KgError
        What a single process would raise: settings that name files or models that are not there.
    """
    job = job_of(settings, build, shards)
    with connected(address) as client:
        yield from _Run(client, job, address, on_failure, patience).groups(documents)


@dataclass(slots=True)
class _Batch:
    """Documents under way. `future` is None while their shard is held to lie in the folder."""

    documents: tuple[Document, ...]
    name: str
    characters: int
    future: Future[bytes | None] | None = None


class _Run:
    def __init__(self, client: Client, job: Job, address: str, on_failure: OnFailure, patience: float) -> None:
        self._client, self._job, self._address = client, job, address
        self._on_failure, self._patience = on_failure, patience
        self._folder = ShardFolder(Path(job.shards)) if job.shards is not None else None
        self._waiting: deque[_Batch] = deque()
        self._failures = 0
        self._workers = 0
        self._looked = self._seen = monotonic()
        self._look()
        self._told = self._submitted_job()

    def groups(self, documents: Iterable[Document]) -> Iterator[Extracted]:
        """The documents with their records; what is under way is bounded in number and size."""
        for batch in batches(documents):
            self._waiting.append(self._begun(batch))
            while self._is_full():
                yield from self._taken()
        while self._waiting:
            yield from self._taken()
        if self._folder is not None:
            self._folder.tidy()

    # -- what is under way

    def _submitted_job(self) -> Future[Job]:
        from kg.cluster.worker import hold

        return self._client.submit(hold, self._job, pure=False)

    def _begun(self, documents: tuple[Document, ...]) -> _Batch:
        batch = _Batch(documents, self._job.shard_name(documents), sum(len(one.text) for one in documents))
        if self._folder is None or not self._folder.has(batch.name):
            self._submit(batch)
        return batch

    def _submit(self, batch: _Batch) -> None:
        from kg.cluster.worker import extract_batch

        batch.future = self._client.submit(extract_batch, self._told, batch.documents, pure=False)

    def _is_full(self) -> bool:
        if monotonic() - self._looked > _LOOK:
            self._look()
        most = AHEAD * max(1, self._workers)
        return len(self._waiting) >= most or sum(one.characters for one in self._waiting) > CHARACTERS_AHEAD

    # -- what comes back

    def _taken(self) -> Iterator[Extracted]:
        """The batch whose turn it is, and those after it that are ready. Their shards go when they have been stored."""
        group: Extracted = []
        used: set[str] = set()
        known: set[str] = set()
        size = 0
        while self._waiting and size < GROUP_BYTES and (not used or self._is_ready(self._waiting[0])):
            batch = self._waiting[0]
            if not known.isdisjoint(one.id for one in batch.documents):
                break  # of two versions the second replaces the first, and is counted so
            records = self._records(batch)
            if records is None:
                continue
            self._waiting.popleft()
            group += zip(batch.documents, records, strict=True)
            used.add(batch.name)
            known.update(one.id for one in batch.documents)
            size += sum(len(one.body) for one in records)
        if group:
            yield group
        if self._folder is not None:
            for name in used - {one.name for one in self._waiting}:
                self._folder.remove(name)

    def _is_ready(self, batch: _Batch) -> bool:
        return batch.future is None or batch.future.status == "finished"

    def _records(self, batch: _Batch) -> list[Record] | None:
        """The records of the first batch that waits; None where it is to be waited for again, in parts, or not at all."""
        if batch.future is None:
            records = self._folder.read(batch.name, batch.documents) if self._folder is not None else None
            if records is None:  # another run removed it, or it was damaged
                self._submit(batch)
            return records
        self._wait(batch.future)
        if batch.future.status == "error":
            self._fail(batch, batch.future.exception())
            return None
        shard = self._result(batch.future)
        self._failures = 0
        return self._written(batch) if shard is None else records_in(shard, batch.documents, batch.name)

    def _written(self, batch: _Batch) -> list[Record]:
        """The records that a worker has just written; a network's file system may show a file some seconds late."""
        assert self._folder is not None
        begun = monotonic()
        while (records := self._folder.read(batch.name, batch.documents)) is None:
            if monotonic() - begun > _SEEN_WITHIN:
                raise ClusterError(
                    f"{self._folder.path}: a worker wrote {batch.name} there, and here it is not to be seen; --shards names a folder that "
                    f"all machines share, and without it shards come through the scheduler"
                )
            sleep(0.2)
        return records

    def _wait(self, future: Future[bytes | None]) -> None:
        """Until the future has an end, of whatever kind. Raises ClusterError where nobody is left to bring it about."""
        from distributed import wait

        while True:
            try:
                with self._client.as_current():
                    wait([future], timeout=_LOOK)
            except TimeoutError:
                self._look()
            except CancelledError as error:
                raise self._lost() from error
            else:
                return

    def _result(self, future: Future[bytes | None]) -> bytes | None:
        """The value of a future that is finished; where its worker is lost just now, another makes it again."""
        while True:
            try:
                shard: bytes | None = future.result(timeout=_LOOK)
            except TimeoutError:
                self._look()
            except CancelledError as error:
                raise self._lost() from error
            else:
                return shard

    # -- what goes wrong

    def _fail(self, batch: _Batch, error: BaseException) -> None:
        """Do the documents of a batch one by one, so that the one that cannot be extracted is told apart; leave out a single one.

        Raises what is no fault of a document: of the settings, as a single process would, or of the cluster.
        """
        if isinstance(error, KgError):
            raise error
        if isinstance(error, ModuleNotFoundError):
            raise ClusterError(f"a worker of {self._address} lacks a module ({error}); install the same kg on all workers") from error
        self._waiting.popleft()
        if len(batch.documents) > 1:
            self._waiting.extendleft(self._begun((one,)) for one in reversed(batch.documents))
            return
        reason = _reason(error)
        self._failures += 1
        if self._failures == FAILURES:
            raise ClusterError(f"{FAILURES} documents in a row could not be extracted, the last because: {reason}; see the workers' logs")
        self._on_failure(batch.documents[0], reason)

    def _look(self) -> None:
        """Count the workers. Raises ClusterError where there was none for too long, or no scheduler answers."""
        try:
            self._workers = len(self._client.nthreads())
        except OSError as error:
            raise self._lost() from error
        self._looked = monotonic()
        if self._workers:
            self._seen = self._looked
        elif self._looked - self._seen > self._patience:
            raise ClusterError(
                f"no worker has been connected to {self._address} for {self._patience:.0f} s; what was finished is stored. Start workers "
                f"('dask worker {self._address} --nthreads 1') and run the same command again"
            )

    def _lost(self) -> ClusterError:
        return ClusterError(
            f"the scheduler at {self._address} is gone; what was finished is stored. Start it and run the same command again"
        )


def _reason(error: BaseException) -> str:
    from distributed import KilledWorker

    if isinstance(error, KilledWorker):
        return "every worker that read it died, for want of memory perhaps"
    return f"{type(error).__name__}: {error}"
