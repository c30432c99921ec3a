"""Commands that look after a store: import, diff, doctor, backup, restore."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from kg.cli import options
from kg.cli.console import ERROR, INCOMPLETE, check_writable, err, out, waiting
from kg.cli.differences import print_differences
from kg.cli.places import check_directory, opened_store
from kg.errors import InputError

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

    What people judged of statements is taken over from stores and backups. Nothing is fetched from anywhere.

    Examples:

    - `kg import other/store --store out/store`

    - `kg import graph.trig --store out/store`
    """
    from kg.store.transfer import import_into

    faults = 0

    def told(fault: str) -> None:
        nonlocal faults
        faults += 1
        err.print(f"warning: {fault}", style="yellow", markup=False)

    with opened_store(store, create=True) as opened, waiting("importing"):
        for source in sources:
            counts = import_into(opened, source, replace=replace, check=check, on_fault=told)
            changes = ", ".join(f"{count} {name}" for name, count in counts.items() if count) or "nothing"
            err.print(f"{store}: {source}: {changes}", markup=False)
            if counts["kept"]:
                err.print("note: documents that are in both and differ were kept as they are; --replace takes theirs", style="dim")
        opened.group_copies()
    if faults:
        raise typer.Exit(INCOMPLETE)


def diff(
    before: Annotated[Path, typer.Argument(metavar="A", help=_SOURCES)], after: Annotated[Path, typer.Argument(metavar="B", help=_SOURCES)]
) -> None:
    """List the statements that were added, removed or changed between two stores or files.

    Example:

    - `kg diff old/store out/store`
    """
    from kg.store.compare import compare_statements
    from kg.store.transfer import statements_in

    print_differences(compare_statements(statements_in(before), statements_in(after)))


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
