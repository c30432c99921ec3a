"""Rows that a codebook brings for the act lexicon, and the rule that each of them makes.

Columns are those of ontology/lexicon/acts_*.csv, of which lemma, pos, target and relation must be there, and `code`:
the code of the codebook for what the row finds. `relation` is ours: it says how the act is read and stored.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from pathlib import Path

from kg.codebook import RELATIONS
from kg.codebooks.draft import Draft, Faults, RuleRow
from kg.codebooks.scheme import Words
from kg.extract.lexicon import FLAGS, GRAMMATICAL_SLOTS, OVERRIDE, PARTS_OF_SPEECH, act_of

NEEDED = ("lemma", "pos", "target", "relation")
COLUMNS = (*NEEDED, "particle", "object", "flags", "source", "example", "code")
_WORD = re.compile(r"[^\W_][\w'-]*")
_PREPOSITION = re.compile(r"[a-z]+( [a-z]+)?")


def read_csv(path: Path, draft: Draft, faults: Faults) -> None:
    """Add the rows of a CSV file to a draft; lines that begin with # are comments."""
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        reason = "not UTF-8 text" if isinstance(error, UnicodeDecodeError) else (error.strerror or str(error)).lower()
        faults.add(str(path), f"{reason}; 'lexicon' of {draft.file} names this file, relative to its own folder")
        return
    numbered = [(number, line) for number, line in enumerate(lines, 1) if line.strip() and not line.startswith("#")]
    if not numbered:
        faults.add(str(path), f"is empty; write the columns {','.join(COLUMNS)}")
        return
    head = next(csv.reader([numbered[0][1]]))
    for number, line in numbered[1:]:
        cells = next(csv.reader([line]))
        place = f"{path}:{number}"
        if len(cells) != len(head):
            faults.add(place, f"has {len(cells)} cells where the first line has {len(head)}; quote a cell that holds a comma")
            continue
        add_row(place, dict(zip(head, cells, strict=True)), draft, faults)


def add_row(place: str, row: Mapping[str, str], draft: Draft, faults: Faults) -> None:
    """Add one row to a draft: its act, and where it names a code its rule; or say what is wrong with it."""
    before = len(faults.found)
    for column in row:
        faults.unless_known(place, "column", column, COLUMNS)
    cells = {column: row.get(column, "").strip() for column in COLUMNS}
    flags, slots = _split(cells["flags"]), _split(cells["target"])
    overriding = OVERRIDE in flags and not cells["relation"]
    for column in NEEDED:
        if not cells[column] and not (overriding and column in ("target", "relation")):
            faults.add(place, f"lacks {column}; a row needs {', '.join(NEEDED)}")
    if len(faults.found) > before:
        return
    faults.unless_known(place, "part of speech", cells["pos"], PARTS_OF_SPEECH)
    if cells["relation"]:
        faults.unless_known(place, "relation", cells["relation"], RELATIONS)
    for flag in flags:
        faults.unless_known(place, "flag", flag, FLAGS | {OVERRIDE})
    for slot in slots:
        if slot not in GRAMMATICAL_SLOTS and not _PREPOSITION.fullmatch(slot):
            faults.add(place, f"'{slot}' is no place of a target; use {', '.join(sorted(GRAMMATICAL_SLOTS))} or a preposition")
    for word in (cells["lemma"], *cells["particle"].split(), *(_split(cells["object"]))):
        if word != "*" and (word != word.lower() or not _WORD.fullmatch(word)):
            faults.add(place, f"'{word}' is no lemma; write one word in small letters")
    if len(faults.found) > before:
        return
    draft.acts.append(act_of(cells))
    if cells["code"] and cells["relation"]:
        code = None if cells["code"] == "none" else cells["code"]
        draft.rules.append(RuleRow(place, cells["relation"], code, words=(_pattern(cells),)))


def _pattern(cells: Mapping[str, str]) -> Words:
    """The words by which a statement that the row found is known again."""
    objects = frozenset(_split(cells["object"])) - {"*"}
    beside = [frozenset([particle]) for particle in cells["particle"].split()[:1]]
    return Words(frozenset([cells["lemma"]]), (*beside, *([objects] if objects else [])))


def _split(cell: str) -> list[str]:
    return [part.strip() for part in cell.split("|") if part.strip()]
