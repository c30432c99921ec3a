"""Statements to triples and back: nothing is lost, nothing is written twice, and the shapes find what is wrong."""

from __future__ import annotations

import doctest
import random
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import get_args

import pyoxigraph
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyshacl import validate
from rdflib import RDF, RDFS, XSD, BNode, Dataset, Graph, Literal, URIRef

from kg import rdf, vocabulary
from kg.codebook import RELATIONS
from kg.errors import InputError, UnknownNameError
from kg.model import Actor, ActorKind, Document, Evidence, Participant, Span, Statement, Status
from kg.rdf import Triple, Violation

KGA, KGS = vocabulary.PREFIXES["kga"], vocabulary.PREFIXES["kgs"]
NEWS = "https://example.org/news/1"
TEXT = "Kenya's foreign minister urged Uganda to share harvest data with Rwanda."
DOCUMENT = Document(
    NEWS, TEXT, title="Harvest", publisher="The Lakeside Post", published="2024-05-02", url="https://example.org/news/1?a=b"
)
KENYA = Actor(KGA + "state/KEN", "Kenya", "state", iso3="KEN", qid="Q114", cow="501", valid_from="1963-12-12")
UGANDA = Actor(KGA + "state/UGA", "Uganda", "state", iso3="UGA", qid="Q1036", cow="500", valid_from="1962")
RWANDA = Actor(KGA + "state/RWA", "Rwanda", "state", iso3="RWA", qid="Q1037", cow="517", valid_from="1962-07")
MINISTER = Actor("https://example.org/news/1#minister", "foreign minister", "person")
EVIDENCE = Evidence(Span(0, 72), TEXT, Span(25, 30), "urged", "clauses/0.1.0", 0.85)
SPEAKER = Participant(MINISTER, Span(0, 24), "Kenya's foreign minister", affiliation=KENYA, role="foreign minister", linked=False)
INNER = Statement(
    id=KGS + "b2",
    document=NEWS,
    source=Participant(UGANDA, Span(31, 37), "Uganda"),
    relation=RELATIONS["COOPERATE"],
    target=Participant(RWANDA, Span(65, 71), "Rwanda"),
    status="requested",
    evidence=replace(EVIDENCE, trigger=Span(41, 46), predicate="share"),
    speaker=SPEAKER,
    when="2024-05",
)
OUTER = Statement(
    id=KGS + "a1",
    document=NEWS,
    source=SPEAKER,
    relation=RELATIONS["APPEAL"],
    target=Participant(UGANDA, Span(31, 37), "Uganda"),
    status="asserted",
    evidence=EVIDENCE,
    content=INNER.id,
)
PLAIN = replace(OUTER, id=KGS + "c3", source=Participant(KENYA, Span(0, 5), "Kenya"), content=None)


def document_graph(*statements: Statement) -> list[Triple]:
    return [*rdf.document_triples(DOCUMENT), *(triple for statement in statements for triple in rdf.statement_triples(statement))]


def graph_of(triples: Iterable[Triple]) -> Graph:
    graph = Graph()
    rdf.bind_prefixes(graph)
    for triple in triples:
        graph.add(triple)
    return graph


# --- any statement

texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=30)
spans = st.builds(lambda begin, length: Span(begin, begin + length), st.integers(0, 10**7), st.integers(0, 10**4))
dates = st.one_of(
    st.dates().map(lambda day: day.isoformat()),
    st.dates().map(lambda day: day.isoformat()[:7]),
    st.dates().map(lambda day: day.isoformat()[:4]),
)
local_names = st.text(st.characters(codec="utf-8", categories=["Ll", "Lo", "Nd"]), min_size=1, max_size=8)


def optional(strategy: st.SearchStrategy[str]) -> st.SearchStrategy[str | None]:
    return st.none() | strategy


@st.composite
def actors(draw: st.DrawFn, identifier: str) -> Actor:
    return Actor(
        id=identifier,
        label=draw(texts),
        kind=draw(st.sampled_from(get_args(ActorKind))),
        iso3=draw(optional(texts)),
        qid=draw(optional(st.integers(1, 10**9).map("Q{}".format))),
        cow=draw(optional(texts)),
        valid_from=draw(optional(dates)),
        valid_to=draw(optional(dates)),
    )


