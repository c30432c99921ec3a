"""kg build --dask: the bytes of a single process, whatever happens to workers and client on the way."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import kg.cluster.run
from kg.cli.building import build_of
from kg.cluster import extract_shards
from kg.cluster.jobs import batches, job_of
from kg.cluster.shards import ShardFolder
from kg.errors import ClusterError, StoreError, UnknownNameError
from kg.model import Document
from kg.pipeline import Settings, extract_documents
from kg.store import Build, Correction, Store, extracted_record
from kg.store.corrections import Verdict
from kg.store.journal import Record, read_records
from kg.store.transfer import back_up
from tests.conftest import EXAMPLES, ROOT, Run
from tests.requirements import requires
from tests.small_store import corpus as small_corpus

try:
    from distributed import Client, LocalCluster

    from tests.cluster_worker import READ
except ImportError:
    LocalCluster = None

pytestmark = requires(LocalCluster, "distributed is not installed (pip install 'kg[cluster]')")

LIGHT = Settings(rules_only=True)
STATES = ("Ghana", "Togo", "Benin", "Niger", "Chad", "Mali", "Kenya", "Uganda", "Peru", "Chile")
VERBS = ("thanked", "accused", "warned", "visited", "urged")


def news(number: int, more: str = "") -> Document:
    one, other, third = (STATES[(number * step + place) % 10] for step, place in ((1, 0), (3, 1), (7, 3)))
    text = f"{one} {VERBS[number % 5]} {other} on Monday. {third} praised {one} after the talks in the harbour. {more}"
    return Document(f"https://example.org/{number}", text, f"Item {number}", "The Courier", f"2024-{number % 12 + 1:02d}-03")


def corpus(size: int, **more: str) -> list[Document]:
    """Some documents; `more` text for number 7 is given as n7="..."."""
    return [news(number, more.get(f"n{number}", "")) for number in range(size)]


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    """Two workers with a thread each, in processes of their own."""
    with LocalCluster(
        n_workers=2, threads_per_worker=1, dashboard_address=None, memory_limit=0, preload=["tests.cluster_worker"], silence_logs=50
    ) as made:
        yield made


@pytest.fixture
def on_workers(cluster: Any) -> Iterator[Callable[..., list[Any]]]:
    """Run a function in every worker: what it returned in each."""
    with Client(cluster.scheduler_address, set_as_default=False) as client:
        yield lambda function, *arguments: list(client.run(function, *arguments).values())


def forget_read() -> None:
    READ.clear()


def read() -> list[str]:
    return list(READ)


def content(store: Store, folder: Path) -> tuple[bytes, bytes]:
    """The bytes of its export and of its backup, near-copies grouped."""
    store.group_copies()
    back_up(store, folder / "backup.nq.gz")
    return store.export(format="trig"), (folder / "backup.nq.gz").read_bytes()


@pytest.fixture
def alone(tmp_path: Path, models_once: None) -> Callable[[list[Document]], tuple[bytes, bytes]]:
    """What a store has that one process built."""

    def build(documents: list[Document]) -> tuple[bytes, bytes]:
        made_by = build_of(LIGHT, None, None)
        with Store.open(tmp_path / "alone") as store:
            for document, statements in extract_documents(documents, LIGHT):
                store.add(document, statements, build=made_by)
            return content(store, tmp_path)

    return build


@pytest.fixture
def built(cluster: Any, tmp_path: Path) -> Callable[..., tuple[bytes, bytes]]:
    """What a store has that the cluster built."""

    def build(documents: list[Document], **options: Any) -> tuple[bytes, bytes]:
        made_by = build_of(LIGHT, None, None)
        options = {"address": cluster.scheduler_address, "on_failure": pytest.fail, "patience": 15.0, **options}
        with Store.open(tmp_path / "cluster") as store:
            for group in extract_shards(documents, LIGHT, made_by, **options):
                store.load_extracted(group, build=made_by)
            return content(store, tmp_path)

    return build


# -- the same bytes --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("folder", [None, "shards"])
def test_a_cluster_gives_the_bytes_of_one_process(
    built: Callable[..., tuple[bytes, bytes]], alone: Callable[..., tuple[bytes, bytes]], tmp_path: Path, folder: str | None
) -> None:
    shards = tmp_path / folder if folder else None
    documents = [*corpus(30), news(3, "Another version of it."), news(3)]
    assert built(documents, shards=shards) == alone(documents)
    assert shards is None or list(shards.iterdir()) == []


def test_the_command_builds_the_examples_with_the_full_model(run: Run, cluster: Any, examples_store: Path, tmp_path: Path) -> None:
    for attempt in ("added", "unchanged"):
        made = run("build", *EXAMPLES, "--store", tmp_path / "store", "--dask", cluster.scheduler_address)
        assert (made.code, f"8 {attempt})" in made.err) == (0, True)
    with Store.open(tmp_path / "store") as store, Store.open(examples_store, read_only=True) as expected:
        assert store.export() == expected.export()
        assert len(store.builds()) == 1
        assert store.built() == {next(iter(store.builds())): 8}


def test_files_that_settings_name_travel(run: Run, cluster: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The workers were started elsewhere: a relative path is none of theirs."""
    monkeypatch.chdir(tmp_path)
    Path("own.csv").write_text("id,label,kind,iso3,qid,aliases,side\nown/reef,Reef Pact,igo,,,Reef Pact,\n", encoding="utf-8")
    Path("names.csv").write_text("profile,actor,field,value,source\nours,state/TUR,label,Turkiye,a letter\n", encoding="utf-8")
    Path("a.txt").write_text("Turkey thanked the Reef Pact.", encoding="utf-8")
    options = ("--actors-file", "own.csv", "--names", "names.csv", "--rules-only")
    assert run("build", "a.txt", "--store", "one", *options).code == 0
    assert run("build", "a.txt", "--store", "two", *options, "--dask", cluster.scheduler_address).code == 0
    exports = [run("export", "-", "--format", "turtle", "--store", name).out for name in ("one", "two")]
    assert exports[0] == exports[1]
    assert "Turkiye" in exports[0]
    assert "Reef Pact" in exports[0]


