"""What docs/queries.md shows works, and it names every query."""

from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path

import pytest

from kg.link import Catalogue
from kg.query import named_queries, named_query, run_query
from kg.store import Store
from tests.conftest import ROOT, Run

TEXT = (ROOT / "docs" / "queries.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w*)\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)
COMMANDS = [line.split("  #")[0].strip() for language, block in BLOCKS if language == "sh" for line in block.splitlines()]
ROWS = re.findall(r"^\| ([a-z-]+) \| [^|]+ \| ([a-z, ]*) ?\|$", TEXT, re.MULTILINE)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder to work in, with some of the examples."""
    (tmp_path / "examples").mkdir()
    for name in ("black-sea.txt", "caucasus.md"):
        shutil.copy(ROOT / "examples" / name, tmp_path / "examples")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_commands_and_python_run(run: Run, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert len(COMMANDS) > 12
    for line in COMMANDS:
        words, _, piped = line.partition(" | ")
        stdin = " ".join(shlex.split(words)[1:]).encode() if piped else b""
        done = run(*shlex.split(piped or words)[1:], stdin=stdin)
        assert done.code == 0, f"{line}\n{done.err}"
        assert "0 rows" not in done.out or "corrections" in line or "said-about" in line, line
    for block in (block for language, block in BLOCKS if language == "python"):
        exec(compile(block, "queries.md", "exec"), {"__name__": "queries"})
    assert "<sparql xmlns=" in capsys.readouterr().out
    check_offices()


def check_offices() -> None:
    """kg build kept the offices of who occurs, as the catalogue has them."""
    catalogue = Catalogue.load()
    (held,) = catalogue.office_holders("state/TUR", "foreign_minister", "2025-03-20")
    with Store.open("out/store", read_only=True) as store:
        text = named_query("office-holders").bind(store, date="2025-03-20", of="Turkey", office="foreign minister")
        rows = [[str(node) for node in row[:3]] for row in run_query(store, text).rows]
    assert rows == [["foreign minister", "Turkey", catalogue.actor(held.person).label]]


def test_every_named_query_is_listed_with_what_it_needs() -> None:
    listed = {name: needs.strip() for name, needs in ROWS if name not in {"name", "limit"}}
    assert listed == {name: ", ".join(query.example()) for name, query in named_queries().items()}


def test_limits_are_those_of_the_code() -> None:
    from inspect import signature

    defaults = {name: one.default for name, one in signature(run_query).parameters.items()}
    assert (defaults["timeout"], defaults["memory"], defaults["limit"]) == (30, 2048, None)
    assert "| `--timeout SECONDS` | 30 |" in TEXT
    assert "| `--memory MIB` | 2048 |" in TEXT


# --- the command line


def test_a_named_query_is_explained(run: Run) -> None:
    shown = run("query", "corrections", "--show").out
    assert shown.startswith("corrections: What people corrected\n")
    assert all(parameter.name in shown for parameter in named_query("corrections").parameters)
    assert "kg query corrections --store out/store --param by=Ada\n" in shown
    assert shown.endswith(named_query("corrections").text)


@pytest.mark.parametrize("name", named_queries())
def test_every_explanation_has_a_command_that_is_complete(run: Run, name: str) -> None:
    shown = run("query", name, "--show").out
    (line,) = (line for line in shown.splitlines() if line.startswith("kg query "))
    given = dict(word.split("=", 1) for word in shlex.split(line)[5:] if "=" in word)
    assert named_query(name).example().keys() <= given.keys()


def test_list_is_what_no_argument_gives(run: Run) -> None:
    assert run("query", "--list").out == run("query").out
    assert "'kg query NAME --show' explains one" in run("query", "--list").out


def test_format_xml_memory_and_double_parameters(run: Run, tmp_path: Path) -> None:
    from tests.small_store import KENYA, UGANDA, document, statement

    with Store.open(tmp_path / "s") as store:
        store.add(document(1), [statement("a1", document(1), KENYA, "AID", UGANDA)])
    asked = ("query", "actors", "--store", tmp_path / "s")
    assert run(*asked, "--format", "xml").out.startswith('<?xml version="1.0" encoding="UTF-8"?>\n<sparql ')
    assert run(*asked, "--memory", "15").code == 2
    assert "at_least is given twice" in run(*asked, "-p", "at_least=1", "-p", "at_least=2").err
    assert "no query is named 'who urges'; did you mean who-urges-whom" in run("query", "who urges", "--store", tmp_path / "s").err
    broken = run("query", 'SELECT ("a\\u0001" AS ?x) {}', "--store", tmp_path / "s", "--format", "xml", "--output", tmp_path / "o.xml")
    assert (broken.code, (tmp_path / "o.xml").exists()) == (1, False)
    assert "row 1, x: XML 1.0 cannot hold the character U+0001" in broken.err