@st.composite
def statement_lists(draw: st.DrawFn) -> list[Statement]:
    """One document's statements: an actor has one description, an id stands once."""
    names = draw(st.lists(local_names, min_size=2, max_size=4, unique=True))
    known = [draw(actors(KGA + name)) for name in names]
    pool = st.sampled_from(known)
    participants = st.builds(
        Participant, pool, spans, texts, affiliation=st.none() | pool, role=optional(texts), linked=st.booleans()
    )  # fmt: skip
    evidence = st.builds(Evidence, spans, texts, spans, texts, texts, st.floats(0, 1))
    ids = draw(st.lists(local_names.map(KGS.__add__), min_size=1, max_size=3, unique=True))
    return [
        Statement(
            id=identifier,
            document=NEWS,
            source=draw(participants),
            relation=draw(st.sampled_from(list(RELATIONS.values()))),
            target=draw(st.none() | participants),
            status=draw(st.sampled_from(get_args(Status))),
            evidence=draw(evidence),
            speaker=draw(st.none() | participants),
            content=draw(st.none() | st.sampled_from(ids)),
            when=draw(optional(dates)),
        )
        for identifier in ids
    ]


relaxed = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@relaxed
@given(statement_lists())
def test_statements_survive_triples(statements: list[Statement]) -> None:
    triples = [triple for statement in statements for triple in rdf.statement_triples(statement)]
    expected = sorted(statements, key=lambda statement: statement.id)
    assert rdf.statements_from(triples) == expected
    assert rdf.statements_from(graph_of(triples), NEWS) == expected


@relaxed
@given(statement_lists())
def test_statements_survive_every_syntax_and_oxigraph(statements: list[Statement]) -> None:
    triples = [triple for statement in statements for triple in rdf.statement_triples(statement)]
    expected = sorted(statements, key=lambda statement: statement.id)
    graph = graph_of(triples)
    for syntax in ("turtle", "nt", "json-ld"):
        assert rdf.statements_from(Graph().parse(data=graph.serialize(format=syntax), format=syntax)) == expected
    store = Dataset(store="Oxigraph")
    store.addN((*triple, store.graph(URIRef(NEWS))) for triple in triples)
    assert rdf.statements_from(store, NEWS) == expected
    assert rdf.statements_from(store) == expected
    assert rdf.statements_from(store, NEWS + "0") == []


@relaxed
@given(statement_lists())
def test_no_blank_nodes_and_no_triple_twice(statements: list[Statement]) -> None:
    for statement in statements:
        triples = rdf.statement_triples(statement)
        assert len(triples) == len(set(triples))
        assert not [node for triple in triples for node in triple if isinstance(node, BNode)]


@relaxed
@given(statement_lists())
def test_plain_triple_only_where_asserted_between_linked_actors(statements: list[Statement]) -> None:
    for statement in statements:
        plain = [triple for triple in rdf.statement_triples(statement) if str(triple[1]).startswith(vocabulary.PREFIXES["kgr"])]
        if statement.status == "asserted" and statement.target and statement.source.linked and statement.target.linked:
            ends = (URIRef(statement.source.actor.id), URIRef(statement.target.actor.id))
            assert plain == [(ends[0], URIRef(vocabulary.RELATION_IRIS[statement.relation.code]), ends[1])]
        else:
            assert plain == []


@relaxed
@given(statement_lists())
def test_literals_are_the_ones_that_oxigraph_gives_back(statements: list[Statement]) -> None:
    triples = {triple for statement in statements for triple in rdf.statement_triples(statement)}
    store = pyoxigraph.Store()
    store.load(graph_of(triples).serialize(format="nt").encode(), format=pyoxigraph.RdfFormat.N_TRIPLES)
    back = {
        (literal.value, literal.datatype.value) for literal in (quad.object for quad in store) if isinstance(literal, pyoxigraph.Literal)
    }
    ours = {(str(node), str(node.datatype or XSD.string)) for *_, node in triples if isinstance(node, Literal)}
    assert ours == back


