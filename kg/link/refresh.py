"""Terms of office asked of Wikidata anew: the query, how its answers are read, and the tables that come of them."""

from __future__ import annotations

import csv
import json
import re
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from kg.errors import InputError
from kg.link.catalogue import Catalogue

_ITEM = "http://www.wikidata.org/entity/"
_SOURCE = "Wikidata (CC0)"
_AGENT = "kg (geopolitical knowledge graph; catalogue refresh)"
_PATIENCE = 300
"""Seconds for one query."""
_GENDERS = {"Q6581097": "m", "Q1052281": "f", "Q6581072": "f", "Q2449503": "m"}
_LENGTHS = {9: 4, 10: 7, 11: 10}
"""Characters of a date that Wikidata knows to the year, the month, the day."""


class Office(NamedTuple):
    """A class of offices: its item, the role it is here, and a word of its label by which a wrong item would show."""

    item: str
    role: str
    word: str


OFFICES = (
    Office("Q48352", "head_of_state", "state"),
    Office("Q2285706", "head_of_government", "government"),
    Office("Q7330070", "foreign_minister", "foreign"),
    Office("Q15632363", "defence_minister", "def"),
)

_QUERY = """SELECT DISTINCT ?iso3 ?kindLabel ?p ?pLabel ?gender ?start ?startPrecision ?end ?endPrecision WHERE {
  VALUES ?kind { wd:%(item)s }
  ?pos wdt:P279*|wdt:P31 ?kind ; wdt:P1001 ?c . ?c wdt:P298 ?iso3 .
  ?p p:P39 ?s . ?s ps:P39 ?pos ; pqv:P580 [ wikibase:timeValue ?start ; wikibase:timePrecision ?startPrecision ] .
  OPTIONAL { ?s pqv:P582 [ wikibase:timeValue ?end ; wikibase:timePrecision ?endPrecision ] }
  OPTIONAL { ?p wdt:P21 ?gender }
  FILTER(!BOUND(?end) || ?end > "%(since)d-01-01T00:00:00Z"^^xsd:dateTime)
  MINUS { ?s wikibase:rank wikibase:DeprecatedRank }
  SERVICE wikibase:label { bd:serviceParam wikibase:language "en,mul". } }"""

Answer = Mapping[str, Any]
Get = Callable[[str, bytes], bytes]


@dataclass(frozen=True, slots=True)
class Tables:
    """The rows of the three tables, each in the order of its columns, sorted."""

    terms: list[tuple[str, ...]]
    persons: list[tuple[str, ...]]
    names: list[tuple[str, ...]]


_FILES = {
    "terms_wikidata.csv": ("owner", "role", "person", "start", "end", "as_of", "source"),
    "persons_wikidata.csv": ("id", "label", "qid", "gender"),
    "names_persons_wikidata.csv": ("name", "actor", "kind", "source"),
}


def query_of(office: Office, since: int) -> str:
    """The query for one class of offices."""
    return _QUERY % {"item": office.item, "since": since}


def fetch_answers(url: str, since: int, get: Get | None = None) -> list[tuple[Office, Answer]]:
    """The answers of a SPARQL service for every class of offices.

    Args:
        url: the service.
        since: terms that ended before this year are left out.
        get: how to post a form and read the answer; the default speaks HTTP.

    Raises:
        InputError: if the service cannot be reached or does not answer with JSON.
    """
    ask = get or _post
    found = []
    for office in OFFICES:
        form = urllib.parse.urlencode({"query": query_of(office, since), "format": "json"}).encode()
        try:
            found.append((office, json.loads(ask(url, form))))
        except (OSError, ValueError) as error:
            raise InputError(f"{url}: no answer for {office.role} ({error}); try again later, or --url another service") from error
    return found


