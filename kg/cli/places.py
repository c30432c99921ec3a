"""Where a store is, as --store names it: a directory, or the address of a SPARQL endpoint."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PosixPath
from typing import TYPE_CHECKING, Any

from kg.errors import StoreError

if TYPE_CHECKING:
    from kg.store import AnyStore


class Address(PosixPath):
    """An endpoint's address where a directory may stand as well: its text is kept as it was given, slashes and all."""

    _address: str

    def __new__(cls, *parts: Any) -> Address:
        self = super().__new__(cls, *parts)
        self._address = str(parts[0])
        return self

    def __str__(self) -> str:
        return self._address


def place(text: str) -> Path:
    """What --store was given."""
    return Address(text) if text.lower().startswith(("http://", "https://")) else Path(text)


@contextmanager
def opened_store(where: Path, *, create: bool = False, read_only: bool = False) -> Iterator[AnyStore]:
    """The store there, for as long as the block lasts; every command that works on either kind opens it so."""
    from kg.store import open_store

    with open_store(where, create=create, read_only=read_only) as store:
        yield store


def check_directory(where: Path, command: str) -> None:
    """Raise StoreError where a command is for stores on disk and is given an address."""
    if isinstance(where, Address):
        raise StoreError(f"{where}: 'kg {command}' is for stores on disk; a server is looked after with its own tools")
