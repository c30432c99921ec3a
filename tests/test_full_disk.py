"""A disk that is full: a file system of a few megabytes in a mount namespace of its own, filled at every step of a store's life.

Where no such file system can be made (no superuser, no user namespaces) a limit on the size of files stands for it, in test_durable.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
NAMESPACE = ("unshare", "--mount", "--map-root-user", "--user")

LIFE = """
import errno, json, os, subprocess, sys
from pathlib import Path
from kg.errors import StoreError
from kg.store import Build, Store, journal
from kg.store.doctor import examine
from kg.store.transfer import back_up, restore
from tests.small_store import corpus

SIZE = 15
build = Build((("kg", "test"),))

def documents():
    return corpus(SIZE)

def fill(left):
    "Leave so many kilobytes free."
    with open(disk / "ballast", "wb", buffering=0) as file:
        free = os.statvfs(disk).f_bavail * os.statvfs(disk).f_frsize - left * 1024
        try:
            while free > 0:
                free -= file.write(bytes(min(free, 1 << 16)))
        except OSError as error:
            assert error.errno == errno.ENOSPC

def add_all(path):
    with Store.open(path) as store:
        for news, statements in documents():
            store.add(news, statements, build=build)
            reported.add(news.id)

def load_all(path):
    with Store.open(path) as store:
        store.load(documents(), build=build)

def flush(path):
    with Store.open(path) as store:
        for news, statements in documents():
            store.add(news, statements, build=build)
            reported.add(news.id)
            store._checkpoint()

def compress(path):
    journal.SEGMENT_BYTES = 20_000
    flush(path)

def snapshot(path):
    with Store.open(path, read_only=True) as store:
        assert len(store) == 3

def backup(path):
    with Store.open(path, read_only=True) as store:
        back_up(store, disk / "b.nq.gz")

def restored(path):
    restore(folder / "b.nq.gz", disk / "restored")

def export(path):
    with Store.open(path, read_only=True) as store:
        store.export(disk / "x.trig", format="trig")

def live(step, spare):
    "One life on a disk of its own."
    global disk, folder, reported
    folder = Path(sys.argv[1]) / f"{step}-{spare}"
    disk = folder / "disk"
    disk.mkdir(parents=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=40m", "tmpfs", disk], check=True)
    reported = set()
    path = disk / "s"
    with Store.open(path) as store:
        for news, statements in documents()[:3]:
            store.add(news, statements, build=build)
            reported.add(news.id)
    if step == "restored":
        with Store.open(folder / "whole") as store:
            store.load(documents())
            back_up(store, folder / "b.nq.gz")
    fill(spare)
    try:
        globals()[step](path)
        told = "done"
    except StoreError as error:
        told = f"StoreError: {error}"
    except OSError as error:
        assert step in {"export", "backup"}, repr(error)  # the command line says these in one line, naming the file
        told = f"OSError: {error}"
    left = [one.name for one in disk.iterdir() if one.name not in {"ballast", "s"}] if told != "done" else []
    os.unlink(disk / "ballast")
    with Store.open(path) as store:
        held = {one.id: {s.id for s in store.statements(one.id)} for one in store.documents()}
        whole = {news.id: {s.id for s in statements} for news, statements in documents()}
        assert reported <= held.keys(), "what was reported stored is lost"
        assert all(whole[one] == found for one, found in held.items()), "a document is there in part"
        for news, statements in documents():
            store.add(news, statements, build=build)
        assert store.export(format="nquads") == undisturbed, "the resumed build has other bytes"
    with Store.open(path, read_only=True) as store:
        faults = list(map(str, examine(store)))
    subprocess.run(["umount", disk], check=True)
    print(json.dumps([step, spare, told, left, faults]), flush=True)

with Store.open(Path(sys.argv[1]) / "undisturbed") as store:
    store.load(documents(), build=build)
    undisturbed = store.export(format="nquads")
for step in sys.argv[2:]:
    for spare in (0, 60):
        live(step, spare)
"""


def run_lives(folder: Path, *steps: str) -> list[tuple[str, int, str, list[str], list[str]]]:
    """Of each life: the step, the kilobytes left, what was told, what was left behind, and the doctor's faults afterwards."""
    command = [*NAMESPACE, sys.executable, "-c", LIFE, str(folder), *steps]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return [tuple(json.loads(line)) for line in done.stdout.splitlines()]


def can_mount() -> bool:
    command = [*NAMESPACE, "mount", "-t", "tmpfs", "tmpfs", "/mnt"]
    return shutil.which("unshare") is not None and subprocess.run(command, capture_output=True, check=False).returncode == 0


@pytest.mark.skipif(not can_mount(), reason="needs mount namespaces")
def test_a_full_disk_loses_nothing(tmp_path: Path) -> None:
    """Whatever was being written when the room ended: an error that says so, nothing half done, and a store that goes on where it was."""
    steps = ("add_all", "load_all", "flush", "compress", "backup", "restored", "export", "snapshot")
    refused: Counter[str] = Counter()
    for step, spare, told, left, faults in run_lives(tmp_path, *steps):
        assert (left, faults) == ([], []), (step, spare, told)
        refused[step] += told != "done"
        assert told == "done" or "No space left" in told, (step, spare, told)
    assert [step for step in steps if not refused[step]] == ["snapshot"]  # made where there is room


READ_ONLY = """
import subprocess, sys
from pathlib import Path
from kg.cli import main
from kg.errors import StoreError
from kg.store import Store
from tests.small_store import corpus

folder = Path(sys.argv[1])
subprocess.run(["mount", "-t", "tmpfs", "tmpfs", folder], check=True)
with Store.open(folder / "s") as store:
    store.load(corpus(3))
out = folder / "out"
out.mkdir()
subprocess.run(["mount", "-t", "tmpfs", "tmpfs", out], check=True)
subprocess.run(["mount", "-o", "remount,ro", folder], check=True)
for arguments in ("query actors", f"view {out}/x.html", f"export {out}/x.ttl", f"backup {out}/b.nq.gz", "doctor", "stats"):
    try:
        main([*arguments.split(), "--store", str(folder / "s")])
    except SystemExit as stop:
        assert stop.code == 0, arguments
for path in ("s", "new"):
    try:
        Store.open(folder / path)
    except StoreError as error:
        print(error, file=sys.stderr)
try:
    main(["export", str(folder / "x.ttl"), "--store", str(folder / "s")])
except SystemExit as stop:
    assert stop.code == 1
"""


@pytest.mark.skipif(not can_mount(), reason="needs mount namespaces")
def test_a_read_only_file_system_is_read_and_not_written(tmp_path: Path) -> None:
    command = [*NAMESPACE, sys.executable, "-c", READ_ONLY, str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    assert "Traceback" not in done.stderr
    *_, opened, made, exported = done.stderr.splitlines()
    assert "/s: the database cannot be opened" in opened
    assert "check permissions" in opened
    assert "/new: cannot make a store here (Read-only file system)" in made
    assert exported.startswith("error: ")
    assert "x.ttl" in exported
