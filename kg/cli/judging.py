"""Commands by which people judge statements: review and correct."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, get_args

import typer

from kg.cli import options
from kg.cli.console import INCOMPLETE, check_writable, err, escaped, name_of, out, plain_table, print_table
from kg.cli.places import opened_store
from kg.errors import InputError, KgError
from kg.model import Actor, Statement, Status
from kg.read import display_id

if TYPE_CHECKING:
    from kg.store import AnyStore, Correction

By = Annotated[str | None, typer.Option("--by", help="Who judges: a name or an ORCID iD. Default: $KG_REVIEWER.")]
_KEYS = "[a]ccept  [r]eject  re[l]ation  [s]tatus  [d]irection  s[o]urce  [t]arget  [n]ext  [q]uit"


def register(app: typer.Typer) -> None:
    app.command()(review)
    app.command()(correct)


def review(
    store: options.Store,
    by: By = None,
    relation: Annotated[str | None, typer.Option("--relation", help="Only statements of this relation.")] = None,
    limit: Annotated[int | None, typer.Option("--limit", min=1, help="At most so many.")] = None,
) -> None:
    """Judge statements one by one: what nobody judged yet, the least certain first.

    Each judgement is kept at once, and the statement as it was extracted with it; 'kg correct' lists them.

    Example:

    - `kg review --store out/store --by "Ada Otieno"`
    """
    person = _person(by)
    known, statements = _read(store)
    judged = {one.original.id for one in known} | {one.revised.id for one in known if one.revised}
    open_ = [s for s in statements if s.id not in judged and (relation is None or s.relation.code == relation.upper())]
    open_.sort(key=lambda s: (s.evidence.confidence, s.document, s.evidence.sentence.begin, s.id))
    for number, one in enumerate(open_[:limit], 1):
        _show(one, f"{number}/{len(open_[:limit])}")
        if not _ask(store, one, person, statements):
            break
    _report(_read(store)[0])


def correct(
    store: options.Store,
    file: Annotated[
        Path | None, typer.Argument(metavar="FILE", help="Judgements, .csv or .ttl; without it those of the store are listed.")
    ] = None,
    by: By = None,
    export: Annotated[
        Path | None, typer.Option("--export", metavar="OUT", help="Write the store's judgements to a file, .csv or .ttl (PROV).")
    ] = None,
    to_fill_in: Annotated[
        Path | None, typer.Option("--to-fill-in", metavar="OUT.csv", help="Write the statements that nobody judged, to fill in.")
    ] = None,
) -> None:
    """Take people's judgements of statements from a file, list them, or write them to one.

    A row of a CSV file names a statement and a verdict: accept, reject, reverse, or change with new_source, new_relation, new_target or
    new_status. It supersedes what was extracted and overwrites nothing; it stays in force when the documents are read again.
    A Turtle file has the judgements as PROV, with the statements that they are about; judgements that are known are not kept twice.

    Examples:

    - `kg correct --to-fill-in out/statements.csv --store out/store`

    - `kg correct judged.csv --by "Ada Otieno" --store out/store`

    - `kg correct --export out/judged.csv --store out/store`

    - `kg correct --export out/judged.ttl --store out/store`
    """
    from kg.store.judgements import to_fill_in as written_to_fill_in

    if export is not None:
        check_writable(export)
        _is_turtle(export)
    wrong = _take_over(store, file, by) if file is not None else 0
    known, statements = _read(store)
    if export is not None:
        _export(export, known)
    if to_fill_in is not None:
        judged = {one.original.id for one in known} | {one.revised.id for one in known if one.revised}
        _write(to_fill_in, written_to_fill_in(one for one in statements if one.id not in judged))
    if file is None and export is None and to_fill_in is None:
        _list(known)
    _report(known)
    if wrong:
        raise typer.Exit(INCOMPLETE)


def _read(store: Path) -> tuple[list[Correction], list[Statement]]:

    with opened_store(store, read_only=True) as opened:
        return opened.corrections(), opened.statements()


def _is_turtle(path: Path) -> bool:
    """Whether a file of judgements is Turtle; else it is CSV. Raises InputError for another ending."""
    ending = path.suffix.lower()
    if ending not in {".csv", ".tsv", ".txt", ".ttl", ".nt", ""}:
        raise InputError(f"{path}: judgements are .csv or .ttl, not {ending}")
    return ending in {".ttl", ".nt"}


def _take_over(place: Path, file: Path, by: str | None) -> int:
    """How many judgements of a file could not be kept; each is named."""
    with opened_store(place) as store:
        keep = _keepers_of_turtle(store, file) if _is_turtle(file) else _keepers_of_csv(store, file, by)
        wrong = kept = 0
        for one in keep:
            try:
                kept += one()
            except KgError as error:
                wrong += 1
                err.print(f"warning: {error}", style="yellow", markup=False)
    err.print(f"{place}: {kept} judgement{'' if kept == 1 else 's'} kept, {len(keep) - kept - wrong} known already", markup=False)
    return wrong


def _keepers_of_turtle(store: AnyStore, file: Path) -> list[Callable[[], bool]]:
    from kg.store.provenance import apply_correction, read_corrections

    return [partial(apply_correction, store, one, place) for place, one in read_corrections(file)]


def _keepers_of_csv(store: AnyStore, file: Path, by: str | None) -> list[Callable[[], bool]]:
    from kg.store.judgements import apply_judgement, read_judgements

    judgements = read_judgements(file)
    person, now = by or os.environ.get("KG_REVIEWER", ""), _now()
    for one in judgements:
        if not one["by"] and not person:
            raise InputError(f"{one.place}: does not say who judged; fill in the column 'by', or give --by NAME")
    actors = _Actors(store.statements() if any(one["new_source"] or one["new_target"] for one in judgements) else [])
    return [partial(apply_judgement, store, one, by=person, at=now, actor_named=actors) for one in judgements]


def _export(path: Path, known: list[Correction]) -> None:
    from kg.store.judgements import to_csv
    from kg.store.provenance import to_turtle

    if _is_turtle(path):
        path.write_bytes(to_turtle(known))
    else:
        _write(path, to_csv(known))


class _Actors:
    """Actors by IRI, name or code: those of the statements, and the catalogue's, which is loaded when it is first needed."""

    def __init__(self, statements: Iterable[Statement]) -> None:
        self._statements = list(statements)
        ends = (end for s in self._statements for end in (s.source, s.target, s.speaker) if end)
        self._known = {actor.id: actor for end in ends for actor in (end.actor, end.affiliation) if actor}

    def __call__(self, what: str) -> Actor:
        if what in self._known:
            return self._known[what]
        from kg.cli.holdings import actor_named
        from kg.link import Catalogue

        return actor_named(what, Catalogue.load(), self._statements, None)[0]


