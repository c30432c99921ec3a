"""What the README shows works: its commands, its Python and its public names."""

from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path

import pytest

import kg
from kg.cli.app import app
from tests.conftest import ROOT, Ran, Run

README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w*)\n(.*?)^```", README, re.MULTILINE | re.DOTALL)
SHELL = [line.split("  #")[0].strip() for language, block in BLOCKS if language == "sh" for line in block.splitlines() if line.strip()]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder to work in, with the examples."""
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run_line(run: Run, line: str) -> Ran:
    """A line of a shell: a kg command, or echo piped into one."""
    words = shlex.split(line)
    if words[0] == "echo":
        pipe = words.index("|")
        text, words = words[1:pipe], words[pipe + 1 :]
        assert words[0] == "kg"
        return run(*words[1:], stdin=" ".join(text).encode() + b"\n")
    assert words[0] == "kg", f"not a command that this test can run: {line}"
    return run(*words[1:])


def test_every_block_has_a_language_that_is_looked_at() -> None:
    assert {language for language, _ in BLOCKS} == {"sh", "console", "python", "text"}


def test_commands_run_in_their_order(run: Run, folder: Path) -> None:
    lines = [line for line in SHELL if not line.startswith("make ")]
    assert len(lines) > 10
    for line in lines:
        done = run_line(run, line)
        assert done.code == 0, f"{line}\n{done.err}"
    written = {path.name for path in (folder / "out").iterdir()}
    assert {"store", "graph.html", "graph.ttl", "graph.gexf", "statements.jsonl"} <= written


def test_make_has_the_targets() -> None:
    targets = set(re.findall(r"^(\w+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    named = {line.split()[1] for line in SHELL if line.startswith("make ")} | set(re.findall(r"`make (\w+)`", README))
    assert {"run", "test", "expected"} <= named <= targets


@pytest.mark.parametrize("block", [block for language, block in BLOCKS if language == "console"])
def test_what_is_shown_is_what_is_printed(run: Run, block: str) -> None:
    prompt, *shown = block.splitlines()
    assert run_line(run, prompt.removeprefix("$ ")).out.splitlines() == shown


@pytest.mark.usefixtures("models_once", "folder")
@pytest.mark.parametrize("block", [block for language, block in BLOCKS if language == "python"])
def test_python_runs(block: str, capsys: pytest.CaptureFixture[str]) -> None:
    exec(compile(block, "README.md", "exec"), {"__name__": "readme"})
    assert "Turkey" in capsys.readouterr().out


def test_the_table_names_every_command() -> None:
    named = set(re.findall(r"^\| `kg (\w+)", README, re.MULTILINE))
    groups = {group.typer_instance.info.name for group in app.registered_groups if group.typer_instance}
    assert named == {command.callback.__name__ for command in app.registered_commands if command.callback} | groups


def test_files_that_are_linked_are_there() -> None:
    missing = [path for path in re.findall(r"\]\(([^)#:]+)\)", README) if not (ROOT / path).exists()]
    assert missing == []


def test_every_public_name_is_there() -> None:
    assert all(getattr(kg, name) is not None for name in kg.__all__)
    assert set(kg.__all__) <= set(dir(kg))
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = kg.nothing
