"""What every command shares: output, progress, problems and exit codes.

Exit codes: 0 done; 1 an error (one line on standard error says what and what to do); 2 wrong usage; 3 done, but some
inputs had to be left out; 130 interrupted.
"""

from __future__ import annotations

import io
import os
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from itertools import chain, islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TextIO, TypeVar, cast

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from kg.errors import InputError
from kg.model import Participant, Statement
from kg.read import Problem

T = TypeVar("T")
ERROR = 1
INCOMPLETE = 3
INTERRUPTED = 130
SHOWN_PROBLEMS = 20
AHEAD = 1_000
"""Documents read ahead of the work, so that a progress bar knows how many there are."""
PLAIN_WIDTH = 150
"""Columns of a table that goes to a file or a pipe."""
_COLOURS = {"verbal cooperation": "green", "material cooperation": "green", "verbal conflict": "red", "material conflict": "red"}

_UNSAFE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
"""What would steer a terminal, or make it show text in another order than it stands: control characters and bidirectional marks."""


def visible(text: str) -> str:
    """Text of files and documents as it may be shown on a terminal: what would steer it is written as an escape.

    >>> visible("Ankara\x1b[2J")
    'Ankara\\\\x1b[2J'
    """
    return _UNSAFE.sub(lambda found: found[0].encode("unicode_escape").decode("ascii"), text)


class _SafeConsole(Console):
    """A console that shows strings, and those in tables, as `visible` has them; colours are its own affair."""

    def render_str(self, text: str, **options: Any) -> Text:
        return super().render_str(visible(text), **options)


class _SafeStream(io.TextIOBase):
    """A terminal to write text to that is no table: nothing in it reaches the terminal as anything but text."""

    def __init__(self, terminal: TextIO) -> None:
        self._terminal = terminal

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        self._terminal.write(visible(text))
        return len(text)

    def flush(self) -> None:
        self._terminal.flush()


def standard_output() -> TextIO:
    """Standard output for results: as they are for a file or a program, `visible` for a terminal."""
    return cast(TextIO, _SafeStream(sys.stdout)) if sys.stdout.isatty() else sys.stdout


def write_bytes(content: bytes) -> None:
    """A result in bytes to standard output: as it is, or to a terminal as `visible` text."""
    if sys.stdout.isatty():
        standard_output().write(content.decode("utf-8", "replace"))
    else:
        sys.stdout.buffer.write(content)
    sys.stdout.flush()


out = _SafeConsole(highlight=False, soft_wrap=True)
err = _SafeConsole(stderr=True, highlight=False, soft_wrap=True)


def prepare_streams() -> None:
    """UTF-8 for whoever reads our output, and tables that nobody's 80 columns squeeze when nobody looks on."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(encoding=None if stream.isatty() else "utf-8", errors="backslashreplace")
    if not out.is_terminal and "COLUMNS" not in os.environ:
        out.width = PLAIN_WIDTH


class Problems:
    """Counts what had to be left out or guessed, and prints the first of it as it happens."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self, problem: Problem) -> None:
        if problem.expected:
            err.print(f"note: {problem}", style="dim", markup=False)
            return
        self.count += 1
        if self.count <= SHOWN_PROBLEMS:
            err.print(f"warning: {problem}", style="yellow", markup=False)

    def finish(self) -> None:
        """Say how many more there were; exit code 3 if there was any."""
        if self.count > SHOWN_PROBLEMS:
            err.print(f"warning: {self.count - SHOWN_PROBLEMS} more", style="yellow")
        if self.count:
            raise typer.Exit(INCOMPLETE)


def read_ahead(items: Iterable[T]) -> tuple[Iterable[T], int | None]:
    """The same items, and how many there are where they end within the first AHEAD."""
    if not err.is_terminal:
        return items, None
    rest = iter(items)
    with waiting("reading"):
        first = list(islice(rest, AHEAD + 1))
    return chain(first, rest), len(first) if len(first) <= AHEAD else None


