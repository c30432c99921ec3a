"""The journal of a store: every change as N-Quads, forced to disk before the database learns of it.

The database (RocksDB) keeps what it was told when its process is killed, but forces nothing to disk unless asked, and asking
after every document costs ten times what a forced append does. So each change is first appended here as a *record*: a comment
line that names the graphs it sets, with length and checksum, and then all quads of those graphs. A graph that is named and has
no quads is dropped. The files are N-Quads as they stand, and a store can be rebuilt from them alone.

`checkpoint` says up to which record the database is known to be on disk; what comes after is applied again at opening, which
changes nothing where it was applied. Only the last records can be torn, as each is on disk before the next is begun; a torn one
was never reported stored, and is cut off.
"""

from __future__ import annotations

import gzip
import json
import os
import re
import shutil
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

from kg.errors import StoreError

SEGMENT_BYTES: Final = 64 << 20
"""A file of the journal that has grown beyond this is compressed at the next checkpoint, and a new one begun."""

_HEADER = re.compile(rb"# kg put ((?:<[^<>\s]*> )+)bytes=(\d+) crc=([0-9a-f]{8})\n")
_LONGEST_HEADER = 1 << 20
_LONGEST_BODY = 1 << 31
_CHECKPOINT = "checkpoint"


@dataclass(frozen=True, slots=True)
class Record:
    """One change: these graphs (IRIs) hold exactly the quads in `body` (N-Quads), nothing where it has none of theirs."""

    graphs: tuple[str, ...]
    body: bytes

    def text(self) -> bytes:
        """The record as it stands in a file."""
        names = " ".join(f"<{graph}>" for graph in self.graphs)
        return f"# kg put {names} bytes={len(self.body)} crc={zlib.crc32(self.body):08x}\n".encode() + self.body


class Journal:
    """The journal in a folder, open for appending. One process at a time; the store's lock sees to that."""

    def __init__(self, folder: Path) -> None:
        """Open the journal in `folder`, making an empty one where there is none. Raises StoreError."""
        self.folder = folder
        _finish_replacement(folder)
        if not folder.exists():
            folder.mkdir(parents=True)
            sync_folder(folder.parent)
        self._segment, self._offset = _read_checkpoint(folder)
        live = [number for number, path in _segments(folder) if path.suffix == ".nq"]
        self._active = max([self._segment, *live])
        self._file = open(_path(folder, self._active), "a+b", buffering=0)  # noqa: SIM115  # held open as long as the journal
        sync_folder(folder)

    def append(self, records: Sequence[Record]) -> None:
        """Write records and force them to disk: all of them, or none and StoreError."""
        start = self._file.seek(0, os.SEEK_END)
        try:
            _write(self._file, b"".join(record.text() for record in records))
            os.fsync(self._file.fileno())
        except OSError as error:
            os.ftruncate(self._file.fileno(), start)
            raise StoreError(
                f"{self.folder.parent}: the change could not be written ({error.strerror}) and was left out; make room and go on"
            ) from error

    def undo(self, records: Sequence[Record]) -> None:
        """Take the last records back, which the database could not take in."""
        end = self._file.seek(0, os.SEEK_END)
        os.ftruncate(self._file.fileno(), end - sum(len(record.text()) for record in records))

    def unapplied(self) -> Iterator[Record]:
        """The records since the last checkpoint; what is torn at the end of the last file is cut off."""
        for number in range(self._segment, self._active + 1):
            path = _path(self.folder, number)
            if not path.exists():
                continue
            with open(path, "r+b") as file:
                file.seek(self._offset if number == self._segment else 0)
                end = file.tell()
                for record in _read(file):
                    end = file.tell()
                    yield record
                if number == self._active and end < file.seek(0, os.SEEK_END):
                    file.truncate(end)
                    os.fsync(file.fileno())

    def checkpoint(self) -> None:
        """Note that the database has all records on disk; compress what has grown large."""
        size = self._file.seek(0, os.SEEK_END)
        if size > SEGMENT_BYTES:
            self._file.close()
            self._active, size = self._active + 1, 0
            self._file = open(_path(self.folder, self._active), "a+b", buffering=0)  # noqa: SIM115  # held open as long as the journal
        if (self._active, size) == (self._segment, self._offset):
            return
        self._segment, self._offset = self._active, size
        _write_checkpoint(self.folder, self._segment, self._offset)
        for number, path in _segments(self.folder):
            if number < self._active and path.suffix == ".nq":
                _compress(path)

    def close(self) -> None:
        """Let go of the file. Closing twice is harmless."""
        self._file.close()

    def replace(self, records: Iterable[Record]) -> None:
        """Begin anew with these records, which the database has on disk already: what was changed in between is forgotten."""
        partial = self.folder.with_name(self.folder.name + ".partial")
        shutil.rmtree(partial, ignore_errors=True)
        partial.mkdir()
        number, size = 1, 0
        file = open(_path(partial, number), "a+b")  # noqa: SIM115  # closed and opened again at every segment
        for record in records:
            if size > SEGMENT_BYTES:
                _close_synced(file)
                _compress(_path(partial, number))
                number, size = number + 1, 0
                file = open(_path(partial, number), "a+b")  # noqa: SIM115
            size += file.write(record.text())
        _close_synced(file)
        _write_checkpoint(partial, number, size)
        self._file.close()
        _finish_replacement(self.folder)
        self._segment, self._offset, self._active = number, size, number
        self._file = open(_path(self.folder, number), "a+b", buffering=0)  # noqa: SIM115  # held open as long as the journal


_WAY_OUT = "restore the journal from a copy of the store, or move it away: it is made anew from the database when that is next written"