def _post(url: str, form: bytes) -> bytes:
    if not url.startswith(("https://", "http://")):
        raise InputError(f"{url} is no address of a service; it begins with https://")
    request = urllib.request.Request(url, form, {"Accept": "application/sparql-results+json", "User-Agent": _AGENT})
    with urllib.request.urlopen(request, timeout=_PATIENCE) as response:
        content: bytes = response.read()
        return content


def read_answers(answers: Iterable[tuple[Office, Answer]], as_of: str, catalogue: Catalogue) -> Tables:
    """The tables that answers make: terms of states of the catalogue by persons who have a name.

    Raises:
        InputError: if `as_of` is no day, an answer is none of a SPARQL service, or an item is not the office it should be.
    """
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", as_of):
        raise InputError(f"--as-of {as_of}: write the day of asking as 2026-01-31")
    terms: set[tuple[str, ...]] = set()
    persons: dict[str, tuple[str, str]] = {}
    for office, answer in answers:
        for row in _bindings(office, answer):
            owner, qid, label = f"state/{row.get('iso3', '')}", row.get("p", "").removeprefix(_ITEM), row.get("pLabel", "")
            start = _date(row, "start")
            if owner not in catalogue or not re.fullmatch(r"Q\d+", qid) or not label or label == qid or not start:
                continue
            persons[qid] = (label, _GENDERS.get(row.get("gender", "").removeprefix(_ITEM), persons.get(qid, ("", ""))[1]))
            terms.add((owner, office.role, f"person/{qid}", start, _date(row, "end"), as_of, _SOURCE))
    return Tables(
        close_years(terms),
        sorted((f"person/{qid}", label, qid, gender) for qid, (label, gender) in persons.items()),
        sorted({row for qid, (label, _) in persons.items() for row in _names(label, f"person/{qid}")}),
    )


def close_years(terms: Iterable[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """Terms whose end is known to the year or month end when the next holder came in then; sorted."""
    rows = sorted(terms)
    closed = []
    for row in rows:
        end = row[4]
        if 0 < len(end) < 10:
            following = [other[3] for other in rows if other[:2] == row[:2] and other[2] != row[2] and len(other[3]) == 10]
            end = min((start for start in following if start.startswith(end)), default=end)
        closed.append((*row[:4], end, *row[5:]))
    return sorted(closed)


def write_tables(tables: Tables, into: Path) -> dict[Path, int]:
    """Write the tables into a folder as CSV; how many rows each file has."""
    into.mkdir(parents=True, exist_ok=True)
    written = {}
    for (name, columns), rows in zip(_FILES.items(), (tables.terms, tables.persons, tables.names), strict=True):
        path = into / name
        with path.open("w", encoding="utf-8", newline="") as handle:
            writer = csv.writer(handle, lineterminator="\n")
            writer.writerow(columns)
            writer.writerows(rows)
        written[path] = len(rows)
    return written


def _bindings(office: Office, answer: Answer) -> Iterable[dict[str, str]]:
    try:
        rows = [{name: str(cell["value"]) for name, cell in row.items()} for row in answer["results"]["bindings"]]
    except (KeyError, TypeError, AttributeError) as error:
        raise InputError(f"the answer for {office.role} is none of a SPARQL service (no results.bindings)") from error
    for row in rows:
        if office.word not in row.get("kindLabel", office.word).lower():
            raise InputError(f"{office.item} is “{row['kindLabel']}”, not {office.role}; the item of that office must have changed")
    return rows


def _date(row: Mapping[str, str], name: str) -> str:
    """A date of the precision that Wikidata has, "" if it has none or only the decade."""
    length = _LENGTHS.get(int(row.get(f"{name}Precision", "11")), 0)
    return row[name][:length] if name in row and re.match(r"\d{4}-\d{2}-\d{2}", row[name]) else ""


def _names(label: str, actor: str) -> list[tuple[str, ...]]:
    words = label.split()
    surname = [(words[-1], actor, "surname", "generated")] if len(words) > 1 else []
    return [(label, actor, "name", "label"), *surname]
