"""Formal alliances as COW and ATOP publish them, beside what the news says: treaty and talk."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import networkx as nx

from kg.errors import InputError
from kg.measures.dyads import Dyad

Pledge = Literal["defence", "offence", "neutrality", "nonaggression", "entente", "consultation"]

_PLEDGES: dict[str, Pledge] = {
    "defense": "defence",
    "defence": "defence",
    "offense": "offence",
    "offence": "offence",
    "neutral": "neutrality",
    "neutrality": "neutrality",
    "nonagg": "nonaggression",
    "nonaggression": "nonaggression",
    "entente": "entente",
    "consul": "consultation",
    "consultation": "consultation",
}
"""Names of pledges in the files. COW's types are defence, neutrality, nonaggression and entente; ATOP has no entente."""

_ENDS = (("ccode1", "ccode2"), ("statea", "stateb"), ("mem1", "mem2"))


@dataclass(frozen=True, slots=True, order=True)
class Spell:
    """A pledge between two states (COW codes, the lesser first) in the years from `begin` to `end`, both included."""

    one: int
    other: int
    pledge: Pledge
    begin: int
    end: int


def read_spells(path: Path) -> list[Spell]:
    """Read alliances from a CSV file of COW or ATOP.

    Parameters
    ----------
    path
        One of: dyad spells (ccode1, ccode2, type, start_year, end_year); COW's alliance_v4.1_by_dyad.csv and
        by_directed.csv (ccode1, ccode2, dyad_st_year, dyad_end_year and a column a pledge); COW's and ATOP's dyad-years
        (ccode1 and ccode2, stateA and stateB or mem1 and mem2, year and a column a pledge: alliance_v4.1_by_dyad_yearly,
        atop5_1ddyr, atop5_1dy). Years that follow one another become one spell.

    Returns
    -------
    list of Spell
        Sorted, overlapping spells of a pair and pledge joined; a directed file gives the same as an undirected one.

    Raises
    ------
    InputError
        A file that is none of these, or a row that is not as the others; names file and line.
    """
    try:
        with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
            rows = csv.DictReader(file)
            columns = [name.strip().lower() for name in rows.fieldnames or ()]
            rows.fieldnames = columns
            read = _reader(columns, path)
            years: dict[tuple[int, int, Pledge], list[tuple[int, int]]] = defaultdict(list)
            for row in rows:
                try:
                    for one, other, pledge, begin, end in read(row):
                        years[min(one, other), max(one, other), pledge].append((begin, end))
                except (ValueError, KeyError, TypeError) as error:
                    raise InputError(f"{path}:{rows.line_num}: not a row of alliances ({error}); compare it with the others") from error
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({(error.strerror or str(error)).lower()})") from error
    return sorted(Spell(*key, begin, end) for key, spans in years.items() for begin, end in _joined(spans))


_Row = tuple[int, int, Pledge, int, int]


class _Columns:
    """How the rows of a file are read, given its columns."""

    def __init__(self, ends: tuple[str, str], begin: str, end: str, pledges: Mapping[str, Pledge]) -> None:
        self.ends, self.begin, self.end, self.pledges = ends, begin, end, pledges

    def __call__(self, row: Mapping[str, str]) -> Iterator[_Row]:
        one, other = (int(float(row[name])) for name in self.ends)
        begin, end = int(float(row[self.begin])), int(float(row[self.end])) if row[self.end].strip() else 9999
        if end < begin:
            raise ValueError(f"ends in {end}, before {begin}")
        if not self.pledges:
            yield one, other, _PLEDGES[row["type"].rsplit("_", 1)[-1].lower()], begin, end
        for name, pledge in self.pledges.items():
            if row[name].strip() not in ("", "0", "0.0", "NA", "."):
                yield one, other, pledge, begin, end


def _reader(columns: Sequence[str], path: Path) -> _Columns:
    ends = next((pair for pair in _ENDS if set(pair) <= set(columns)), None)
    begin, end = next(
        (pair for pair in (("start_year", "end_year"), ("dyad_st_year", "dyad_end_year"), ("year", "year")) if set(pair) <= set(columns)),
        ("", ""),
    )
    # A yearly file of COW has the spell's dates besides; the year of the row is what counts there.
    if "year" in columns:
        begin = end = "year"
    pledges = {name: _PLEDGES[name] for name in columns if name in _PLEDGES}
    if ends is None or not begin or not (pledges or "type" in columns):
        raise InputError(
            f"{path}: no file of alliances: it needs two columns of COW codes (ccode1 and ccode2, stateA and stateB), a year or "
            "start_year and end_year, and a type or a column a pledge (defense, neutrality, nonaggression, entente ...)"
        )
    return _Columns(ends, begin, end, {} if "type" in columns else pledges)


