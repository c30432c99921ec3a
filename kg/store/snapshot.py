"""Frozen copies of a store's quads, for readers beside a live writer.

Oxigraph's own `backup()` needs the process that holds the store open. A reader in another process cannot ask that process,
and opening the live directory read-only ends in "Corruption" as soon as the writer flushes. So `copy_quads` makes the same
kind of checkpoint from outside: immutable table files are hard-linked, logs copied, and the whole is thrown away and tried
again if the database's manifest moved meanwhile.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType

from kg.errors import StoreError

_ATTEMPTS = 60
_PAUSE_SECONDS = 0.05
_ELSEWHERE = "kg-snapshot-"


class Snapshot:
    """A private folder with a frozen Oxigraph database in it; deleted on close.

    The folder lies inside the store, where hard links are possible, or in the system's temporary folder where the store
    cannot be written to. A lock file held open tells `remove_dead_snapshots` which ones are still in use.
    """

    def __init__(self, parent: Path, fill: Callable[[Path], None]) -> None:
        """Make the folder and let `fill(quads)` write the database to `quads`, which does not exist yet.

        Raises StoreError from `fill`, or where there is no room anywhere; the folder is gone then.
        """
        try:
            self._make(_new_folder(parent), fill)
        except OSError:  # the disk is full: others may have room
            self._make(Path(tempfile.mkdtemp(prefix=_ELSEWHERE)), fill)

    def _make(self, folder: Path, fill: Callable[[Path], None]) -> None:
        self._folder, self._lock = folder, -1
        self.quads = folder / "quads"
        try:
            self._lock = os.open(folder / "lock", os.O_CREAT | os.O_RDWR)
            fcntl.flock(self._lock, fcntl.LOCK_SH)
            fill(self.quads)
        except BaseException as error:
            self.close()
            shutil.rmtree(folder, ignore_errors=True)
            if isinstance(error, OSError) and folder.name.startswith(_ELSEWHERE):
                raise StoreError(f"{folder.parent}: no room for a copy to read from ({error.strerror or error}); make some") from error
            raise

    def close(self) -> None:
        """Delete the folder. Closing twice is harmless."""
        if self._lock >= 0:
            os.close(self._lock)
            self._lock = -1
            shutil.rmtree(self._folder, ignore_errors=True)

    def __enter__(self) -> Snapshot:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()


def remove_dead_snapshots(parent: Path) -> None:
    """Delete what killed readers left in `parent`; snapshots in use are held by a lock and stay."""
    for folder in parent.glob("snapshot-*"):
        with contextlib.suppress(OSError):
            lock = os.open(folder / "lock", os.O_RDWR)
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(folder, ignore_errors=True)
            finally:
                os.close(lock)


def copy_quads(live: Path, target: Path) -> None:
    """Write a consistent checkpoint of the database in `live`, which another process may be writing to, to `target`.

    Raises StoreError when the database did not hold still for a moment in several seconds.
    """
    for attempt in range(_ATTEMPTS):
        time.sleep(_PAUSE_SECONDS if attempt else 0)
        before = _state(live)
        target.mkdir()
        if before is not None and _copy_files(live, target, before) and _state(live) == before:
            return
        shutil.rmtree(target)
    raise StoreError(
        f"{live.parent}: the store is being rewritten just now; try again in a moment. "
        f"Where nobody writes to it, it is damaged: 'kg doctor --repair --store {live.parent}' makes it anew from the journal"
    )


def _new_folder(parent: Path) -> Path:
    try:
        parent.mkdir(exist_ok=True)
        return Path(tempfile.mkdtemp(prefix="snapshot-", dir=parent))
    except OSError:
        return Path(tempfile.mkdtemp(prefix=_ELSEWHERE))


def _state(live: Path) -> dict[str, int] | None:
    """Names of the database's files, with the sizes of those whose growth changes what the others mean.

    None while the database is between two manifests. RocksDB: CURRENT names the manifest, the manifest lists the tables
    and grows with every flush or compaction; a new log means that the last one is complete.
    """
    try:
        manifest = (live / "CURRENT").read_text(encoding="ascii").strip()
        names = [entry.name for entry in os.scandir(live)]
        size = (live / manifest).stat().st_size
    except FileNotFoundError:
        return None
    kept = {name: 0 for name in names if name.endswith((".sst", ".log", ".blob"))}
    return {**kept, "CURRENT": 0, manifest: size}


def _copy_files(live: Path, target: Path, state: dict[str, int]) -> bool:
    """Tables first, as links; then the rest, logs in the order in which they were written."""
    try:
        for name in sorted(state, key=lambda name: (not name.endswith((".sst", ".blob")), name)):
            if name.endswith((".sst", ".blob")):
                _link(live / name, target / name)
            else:
                shutil.copyfile(live / name, target / name)
    except FileNotFoundError:
        return False
    return True


def _link(path: Path, target: Path) -> None:
    try:
        os.link(path, target)
    except FileNotFoundError:
        raise
    except OSError:  # another file system, or one without hard links
        shutil.copyfile(path, target)
