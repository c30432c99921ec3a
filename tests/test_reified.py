"""RDF 1.2: the statement's node reifies its triple, which is asserted only where the model asserts it."""

from __future__ import annotations

from pathlib import Path

import pyoxigraph as ox
import pytest

from kg.store import Store
from kg.store.reified import REIFIES, with_reifiers, without_reifiers
from kg.vocabulary import PREFIXES
from tests.small_store import KENYA, MINISTER, PERU, UGANDA, document, statement

NEWS = document(1)
STATEMENTS = [
    statement("a", NEWS, KENYA, "AID", UGANDA),
    statement("b", NEWS, KENYA, "ACCUSE", PERU, status="negated", begin=50),
    statement("c", NEWS, MINISTER, "PROTEST", None, begin=100),
    statement("d", document(2), KENYA, "AID", UGANDA),
]
FORMATS = {
    "turtle12": ox.RdfFormat.TURTLE, "trig12": ox.RdfFormat.TRIG, "nquads12": ox.RdfFormat.N_QUADS, "ntriples12": ox.RdfFormat.N_TRIPLES,
}  # fmt: skip
KEN, UGA, PER, AID, ACCUSE = (
    ox.NamedNode(iri) for iri in (KENYA.id, UGANDA.id, PERU.id, PREFIXES["kgr"] + "AID", PREFIXES["kgr"] + "ACCUSE")
)


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("reified") / "s"
    with Store.open(place) as store:
        store.add(NEWS, STATEMENTS[:3])
        store.add(document(2), STATEMENTS[3:])
    return place


def exported(path: Path, name: str) -> ox.Store:
    found = ox.Store()
    with Store.open(path, read_only=True) as store:
        found.load(store.export(format=name), format=FORMATS[name])
    return found


def asked(store: ox.Store, query: str) -> list[ox.QuerySolution]:
    found = store.query(query, prefixes=PREFIXES)
    assert isinstance(found, ox.QuerySolutions)
    return list(found)


@pytest.mark.parametrize("name", FORMATS)
def test_each_statement_with_a_target_reifies_its_triple(path: Path, name: str) -> None:
    quads = exported(path, name).quads_for_pattern(None, REIFIES, None, None)
    found = {str(quad.subject).rsplit("/")[-1][:-1]: quad.object for quad in quads}
    assert found == {"a": ox.Triple(KEN, AID, UGA), "b": ox.Triple(KEN, ACCUSE, PER), "d": ox.Triple(KEN, AID, UGA)}


@pytest.mark.parametrize("name", FORMATS)
def test_nothing_else_is_said(path: Path, name: str) -> None:
    with Store.open(path, read_only=True) as store:
        plain = ox.Store()
        plain.load(store.export(format=name.removesuffix("12")), format=FORMATS[name])
    more = {quad for quad in exported(path, name) if quad not in plain}
    assert all(quad.predicate == REIFIES for quad in more)
    assert {quad for quad in plain if quad not in exported(path, name)} == set()
    assert any(True for _ in plain.quads_for_pattern(KEN, AID, UGA, None))
    assert not any(True for _ in plain.quads_for_pattern(KEN, ACCUSE, PER, None)), "what is denied is not asserted"


def test_sparql_1_2_asks_for_reified_triples(path: Path) -> None:
    found = exported(path, "turtle12")
    of_status = """SELECT ?relation ?status { << ?source ?relation ?target ~ ?statement >> kg:status ?status ; a kg:Statement }"""
    rows = {(row["relation"], row["status"].value.split("#")[1]) for row in asked(found, of_status)}
    assert rows == {(AID, "asserted"), (ACCUSE, "negated")}
    ends = "kga:state\\/KEN kgr:ACCUSE kga:state\\/PER"
    assert found.query(f"ASK {{ ?s rdf:reifies <<( {ends} )>> FILTER NOT EXISTS {{ {ends} }} }}", prefixes=PREFIXES)
    parts = "SELECT (SUBJECT(?t) AS ?who) { ?s rdf:reifies ?t FILTER(isTRIPLE(?t) && PREDICATE(?t) = kgr:ACCUSE) }"
    assert [row["who"] for row in asked(found, parts)] == [KEN]


def test_turtle_1_2_reads_well(path: Path) -> None:
    with Store.open(path, read_only=True) as store:
        text = store.export(format="ttl12").decode()
    assert "rdf:reifies <<( kga:state\\/KEN kgr:AID kga:state\\/UGA )>>" in text or "<<( <" + KENYA.id in text


def lines_of(quads: list[ox.Quad]) -> frozenset[str]:
    return frozenset(str(quad.triple) for quad in quads)


def test_reifiers_are_dropped_where_they_repeat_the_statement(path: Path) -> None:
    with Store.open(path, read_only=True) as store:
        plain = list(ox.parse(store.export(format="nquads"), format=ox.RdfFormat.N_QUADS))
    reified = lines_of(list(with_reifiers(plain)))
    assert len(reified) == len(lines_of(plain)) + 3
    assert without_reifiers(reified) == lines_of(plain)
    other = frozenset({f"<urn:s> {REIFIES} <<( {KEN} {AID} {UGA} )>>", *reified})
    assert without_reifiers(other) - lines_of(plain) == other - reified