# --- one statement


def test_doctests() -> None:
    assert doctest.testmod(rdf).failed == 0


def test_ends_can_be_asked_for_directly() -> None:
    graph = graph_of(document_graph(OUTER, INNER, PLAIN))
    found = graph.query(f"SELECT ?s {{ ?s kg:source/kg:actsFor <{KENYA.id}> ; kg:relation kgr:APPEAL ; kg:target <{UGANDA.id}> }}")
    assert [list(map(str, row.values())) for row in found.bindings] == [[OUTER.id]]
    assert graph.query(f"ASK {{ <{KENYA.id}> kgr:APPEAL <{UGANDA.id}> }}").askAnswer


def test_actor_is_described() -> None:
    triples = rdf.actor_triples(KENYA)
    node = URIRef(KENYA.id)
    assert (node, RDF.type, URIRef(vocabulary.CLASS_STATE)) in triples
    assert (node, RDFS.label, Literal("Kenya")) in triples
    assert (node, URIRef(vocabulary.QID), URIRef("http://www.wikidata.org/entity/Q114")) in triples
    assert (node, URIRef(vocabulary.VALID_FROM), Literal("1963-12-12", datatype=XSD.date)) in triples


@pytest.mark.parametrize(
    ("date", "datatype"), [("2024", XSD.gYear), ("2024-05", XSD.gYearMonth), ("2024-05-02", XSD.date)], ids=["year", "month", "day"]
)
def test_dates_keep_their_precision(date: str, datatype: URIRef) -> None:
    triples = rdf.statement_triples(replace(PLAIN, when=date))
    assert (URIRef(PLAIN.id), URIRef(vocabulary.WHEN), Literal(date, datatype=datatype)) in triples


@pytest.mark.parametrize("interval", ["1974/..", "../2025-03", "2014/2016", "2024-05-03/2024-05-05"])
def test_intervals_are_literals_of_the_library_of_congress(interval: str) -> None:
    dated = replace(PLAIN, when=interval)
    triples = rdf.statement_triples(dated)
    literal = Literal(interval, datatype="http://id.loc.gov/datatypes/edtf/EDTF")
    assert (URIRef(PLAIN.id), URIRef(vocabulary.WHEN), literal) in triples
    assert rdf.statements_from(triples) == [dated]
    assert rdf.validate_triples(document_graph(dated)) == []


@pytest.mark.parametrize("interval", ["/", "../..", "2016/2014", "2014/", "2014/2015/2016", "2014/soon", "2014-13/.."])
def test_what_is_no_interval_is_refused(interval: str) -> None:
    with pytest.raises(InputError, match="is no interval"):
        rdf.statement_triples(replace(PLAIN, when=interval))


@pytest.mark.parametrize(
    ("number", "lexical"), [(0.5, "0.5"), (1.0, "1"), (0.0, "0"), (-0.0, "0"), (1e-7, "0.0000001"), (0.1 + 0.2, "0.30000000000000004")]
)
def test_confidence_is_a_canonical_decimal(number: float, lexical: str) -> None:
    triples = rdf.statement_triples(replace(PLAIN, evidence=replace(EVIDENCE, confidence=number)))
    (literal,) = [node for _, to, node in triples if str(to) == vocabulary.CONFIDENCE]
    assert isinstance(literal, Literal)
    assert (str(literal), literal.datatype) == (lexical, XSD.decimal)


def test_the_picture_in_the_readme_is_true() -> None:
    readme = (Path(__file__).resolve().parent.parent / "ontology" / "README.md").read_text(encoding="utf-8")
    prefixes = "".join(f"@prefix {prefix}: <{iri}> .\n" for prefix, iri in vocabulary.PREFIXES.items())
    shown = Graph().parse(data=prefixes + readme.split("```turtle\n")[1].split("```")[0], format="turtle")
    assert len(shown) > 20
    assert set(shown) <= set(graph_of(rdf.statement_triples(OUTER)))


