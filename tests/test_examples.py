"""The example articles give what examples/expected/ says. After a change that is meant, `make expected` writes it anew."""

from __future__ import annotations

import difflib
from pathlib import Path

from tests.conftest import EXAMPLES, ROOT, Run

EXPECTED = ROOT / "examples" / "expected"


def check(expected: Path, written: str) -> None:
    wanted = expected.read_text(encoding="utf-8")
    changes = "\n".join(list(difflib.unified_diff(wanted.splitlines(), written.splitlines(), "expected", "now", lineterm="", n=0))[:40])
    assert not changes, f"{expected.name} differs; if that is meant, run: make expected\n{changes}"


def test_the_statements_of_the_examples(run: Run, tmp_path: Path) -> None:
    check(EXPECTED / "statements.table", run("extract", *EXAMPLES, "--format", "table").out)


def test_the_graph_of_the_examples(run: Run, examples_store: Path, tmp_path: Path) -> None:
    assert run("export", tmp_path / "graph.ttl", "--store", examples_store).code == 0
    check(EXPECTED / "graph.ttl", (tmp_path / "graph.ttl").read_text(encoding="utf-8"))


def test_the_expected_files_are_no_articles(run: Run, tmp_path: Path) -> None:
    done = run("build", ROOT / "examples", "--store", tmp_path / "store")
    assert done.code == 0
    assert "8 documents" in done.err
