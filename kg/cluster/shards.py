"""Shards: the records of a batch of documents as bytes, and the folder in which they may lie."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from uuid import uuid4

from kg.errors import StoreError
from kg.model import Document
from kg.store.journal import Record, read_records, write_synced


def records_in(shard: bytes, documents: Sequence[Document], name: str) -> list[Record]:
    """The records of a shard, one for each document. Raises StoreError where it is damaged or about something else."""
    records = list(read_records(BytesIO(shard), Path(name)))
    if len(records) != len(documents) or any(one.id not in record.graphs for one, record in zip(documents, records, strict=True)):
        raise StoreError(f"{name}: holds other documents than it should; extract them again")
    return records


class ShardFolder:
    """The files of a job's shards, in a folder that several machines may write to."""

    def __init__(self, path: Path) -> None:
        """Name the folder; the first shard that is written makes it."""
        self.path = path
        self._before = self._names()

    def has(self, name: str) -> bool:
        """Whether there is a file of this name; no word on whether it is sound."""
        return (self.path / name).is_file()

    def write(self, name: str, shard: bytes) -> None:
        """Put a shard there whole or not at all, on disk. Raises OSError."""
        partial = self.path / f".{name}.{uuid4().hex}.partial"  # workers on several machines may have the same process id
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            write_synced(partial, shard)
            partial.replace(self.path / name)
        finally:
            with suppress(OSError):
                partial.unlink(missing_ok=True)

    def read(self, name: str, documents: Sequence[Document]) -> list[Record] | None:
        """The records of a shard; None where there is none, or a damaged one, which is removed."""
        try:
            return records_in((self.path / name).read_bytes(), documents, name)
        except FileNotFoundError:
            return None
        except StoreError:
            self.remove(name)
            return None

    def remove(self, name: str) -> None:
        """Remove a shard if it is there."""
        (self.path / name).unlink(missing_ok=True)

    def tidy(self) -> None:
        """Remove what lay there before this run and was not needed by it, and the folder unless it holds something else."""
        for name in self._before & self._names():
            self.remove(name)
        with suppress(OSError):
            self.path.rmdir()

    def _names(self) -> set[str]:
        return {path.name for path in self.path.iterdir()} if self.path.is_dir() else set()