def test_document_survives_without_its_text() -> None:
    graph = graph_of(rdf.document_triples(DOCUMENT))
    assert rdf.document_from(graph, NEWS) == replace(DOCUMENT, text="")
    assert TEXT not in graph.serialize()
    bare = Document(NEWS, "Text.", language="tr")
    assert rdf.document_from(rdf.document_triples(bare), NEWS) == replace(bare, text="")


def test_digest_tells_texts_apart() -> None:
    assert rdf.document_triples(DOCUMENT) != rdf.document_triples(replace(DOCUMENT, text=TEXT + " "))


def test_turtle_is_the_same_whatever_the_order() -> None:
    triples = document_graph(OUTER, INNER, PLAIN)
    turtle = graph_of(triples).serialize()
    for seed in range(5):
        shuffled = random.Random(seed).sample(triples, len(triples))
        assert graph_of(shuffled).serialize() == turtle
    assert "kgr:APPEAL" in turtle


def test_union_of_graphs_takes_the_first_label() -> None:
    renamed = replace(PLAIN, id=KGS + "d4", source=replace(PLAIN.source, actor=replace(KENYA, label="Republic of Kenya")))
    read = rdf.statements_from([*rdf.statement_triples(PLAIN), *rdf.statement_triples(renamed)])
    assert {statement.source.actor.label for statement in read} == {"Kenya"}


# --- what is refused


@pytest.mark.parametrize(
    "identifier", ["", "news/1", "https://example.org/a b", 'https://example.org/"', "https://example.org/<x>", "x\n:y"]
)
def test_ids_that_are_no_iri_are_refused(identifier: str) -> None:
    with pytest.raises(InputError, match="no absolute IRI"):
        rdf.graph_iri(identifier)
    with pytest.raises(InputError, match="no absolute IRI"):
        rdf.statement_triples(replace(PLAIN, id=identifier))


@pytest.mark.parametrize(
    "date", ["yesterday", "2024-5-2", "24", "2024-05-02T10:00:00", "2024-05-02\n", "٢٠٢٤", "2024-13", "2023-02-29", "0000"]
)
def test_dates_of_another_form_are_refused(date: str) -> None:
    with pytest.raises(InputError, match="is no date"):
        rdf.statement_triples(replace(PLAIN, when=date))


@pytest.mark.parametrize("confidence", [float("nan"), float("inf")])
def test_confidence_that_is_no_number_is_refused(confidence: float) -> None:
    with pytest.raises(InputError, match="no decimal"):
        rdf.statement_triples(replace(PLAIN, evidence=replace(EVIDENCE, confidence=confidence)))


def test_a_relation_of_ones_own_is_refused() -> None:
    with pytest.raises(UnknownNameError):
        rdf.statement_triples(replace(PLAIN, relation=replace(RELATIONS["AID"], code="HELP")))
    with pytest.raises(UnknownNameError, match="differs from the codebook"):
        rdf.statement_triples(replace(PLAIN, relation=replace(RELATIONS["AID"], score=0.0)))


def test_an_unknown_document_is_refused() -> None:
    with pytest.raises(UnknownNameError, match="no document"):
        rdf.document_from(Graph(), NEWS)


REQUIRED = [
    vocabulary.SOURCE, vocabulary.RELATION, vocabulary.STATUS, vocabulary.EVIDENCE, vocabulary.IN_DOCUMENT, vocabulary.SOURCE_MENTION,
    vocabulary.BEGIN, vocabulary.END, vocabulary.TEXT, vocabulary.TRIGGER, vocabulary.TRIGGER_BEGIN, vocabulary.TRIGGER_END,
    vocabulary.EXTRACTOR, vocabulary.CONFIDENCE, vocabulary.LINKED, str(RDFS.label),
]  # fmt: skip


@pytest.mark.parametrize("missing", REQUIRED, ids=lambda iri: iri.rsplit("#")[-1])
def test_what_is_missing_is_named_by_reader_and_shapes(missing: str) -> None:
    triples = [triple for triple in document_graph(PLAIN) if str(triple[1]) != missing]
    with pytest.raises(InputError):
        rdf.statements_from(triples)
    assert missing in {violation.path for violation in rdf.validate_triples(triples)}


