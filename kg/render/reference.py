"""Formal alliances as RDF: a reference layer in named graphs of its own, which no query takes for news."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from kg.measures import Pledge, Spell, alliance_graph
from kg.vocabulary import RELATION_IRIS

GRAPHS = "https://w3id.org/geopolitical-kg/reference/alliances"
"""A named graph a pledge and year is this, the year and the pledge: .../alliances/2012/defence."""


def write_alliances(spells: Iterable[Spell], year: int, actors: Mapping[int, str], out: Path) -> int:
    """Write the alliances in force in a year as TriG: one triple each way of the codebook's ALLY, a named graph a pledge.

    Parameters
    ----------
    spells
        As `kg.measures.read_spells` gives them.
    actors
        IRI of each COW code; pairs with a code that is not there are left out.
    out
        The file, replaced if it is there.

    Returns
    -------
    int
        How many pairs there are, of whatever pledge.
    """
    pacts = alliance_graph(spells, year, pledges=None)
    lines: dict[Pledge, list[str]] = {}
    pairs = 0
    for one, other, pledges in pacts.edges(data="pledges"):
        if one not in actors or other not in actors:
            continue
        pairs += 1
        for pledge in pledges:
            both = ((actors[one], actors[other]), (actors[other], actors[one]))
            lines.setdefault(pledge, []).extend(f"  <{source}> <{RELATION_IRIS['ALLY']}> <{target}> ." for source, target in both)
    blocks = [f"<{GRAPHS}/{year}/{pledge}> {{\n" + "\n".join(sorted(held)) + "\n}\n" for pledge, held in sorted(lines.items())]
    out.write_bytes("".join(blocks).encode())
    return pairs
