"""What goes wrong at the edge: a problem that is counted, and an input that is given up."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from kg.errors import InputError


@dataclass(frozen=True, slots=True)
class Problem:
    """Something left out or guessed while the rest went on. `place` is a line ("3"), "item 3", "page 3" or "".

    `expected` ones are worth a word, but nothing that was asked for is missing: a README in a folder of articles.
    """

    file: str
    place: str
    message: str
    expected: bool = False

    def __str__(self) -> str:
        return ":".join(part for part in (self.file, self.place) if part) + f": {self.message}"


OnProblem = Callable[[Problem], None]
Report = Callable[[str, str], None]
"""Report of one file: place and message."""


class UnreadableInputError(InputError):
    """A whole input that cannot be used; `problem` keeps the file, the place and the reason apart."""

    def __init__(self, file: str, message: str, place: str = "") -> None:
        self.problem = Problem(file, place, message)
        super().__init__(str(self.problem))
