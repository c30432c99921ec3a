"""The same corpus gives the same bytes: in another order, in several processes, under another hash seed, a second time."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.conftest import EXAMPLES, ROOT, Run


@pytest.fixture(scope="module")
def turtle(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The examples as Turtle, by a process of its own."""
    return extract(EXAMPLES, tmp_path_factory.mktemp("one") / "out.ttl", seed="0")


def extract(files: Sequence[Path], out: Path, *more: str, seed: str) -> bytes:
    """What `kg extract --format ttl` writes in a new process."""
    command = [sys.executable, "-m", "kg", "extract", *map(str, files), "--format", "ttl", "-o", str(out), *more]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True, env={**os.environ, "PYTHONHASHSEED": seed})
    return out.read_bytes()


def test_another_order_and_two_processes_give_the_same_turtle(turtle: bytes, tmp_path: Path) -> None:
    assert extract(EXAMPLES[::-1], tmp_path / "out.ttl", "--processes", "2", seed="1") == turtle


def test_a_store_built_in_another_order_exports_the_same(run: Run, turtle: bytes, tmp_path: Path) -> None:
    for path in (*EXAMPLES[3:], *EXAMPLES[:3], EXAMPLES[5]):
        assert run("build", path, "--store", tmp_path / "store").code == 0
    for name in ("a.ttl", "b.ttl"):
        assert run("export", tmp_path / name, "--store", tmp_path / "store").code == 0
        assert (tmp_path / name).read_bytes() == turtle


def test_statements_come_in_the_order_of_the_input(run: Run) -> None:
    together = run("extract", *EXAMPLES).out
    assert together == "".join(run("extract", path).out for path in EXAMPLES)


@pytest.mark.parametrize("name", ["page.html", "graph.graphml", "graph.gexf", "graph.csv"])
def test_views_are_the_same_twice(run: Run, examples_store: Path, tmp_path: Path, name: str) -> None:
    command = "view" if name.endswith(".html") else "export"
    written = []
    for folder in ("one", "two"):
        assert run(command, tmp_path / folder / name, "--store", examples_store).code == 0
        written.append((tmp_path / folder / name).read_bytes())
    assert written[0] == written[1]
