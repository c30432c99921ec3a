"""Formal alliances as RDF: a reference layer in named graphs of its own, which no query takes for news.

In a store the layer has a node a pact, with SEM's words: two actors, the pledge, the years. As a file of one year it is the
codebook's ALLY both ways, a named graph a pledge.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final, cast, get_args

from kg.errors import StoreError
from kg.measures import Pledge, Spell, alliance_graph
from kg.vocabulary import COW, PREFIXES, RELATION_IRIS

LAYERS: Final = "https://w3id.org/geopolitical-kg/reference/"
"""A layer's named graph is this and its name."""
GRAPHS: Final = f"{LAYERS}alliances"
"""A named graph a pledge and year is this, the year and the pledge: .../alliances/2012/defence."""
SEM: Final = "http://semanticweb.cs.vu.nl/2009/11/sem/"
LAYER_PREFIXES: Final = {
    **{name: PREFIXES[name] for name in ("dcterms", "kg", "kga", "rdfs", "skos", "xsd")},
    "org": "http://www.w3.org/ns/org#", "schema": "http://schema.org/", "sem": SEM,
}  # fmt: skip
"""Prefixes of what the layers of alliances and of offices are written in."""
OPEN_END: Final = 9999
"""The last year of a spell that has none."""

_PLEDGES: frozenset[str] = frozenset(get_args(Pledge))
_STATE = f"{LAYERS}state/"
_PLEDGE = f"{LAYERS}pledge/"
_ORIGIN = f"{PREFIXES['dcterms']}source"
_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
_LINE = re.compile(r'<([^>]*)> <([^>]*)> (?:<([^>]*)>|"((?:[^"\\]|\\.)*)".*)', re.DOTALL)


def alliance_lines(name: str, spells: Iterable[Spell], actors: Mapping[int, str], *, origin: str) -> Iterator[str]:
    """The triples of a layer of alliances, as lines of N-Triples without the full stop.

    Parameters
    ----------
    name
        Of the layer; the pacts' IRIs begin with it.
    actors
        IRI of each COW code; states that have none get one of the layer's (.../reference/state/300).
    origin
        Where the alliances are from: the name of their file.
    """
    layer = f"{LAYERS}{name}"
    yield f"<{layer}> <{PREFIXES['dcterms']}title> {_literal(f'Formal alliances: {name}')}"
    yield f"<{layer}> <{_ORIGIN}> {_literal(origin)}"
    states: dict[int, str] = {}
    for spell in spells:
        pact = f"<{layer}/{spell.one}-{spell.other}-{spell.pledge}-{spell.begin}>"
        yield f"{pact} <{_TYPE}> <{SEM}Event>"
        yield f"{pact} <{SEM}eventType> <{_PLEDGE}{spell.pledge}>"
        for code in (spell.one, spell.other):
            states[code] = actors.get(code) or f"{_STATE}{code}"
            yield f"{pact} <{SEM}hasActor> <{states[code]}>"
        yield f"{pact} <{SEM}hasBeginTimeStamp> {_year(spell.begin)}"
        if spell.end < OPEN_END:
            yield f"{pact} <{SEM}hasEndTimeStamp> {_year(spell.end)}"
    for code, state in sorted(states.items()):
        yield f'<{state}> <{COW}> "{code}"'


def spells_in(lines: Iterable[str]) -> list[Spell]:
    """The alliances that the triples of a layer say, sorted.

    Raises
    ------
    StoreError
        Triples that are not as `alliance_lines` writes them; names the pact.
    """
    codes: dict[str, set[int]] = defaultdict(set)
    pacts: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for line in lines:
        found = _LINE.fullmatch(line)
        if found is None:
            continue
        subject, predicate, iri, text = found.groups()
        if predicate == COW and text is not None and text.isdigit():
            codes[subject].add(int(text))
        elif predicate.startswith(SEM):
            pacts[subject][predicate.removeprefix(SEM)].append(iri if iri is not None else text)
    return sorted(_spell(pact, said, codes) for pact, said in sorted(pacts.items()))


def origin_of(lines: Iterable[str]) -> str:
    """The name of the file that a layer was read from; empty where it does not say."""
    matches = (_LINE.fullmatch(line) for line in lines)
    return next((found[4] for found in matches if found and found[2] == _ORIGIN and found[4]), "")


def spells_csv(spells: Iterable[Spell]) -> bytes:
    """Alliances as dyad spells, which `kg.measures.read_spells` reads; an open end is empty."""
    rows = (f"{s.one},{s.other},{s.pledge},{s.begin},{'' if s.end >= OPEN_END else s.end}\n" for s in sorted(spells))
    return "".join(("ccode1,ccode2,type,start_year,end_year\n", *rows)).encode()


def _spell(pact: str, said: Mapping[str, list[str]], codes: Mapping[str, set[int]]) -> Spell:
    try:
        one, other = sorted(code for state in said["hasActor"] for code in codes[state])
        (pledge,) = (kind.removeprefix(_PLEDGE) for kind in said["eventType"])
        (begin,) = map(int, said["hasBeginTimeStamp"])
        (end,) = map(int, said.get("hasEndTimeStamp", [str(OPEN_END)]))
        if pledge not in _PLEDGES:
            raise ValueError(f"no pledge {pledge}")
    except (KeyError, ValueError) as error:
        raise StoreError(f"{pact}: no pact of two states as kg writes it; take the layer out and keep its file anew") from error
    return Spell(one, other, cast(Pledge, pledge), begin, end)


def _literal(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\r", "\\r")
    return f'"{escaped}"'


def _year(year: int) -> str:
    return f'"{year:04}"^^<{PREFIXES["xsd"]}gYear>'


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
