"""Contested names and territories: who calls what by which name, and where it lies, each with the text that says so.

A profile is a set of rows of ontology/actors/policies.csv, or a CSV file of one's own with the same columns. Without one, labels
are those of the press and everything stays as the actors' rows have it.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple, get_args

from kg.errors import InputError, UnknownNameError
from kg.model import ActorKind

_FIELDS = ("label", "kind", "parent")


class Choice(NamedTuple):
    """One row: the profile, the actor, what is said of it ("label", "kind" or "parent"), the value, and who says so."""

    profile: str
    actor: str
    field: str
    value: str
    source: str


def shipped_profiles(path: Path) -> dict[str, list[Choice]]:
    """The rows of every shipped profile."""
    found: dict[str, list[Choice]] = {}
    for row in json.loads(path.read_text(encoding="utf-8")):
        found.setdefault(row[0], []).append(Choice(*row))
    return found


def read_policy(names: str, path: Path) -> list[Choice]:
    """The rows of profiles named with commas between; what comes later wins.

    Raises:
        InputError: if a file cannot be read or a row is wrong.
        UnknownNameError: if a name is neither a profile nor a file.
    """
    shipped = shipped_profiles(path)
    chosen: list[Choice] = []
    for name in (part.strip() for part in names.split(",")):
        if name in shipped:
            chosen += shipped[name]
        elif Path(name).is_file():
            chosen += _read_file(Path(name))
        elif name != "press":
            raise UnknownNameError(f"'{name}' is no names policy and no file; choose of {', '.join(('press', *sorted(shipped)))}")
    return chosen


def _read_file(path: Path) -> list[Choice]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as handle:
            rows = list(csv.DictReader(handle))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise InputError(f"{path}: cannot be read as a CSV file in UTF-8 ({error})") from error
    return [_choice(row, f"{path}, line {number}") for number, row in enumerate(rows, start=2)]


def _choice(row: dict[str, str | None], place: str) -> Choice:
    cells = [(row.get(name) or "").strip() for name in Choice._fields]
    choice = Choice(*cells)
    _check(choice, place)
    return choice


def _check(choice: Choice, place: str) -> None:
    missing = [name for name in ("actor", "field", "value", "source") if not getattr(choice, name)]
    if missing:
        raise InputError(
            f"{place}: {missing[0]} is empty; every row says who, what and by which text (columns: {', '.join(Choice._fields)})"
        )
    _one_of(choice.field, _FIELDS, place)
    if choice.field == "kind":
        _one_of(choice.value, get_args(ActorKind), place)


def _one_of(value: str, allowed: Sequence[str], place: str) -> None:
    if value not in allowed:
        raise InputError(f"{place}: {value!r} is none of {', '.join(allowed)}")