def test_what_people_judged_is_applied_to_records(tmp_path: Path) -> None:
    """A document that was corrected is extracted again, by this process in one store and elsewhere in the other."""
    (given, statements), *_ = small_corpus(1)
    document = replace(given, text="")  # then all sentences count as there
    kinds: tuple[Verdict, ...] = ("reject", "accept")
    for name in ("one", "two"):
        with Store.open(tmp_path / name) as store:
            store.add(document, statements)
            for statement, verdict in zip(statements, kinds, strict=False):
                store.correct(Correction(statement, verdict, "Ada", "2024-05-01T10:00:00Z"))
    build = Build((("kg", "2"),))
    with Store.open(tmp_path / "one") as one, Store.open(tmp_path / "two") as two:
        assert one.add(document, statements[3:], build=build) == "replaced"
        assert two.load_extracted([(document, extracted_record(document, statements[3:], build))], build=build) == {"replaced": 1}
        assert len(two.statements()) == len(statements) - 2
        assert content(one, tmp_path) == content(two, tmp_path)


def test_a_record_of_another_document_is_refused(tmp_path: Path) -> None:
    (one, statements), (other, _) = small_corpus(2)
    with Store.open(tmp_path / "store") as store, pytest.raises(StoreError, match="news/1: its record is about"):
        store.load_extracted([(other, extracted_record(one, statements))])


# -- what goes wrong -------------------------------------------------------------------------------------------------


def test_a_worker_that_is_killed_on_the_way_changes_nothing(
    built: Callable[..., tuple[bytes, bytes]], alone: Callable[..., tuple[bytes, bytes]], tmp_path: Path
) -> None:
    flag = tmp_path / "died"
    documents = corpus(24, n5=f"DIES-ONCE:{flag}")
    found = built(documents)
    assert flag.exists()
    assert found == alone(documents)


def test_documents_that_cannot_be_read_are_named_and_left_out(
    built: Callable[..., tuple[bytes, bytes]], alone: Callable[..., tuple[bytes, bytes]]
) -> None:
    failed: list[tuple[str, str]] = []
    documents = corpus(20, n9="RAISES.", n14="DIES.")
    found = built(documents, on_failure=lambda document, why: failed.append((document.id, why)))
    reasons = ["IndexError: a fault of ours", "every worker that read it died, for want of memory perhaps"]
    assert failed == [(documents[place].id, why) for place, why in zip((9, 14), reasons, strict=True)]
    assert found == alone([one for place, one in enumerate(documents) if place not in (9, 14)])


