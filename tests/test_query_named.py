"""Named queries that need more than statements: corrections, offices, copies, the graph at a date. Rows checked by hand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from rdflib import URIRef

from kg.link.catalogue import Catalogue
from kg.model import Document
from kg.query import named_query, run_query
from kg.store import Store
from kg.store.corrections import Correction, revised
from kg.store.doctor import examine
from kg.store.graphs import CORRECTIONS, graph_of, lines_of
from kg.store.offices import LAYER, note_offices
from kg.store.reference import layer_names
from tests.small_store import KENYA, PERU, RWANDA, UGANDA, actor, document, statement

FRANCE, GERMANY = actor("France", code="FRA"), actor("Germany", code="DEU")
WIRE = "The two governments met at the lake on Friday and spoke of roads, of fish, of the ferry and of the price of maize for a day."


def answer(store: Store, name: str, **values: str) -> list[tuple[str, ...]]:
    """Rows as text, IRIs shortened to what follows the last slash."""
    result = run_query(store, named_query(name).bind(store, **values))
    shorten = (lambda node: str(node).rpartition("/")[2]) if name != "corrections" else str
    return [
        tuple("" if n is None else (str(n).rpartition("/")[2] if isinstance(n, URIRef) else shorten(n)) for n in row) for row in result.rows
    ]


# --- corrections


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    one, two = document(1), document(2)
    with Store.open(tmp_path_factory.mktemp("judged") / "store") as store:
        accepted, wrong = statement("a1", one, KENYA, "AID", UGANDA), statement("a2", one, KENYA, "ACCUSE", RWANDA, begin=50)
        turned, lost = statement("b1", two, PERU, "AID", KENYA), statement("b2", two, PERU, "PROTEST", None, begin=50)
        store.add(one, [accepted, wrong])
        store.add(two, [turned, lost])
        store.correct(Correction(accepted, "accept", "Ada Otieno", "2024-05-20T08:00:00Z"))
        store.correct(Correction(wrong, "reject", "Ben Ito", "2024-06-01T09:30:00Z", "the sentence is a headline of another story"))
        swapped = revised(turned, swap=True, status="negated")
        store.correct(Correction(turned, "change", "Ada Otieno", "2024-07-02T10:00:00Z", "the other way round", swapped))
        store.correct(Correction(lost, "change", "Ben Ito", "2024-07-03T10:00:00Z", "", revised(lost, status="possible")))
        yield store


def test_corrections(judged: Store) -> None:
    assert answer(judged, "corrections") == [
        ("2024-05-20T08:00:00Z", "Ada Otieno", "accept", "Kenya", "AID", "Uganda", "asserted", "", "", "Kenya AID Uganda.", "1", "a1"),
        (
            "2024-06-01T09:30:00Z", "Ben Ito", "reject", "Kenya", "ACCUSE", "Rwanda", "asserted", "",
            "the sentence is a headline of another story", "Kenya ACCUSE Rwanda.", "1", "a2",
        ),
        (
            "2024-07-02T10:00:00Z", "Ada Otieno", "change", "Peru", "AID", "Kenya", "asserted", "Kenya AID Peru (negated)",
            "the other way round", "Peru AID Kenya.", "2", "b1",
        ),
        (
            "2024-07-03T10:00:00Z", "Ben Ito", "change", "Peru", "PROTEST", "", "asserted", "Peru PROTEST nobody (possible)",
            "", "Peru PROTEST nobody.", "2", "b2",
        ),
    ]  # fmt: skip


def test_corrections_by_whom_of_what_and_when(judged: Store) -> None:
    def found(**values: str) -> list[str]:
        return [row[-1] for row in answer(judged, "corrections", **values)]

    assert found(by="ada") == ["a1", "b1"]
    assert found(by="ITO", document=document(1).id) == ["a2"]
    assert found(since="2024-06", until="2024-07-02") == ["a2", "b1"]
    assert found(since="2024-07-03") == ["b2"]
    assert found(by='") } #') == []


def test_everything_on_a_document(judged: Store) -> None:
    graph = run_query(judged, named_query("document-graph").bind(document=document(1).id)).graph()
    assert lines_of(graph) == judged.content(document(1).id) | judged.content(graph_of(document(1).id, CORRECTIONS))
    assert len(judged.content(graph_of(document(1).id, CORRECTIONS))) > 10


# --- one source, copies collapsed


def test_copies_count_as_the_document_that_they_copy(tmp_path: Path) -> None:
    """Two papers print one wire story; a third report of the same aid is the agency's own rival's."""
    first, copy = document(1, publisher="Wire", text=WIRE), document(2, publisher="Morning Post", text=WIRE + " So said all.")
    own = document(3, publisher="Evening Star", text="Something else entirely was reported here about the same event in far other words.")
    with Store.open(tmp_path / "store") as store:
        store.add(first, [statement("a1", first, KENYA, "AID", UGANDA), statement("a2", first, KENYA, "ALLY", PERU, begin=50)])
        store.add(copy, [statement("b1", copy, KENYA, "AID", UGANDA), statement("b2", copy, KENYA, "ALLY", PERU, begin=50)])
        store.add(own, [statement("c1", own, KENYA, "ALLY", PERU)])
        assert answer(store, "single-source") == []
        assert store.group_copies() == {copy.id: first.id}
        assert answer(store, "single-source") == [("Kenya", "AID", "Uganda", "Wire", "2", "2")]
        graph = run_query(store, named_query("document-graph").bind(document=copy.id)).graph()
        assert (URIRef(copy.id), URIRef("http://www.w3.org/ns/prov#alternateOf"), URIRef(first.id)) in graph


# --- offices


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return Catalogue.load()


@pytest.fixture(scope="module")
def offices(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    news = document(1)
    with Store.open(tmp_path_factory.mktemp("offices") / "store") as store:
        store.add(news, [statement("a1", news, FRANCE, "AID", GERMANY)])
        note_offices(store)
        yield store


@pytest.mark.parametrize(
    ("date", "of", "office", "holders"),
    [
        ("2015-03-01", "France", "head of state", ["François Hollande"]),
        ("2017-05-14", "France", "head of state", ["Emmanuel Macron"]),
        ("2017", "FRA", "head of state", ["François Hollande", "Emmanuel Macron"]),
        ("2020-02-03", "France", "president", ["Emmanuel Macron"]),
        ("2020-02-03", "Germany", "head of government", ["Angela Merkel"]),
        ("2020-02-03", "Germany", "prime minister", ["Angela Merkel"]),
        ("1850", "Germany", "head of government", []),
    ],
)
def test_office_holders(offices: Store, date: str, of: str, office: str, holders: list[str]) -> None:
    rows = answer(offices, "office-holders", date=date, of=of, office=office)
    assert [row[2] for row in rows] == holders
    assert {row[0] for row in rows} <= {"head of state", "head of government"}


def test_every_holder_of_a_day_is_the_catalogues(offices: Store, catalogue: Catalogue) -> None:
    """The same question asked of the catalogue, which knows how far an open end is to be trusted."""
    for date in ("2001-09-11", "2012-06-30", "2024-01-15", "2030-01-01"):
        roles = {(term.owner, term.role) for term in catalogue.terms() if term.owner in ("state/FRA", "state/DEU")}
        wanted = {
            (role.replace("_", " "), held.person, held.start)
            for owner, role in roles
            for held in catalogue.office_holders(owner, role, date)
        }
        rows = answer(offices, "office-holders", date=date)
        found = {(row[0], "person/" + row[6], row[3]) for row in rows if row[1] in ("France", "Germany")}
        assert found == wanted
        assert wanted or date == "2030-01-01"


def test_offices_follow_who_occurs_and_are_no_news(tmp_path: Path, catalogue: Catalogue) -> None:
    news, other = document(1), document(2)
    with Store.open(tmp_path / "store") as store:
        store.add(news, [statement("a1", news, FRANCE, "AID", GERMANY)])
        store.add(other, [statement("b1", other, actor("A rebel group", "movement"), "AID", actor("Another", "movement"))])
        exported, asked = store.export(format="nquads"), answer(store, "actors")
        count = note_offices(store, catalogue)
        assert count > 20
        assert note_offices(store, catalogue) == count
        assert (store.export(format="nquads"), answer(store, "actors")) == (exported, asked)
        assert {row[1] for row in answer(store, "office-holders", date="2015")} >= {"France", "Germany"}
        assert list(examine(store)) == []
        records = [record.body for record in store.records()]
        store.remove(news.id)
        assert note_offices(store, catalogue) == 0
        assert layer_names(store) == []
        store.add(news, [statement("a1", news, FRANCE, "AID", GERMANY)])
        note_offices(store, catalogue)
        assert layer_names(store) == [LAYER]
        assert [record.body for record in store.records()] == records


def test_a_person_who_occurs_brings_the_office(tmp_path: Path, catalogue: Catalogue) -> None:
    news = document(1)
    merkel = replace(actor("Angela Merkel", "person"), id=catalogue.find("Angela Merkel")[0].actor)
    with Store.open(tmp_path / "store") as store:
        store.add(news, [statement("a1", news, merkel, "ACCUSE", PERU)])
        note_offices(store, catalogue)
        rows = answer(store, "office-holders", date="2010", office="head of government")
        assert ("head of government", "Germany", "Angela Merkel") in [row[:3] for row in rows]


# --- the graph at a date


@pytest.fixture(scope="module")
def dated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    def news(number: int, published: str | None) -> Document:
        return document(number, published=published)

    early, later, late, undated = news(1, "2022-03-01"), news(2, "2024-06"), news(3, "2025-01-15"), news(4, None)
    with Store.open(tmp_path_factory.mktemp("dated") / "store") as store:
        store.add(early, [
            statement("a1", early, KENYA, "AID", UGANDA),
            statement("a2", early, KENYA, "ALLY", RWANDA, begin=50, when="2014/2023"),
            statement("a3", early, PERU, "ALLY", UGANDA, begin=100, when="1974/.."),
            statement("a4", early, PERU, "ALLY", KENYA, begin=150, when="../2022"),
            statement("a5", early, KENYA, "SANCTION", PERU, begin=200, status="negated"),
            statement("a6", early, RWANDA, "AID", PERU, begin=250, when="2010/2011"),
        ])  # fmt: skip
        store.add(later, [
            statement("b1", later, KENYA, "AID", UGANDA, when="2024-05-20"),
            statement("b2", later, UGANDA, "ALLY", RWANDA, begin=50, when="2026/.."),
        ])  # fmt: skip
        store.add(late, [statement("c1", late, KENYA, "AID", UGANDA), statement("c2", late, RWANDA, "ASSAULT", KENYA, begin=50)])
        store.add(undated, [statement("d1", undated, RWANDA, "AID", KENYA)])
        yield store


AID, ALLY = "material cooperation", "standing"


@pytest.mark.parametrize(
    ("date", "rows"),
    [
        ("2021", []),
        (
            "2022-03-01",
            [
                ("Kenya", "AID", "Uganda", AID, "1", "2022-03-01", "2022-03-01"),
                ("Kenya", "ALLY", "Rwanda", ALLY, "1", "2014/2023", "2014/2023"),
                ("Peru", "ALLY", "Kenya", ALLY, "1", "../2022", "../2022"),
                ("Peru", "ALLY", "Uganda", ALLY, "1", "1974/..", "1974/.."),
                ("Rwanda", "AID", "Peru", AID, "1", "2010/2011", "2010/2011"),
            ],
        ),
        (
            "2024-07-01",
            [
                ("Kenya", "AID", "Uganda", AID, "2", "2022-03-01", "2024-05-20"),
                ("Peru", "ALLY", "Uganda", ALLY, "1", "1974/..", "1974/.."),
                ("Rwanda", "AID", "Peru", AID, "1", "2010/2011", "2010/2011"),
            ],
        ),
        (
            "2026",
            [
                ("Kenya", "AID", "Uganda", AID, "3", "2022-03-01", "2025-01-15"),
                ("Peru", "ALLY", "Uganda", ALLY, "1", "1974/..", "1974/.."),
                ("Rwanda", "AID", "Peru", AID, "1", "2010/2011", "2010/2011"),
                ("Rwanda", "ASSAULT", "Kenya", "material conflict", "1", "2025-01-15", "2025-01-15"),
                ("Uganda", "ALLY", "Rwanda", ALLY, "1", "2026/..", "2026/.."),
            ],
        ),
    ],
)
def test_graph_at(dated: Store, date: str, rows: list[tuple[str, ...]]) -> None:
    result = run_query(dated, named_query("graph-at").bind(dated, date=date))
    assert [tuple(str(node) for node in row) for row in result.rows] == rows


def test_graph_at_of_one_actor(dated: Store) -> None:
    assert [row[:3] for row in answer(dated, "graph-at", date="2022", actor="Peru")] == [
        ("Peru", "ALLY", "Kenya"), ("Peru", "ALLY", "Uganda"), ("Rwanda", "AID", "Peru"),
    ]  # fmt: skip


# --- intervals among dates


def test_an_interval_lies_where_it_reaches(dated: Store) -> None:
    def found(**values: str) -> list[str]:
        return sorted(row[-1] for row in answer(dated, "timeline", actor="Peru", **values))

    assert found() == ["a3", "a4", "a5", "a6"]
    assert found(since="2023") == ["a3"]
    assert found(since="2022", until="2022") == ["a3", "a4", "a5"]
    assert found(until="1974") == ["a3", "a4"]
    assert found(until="1973-12") == ["a4"]
    assert found(since="2011", until="2011-12") == ["a3", "a4", "a6"]