def _ask(store: Path, one: Statement, person: str, statements: list[Statement]) -> bool:
    """Ask until the statement is judged or left; False to stop."""
    from kg.store.judgements import REVERSE

    fields = {"l": "new_relation", "s": "new_status", "o": "new_source", "t": "new_target"}
    verdicts = {"a": "accept", "r": "reject", "d": REVERSE, **dict.fromkeys(fields, "change")}
    while True:
        try:
            key = typer.prompt(_KEYS, default="n", show_default=False).strip().lower()[:1]
            if key in "nq":
                return bool(key == "n")
            if key not in verdicts:
                continue
            cells = {fields[key]: typer.prompt(_question(key)).strip()} if key in fields else {}
            why = typer.prompt("why", default="", show_default=False).strip()
        except typer.Abort:  # the end of standard input
            return False
        try:
            _keep(store, one, {"verdict": verdicts[key], **cells, "why": why}, person, statements)
        except KgError as error:
            err.print(f"error: {error}", style="red", markup=False)
            continue
        return True


def _keep(path: Path, one: Statement, cells: dict[str, str], person: str, statements: list[Statement]) -> None:
    """The store is opened for this one judgement, so that a build need not wait for a person."""
    from kg.store.judgements import Judgement, apply_judgement

    if "new_relation" in cells:
        cells["new_relation"] = cells["new_relation"].upper()
    judgement = Judgement("this statement", {"statement": one.id, "document": one.document, **cells})
    with opened_store(path) as store:
        apply_judgement(store, judgement, by=person, at=_now(), actor_named=_Actors(statements))


def _question(key: str) -> str:
    statuses = ", ".join(get_args(Status))
    return {"l": "relation (code)", "s": f"status ({statuses})", "o": "source (name, code or IRI)", "t": "target (name, code or IRI)"}[key]


def _show(one: Statement, head: str) -> None:
    out.print(f"\n{head}  {display_id(one.document)}", style="dim", markup=False)
    out.print(" ".join(one.evidence.text.split()), markup=False)
    says = f", says {name_of(one.speaker)}" if one.speaker else ""
    out.print(
        f"{name_of(one.source)}  {one.relation.code}  {name_of(one.target)}  ({one.status}{says}, {one.evidence.confidence:.2f}; "
        f"{one.evidence.predicate!r})",
        style="bold", markup=False,
    )  # fmt: skip


def _list(known: list[Correction]) -> None:
    table = plain_table("at", "by", "verdict", "source", "relation", "target", "status", "now", "why", fixed=("at", "verdict"))
    for one in known:
        s = one.original
        now = "; ".join(_changes(one)) if one.revised else ""
        names = escaped(name_of(s.source)), s.relation.code, escaped(name_of(s.target)), s.status
        table.add_row(one.at, escaped(one.by), one.verdict, *names, escaped(now), escaped(one.why))
    if known:
        print_table(table)


def _changes(one: Correction) -> Iterator[str]:
    before, after = one.original, one.revised
    if after is None:
        return
    pairs = (
        ("source", name_of(before.source), name_of(after.source)), ("relation", before.relation.code, after.relation.code),
        ("target", name_of(before.target), name_of(after.target)), ("status", before.status, after.status),
    )  # fmt: skip
    yield from (f"{part} {new}" for part, old, new in pairs if old != new)


def _report(known: list[Correction]) -> None:
    """Accuracy so far: what share of the judged statements was right as extracted."""
    from kg.store.corrections import accuracy, wrong_parts

    found = accuracy(known)
    if not found.judged:
        out.print("no statement has been judged yet")
        return
    share = f"{found.right / found.judged:.0%}, 95 % interval {found.low:.0%} to {found.high:.0%}"
    parts = ", ".join(f"{part} {count}" for part, count in sorted(wrong_parts(known).items()))
    out.print(f"{found.right} of {found.judged} judged statements were right ({share})" + (f"; wrong: {parts}" if parts else ""))


def _person(by: str | None) -> str:
    person = by or os.environ.get("KG_REVIEWER", "")
    if not person:
        raise InputError("a judgement says who made it; give --by NAME, or set KG_REVIEWER")
    return person


def _write(path: Path, text: str) -> None:
    check_writable(path)
    path.write_text(text, encoding="utf-8", newline="")


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