def test_the_command_names_it_too(run: Run, cluster: Any, tmp_path: Path) -> None:
    rows = [{"id": one.id, "text": one.text} for one in corpus(5, n2="RAISES.")]
    (tmp_path / "a.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    made = run("build", tmp_path / "a.jsonl", "--store", tmp_path / "store", "--dask", cluster.scheduler_address, "--rules-only")
    assert made.code == 3
    assert "warning: https://example.org/2: could not be extracted (IndexError: a fault of ours); left out" in made.err
    assert "4 documents (4 added)" in made.err


def test_many_failures_in_a_row_are_the_clusters_fault(built: Callable[..., tuple[bytes, bytes]], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kg.cluster.run, "FAILURES", 3)
    with pytest.raises(ClusterError, match="3 documents in a row could not be extracted, the last because: IndexError"):
        built(corpus(8, **{f"n{number}": "RAISES." for number in range(8)}), on_failure=lambda *_: None)


def test_another_kg_on_the_workers_is_refused(built: Callable[..., tuple[bytes, bytes]], on_workers: Callable[..., list[Any]]) -> None:
    def change(version: str) -> str:
        from kg.cluster import worker
        from kg.store.builds import package_parts

        worker._LOADED.clear()
        worker.package_parts = lambda: {**package_parts(), "kg": version}  # type: ignore[assignment]
        return version

    here = build_of(LIGHT, None, None).parts
    on_workers(change, "0.0.7")
    try:
        with pytest.raises(ClusterError, match=r"the worker tcp://\S+ has another kg \(kg 0.0.7\) than the process that builds \(kg "):
            built(corpus(3))
    finally:
        on_workers(change, dict(here)["kg"])


def test_wrong_settings_are_told_as_by_one_process(tmp_path: Path) -> None:
    with pytest.raises(UnknownNameError, match="'nobody' is no names policy"):
        next(extract_shards([], Settings(names="nobody"), Build(()), address="127.0.0.1:1", on_failure=pytest.fail))


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("127.0.0.1:9", "Timed out trying to connect"),
        ("nonsense", "missing port number"),
        ("foo://here:1", "unknown address scheme"),
        ("tls://127.0.0.1:9", "distributed.comm.tls.ca-file"),
        ("absent.json", "no scheduler file"),
    ],
)
def test_a_scheduler_that_is_not_there(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, address: str, reason: str) -> None:
    monkeypatch.setattr("kg.cluster.connection._CONNECT", 1)
    (tmp_path / "a.txt").write_text("Ghana thanked Togo.", encoding="utf-8")
    made = run("build", tmp_path / "a.txt", "--store", tmp_path / "store", "--dask", address)
    assert (made.code, made.err.count("\n")) == (1, 1), made.err
    assert reason in made.err
    assert address in made.err


def test_no_worker_left(tmp_path: Path) -> None:
    with (
        LocalCluster(n_workers=0, processes=False, protocol="tcp", dashboard_address=None, silence_logs=50) as empty,
        pytest.raises(ClusterError, match=r"no worker has been connected to \S+ for 1 s; what was finished is stored"),
    ):
        list(extract_shards(corpus(3), LIGHT, Build(()), address=empty.scheduler_address, on_failure=pytest.fail, patience=1.0))


def test_a_scheduler_that_goes(capfd: pytest.CaptureFixture[str]) -> None:
    with LocalCluster(n_workers=0, processes=False, protocol="tcp", dashboard_address=None, silence_logs=50) as going:
        end = threading.Timer(1.5, going.close)
        end.start()
        with pytest.raises(ClusterError, match=r"the scheduler at \S+ is gone; what was finished is stored"):
            list(extract_shards(corpus(3), LIGHT, Build(()), address=going.scheduler_address, on_failure=pytest.fail))
        end.join()
    assert "Traceback" not in capfd.readouterr().err


@pytest.mark.parametrize("options", [("--dask", "h:1", "--processes", "2"), ("--dask", "h:1", "--llm", "m"), ("--shards", "d")])
def test_options_that_do_not_go_together(run: Run, tmp_path: Path, options: tuple[str, ...]) -> None:
    assert run("build", EXAMPLES[0], "--store", tmp_path / "store", *options).code == 2


# -- going on --------------------------------------------------------------------------------------------------------


