"""Commands that build, look at and hand out a graph. Each only reads options, calls the library and prints."""

from __future__ import annotations

import signal
import sys
from typing import NoReturn

import typer

from kg.cli import extraction, look, work
from kg.cli.console import err
from kg.errors import KgError

app = typer.Typer(
    name="kg",
    help="News text into a geopolitical knowledge graph: who did what to whom, who says so, in which sentence.\n\n"
    "Start with: kg build examples --store out/store, then kg view out/graph.html --store out/store",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
)

for module in (extraction, look, work):
    module.register(app)


def main() -> NoReturn:
    """Run the command line; errors are one line on standard error and exit code 1."""
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    try:
        app()
    except KgError as error:
        err.print(f"error: {error}", style="bold red", markup=False)
        sys.exit(1)
    except KeyboardInterrupt:
        err.print("interrupted: what was finished is kept; run the same command again to go on")
        sys.exit(130)
    sys.exit(0)