def test_two_values_where_one_is_allowed_are_refused() -> None:
    triples = [*document_graph(PLAIN), (URIRef(PLAIN.id), URIRef(vocabulary.STATUS), URIRef(vocabulary.STATUSES["negated"]))]
    with pytest.raises(InputError, match="2 values"):
        rdf.statements_from(triples)


@pytest.mark.parametrize(
    ("to", "value", "message"),
    [
        (vocabulary.BEGIN, Literal("first"), "no number"),
        (vocabulary.STATUS, URIRef("https://example.org/rumoured"), "none of the codebook's values"),
        (vocabulary.RELATION, URIRef("https://example.org/HELP"), "none of the codebook's values"),
    ],
    ids=["number", "status", "relation"],
)
def test_values_that_cannot_be_read_are_refused(to: str, value: Literal | URIRef, message: str) -> None:
    triples: list[Triple] = [(s, p, value if str(p) == to else o) for s, p, o in document_graph(PLAIN)]
    with pytest.raises(InputError, match=message):
        rdf.statements_from(triples)


# --- shapes


def test_good_documents_conform() -> None:
    assert rdf.validate_triples(document_graph()) == []
    assert rdf.validate_triples(document_graph(OUTER, INNER, PLAIN)) == []
    assert rdf.validate_triples(document_graph(replace(PLAIN, relation=RELATIONS["PROTEST"], target=None))) == []
    for when in ("2024", "2024-05", "2024-05-02"):
        assert rdf.validate_triples(document_graph(replace(PLAIN, when=when))) == []


def test_the_shipped_files_suffice_for_any_validator() -> None:
    shapes, codebook = (Path(__file__).resolve().parent.parent / "ontology" / name for name in ("shapes.ttl", "codebook.ttl"))
    for statement, conforms in ((PLAIN, True), (evidence(confidence=1.5), False)):
        data = graph_of(document_graph(statement)).parse(codebook)
        assert validate(data, shacl_graph=Graph().parse(shapes))[0] is conforms


def evidence(**changes: object) -> Statement:
    return replace(PLAIN, evidence=replace(EVIDENCE, **changes))  # type: ignore[arg-type]


def source(**changes: object) -> Statement:
    return replace(PLAIN, source=replace(PLAIN.source, **changes))  # type: ignore[arg-type]


def source_actor(**changes: object) -> Statement:
    return source(actor=replace(KENYA, **changes))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("statement", "path"),
    [
        (evidence(confidence=1.5), vocabulary.CONFIDENCE),
        (evidence(confidence=-0.1), vocabulary.CONFIDENCE),
        (evidence(sentence=Span(73, 72)), vocabulary.BEGIN),
        (evidence(sentence=Span(72, 72)), vocabulary.BEGIN),
        (evidence(sentence=Span(-1, 72)), vocabulary.BEGIN),
        (evidence(trigger=Span(30, 25)), vocabulary.TRIGGER_BEGIN),
        (evidence(trigger=Span(70, 80)), vocabulary.TRIGGER_END),
        (evidence(text=""), vocabulary.TEXT),
        (evidence(extractor=""), vocabulary.EXTRACTOR),
        (source(span=Span(5, 5)), vocabulary.BEGIN),
        (source(mention=""), vocabulary.TEXT),
        (source_actor(label=""), str(RDFS.label)),
        (source_actor(iso3="Kenya"), vocabulary.ISO3),
        (source_actor(qid="114"), vocabulary.QID),
        (source_actor(cow="KEN"), vocabulary.COW),
        (replace(PLAIN, content=KGS + "nowhere"), vocabulary.CONTENT),
        (replace(PLAIN, target=None), ""),
        (replace(PLAIN, document="https://example.org/other"), vocabulary.IN_DOCUMENT),
    ],
    ids=lambda value: value.rsplit("#")[-1] or "target" if isinstance(value, str) else "",
)
def test_planted_faults_are_found(statement: Statement, path: str) -> None:
    violations = rdf.validate_triples(document_graph(statement))
    assert [violation.path for violation in violations] == [path]
    assert violations[0].message


