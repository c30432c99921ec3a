"""Refreshing the terms of office from Wikidata's answers, recorded here by hand in the form of a SPARQL service; no network."""

from __future__ import annotations

import csv
import json
import urllib.parse
from pathlib import Path
from typing import Any

import pytest

import kg.link.refresh
from kg.errors import InputError
from kg.link import Catalogue
from kg.link.refresh import OFFICES, close_years, fetch_answers, query_of, read_answers, write_tables
from tests.conftest import Run

ITEM = "http://www.wikidata.org/entity/"


def row(iso3: str, qid: str, label: str, start: str, end: str = "", *, precision: str = "11", gender: str = "", kind: str = "") -> Any:
    cells = {
        "iso3": iso3, "p": ITEM + qid, "pLabel": label, "start": f"{start}T00:00:00Z", "startPrecision": precision,
        "gender": ITEM + gender if gender else "", "kindLabel": kind,
    }  # fmt: skip
    if end:
        cells |= {"end": f"{end}T00:00:00Z", "endPrecision": precision}
    return {name: {"type": "literal", "value": value} for name, value in cells.items() if value}


RECORDED = {
    "head_of_state": [
        row("FJI", "Q901", "Mere Tuivaga", "2015-11-12", "2021-11-12", gender="Q6581072", kind="head of state"),
        row("FJI", "Q902", "Joni Ratulevu", "2021-11-12", gender="Q6581097", kind="head of state"),
        row("XXX", "Q903", "Of Nowhere", "2021-01-01"),
        row("FJI", "Q904", "Q904", "2021-01-01"),
    ],
    "head_of_government": [
        row("TCD", "Q911", "Idriss Abakar", "2016-01-01", "2018-01-01", precision="9"),
        row("TCD", "Q912", "Amina Nadji", "2018-05-04"),
    ],
    "foreign_minister": [],
    "defence_minister": [],
}


def service(url: str, form: bytes) -> bytes:
    query = urllib.parse.parse_qs(form.decode())["query"][0]
    office = next(office for office in OFFICES if f"wd:{office.item} " in query)
    return json.dumps({"head": {}, "results": {"bindings": RECORDED[office.role]}}).encode()


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return Catalogue.load()


def test_answers_become_tables(catalogue: Catalogue, tmp_path: Path) -> None:
    tables = read_answers(fetch_answers("https://example.org/sparql", 1990, service), "2026-01-31", catalogue)
    assert [term[:5] for term in tables.terms] == [
        ("state/FJI", "head_of_state", "person/Q901", "2015-11-12", "2021-11-12"),
        ("state/FJI", "head_of_state", "person/Q902", "2021-11-12", ""),
        ("state/TCD", "head_of_government", "person/Q911", "2016", "2018-05-04"),
        ("state/TCD", "head_of_government", "person/Q912", "2018-05-04", ""),
    ]
    assert {term[5] for term in tables.terms} == {"2026-01-31"}
    assert ("person/Q901", "Mere Tuivaga", "Q901", "f") in tables.persons
    assert ("Ratulevu", "person/Q902", "surname", "generated") in tables.names
    written = write_tables(tables, tmp_path / "tables")
    assert {path.name: rows for path, rows in written.items()} == {
        "terms_wikidata.csv": 4, "persons_wikidata.csv": 4, "names_persons_wikidata.csv": 8,
    }  # fmt: skip
    with (tmp_path / "tables" / "terms_wikidata.csv").open(encoding="utf-8", newline="") as handle:
        assert next(iter(csv.DictReader(handle)))["owner"] == "state/FJI"


def test_the_tables_have_the_columns_of_their_sources() -> None:
    source = Path(__file__).parent.parent / "ontology" / "actors"
    for name, columns in kg.link.refresh._FILES.items():
        assert (source / name).read_text(encoding="utf-8").splitlines()[0].split(",") == list(columns)


def test_a_year_is_closed_by_who_came_in(catalogue: Catalogue) -> None:
    rows = [("s", "r", "a", "2000-01-02", "2005", "", ""), ("s", "r", "b", "2005-03-04", "2007", "", "")]
    assert [term[4] for term in close_years(rows)] == ["2005-03-04", "2007"]


def test_the_query_asks_for_one_office_and_since(catalogue: Catalogue) -> None:
    query = query_of(OFFICES[0], 1995)
    assert "wd:Q48352" in query
    assert '"1995-01-01T00:00:00Z"' in query


def test_a_changed_item_is_refused(catalogue: Catalogue) -> None:
    answer = {"results": {"bindings": [row("FJI", "Q901", "Mere Tuivaga", "2015-11-12", kind="football coach")]}}
    with pytest.raises(InputError, match="“football coach”, not head_of_state"):
        read_answers([(OFFICES[0], answer)], "2026-01-31", catalogue)


@pytest.mark.parametrize("answer", [{}, {"results": []}, {"results": {"bindings": [{"p": "x"}]}}])
def test_what_is_no_answer_is_refused(catalogue: Catalogue, answer: dict[str, object]) -> None:
    with pytest.raises(InputError, match="none of a SPARQL service"):
        read_answers([(OFFICES[0], answer)], "2026-01-31", catalogue)


def test_a_service_that_fails_is_named(catalogue: Catalogue) -> None:
    def broken(url: str, form: bytes) -> bytes:
        raise OSError("timed out")

    for get in (broken, lambda url, form: b"<html>"):
        with pytest.raises(InputError, match=r"example\.org.*no answer for head_of_state"):
            fetch_answers("https://example.org", 1990, get)
    with pytest.raises(InputError, match="no address"):
        fetch_answers("ftp://example.org", 1990)


def test_the_command_writes_the_tables(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kg.link.refresh, "_post", service)
    done = run("catalogue", "refresh", tmp_path / "new", "--as-of", "2026-01-31", "--url", "https://example.org/sparql")
    assert done.code == 0, done.err
    assert "terms_wikidata.csv: 4 rows" in done.out
    wrong = run("catalogue", "refresh", tmp_path / "new", "--as-of", "last week", "--url", "https://example.org/sparql")
    assert wrong.code == 1
    assert "write the day of asking" in wrong.err
