"""Nothing that was reported stored is lost: kills, loss of power, full disks, torn journals, stores of an older version."""

from __future__ import annotations

import gzip
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import tarfile
import time
from pathlib import Path

import pyoxigraph as ox
import pytest

from kg.errors import StoreError
from kg.store import FORMAT_VERSION, Store, journal
from kg.store.doctor import examine
from kg.store.journal import Journal, Record, read_journal
from tests.small_store import corpus

ROOT = Path(__file__).parents[1]
SIZE = 60
BUILD = """
import sys
from kg.store import Build, Store
from tests.small_store import corpus
path, how = sys.argv[1:3]
with Store.open(path) as store:
    build = Build((("kg", "test"),))
    print("ready", flush=True)
    if how == "load":
        store.load(corpus(60), build=build)
    else:
        for news, statements in corpus(60):
            store.add(news, statements, build=build)
            print(news.id, flush=True)
    print("done", flush=True)
"""


def build(path: Path, how: str = "add") -> subprocess.Popen[str]:
    command = [sys.executable, "-c", BUILD, os.fspath(path), how]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, cwd=ROOT)


def content_of(path: Path) -> bytes:
    with Store.open(path, read_only=True) as store:
        return store.export(format="nquads")


def filled(path: Path, size: int = SIZE) -> bytes:
    with Store.open(path) as store:
        for news, statements in corpus(size):
            store.add(news, statements)
        return store.export(format="nquads")


def assert_whole_or_absent(store: Store) -> set[str]:
    expected = {news.id: {one.id for one in statements} for news, statements in corpus(SIZE)}
    found = {news.id for news in store.documents()}
    for document in found:
        assert {one.id for one in store.statements(document)} == expected[document]
    inner = store.dataset.store._inner
    merge = {quad.triple for quad in inner.quads_for_pattern(None, None, None, ox.DefaultGraph())}
    graphs = [ox.NamedNode(document) for document in found]
    named = {quad.triple for graph in graphs for quad in inner.quads_for_pattern(None, None, None, graph)}
    codebook = {
        quad.triple for quad in inner.quads_for_pattern(None, None, None, ox.NamedNode("https://w3id.org/geopolitical-kg/codebook"))
    }
    assert merge == named | codebook
    return found


@pytest.mark.parametrize("how", ["add", "load"])
def test_kills_at_random_moments(tmp_path: Path, how: str) -> None:
    """Whole or absent after each; what was reported is there; the resumed build ends with the bytes of an undisturbed one."""
    undisturbed = filled(tmp_path / "undisturbed")
    chance = random.Random(2)
    path = tmp_path / "store"
    for attempt in range(6):
        if attempt % 3 == 0:
            shutil.rmtree(path, ignore_errors=True)
        writer = build(path, how)
        assert writer.stdout is not None
        writer.stdout.readline()
        time.sleep(chance.uniform(0, 0.25))
        writer.send_signal(signal.SIGKILL)
        reported = set(writer.stdout.read().split()[:-1]) - {"done"}
        writer.wait()
        with Store.open(path) as store:
            assert reported <= assert_whole_or_absent(store)
    writer = build(path, how)
    assert writer.communicate()[0].endswith("done\n")
    assert content_of(path) == undisturbed


def test_what_was_stored_survives_loss_of_power(tmp_path: Path) -> None:
    """After the last checkpoint the database may lose everything; the journal has it."""
    path = tmp_path / "store"
    filled(path, 10)
    shutil.copytree(path / "quads", tmp_path / "on-disk")
    writer = build(path)
    assert writer.stdout is not None
    reported = {writer.stdout.readline().strip() for _ in range(30)} - {"ready"}
    writer.kill()
    writer.wait()
    shutil.rmtree(path / "quads")
    (tmp_path / "on-disk").rename(path / "quads")
    with Store.open(path) as store:
        assert reported <= assert_whole_or_absent(store)