def read_journal(folder: Path) -> Iterator[Record]:
    """All records of the journal in `folder`, first to last; what is torn at the end is left out.

    Raises StoreError where a file is damaged anywhere else, or missing.
    """
    checkpoint = _read_checkpoint(folder)  # before the files are listed: a writer may be at work
    segments = _segments(folder)
    _check_whole(folder, dict(segments), *checkpoint)
    for number, path in segments:
        with gzip.open(path, "rb") if path.suffix == ".gz" else open(path, "rb") as file:
            yield from read_records(file, path, torn=number == segments[-1][0])


def is_empty(folder: Path) -> bool:
    """Whether there is no journal in `folder`, or one that has nothing yet."""
    return not any(path.stat().st_size for _, path in _segments(folder))


def _check_whole(folder: Path, segments: Mapping[int, Path], segment: int, offset: int) -> None:
    """Raise StoreError where a file is missing, or the one of the last checkpoint shorter than it was then."""
    missing = sorted(set(range(1, max(segment, *segments, 1) + 1)) - segments.keys()) if segments or offset else []
    path = segments.get(segment)
    if path is not None and path.suffix == ".nq" and path.stat().st_size < offset:
        raise StoreError(f"{path}: damaged: it has {path.stat().st_size} bytes, and had {offset} when last checked; {_WAY_OUT}")
    if missing:
        raise StoreError(f"{_path(folder, missing[0])}: is missing, so that changes of the store are not in its journal; {_WAY_OUT}")


def read_records(file: BinaryIO | gzip.GzipFile, path: Path, *, torn: bool = False) -> Iterator[Record]:
    """All records of a file that holds nothing else. Raises StoreError at the first that is damaged, unless it may be torn."""
    try:
        yield from _read(file)
        damaged = not torn and bool(file.read(1))
    except (OSError, EOFError, zlib.error) as error:
        raise StoreError(f"{path}: damaged ({error}); restore it from a backup") from error
    if damaged:
        raise StoreError(f"{path}: damaged near byte {file.tell()}; restore it from a backup")


def sync_folder(folder: Path) -> None:
    """Force names made or removed in a folder to disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def write_synced(path: Path, content: bytes) -> None:
    """Replace a small file whole or not at all, and force it to disk."""
    partial = path.with_name(f".{path.name}.{os.getpid()}.partial")
    try:
        with open(partial, "wb") as file:
            _write(file, content)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)
        sync_folder(path.parent)
    finally:
        partial.unlink(missing_ok=True)


def _read(file: BinaryIO | gzip.GzipFile) -> Iterator[Record]:
    """Records up to the first that is not whole; the file then stands behind the last that is."""
    while True:
        start = file.tell()
        found = _HEADER.fullmatch(file.readline(_LONGEST_HEADER))
        if found is None or int(found[2]) > _LONGEST_BODY:
            file.seek(start)
            return
        body = file.read(int(found[2]))
        if len(body) != int(found[2]) or zlib.crc32(body) != int(found[3], 16):
            file.seek(start)
            return
        yield Record(tuple(name[1:-1].decode("utf-8", "replace") for name in found[1].split()), body)


def _write(file: BinaryIO, content: bytes) -> None:
    """A raw file may take less than it is given, and says so only in what it returns."""
    rest = memoryview(content)
    while rest:
        rest = rest[file.write(rest) :]


def _close_synced(file: BinaryIO) -> None:
    file.flush()
    os.fsync(file.fileno())
    file.close()


def _segments(folder: Path) -> list[tuple[int, Path]]:
    """Number and file of each segment in their order; one that is there both ways was compressed to the end."""
    found: dict[int, Path] = {}
    for path in sorted(folder.glob("*.nq*")):
        number, _, ending = path.name.partition(".")
        if number.isdigit() and ending in {"nq", "nq.gz"}:
            found[int(number)] = path  # the compressed one sorts after the other
    return sorted(found.items())


def _path(folder: Path, number: int) -> Path:
    return folder / f"{number:08d}.nq"


def _compress(path: Path) -> None:
    """Replace a finished segment by its compressed form."""
    packed = path.with_name(path.name + ".gz")
    partial = path.with_name(packed.name + ".partial")
    with open(path, "rb") as plain, open(partial, "wb") as file:
        with gzip.GzipFile(filename="", mode="wb", fileobj=file, compresslevel=3, mtime=0) as out:
            shutil.copyfileobj(plain, out, 1 << 20)
        file.flush()
        os.fsync(file.fileno())
    partial.replace(packed)
    sync_folder(path.parent)
    path.unlink()


def _read_checkpoint(folder: Path) -> tuple[int, int]:
    try:
        written = json.loads((folder / _CHECKPOINT).read_text(encoding="ascii"))
        return int(written["segment"]), int(written["offset"])
    except FileNotFoundError:
        return 1, 0
    except (ValueError, KeyError, TypeError) as error:
        raise StoreError(f"{folder / _CHECKPOINT}: unreadable ({error}); delete it, and all of the journal is applied again") from error


def _write_checkpoint(folder: Path, segment: int, offset: int) -> None:
    write_synced(folder / _CHECKPOINT, (json.dumps({"segment": segment, "offset": offset}) + "\n").encode())


def _finish_replacement(folder: Path) -> None:
    """Put a journal that was written anew in the place of the old one, or throw away one that was not finished."""
    partial, old = folder.with_name(folder.name + ".partial"), folder.with_name(folder.name + ".old")
    if partial.exists():
        if not (partial / _CHECKPOINT).exists():
            shutil.rmtree(partial)
        else:
            if folder.exists():
                folder.rename(old)
            partial.rename(folder)
            sync_folder(folder.parent)
    shutil.rmtree(old, ignore_errors=True)
