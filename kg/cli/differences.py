"""How differences between statements are shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kg.cli.console import escaped, name_of, out, plain_table, print_table
from kg.cli.reports import Cell, Part, ReportFormat, print_report
from kg.model import Statement
from kg.read import display_id

if TYPE_CHECKING:
    from kg.store.compare import Differences


def print_differences(found: Differences) -> None:
    """A table of what came (+), went (-) and changed (- and +, with the parts that did), and a line that counts them."""
    from kg.store.compare import changed_parts

    rows = [("+", one, "") for one in found.added] + [("-", one, "") for one in found.removed]
    pairs = [(("-", a, ""), ("+", b, ", ".join(changed_parts(a, b)))) for a, b in found.changed]
    groups = [[row] for row in rows] + [list(pair) for pair in pairs]
    if groups:
        table = plain_table("", "source", "relation", "target", "status", "conf.", "changed", "document", right=("conf.",))
        for group in sorted(groups, key=lambda group: _place(group[0][1])):
            for sign, s, parts in group:
                table.add_row(
                    sign, escaped(name_of(s.source)), s.relation.code, escaped(name_of(s.target)), s.status,
                    f"{s.evidence.confidence:.2f}", parts, escaped(display_id(s.document)),
                )  # fmt: skip
        print_table(table)
    out.print(f"statements: {len(found.added)} added, {len(found.removed)} removed, {len(found.changed)} changed")


def report_differences(found: Differences, format: ReportFormat, output: str | None) -> None:
    """The same for other programs: a row for each statement that was "added" or "removed", and two for one that changed."""
    from kg.store.compare import changed_parts

    rows = [(one, "added", "") for one in found.added] + [(one, "removed", "") for one in found.removed]
    for before, after in found.changed:
        parts = " ".join(changed_parts(before, after))
        rows += [(before, "before", parts), (after, "after", parts)]
    print_report(
        [Part("statements", _COLUMNS, [_cells(*row) for row in sorted(rows, key=lambda row: (_place(row[0]), row[1:]))])], format, output
    )


_COLUMNS = (
    "change", "changed", "document", "source", "relation", "target", "status", "speaker", "when", "trigger", "confidence", "sentence",
    "id", "source_id", "target_id",
)  # fmt: skip


def _cells(s: Statement, change: str, changed: str) -> tuple[Cell, ...]:
    target, speaker = s.target, s.speaker
    return (
        change, changed, s.document, name_of(s.source), s.relation.code, name_of(target) if target else None, s.status,
        name_of(speaker) if speaker else None, s.when, s.evidence.predicate, s.evidence.confidence, s.evidence.text,
        s.id, s.source.actor.id, target.actor.id if target else None,
    )  # fmt: skip


def _place(s: Statement) -> tuple[str, int, int, str]:
    return s.document, s.evidence.sentence.begin, s.evidence.trigger.begin, s.id
