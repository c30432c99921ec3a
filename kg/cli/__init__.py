"""The command line: `kg --help`."""

from kg.cli.app import main

__all__ = ["main"]