@pytest.mark.parametrize("torn", [b"# kg put <https://example.org/news/9> bytes=900 crc=00000000\n<a> <b", b"# kg", b"\0" * 100])
def test_a_torn_record_is_cut_off(tmp_path: Path, torn: bytes) -> None:
    path = tmp_path / "store"
    before = filled(path, 3)
    with open(path / "journal" / "00000001.nq", "ab") as file:
        file.write(torn)
    with Store.open(path) as store:
        assert store.export(format="nquads") == before
        (news, statements) = corpus(4)[3]
        store.add(news, statements)
    assert {news.id for news, _ in corpus(4)} <= {graph for record in read_journal(path / "journal") for graph in record.graphs}


def test_journal_alone_has_everything(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Finished files of it are compressed; applied from the first record on, they make the same store."""
    monkeypatch.setattr(journal, "SEGMENT_BYTES", 50_000)
    monkeypatch.setattr("kg.store._FLUSH_EVERY", 500)
    path = tmp_path / "store"
    with Store.open(path) as store:
        for news, statements in corpus(12):
            store.add(news, statements)
            store.add(news, statements[1:])
        store.remove(corpus(1)[0][0].id)
        expected = store.export(format="nquads")
    files = sorted(file.name for file in (path / "journal").glob("*.nq*"))
    assert len(files) > 2
    assert all(name.endswith(".gz") for name in files[:-1])
    assert gzip.decompress((path / "journal" / files[0]).read_bytes()).startswith(b"# kg put <")
    shutil.rmtree(path / "quads")
    (path / "journal" / "checkpoint").unlink()
    for file in (path / "journal").glob("*.gz"):
        (path / "journal" / file.stem).write_bytes(gzip.decompress(file.read_bytes()))
        file.unlink()
    with Store.open(path) as store:
        assert store.export(format="nquads") == expected


def test_damage_in_the_middle_is_reported(tmp_path: Path) -> None:
    path = tmp_path / "store"
    filled(path, 3)
    file = path / "journal" / "00000001.nq"
    whole = file.read_bytes()
    file.write_bytes(whole[:300] + b"X" + whole[301:])
    packed = path / "journal" / "00000001.nq.gz"
    packed.write_bytes(gzip.compress(file.read_bytes())[:-30])
    file.unlink()
    (path / "journal" / "00000002.nq").write_bytes(b"")
    with pytest.raises(StoreError, match="damaged"):
        list(read_journal(path / "journal"))


def test_an_unfinished_replacement_of_the_journal_is_thrown_away_and_a_finished_one_kept(tmp_path: Path) -> None:
    folder = tmp_path / "journal"
    with_one = Record(("https://example.org/a",), b"")
    opened = Journal(folder)
    opened.append([with_one])
    opened.close()
    (tmp_path / "journal.partial").mkdir()
    Journal(folder).close()
    assert list(read_journal(folder)) == [with_one]
    other = Journal(tmp_path / "journal.partial")
    other.append([with_one, with_one])
    other.checkpoint()
    other.close()
    Journal(folder).close()
    assert list(read_journal(folder)) == [with_one, with_one]


def test_full_disk_leaves_a_document_out_whole_and_says_so(tmp_path: Path) -> None:
    """A limit on the size of files stands for a full disk: journal and database meet it at different moments."""
    code = BUILD.replace("import sys", "import resource, signal, sys; signal.signal(signal.SIGXFSZ, signal.SIG_IGN)")
    code += "    store.add(*corpus(1)[0], build=build)\n"
    for kilobytes in (150, 400, 900):
        path = tmp_path / str(kilobytes)
        filled(path, 2)
        limit = kilobytes * 1024
        done = subprocess.run(
            [sys.executable, "-c", code, os.fspath(path), "add"], cwd=ROOT, capture_output=True, text=True, check=False,
            preexec_fn=lambda limit=limit: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)),
        )  # fmt: skip
        assert done.returncode != 0
        assert "kg.errors.StoreError" in done.stderr
        with Store.open(path) as store:
            assert set(done.stdout.split()) - {"ready"} <= assert_whole_or_absent(store)
        writer = build(path)
        assert writer.communicate()[0].endswith("done\n")


@pytest.mark.skipif(os.getuid() != 0, reason="only the superuser can become nobody")
def test_read_only_folder_can_be_read_and_says_that_it_cannot_be_written(tmp_path: Path) -> None:
    path = tmp_path / "store"
    filled(path, 2)
    for place in (tmp_path, *tmp_path.parents):
        if place != Path("/tmp"):
            place.chmod(place.stat().st_mode | 0o055)
    os.seteuid(65534)
    try:
        with Store.open(path, read_only=True) as store:
            assert len(store) == 2
        with pytest.raises(StoreError, match="permissions"):
            Store.open(path)
        with pytest.raises(StoreError, match="cannot make a store here"):
            Store.open(path / "another")
    finally:
        os.seteuid(0)


def test_store_of_the_previous_format_is_read_and_upgraded(tmp_path: Path) -> None:
    with tarfile.open(ROOT / "tests/stores/format-1.tar.xz") as archive:
        archive.extractall(tmp_path, filter="data")
    path = tmp_path / "store-1"
    expected = filled(tmp_path / "new", 2)
    assert content_of(path) == expected
    assert not (path / "journal").exists()
    with Store.open(path) as store:
        assert store.export(format="nquads") == expected
        assert all(store.add(news, statements) == "unchanged" for news, statements in corpus(2))
    assert f'"format": {FORMAT_VERSION}' in (path / "store.json").read_text()
    assert len(list(read_journal(path / "journal"))) == 2


STEPS = """
import os, shutil, sys
from pathlib import Path
from kg.store import Store, journal
from tests.small_store import corpus

path, last = Path(sys.argv[1]), int(sys.argv[2])
steps = 0

def stopping(function):
    def called(*arguments, **options):
        global steps
        steps += 1
        if steps == last:
            os._exit(9)
        return function(*arguments, **options)
    return called

os.fsync, os.ftruncate, shutil.rmtree = stopping(os.fsync), stopping(os.ftruncate), stopping(shutil.rmtree)
Path.replace, Path.unlink, Path.rename = stopping(Path.replace), stopping(Path.unlink), stopping(Path.rename)
journal.SEGMENT_BYTES = 20_000
with Store.open(path) as store:
    for news, statements in corpus(4):
        store.add(news, statements)
        print(news.id, flush=True)
        store._checkpoint()
    store.load(corpus(60)[4:8])
    print(*(news.id for news, _ in corpus(8)[4:]), flush=True)
    store.remove(corpus(60)[50][0].id)
print("done", steps, flush=True)
"""


def test_the_end_comes_at_every_step_that_the_disk_sees(tmp_path: Path) -> None:
    """Before each forced write, renaming and removal: of the journal, its switch to a new file, the checkpoint, the bulk load's marker."""
    expected = filled(tmp_path / "undisturbed", 8)

    def until(step: int) -> str:
        command = [sys.executable, "-c", STEPS, os.fspath(tmp_path / f"{step}"), str(step)]
        return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False).stdout

    count = int(until(-1).split()[-1])
    assert count > 30
    for step in range(1, count + 1, 5):
        reported = set(until(step).split())
        with Store.open(tmp_path / f"{step}") as store:
            assert reported <= assert_whole_or_absent(store)
            for news, statements in corpus(8):
                store.add(news, statements)
            assert store.export(format="nquads") == expected
        with Store.open(tmp_path / f"{step}", read_only=True) as store:
            assert list(examine(store)) == []


@pytest.mark.parametrize("torn", [b"", b'{"segment": 1, "off', b"\0" * 40, b"[]"])
def test_a_torn_checkpoint_is_told_and_its_way_out_works(tmp_path: Path, torn: bytes) -> None:
    path = tmp_path / "store"
    before = filled(path, 3)
    (path / "journal" / "checkpoint").write_bytes(torn)
    with pytest.raises(StoreError, match="delete it"):
        Store.open(path)
    with Store.open(path, read_only=True) as store:
        assert any("delete it" in str(fault) for fault in examine(store))
    (path / "journal" / "checkpoint").unlink()
    assert content_of(path) == before
    with Store.open(path) as store:
        assert list(examine(store)) == []


def test_a_marker_of_a_bulk_load_that_was_cut_off_is_cleared_away(tmp_path: Path) -> None:
    path = tmp_path / "store"
    before = filled(path, 3)
    (path / "journal" / "bulk").write_bytes(b"")
    with Store.open(path) as store:
        assert store.export(format="nquads") == before
    assert not (path / "journal" / "bulk").exists()