def test_a_client_that_is_killed_goes_on(run: Run, cluster: Any, on_workers: Callable[..., list[Any]], tmp_path: Path) -> None:
    """What is stored is not read again, and neither is a shard that was finished, but for one batch that was half stored perhaps."""
    size, shards, store = 48, tmp_path / "shards", tmp_path / "store"
    documents = corpus(size, **{f"n{number}": "WAITS." for number in range(size)})
    rows = [{"id": d.id, "text": d.text, "title": d.title, "publisher": d.publisher, "date": d.published, "url": d.url} for d in documents]
    (tmp_path / "a.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    command = ["build", tmp_path / "a.jsonl", "--store", store, "--dask", cluster.scheduler_address, "--shards", shards, "--rules-only"]
    client = subprocess.Popen([sys.executable, "-m", "kg", *map(str, command)], cwd=ROOT, stderr=subprocess.PIPE)
    deadline = time.monotonic() + 60
    while not written(shards) and client.poll() is None and time.monotonic() < deadline:
        time.sleep(0.02)
    client.send_signal(signal.SIGKILL)
    _, said = client.communicate()
    assert client.returncode == -signal.SIGKILL, said
    time.sleep(1)  # a batch that was begun is finished
    finished = {graph for path in written(shards) for record in records_of(path) for graph in record.graphs}
    with Store.open(store, read_only=True) as opened:
        stored = {one.id for one in opened.documents()}
    on_workers(forget_read)
    made = run(*command)
    assert (made.code, f"{size} documents" in made.err) == (0, True), made.err
    again = [one for each in on_workers(read) for one in each]
    assert finished - set(again)
    assert not stored & set(again)
    assert len(again) == len(set(again)) < size
    assert list(shards.iterdir()) == []
    assert run(*command[:2], "--store", tmp_path / "alone", "--rules-only").code == 0
    with Store.open(store) as opened, Store.open(tmp_path / "alone") as expected:
        assert content(opened, tmp_path) == content(expected, tmp_path)


def test_a_damaged_shard_is_made_again(
    built: Callable[..., tuple[bytes, bytes]], alone: Callable[..., tuple[bytes, bytes]], tmp_path: Path
) -> None:
    documents = corpus(12)
    job = job_of(LIGHT, build_of(LIGHT, None, None), tmp_path / "shards")
    folder = ShardFolder(Path(str(job.shards)))
    for place, batch in enumerate(batches(documents)):
        folder.write(job.shard_name(batch), b"# kg put" if place % 2 else extracted_record(documents[0], ()).text())
    assert built(documents, shards=tmp_path / "shards") == alone(documents)


def test_batches_of_the_rest_are_those_of_the_whole() -> None:
    documents = corpus(400)
    whole = list(batches(documents))
    assert [one for batch in whole for one in batch] == documents
    assert 30 < len(whole) < 120
    rest = list(batches(documents[150:]))
    assert set(rest[1:]) <= set(whole)
    long = [Document(f"https://example.org/{place}", "x" * 60_000) for place in range(4)]
    assert max(len(batch) for batch in batches(long)) == 1
    assert [len(batch) for batch in batches([documents[0], documents[0]])] == [1, 1]


def test_what_is_under_way_is_bounded(cluster: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kg.cluster.run, "AHEAD", 2)
    taken = 0

    def endless() -> Iterator[Document]:
        nonlocal taken
        while True:
            yield news(taken)
            taken += 1

    groups = extract_shards(endless(), LIGHT, build_of(LIGHT, None, None), address=cluster.scheduler_address, on_failure=pytest.fail)
    given = len(next(groups))
    groups.close()
    assert taken - given <= 2 * 2 * 32


def test_the_same_options_are_the_same_build_in_every_process() -> None:
    """Rows of a codebook hold sets, whose order differs from process to process."""
    code = """
from kg.cli.building import build_of
from kg.extract.lexicon import Act
from kg.pipeline import Settings
words = frozenset("abcdefgh")
print(build_of(Settings(acts=(Act("a", "VERB", "", words, (), "AID", words),)), None, None).id)
"""
    found = {
        subprocess.run([sys.executable, "-c", code], env={**os.environ, "PYTHONHASHSEED": seed}, capture_output=True, check=True).stdout
        for seed in ("1", "2")
    }
    assert len(found) == 1


def written(shards: Path) -> list[Path]:
    return [path for path in sorted(shards.glob("*/*.nq")) if not path.name.startswith(".")]


def records_of(path: Path) -> list[Record]:
    with open(path, "rb") as file:
        return list(read_records(file, path))
