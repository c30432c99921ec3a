"""Commands that look after a store: import, diff, doctor, backup, restore."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from kg.cli import options
from kg.cli.console import ERROR, INCOMPLETE, check_writable, err, out, waiting
from kg.cli.differences import print_differences, report_differences
from kg.cli.places import check_directory, opened_store
from kg.cli.reports import Format
from kg.errors import InputError, KgError

_DIFFERENT, _TROUBLE = 1, 2
"""Exit codes of `kg diff` beside 0, as diff(1) has them."""

_SOURCES = "A store, a backup, or a file (.nq .trig .ttl .nt .jsonld .rdf, also .gz)."
Source = Annotated[Path, typer.Argument(metavar="SOURCE", help=_SOURCES)]


def register(app: typer.Typer) -> None:
    import_.__name__ = "import"  # a word of Python's, and the command's
    for command in (import_, diff, doctor, backup, restore):
        app.command(command.__name__)(command)


def import_(
    sources: Annotated[list[Path], typer.Argument(metavar="SOURCE...", help=_SOURCES)],
    store: options.StoreToBuild,
    replace: Annotated[bool, typer.Option("--replace", help="Where a document is in both and differs, take theirs.")] = False,
    check: Annotated[bool, typer.Option("--check/--no-check", help="Leave out documents that the shapes forbid.")] = True,
) -> None:
    """Merge documents of RDF files, backups or other stores into a store.

    A document that is there as it is stays; one that differs is kept, or with --replace taken over. What people judged is taken over
    from stores and backups, and what they judged here is applied to what comes. What belongs to no document is counted and left out;
    documents with blank nodes, or triple terms that repeat no statement, are left out and named. Nothing is fetched from anywhere.

    Examples:

    - `kg import other/store --store out/store`

    - `kg import graph.trig --store out/store`
    """
    from kg.store.offices import note_offices
    from kg.store.transfer import import_into

    faults = 0

    def told(fault: str) -> None:
        nonlocal faults
        faults += 1
        err.print(f"warning: {fault}", style="yellow", markup=False)

    with opened_store(store, create=True) as opened, waiting("importing"):
        for source in sources:
            counts = import_into(opened, source, replace=replace, check=check, on_fault=told, on_note=partial(_note, source))
            changes = ", ".join(f"{count} {name}" for name, count in counts.items() if count) or "nothing"
            err.print(f"{store}: {source}: {changes}", markup=False)
            if counts["kept"]:
                _note(source, "documents that are in both and differ were kept as they are; --replace takes theirs")
        opened.group_copies()
        note_offices(opened)
    if faults:
        raise typer.Exit(INCOMPLETE)


def _note(source: Path, note: str) -> None:
    err.print(f"note: {source}: {note}", style="dim", markup=False)


def diff(
    before: Annotated[Path, typer.Argument(metavar="A", help=_SOURCES)],
    after: Annotated[Path, typer.Argument(metavar="B", help=_SOURCES)],
    format: Format = "table",
    output: options.Output = None,
) -> None:
    """List the statements that were added, removed or changed between two stores or files.

    The exit code is that of diff(1): 0 where there is no difference, 1 where there is one, 2 where A or B cannot be read.
    csv and json have a row for each statement added or removed, and two for one that changed, "before" and "after".

    Examples:

    - `kg diff old/store out/store`

    - `kg diff old.ttl out/store --format csv --output out/changes.csv`
    """
    from kg.store.compare import compare_statements
    from kg.store.transfer import statements_in

    try:
        with waiting("comparing"):
            found = compare_statements(statements_in(before), statements_in(after))
    except KgError as error:
        err.print(f"error: {' '.join(str(error).split())}", style="bold red", markup=False)
        raise typer.Exit(_TROUBLE) from error
    if format == "table" and output is None:
        print_differences(found)
    else:
        report_differences(found, format, output)
    if found:
        raise typer.Exit(_DIFFERENT)


def doctor(
    store: options.Store,
    repair: Annotated[bool, typer.Option("--repair", help="Make the database anew from the journal.")] = False,
) -> None:
    """Find out whether a store is sound: half documents, orphan nodes, unknown terms, a database that lacks what the journal has.

    Examples:

    - `kg doctor --store out/store`

    - `kg doctor --repair --store out/store`
    """
    from kg.store import Store
    from kg.store.doctor import counts, examine
    from kg.store.transfer import repair as mend

    check_directory(store, "doctor")
    if repair:
        old = mend(store)
        out.print(f"the database was made anew; the old one is {old}", markup=False)
    with Store.open(store, create=False, read_only=True) as opened, waiting("examining"):
        faults = list(examine(opened))
        out.print(", ".join(f"{count} {name}" for name, count in counts(opened).items()), markup=False)
    for fault in faults:
        out.print(str(fault), markup=False)
    if not faults:
        out.print("sound")
        return
    mendable = sum(fault.mendable for fault in faults)
    hint = f"; 'kg doctor --repair --store {store}' mends {mendable}" if mendable and not repair else ""
    out.print(f"{len(faults)} fault{'' if len(faults) == 1 else 's'}{hint}", markup=False)
    raise typer.Exit(ERROR)


def backup(
    output: Annotated[Path, typer.Argument(metavar="OUT.nq.gz", help="The file to write: gzipped N-Quads.")], store: options.Store
) -> None:
    """Write all of a store to one file, while others read or write it.

    Example:

    - `kg backup out/backup.nq.gz --store out/store`
    """
    from kg.store import Store
    from kg.store.transfer import back_up

    if not output.name.endswith(".nq.gz"):
        raise InputError(f"{output}: a backup's name ends in .nq.gz")
    check_directory(store, "backup")
    check_writable(output)
    with Store.open(store, read_only=True) as opened, waiting("writing"):
        back_up(opened, output)
        err.print(f"{output}: {len(opened)} documents", markup=False)


def restore(
    source: Annotated[Path, typer.Argument(metavar="BACKUP.nq.gz", help="What 'kg backup' wrote.")],
    store: Annotated[Path, typer.Option("--store", metavar="DIR", help="The store's directory, which must not be there yet.")],
) -> None:
    """Make a store from a backup.

    Example:

    - `kg restore out/backup.nq.gz --store out/restored`
    """
    from kg.store.transfer import restore as restored

    if not source.is_file():
        raise InputError(f"{source}: there is no such file")
    with waiting("restoring"):
        count = restored(source, store)
    err.print(f"{store}: {count} documents", markup=False)