def _joined(spans: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Spans of years that touch or overlap made one."""
    ordered = sorted(spans)
    begin, end = ordered[0]
    for first, last in ordered[1:]:
        if first > end + 1:
            yield begin, end
            begin, end = first, last
        else:
            end = max(end, last)
    yield begin, end


def alliance_graph(
    spells: Iterable[Spell], year: int, *, pledges: Iterable[Pledge] | None = ("defence",), states: Iterable[int] = ()
) -> nx.Graph:
    """The alliances in force in a year as an undirected graph of COW codes.

    Parameters
    ----------
    pledges
        Which count; None is any.
    states
        Members of the state system that year: those without an ally are nodes too, which density and isolates depend on.

    Returns
    -------
    networkx.Graph
        Edges with `pledges`, a sorted tuple, and `sign` 1.
    """
    wanted = None if pledges is None else frozenset(pledges)
    held: dict[tuple[int, int], set[Pledge]] = defaultdict(set)
    for spell in spells:
        if spell.begin <= year <= spell.end and (wanted is None or spell.pledge in wanted):
            held[spell.one, spell.other].add(spell.pledge)
    graph = nx.Graph()
    graph.add_nodes_from(sorted({*states, *(state for pair in held for state in pair)}))
    graph.add_edges_from((one, other, {"pledges": tuple(sorted(kinds)), "sign": 1}) for (one, other), kinds in sorted(held.items()))
    return graph


@dataclass(frozen=True, slots=True)
class TreatyTalk:
    """A pair by treaty and by talk.

    `verdict` is "allies, hostile", "allies, friendly", "allies, silent", "no pact, friendly" or "no pact, hostile".
    """

    source: str
    target: str
    verdict: str
    pledges: tuple[Pledge, ...]
    acts: int
    score: float
    statements: tuple[str, ...]


def treaty_and_talk(dyads: Iterable[Dyad], spells: Iterable[Spell], year: int, codes: Mapping[str, int]) -> list[TreatyTalk]:
    """Formal alliances of a year beside what the news says of the pairs.

    Parameters
    ----------
    dyads
        Undirected, of one period (see `kg.measures.dyads`).
    codes
        COW code of each actor id; pairs without codes are left out, for nothing is known of their pacts.

    Returns
    -------
    list of TreatyTalk
        Allies that are hostile in the news first, the most hostile at the top; then friends without a pact, the friendliest
        at the top; then the others. Allies of whom the news says nothing are only listed where both are actors of `codes`.

    References
    ----------
    Gibler, D. M. (2009). International Military Alliances, 1648-2008. CQ Press (COW, version 4.1). Leeds, B. A., et al. (2002).
    Alliance Treaty Obligations and Provisions, 1815-1944. International Interactions 28, 237-260 (ATOP).
    """
    pacts = alliance_graph(spells, year, pledges=None)
    rows, seen = [], set()
    for dyad in dyads:
        if dyad.source not in codes or dyad.target not in codes or not dyad.score:
            continue
        one, other = codes[dyad.source], codes[dyad.target]
        pledges = pacts.edges[one, other]["pledges"] if pacts.has_edge(one, other) else ()
        verdict = f"{'allies' if pledges else 'no pact'}, {'friendly' if dyad.score > 0 else 'hostile'}"
        seen.add((min(one, other), max(one, other)))
        rows.append(TreatyTalk(dyad.source, dyad.target, verdict, pledges, dyad.acts, dyad.score, dyad.statements))
    actor = {code: iri for iri, code in sorted(codes.items(), reverse=True)}
    for one, other, pledges in pacts.edges(data="pledges"):
        if (min(one, other), max(one, other)) not in seen and one in actor and other in actor:
            ends = sorted((actor[one], actor[other]))
            rows.append(TreatyTalk(ends[0], ends[1], "allies, silent", pledges, 0, 0.0, ()))
    order = ("allies, hostile", "no pact, friendly", "no pact, hostile", "allies, friendly", "allies, silent")
    return sorted(rows, key=lambda row: (order.index(row.verdict), -abs(row.score), row.source, row.target))
