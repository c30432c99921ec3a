"""Small closed sets of words that the rules ask for by name; rows of ontology/lexicon/words.csv."""

from __future__ import annotations

import csv
from functools import cache
from importlib.resources import files


@cache
def _sets() -> dict[str, frozenset[str]]:
    text = (files("kg") / "data" / "lexicon" / "words.csv").read_text(encoding="utf-8")
    found: dict[str, set[str]] = {}
    for row in csv.DictReader(text.splitlines()):
        found.setdefault(row["set"], set()).add(row["word"])
    return {name: frozenset(words) for name, words in found.items()}


def word_set(name: str) -> frozenset[str]:
    """The words of a set. KeyError for a set that the file lacks."""
    return _sets()[name]


@cache
def people() -> frozenset[str]:
    """Nouns for persons and for groups of them that act, from WordNet."""
    text = (files("kg") / "data" / "lexicon" / "people.txt").read_text(encoding="utf-8")
    return frozenset(line for line in text.splitlines() if line and not line.startswith("#"))
