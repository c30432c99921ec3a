"""What benchmarks.fuzz starts from does no harm, and what does harm is noticed."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks import fuzz
from benchmarks.fuzz_targets import TARGETS, Target, require
from kg.errors import InputError

IN_PROCESS = [one for one in TARGETS if one.name not in {"cli", "query"}]
"""Two targets change the process that they run in: they forbid it sockets."""


@pytest.fixture(autouse=True)
def clock() -> Iterator[None]:
    before = signal.signal(signal.SIGPROF, fuzz._time_is_up)
    yield
    signal.signal(signal.SIGPROF, before)


@pytest.mark.parametrize("target", IN_PROCESS, ids=lambda one: one.name)
def test_seeds_do_no_harm(target: Target, tmp_path: Path) -> None:
    run = target.make(tmp_path)
    for seed in target.seeds()[:6]:
        for data in (seed, seed[: len(seed) // 2], seed + b"\0"):
            assert fuzz.watch(target.name, run, data) is None, data


def test_harm_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(data: bytes) -> None:
        raise InputError("no")

    def sleep(data: bytes) -> None:
        begun = time.process_time()
        while time.process_time() - begun < 1:
            pass

    monkeypatch.setattr(fuzz, "SECONDS", 0.1)
    found = [fuzz.watch("x", run, b"1") for run in (refuse, len, sleep, lambda data: require(False, "kept"), lambda data: {}[data])]
    assert [one and one.kind for one in found] == [None, None, "slow", "BrokenPromiseError", "KeyError"]
