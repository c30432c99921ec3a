"""What every command shares: output, progress, problems and exit codes.

Exit codes: 0 done; 1 an error (one line on standard error says what and what to do); 2 wrong usage; 3 done, but some
inputs had to be left out.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TextIO, TypeVar

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from kg.errors import InputError
from kg.model import Participant, Statement
from kg.read import Problem

T = TypeVar("T")
INCOMPLETE = 3
SHOWN_PROBLEMS = 20

out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)


class Problems:
    """Counts what had to be left out or guessed, and prints the first of it as it happens."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self, problem: Problem) -> None:
        self.count += 1
        if self.count <= SHOWN_PROBLEMS:
            err.print(f"warning: {problem}", style="yellow", markup=False)

    def close(self) -> None:
        if self.count > SHOWN_PROBLEMS:
            err.print(f"warning: {self.count - SHOWN_PROBLEMS} more", style="yellow")


def progress(items: Iterable[T], label: str, total: int | None = None) -> Iterator[T]:
    """Pass items on with a progress bar on standard error, which shows on a terminal only."""
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=err, transient=True, disable=not err.is_terminal) as bar:
        task = bar.add_task(label, total=total)
        for item in items:
            yield item
            bar.advance(task)


def name_of(participant: Participant | None) -> str:
    """A participant for a table: "Mark Rutte (NATO)", "officials of Poland"."""
    if participant is None:
        return "-"
    label = participant.actor.label
    if participant.affiliation is not None:
        return f"{label} ({participant.affiliation.label})"
    if participant.role and participant.actor.kind != "person":
        return f"{label} ({participant.role})"
    return label


def statements_table(statements: Iterable[Statement], title: str | None = None) -> Table:
    """Statements as people read them."""
    table = Table(title=title, title_justify="left", show_lines=False, pad_edge=False, box=None, header_style="bold")
    for column in ("source", "relation", "target", "status", "says", "when", "conf.", "words"):
        table.add_column(column, justify="right" if column == "conf." else "left")
    colours = {"verbal cooperation": "green", "material cooperation": "green", "verbal conflict": "red", "material conflict": "red"}
    for s in statements:
        code = f"[{colours[s.relation.quad]}]{s.relation.code}[/]" if s.relation.quad in colours else s.relation.code
        status = "" if s.status == "asserted" else s.status
        table.add_row(
            _plain(name_of(s.source)), code, _plain(name_of(s.target)), status, _plain(name_of(s.speaker)) if s.speaker else "", s.when or "",
            f"{s.evidence.confidence:.2f}", _plain(s.evidence.predicate),
        )  # fmt: skip
    return table


def _plain(text: str) -> str:
    """Text of a document must not be read as markup."""
    return text.replace("[", "\\[")


def open_output(path: str | None) -> TextIO:
    """A file to write text to, or standard output for None and "-"."""
    if path in (None, "-"):
        return sys.stdout
    try:
        Path(str(path)).parent.mkdir(parents=True, exist_ok=True)
        return open(str(path), "w", encoding="utf-8", newline="\n")
    except OSError as error:
        raise InputError(f"{path}: cannot be written ({error.strerror}); choose another file") from error