@pytest.mark.parametrize(
    ("to", "value"),
    [
        (vocabulary.STATUS, URIRef("https://example.org/rumoured")),
        (vocabulary.RELATION, URIRef("https://example.org/HELP")),
        (vocabulary.WHEN, Literal("2024-05-02T10:00:00", datatype=XSD.dateTime)),
        (vocabulary.WHEN, Literal("2024-05", datatype=XSD.date, normalize=False)),
        (vocabulary.SOURCE, URIRef("https://example.org/nobody")),
        (vocabulary.EVIDENCE, URIRef("https://example.org/nothing")),
        (vocabulary.LANGUAGE, Literal("English")),
        (vocabulary.SHA256, Literal("abc")),
        (vocabulary.LINKED, Literal("yes")),
        (vocabulary.BEGIN, Literal("0")),
    ],
)
def test_planted_values_are_found(to: str, value: Literal | URIRef) -> None:
    dated = replace(PLAIN, when="2024-05")
    triples: list[Triple] = [(s, p, value if str(p) == to else o) for s, p, o in document_graph(dated)]
    assert to in {violation.path for violation in rdf.validate_triples(triples)}


@pytest.mark.parametrize("end", ["target", "speaker"])
def test_an_end_without_its_mention_is_found(end: str) -> None:
    statement = replace(PLAIN, speaker=SPEAKER)
    triples = [triple for triple in document_graph(statement) if not str(triple[1]).endswith(f"#{end}Mention")]
    path = vocabulary.PREFIXES["kg"] + f"{end}Mention"
    assert rdf.validate_triples(triples) == [Violation(PLAIN.id, path, f"the statement has a {end} and no mention of it")]


def test_all_faults_of_a_document_are_found_at_once() -> None:
    faults = [
        replace(evidence(confidence=2.0), id=KGS + "f1"),
        replace(source(mention=""), id=KGS + "f2"),
        replace(PLAIN, target=None, id=KGS + "f3"),
    ]
    violations = rdf.validate_triples(document_graph(OUTER, INNER, *faults))
    assert [violation.focus for violation in violations] == [KGS + "f1-evidence", KGS + "f2-source", KGS + "f3"]


def test_violations_sort_and_say_where() -> None:
    assert rdf.validate_triples(document_graph(evidence(confidence=2.0))) == [
        Violation(f"{PLAIN.id}-evidence", vocabulary.CONFIDENCE, "evidence has one confidence: a decimal in [0, 1]")
    ]


def test_documents_checked_together_are_checked_as_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """None leans on what another says: an actor, a status or a content that only another describes is missing all the same."""
    sound = document_graph(OUTER, INNER, PLAIN)
    actors = [triple for triple in sound if triple[1] in (RDF.type, RDFS.label)]
    lacks = [[triple for triple in sound if triple not in (*actors[:at], *actors[at + 1 :])] for at in range(0, len(actors), 3)]
    hug = URIRef(vocabulary.PREFIXES["kgr"] + "HUG")
    foreign = [(s, p, hug if str(p) == vocabulary.RELATION else o) for s, p, o in sound]
    told = [*sound, (hug, RDF.type, URIRef(vocabulary.CLASS_RELATION))]
    contents = document_graph(OUTER)
    twice = [*sound, (URIRef(PLAIN.source.actor.id), RDFS.label, Literal("another"))]
    documents = [
        (str(at), one) for at, one in enumerate([sound, *lacks, foreign, told, contents, twice, document_graph(evidence(confidence=2.0))])
    ]
    alone = [(name, rdf.validate_triples(triples)) for name, triples in documents]
    assert 5 < sum(bool(found) for _, found in alone) < len(documents)
    assert list(rdf.validate_documents(documents)) == alone
    for size in (1, 700):
        monkeypatch.setattr(rdf, "_TOGETHER", size)
        assert list(rdf.validate_documents(iter(documents))) == alone
    assert list(rdf.validate_documents([])) == []
