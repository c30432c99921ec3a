"""Write kg/data/catalogue/ (what the package reads) from ontology/actors/ (what people edit).

    python tools/build_catalogue.py            write the files
    python tools/build_catalogue.py --check    fail if they differ from what would be written

Rows that came from Wikidata through repositories without a licence stay in files of their own (`*-wikidata.json`):
deleting those files removes them, and the package works without.
"""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "ontology" / "actors"
TARGET = ROOT / "kg" / "data" / "catalogue"

Row = dict[str, str]


def read_rows(name: str) -> list[Row]:
    """The rows of a source file; every cell is a string ("NA" is Namibia, not a missing value)."""
    with (SOURCE / name).open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def columns(rows: Iterable[Row], *names: str) -> list[list[str]]:
    """The named columns of the rows, sorted and without repetition."""
    return [list(row) for row in sorted({tuple(row[name] for name in names) for row in rows})]


def as_json(rows: list[list[str]]) -> str:
    """A JSON array with one row a line, so that a change is one line of a diff."""
    lines = (json.dumps(row, ensure_ascii=False, separators=(",", ":")) for row in rows)
    return "[\n" + ",\n".join(lines) + "\n]\n"


def check_references(tables: dict[str, list[list[str]]]) -> None:
    """Every name, term and membership points at an actor that is there.

    Raises:
        SystemExit: with the first row that does not.
    """
    known = {row[0] for name in ("actors", "places", "persons", "persons-wikidata") for row in tables[name]}
    for name, column in (
        ("names", 1),
        ("names-wikidata", 1),
        ("terms", 0),
        ("terms", 2),
        ("terms-wikidata", 2),
        ("memberships", 0),
        ("memberships", 1),
        ("policies", 1),
    ):
        for row in tables[name]:
            if row[column] not in known:
                raise SystemExit(f"{name}: {row} names an actor that is not in the catalogue: {row[column]}")


def tables() -> dict[str, list[list[str]]]:
    """Every table of the run-time form, by file name without ending."""
    actor = ("id", "kind", "label", "iso3", "qid", "cow", "valid_from", "valid_to", "parent", "type")
    name, term = ("name", "actor", "kind"), ("owner", "role", "person", "start", "end", "as_of")
    return {
        "actors": columns(read_rows("actors.csv"), *actor),
        "places": columns(read_rows("places.csv"), "id", "label", "country", "qid"),
        "persons": columns(read_rows("persons.csv"), "id", "label", "qid", "gender"),
        "persons-wikidata": columns(read_rows("persons_wikidata.csv"), "id", "label", "qid", "gender"),
        "names": columns([*read_rows("names.csv"), *read_rows("names_persons.csv")], *name),
        "names-wikidata": columns(read_rows("names_persons_wikidata.csv"), *name),
        "terms": columns(read_rows("terms.csv"), *term),
        "terms-wikidata": columns(read_rows("terms_wikidata.csv"), *term),
        "memberships": columns(read_rows("memberships.csv"), "actor", "igo", "start", "end", "precision"),
        "policies": columns(read_rows("policies.csv"), "profile", "actor", "field", "value", "source"),
    }


def lexicon() -> dict[str, list[list[str]]]:
    """The small lists that the linker reads, as one object."""
    return {
        "roles": columns(read_rows("roles.csv"), "phrase", "roles", "scope"),
        "agents": columns(read_rows("agents.csv"), "noun", "group"),
        "descriptions": columns(read_rows("descriptions.csv"), "noun", "kinds", "types", "default"),
        "modifiers": columns(read_rows("modifiers.csv"), "word", "effect"),
        "honorifics": columns(read_rows("honorifics.csv"), "word", "gender"),
        "syntax": columns(read_rows("syntax.csv"), "word", "class"),
        "regions": columns(read_rows("regions.csv"), "adjective", "states"),
        "leaders": columns(read_rows("leaders.csv"), "state", "leader"),
        "ambiguous": columns(read_rows("ambiguous.csv"), "name", "candidates"),
        "contextual": columns(read_rows("contextual.csv"), "name", "actor", "about"),
    }


def files() -> dict[Path, str]:
    """Path and text of every generated file."""
    made = tables()
    check_references(made)
    texts = {TARGET / f"{name}.json": as_json(rows) for name, rows in made.items()}
    parts = (f"{json.dumps(name)}: {as_json(rows).rstrip()}" for name, rows in sorted(lexicon().items()))
    texts[TARGET / "lexicon.json"] = "{\n" + ",\n".join(parts) + "\n}\n"
    return texts


def main(arguments: list[str]) -> int:
    """Write the files, or with --check compare them."""
    wanted = files()
    if "--check" in arguments:
        stale = [path.name for path, text in wanted.items() if not path.is_file() or path.read_text(encoding="utf-8") != text]
        print("stale: " + ", ".join(stale) if stale else "up to date")
        return 1 if stale else 0
    TARGET.mkdir(parents=True, exist_ok=True)
    for path, text in sorted(wanted.items()):
        path.write_text(text, encoding="utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