def progress(items: Iterable[T], label: str, total: int | None = None) -> Iterator[T]:
    """Pass items on with a progress bar on standard error, which shows on a terminal only."""
    columns = (
        SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TimeRemainingColumn(),
    )  # fmt: skip
    with Progress(*columns, console=err, transient=True, disable=not err.is_terminal) as bar:
        task = bar.add_task(label, total=total)
        for item in items:
            yield item
            bar.advance(task)


def waiting(label: str) -> AbstractContextManager[object]:
    """A spinner on standard error while one long step runs, on a terminal only."""
    return err.status(label) if err.is_terminal else nullcontext()


def name_of(participant: Participant | None) -> str:
    """A participant for a table: "Mark Rutte (NATO)", "Poland (officials)"."""
    if participant is None:
        return "-"
    label = participant.actor.label
    if participant.affiliation is not None:
        return f"{label} ({participant.affiliation.label})"
    if participant.role and participant.actor.kind != "person":
        return f"{label} ({participant.role})"
    return label


def plain_table(*columns: str, right: tuple[str, ...] = (), fixed: tuple[str, ...] = ()) -> Table:
    """A table without lines; columns in `right` hold numbers, and those and the ones in `fixed` are never broken."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        table.add_column(column, justify="right" if column in right else "left", no_wrap=column in right or column in fixed)
    return table


def statements_table(statements: Iterable[Statement], coded: Callable[[Statement], str] | None = None) -> Table:
    """Statements as people read them, with what `coded` says of each where it is given."""
    table = plain_table(
        "source", "relation", *(["code"] if coded else []), "target", "status", "says", "when", "conf.", "words",
        right=("conf.",), fixed=("relation", "status", "when"),
    )  # fmt: skip
    for s in statements:
        code = f"[{_COLOURS[s.relation.quad]}]{s.relation.code}[/]" if s.relation.quad in _COLOURS else s.relation.code
        status = "" if s.status == "asserted" else s.status
        speaker = escaped(name_of(s.speaker)) if s.speaker else ""
        ends = (escaped(name_of(s.source)), code, *([escaped(coded(s))] if coded else []), escaped(name_of(s.target)))
        words = escaped(" ".join(s.evidence.predicate.split()))
        table.add_row(*ends, status, speaker, s.when or "", f"{s.evidence.confidence:.2f}", words)
    return table


def print_table(table: Table, file: TextIO | None = None) -> None:
    """A table to standard output, or to a file; without colours and blanks at the end of lines unless it is a terminal."""
    if out.is_terminal and (file in (None, sys.stdout) or isinstance(file, _SafeStream)):
        out.print(table)
        return
    with out.capture() as captured:
        out.print(table)
    lines = "".join(line.rstrip() + "\n" for line in captured.get().splitlines())
    (file or sys.stdout).write(lines)


def escaped(text: str) -> str:
    """Text of a document must not be read as markup."""
    return text.replace("\\", "\\\\").replace("[", "\\[")


@contextmanager
def writing(path: str | None) -> Iterator[TextIO]:
    """A file to write text to, or standard output for None and "-". Raises InputError where it cannot be written."""
    if path is None or path == "-":
        yield standard_output()
        sys.stdout.flush()
        return
    check_writable(Path(path))
    with open(path, "w", encoding="utf-8", newline="\n") as file:
        yield file


def check_writable(path: Path) -> None:
    """Make the folder of a file to write; raise InputError before any work is done where writing cannot succeed."""
    if path.is_dir():
        raise InputError(f"{path}: is a folder; name a file in it")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"{path}: its folder cannot be made ({(error.strerror or str(error)).lower()}); choose another place") from error
    if not os.access(path if path.exists() else path.parent, os.W_OK):
        raise InputError(f"{path}: cannot be written (permission denied); choose another place")


def written_bytes(write: Callable[[Path], None]) -> bytes:
    """What a function that writes files would write, for an output that is no file."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "written"
        write(path)
        return path.read_bytes()
