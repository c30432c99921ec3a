"""A query ends: by its time, by its memory, by the size of its answer, with its caller, and on texts made to hurt."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from kg.errors import QueryError
from kg.query import run_query
from kg.query.guard import check_query
from kg.store import Store
from kg.vocabulary import PREFIXES
from tests.small_store import corpus

linux = pytest.mark.skipif(sys.platform != "linux", reason="/proc is Linux's")
ENDLESS = "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l . ?m ?n ?o }"
HEAVY = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with Store.open(tmp_path_factory.mktemp("limits") / "store") as opened:
        opened.load(corpus(5))
        yield opened


def test_slow_query_is_killed(store: Store) -> None:
    started = time.monotonic()
    with pytest.raises(QueryError, match=r"longer than 1\.5 s .*--timeout"):
        run_query(store, HEAVY, timeout=1.5)
    assert time.monotonic() - started < 6


def test_hungry_query_is_stopped(store: Store) -> None:
    with pytest.raises(QueryError, match=r"more memory than 300 MiB; .*--memory"):
        run_query(store, "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l } ORDER BY DESC(?l)", timeout=60, memory=300)


def test_an_answer_without_end_is_stopped(store: Store) -> None:
    """An eighth of the memory limit, here 16 MiB, is all that is ever held of it."""
    with pytest.raises(QueryError, match="larger than 16 MiB"):
        run_query(store, ENDLESS, timeout=60, memory=128)
    started = time.monotonic()
    with pytest.raises(QueryError, match=r"longer than 0\.5 s"):
        run_query(store, ENDLESS, timeout=0.5)
    assert time.monotonic() - started < 5
    assert len(run_query(store, ENDLESS, limit=5).rows) == 5


@linux
@pytest.mark.parametrize("limits", [{"timeout": 0.5}, {"timeout": 60, "memory": 128}])
def test_nothing_goes_on_after_a_query_was_stopped(store: Store, limits: dict[str, float]) -> None:
    children = Path(f"/proc/self/task/{threading.get_native_id()}/children")
    before = children.read_text()  # servers of other tests may be at work
    with pytest.raises(QueryError):
        run_query(store, ENDLESS, **limits)  # type: ignore[arg-type]
    assert children.read_text() == before
    assert list((store.path / "snapshots").iterdir()) == []


@linux
def test_a_query_whose_caller_is_killed_ends_by_itself(store: Store) -> None:
    code = f"from kg.query import run_query; run_query({os.fspath(store.path)!r}, {HEAVY!r}, timeout=1)"
    with subprocess.Popen([sys.executable, "-c", code]) as caller:
        worker = child_of(caller.pid)
        caller.kill()
    assert is_running(worker)
    deadline = time.monotonic() + 30
    while is_running(worker) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not is_running(worker)


def child_of(process: int) -> int:
    """The worker that a process started, once it is one."""
    children = Path(f"/proc/{process}/task/{process}/children")
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        found = [int(child) for child in children.read_text().split()]
        if found and b"worker.py" in Path(f"/proc/{found[0]}/cmdline").read_bytes():
            return found[0]
        time.sleep(0.01)
    raise AssertionError("the caller started no worker")


def is_running(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


@pytest.mark.parametrize(
    ("limits", "message"),
    [
        ({"timeout": 0}, "timeout is 0, and it takes seconds"),
        ({"timeout": float("inf")}, "timeout is inf"),
        ({"timeout": float("nan")}, "timeout is nan"),
        ({"limit": -1}, "limit is -1, and it takes a number of rows"),
        ({"memory": 10}, "memory is 10, and it takes MiB: 16 or more"),
    ],
)
def test_limits_that_are_none(store: Store, limits: dict[str, float], message: str) -> None:
    with pytest.raises(QueryError, match=message):
        run_query(store, "ASK {}", **limits)  # type: ignore[arg-type]


def test_the_least_memory_is_enough_to_open_a_store_and_ask(store: Store) -> None:
    assert run_query(store, "ASK { ?s a kg:Statement }", memory=16).answer is True


@pytest.mark.parametrize("text", [f"SELECT {'(' * 20_000}1", f"ASK {'{' * 30_000}{'}' * 30_000}", f"ASK {{ FILTER({'!' * 200_000}true) }}"])
def test_deep_nesting_is_an_error_like_any_other(store: Store, text: str) -> None:
    with pytest.raises(QueryError, match="nested too deeply"):
        run_query(store, text)


def test_a_very_long_query_is_refused_at_once(store: Store) -> None:
    with pytest.raises(QueryError, match="longer than 1,048,576 characters"):
        run_query(store, f"SELECT * {{ VALUES ?a {{ {'1 ' * 600_000} }} }}")


@pytest.mark.parametrize(
    "text",
    [
        "<" + r"\uAAAAAAAA" * 20_000,
        "'''\\" * 25_000,
        '"""\\' * 25_000,
        '"\\' * 50_000,
        "<a" * 100_000,
        "'''" + '"' * 100_001,
        "?" * 200_000,
        ":" * 200_000,
        "a:" + "\\" * 100_000,
        "PREFIX a: <b> " * 10_000,
        "FROM <x:y> " * 20_000,
    ],
    ids=lambda text: text[:12],
)
def test_the_guard_takes_no_time_on_texts_made_to_take_it(text: str) -> None:
    started = time.monotonic()
    with contextlib.suppress(QueryError):
        check_query(f"SELECT {text}", PREFIXES)
    assert time.monotonic() - started < 5
