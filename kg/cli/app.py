"""Commands that build, look at and hand out a graph. Each only reads options, calls the library and prints."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib import metadata
from typing import Annotated, NoReturn

import typer

from kg.cli import (
    actors,
    codebooks,
    comparing,
    explaining,
    extraction,
    figures,
    holdings,
    look,
    reference,
    rows,
    scoring,
    structure,
    ties,
    treaties,
    work,
)
from kg.cli.console import ERROR, INTERRUPTED, err, out, prepare_streams
from kg.errors import KgError

app = typer.Typer(
    name="kg",
    help="News text into a geopolitical knowledge graph: who did what to whom, who says so, in which sentence.\n\n"
    "Start with:\n\n"
    "- `kg build articles/ --store out/store`\n\n"
    "- `kg view out/graph.html --store out/store`\n\n"
    "Exit codes: 0 done, 1 an error, 2 wrong usage, 3 done but some inputs were left out (each named on standard error).",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
)

for module in (
    extraction, explaining, look, holdings, ties, structure, comparing, treaties, reference, figures, work, rows, codebooks, actors,
    scoring,
):  # fmt: skip
    module.register(app)


def _print_version(wanted: bool) -> None:
    if wanted:
        out.print(f"kg {metadata.version('kg')}", markup=False)
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and stop.")] = False,
) -> None: ...


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command line on `arguments` (default: those of the process) and exit; an error is one line on standard error."""
    prepare_streams()
    try:
        app(args=None if arguments is None else list(arguments), prog_name="kg")
    except KgError as error:
        _fail(str(error))
    except OSError as error:
        _fail(f"{error.filename}: {(error.strerror or str(error)).lower()}" if error.filename else str(error))
    except SystemExit as stop:
        if stop.code == INTERRUPTED:
            err.print("interrupted; a build keeps what it has finished, and the same command goes on from there")
        raise
    sys.exit(0)


def _fail(message: str) -> NoReturn:
    err.print(f"error: {' '.join(message.split())}", style="bold red", markup=False)
    sys.exit(ERROR)
