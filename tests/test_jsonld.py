"""JSON-LD with our context: reads like plain JSON, and comes back the same through both libraries, with nothing fetched."""

from __future__ import annotations

import json
from pathlib import Path

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rdflib import Graph

from kg.errors import InputError
from kg.rdf import document_triples, statement_triples
from kg.store import Store
from kg.store.jsonld import context, to_jsonld
from kg.store.serialise import serialise
from kg.vocabulary import PREFIXES
from tests.small_store import KENYA, MINISTER, PERU, UGANDA, document, statement

ROOT = Path(__file__).resolve().parent.parent
XSD = PREFIXES["xsd"]
NEWS = document(1, published="2024-05")
SAID = statement("a", NEWS, MINISTER, "APPEAL", UGANDA, affiliation=KENYA, speaker=PERU, status="negated", when="2024-05-01")


@pytest.fixture
def exported(tmp_path: Path) -> tuple[bytes, bytes]:
    """A store of one statement as JSON-LD and as N-Triples."""
    with Store.open(tmp_path / "s") as store:
        store.add(NEWS, [SAID, statement("b", NEWS, KENYA, "AID", UGANDA)])
        return store.export(format="jsonld"), store.export(format="ntriples")


def test_a_statement_reads_like_plain_json(exported: tuple[bytes, bytes]) -> None:
    nodes = {node["id"]: node for node in json.loads(exported[0])["@graph"]}
    assert nodes["kgs:a"] == {
        "id": "kgs:a", "type": "Statement", "evidence": "kgs:a-evidence", "inDocument": NEWS.id, "relation": "APPEAL",
        "source": MINISTER.id.replace(PREFIXES["kga"], "kga:"), "sourceMention": "kgs:a-source", "speaker": "kga:state/PER",
        "speakerMention": "kgs:a-speaker", "status": "negated", "target": "kga:state/UGA", "targetMention": "kgs:a-target",
        "when": "2024-05-01",
    }  # fmt: skip
    assert nodes["kga:state/KEN"] == {
        "id": "kga:state/KEN",
        "type": ["Actor", "State"],
        "label": "Kenya",
        "iso3": "KEN",
        "AID": "kga:state/UGA",
    }
    evidence, mention = nodes["kgs:a-evidence"], nodes["kgs:a-target"]
    assert (evidence["begin"], evidence["confidence"], mention["linked"]) == (0, "0.5", True)
    assert nodes[NEWS.id]["published"] == {"@type": "xsd:gYearMonth", "@value": "2024-05"}


def test_both_libraries_read_the_same_triples_out_of_it(exported: tuple[bytes, bytes]) -> None:
    written, triples = exported
    plain = {str(quad) for quad in ox.parse(triples, format=ox.RdfFormat.N_TRIPLES)}
    assert {str(quad) for quad in ox.parse(written, format=ox.RdfFormat.JSON_LD)} == plain
    assert set(Graph().parse(data=written, format="json-ld")) == set(Graph().parse(data=triples, format="nt"))


def test_the_published_context_is_the_one_inside(exported: tuple[bytes, bytes]) -> None:
    published = json.loads((ROOT / "ontology" / "context.jsonld").read_text())
    assert published["@context"] == json.loads(exported[0])["@context"] == context()
    quads = ox.parse(
        json.dumps({**published, "@id": "urn:x", "relation": "AID", "begin": 3, "when": "2024-01-02"}), format=ox.RdfFormat.JSON_LD
    )
    assert {str(quad.object) for quad in quads} == {
        f"<{PREFIXES['kgr']}AID>", f'"3"^^<{XSD}integer>', f'"2024-01-02"^^<{XSD}date>',
    }  # fmt: skip


@pytest.mark.parametrize("prefixes", [{}, {"events": "https://example.org/cameo/"}, {"odd": "https://example.org/cameo/0"}])
def test_prefixes_beside_the_context(prefixes: dict[str, str]) -> None:
    triple = ox.Triple(ox.NamedNode("https://example.org/cameo/042"), ox.NamedNode("urn:p"), ox.NamedNode("https://example.org/cameo/07"))
    written = to_jsonld([triple], prefixes)
    assert [quad.triple for quad in ox.parse(written, format=ox.RdfFormat.JSON_LD)] == [triple]
    assert len(Graph().parse(data=written, format="json-ld")) == 1
    assert ("odd:42" in written.decode(), "events:042" in written.decode()) == ("odd" in prefixes, "events" in prefixes)


def test_an_iri_that_reads_as_a_prefixed_name_is_refused() -> None:
    for place in range(3):
        terms = [ox.NamedNode("kga:state/KEN") if place == at else ox.NamedNode("urn:x") for at in range(3)]
        with pytest.raises(InputError, match="choose another format"):
            to_jsonld([ox.Triple(*terms)], {})


PREDICATES = [
    PREFIXES["kg"] + name for name in ("begin", "linked", "when", "confidence", "url", "text", "relation", "source", "status", "role")
]
DATATYPES = [XSD + name for name in ("integer", "boolean", "date", "gYear", "decimal", "double", "string", "anyURI")]
VALUES = st.one_of(
    st.sampled_from(["007", "+1", "1", "0", "-0", "true", "1.0E0", "12345678901234567890", "2024-01-02", ""]), st.text(max_size=5)
)
OBJECTS = st.one_of(
    st.builds(lambda value, type_: ox.Literal(value, datatype=ox.NamedNode(type_)), VALUES, st.sampled_from(DATATYPES)),
    st.builds(lambda value: ox.Literal(value, language="en"), VALUES),
    st.sampled_from(
        [ox.NamedNode(iri) for iri in (PREFIXES["kgr"] + "AID", PREFIXES["kgr"] + "NONE", PREFIXES["kg"] + "asserted", "urn:x:y")]
    ),
    st.just(ox.BlankNode("b0")),
)
TRIPLES = st.builds(
    ox.Triple,
    st.sampled_from([ox.NamedNode("urn:s"), ox.NamedNode(PREFIXES["kgs"] + "a"), ox.BlankNode("b0")]),
    st.sampled_from(
        [ox.NamedNode(iri) for iri in (*PREDICATES, "http://www.w3.org/1999/02/22-rdf-syntax-ns#type", PREFIXES["kgr"] + "AID", "urn:p")]
    ),
    OBJECTS,
)


@given(st.sets(TRIPLES, max_size=8))
@settings(max_examples=150, deadline=None)
def test_any_triples_come_back(triples: set[ox.Triple]) -> None:
    written = serialise([ox.Quad(t.subject, t.predicate, t.object) for t in triples], "jsonld", PREFIXES)
    assert serialise([ox.Quad(t.subject, t.predicate, t.object) for t in sorted(triples, key=str)], "jsonld", PREFIXES) == written
    found = ox.Dataset(ox.parse(written, format=ox.RdfFormat.JSON_LD))
    expected = ox.Dataset(ox.Quad(t.subject, t.predicate, t.object) for t in triples)
    for dataset in (found, expected):
        dataset.canonicalize(ox.CanonicalizationAlgorithm.UNSTABLE)
    assert found == expected


def test_lines_are_nodes(exported: tuple[bytes, bytes]) -> None:
    nodes = {subject for one in (document_triples(NEWS), statement_triples(SAID)) for subject, _, _ in one}
    lines = exported[0].decode().splitlines()
    assert len([line for line in lines if line.startswith('{"id":')]) >= len(nodes)
