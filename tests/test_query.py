"""Queries: what is refused, what is stopped, and what each named one answers."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import pyoxigraph as ox
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from rdflib import RDFS, Graph, Literal, URIRef

from kg.errors import QueryError, StoreError, UnknownNameError
from kg.query import QueryResult, actor_named, format_result, named_queries, named_query, run, run_query
from kg.query.guard import check_query
from kg.store import Store
from kg.vocabulary import PREFIXES
from tests.small_store import KENYA, MINISTER, PERU, RWANDA, UGANDA, corpus, document, statement

ONE, TWO, THREE = document(1), document(2, published="2024-06", publisher="Highland Mail"), document(3, published=None, publisher=None)
IRI = "https://w3id.org/geopolitical-kg/statement/"


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """Three documents. Kenya's minister appeals to Uganda; aid is reported, and denied by Peru; three alliances in a chain."""
    with Store.open(tmp_path_factory.mktemp("query") / "store") as opened:
        opened.add(ONE, [
            statement("a1", ONE, MINISTER, "APPEAL", UGANDA, affiliation=KENYA, begin=0, content=IRI + "a2"),
            statement("a2", ONE, UGANDA, "COOPERATE", RWANDA, status="requested", speaker=MINISTER, speaks_for=KENYA, begin=0),
            statement("a3", ONE, KENYA, "AID", UGANDA, begin=50),
            statement("a4", ONE, KENYA, "ALLY", UGANDA, begin=100),
            statement("a5", ONE, KENYA, "PROTEST", None, begin=150),
        ])  # fmt: skip
        opened.add(TWO, [
            statement("b1", TWO, KENYA, "AID", UGANDA, begin=0, when="2024-05-20"),
            statement("b2", TWO, PERU, "ACCUSE", KENYA, begin=50),
            statement("b3", TWO, RWANDA, "ALLY", UGANDA, begin=100),
            statement("b4", TWO, PERU, "ALLY", RWANDA, begin=150),
        ])  # fmt: skip
        opened.add(THREE, [
            statement("c1", THREE, KENYA, "AID", UGANDA, status="negated", speaker=PERU, begin=0),
            statement("c2", THREE, PERU, "SANCTION", KENYA, status="negated", begin=50, when="2023"),
        ])  # fmt: skip
        yield opened


def answer(store: Store, name: str, **values: str) -> list[tuple[str, ...]]:
    """Rows of a named query as text, IRIs shortened to what follows the last slash."""
    result = run_query(store, named_query(name).bind(store, **values))
    return [tuple("" if node is None else str(node).rpartition("/")[2] for node in row) for row in result.rows]


def ids(store: Store, name: str, **values: str) -> list[str]:
    return [row[-1] for row in answer(store, name, **values)]


# --- kinds of query


def test_select_ask_construct(store: Store) -> None:
    select = run_query(store, "SELECT ?label { kga:state/KEN rdfs:label ?label }".replace("kga:state/KEN", f"<{KENYA.id}>"))
    assert (select.kind, select.columns, select.rows) == ("select", ("label",), ((Literal("Kenya"),),))
    assert run_query(store, "ASK { ?s kg:status kg:negated }").answer is True
    assert run_query(store, "ASK { ?s kg:status kg:possible }").answer is False
    graph = run_query(store, f"CONSTRUCT {{ ?a rdfs:label ?l }} WHERE {{ ?a rdfs:label ?l FILTER(?a = <{KENYA.id}>) }}").graph()
    assert isinstance(graph, Graph)
    assert list(graph) == [(URIRef(KENYA.id), RDFS.label, Literal("Kenya"))]
    assert (URIRef(KENYA.id), RDFS.label, Literal("Kenya")) in run_query(store, f"DESCRIBE <{KENYA.id}>").graph()
    with pytest.raises(QueryError, match="not a graph"):
        select.graph()


def test_kinds_of_terms(store: Store) -> None:
    text = 'SELECT ?a ?b ?c ?d ?e { VALUES (?a ?b ?c ?d) { ("x"@en-gb 1.50 UNDEF "2024"^^xsd:gYear) } BIND(BNODE() AS ?e) }'
    (row,) = run_query(store, text).rows
    assert row[:2] == (Literal("x", lang="en-gb"), Literal("1.5", datatype=URIRef(PREFIXES["xsd"] + "decimal")))
    assert row[2] is None
    assert str(row[3]) == "2024"


def test_limit_says_that_it_cut(store: Store) -> None:
    text = "SELECT ?s { ?s a kg:Statement } ORDER BY ?s"
    cut, whole = run_query(store, text, limit=2), run_query(store, text, limit=11)
    assert (len(cut.rows), cut.truncated) == (2, True)
    assert (len(whole.rows), whole.truncated) == (11, False)
    assert run_query(store, text) == whole


def test_path_of_a_store_and_a_writer_beside(store: Store) -> None:
    assert run_query(store.path, "ASK { ?s a kg:Statement }").answer is True
    with pytest.raises(StoreError, match="there is no store here"):
        run_query(store.path / "none", "ASK {}")


def test_single_documents_by_from_and_graph(store: Store) -> None:
    count = "SELECT (COUNT(?s) AS ?n) {} {{ ?s a kg:Statement }}"
    numbers = [
        str(run_query(store, text).rows[0][0])
        for text in (
            count.format(""),
            count.format(f"FROM <{ONE.id}>"),
            count.format(f"FROM <{ONE.id}> FROM <{TWO.id}>"),
            f"PREFIX n: <https://example.org/news/> {count.format('FROM n:3')}",
            f"SELECT (COUNT(?s) AS ?n) {{ GRAPH <{TWO.id}> {{ ?s a kg:Statement }} }}",
        )
    ]
    assert numbers == ["11", "5", "9", "2", "4"]


# --- what is refused

SERVICES = [
    "SELECT * { SERVICE <http://127.0.0.1:PORT/> { ?s ?p ?o } }",
    "SELECT * { service silent <http://127.0.0.1:PORT/> { ?s ?p ?o } }",
    "SELECT * { BIND(200 AS ?x) FILTER(1 = 1)SERVICE<http://127.0.0.1:PORT/>{ ?s ?p ?o } }",
    "SELECT * { ?a ?b 200SERVICE<http://127.0.0.1:PORT/>{ ?s ?p ?o } }",
    "SELECT * { ?a ?b 0.SERVICE<http://127.0.0.1:PORT/>{ ?s ?p ?o } }",
    "SELECT * { ?a ?b ?c #x\n. SERVICE <http://127.0.0.1:PORT/> { ?s ?p ?o } }",
    "SELECT * { ?a ?b ?c #x\r SERVICE <http://127.0.0.1:PORT/> { ?s ?p ?o } }",
    "SELECT * { VALUES ?u { <http://127.0.0.1:PORT/> } SERVICE ?u { ?s ?p ?o } }",
    "SELECT * { { SELECT * { SERVICE <http://127.0.0.1:PORT/> { ?s ?p ?o } } } }",
    "ASK { FILTER EXISTS { SERVICE <http://127.0.0.1:PORT/> { ?s ?p ?o } } }",
    "SELECT * { \\u0053ERVICE <http://127.0.0.1:PORT/> { ?s ?p ?o } }",
    'SELECT * { VALUES (?a ?b) { (1 2) } FILTER(?a<?b#>"""\n) SERVICE <http://127.0.0.1:PORT/> { ?s ?p ?o } }#"""',
    "SELECT * { VALUES (?a ?b) { (1 '>') } FILTER(1 = 1 || ?a<?b||?b='>') SERVICE <http://127.0.0.1:PORT/'> { ?s ?p ?o } }",
    "SELECT * { VALUES (?a ?b) { (1 '>') } FILTER(?a<?b&&?b='>') SERVICE <http://127.0.0.1:PORT/'> { ?s ?p ?o } }",
    'SELECT * { BIND("""a\n""" AS ?x) SERVICE <http://127.0.0.1:PORT/> { ?s ?p "" } }',
    "PREFIX e: <http://127.0.0.1:PORT/> SELECT * { SERVICE e: { ?s ?p ?o } }",
]


class Listener:
    """Counts the connections to a port of this machine."""

    def __init__(self) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        self.connections = 0
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            self.connections += 1
            connection.close()

    def close(self) -> None:
        self._socket.close()


@pytest.fixture(scope="module")
def listener() -> Iterator[Listener]:
    opened = Listener()
    yield opened
    opened.close()


@pytest.mark.parametrize("text", SERVICES)
def test_service_never_reaches_the_network(store: Store, listener: Listener, text: str) -> None:
    with pytest.raises(QueryError):
        run_query(store, text.replace("PORT", str(listener.port)))
    assert listener.connections == 0


def ask_worker(store: Store, text: str) -> list[str]:
    """The worker's answer to a query that the guard has not seen."""
    request = {"query": text, "graphs": [], "prefixes": {}, "limit": None, "memory": 1 << 31, "seconds": 20, "bytes": 1 << 20}
    worker = Path(run.__file__).with_name("worker.py")
    with store.snapshot() as frozen:
        request["quads"] = os.fspath(frozen.quads)
        done = subprocess.run([sys.executable, "-P", worker], input=json.dumps(request), capture_output=True, text=True, check=True)
    return done.stdout.splitlines()


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel's filter is Linux's")
@pytest.mark.parametrize("text", SERVICES)
def test_the_worker_alone_opens_no_socket_either(store: Store, listener: Listener, text: str) -> None:
    last = json.loads(ask_worker(store, text.replace("PORT", str(listener.port)))[-1])
    assert listener.connections == 0
    assert "end" in last or last["error"] in {"syntax", "engine"}, last
    assert text != SERVICES[0] or "not permitted" in last["message"]


def test_without_the_guard_and_the_filter_service_would_connect(listener: Listener) -> None:
    """The tests above can fail: the engine itself does fetch."""
    before = listener.connections
    with pytest.raises(OSError):  # noqa: PT011  # whatever the listener's silence is called
        list(ox.Store().query(SERVICES[0].replace("PORT", str(listener.port))))
    deadline = time.monotonic() + 5
    while listener.connections == before and time.monotonic() < deadline:
        time.sleep(0.01)
    assert listener.connections > before
    listener.connections = 0


def test_the_word_service_is_free_in_texts_and_iris(store: Store) -> None:
    text = """SELECT ?a ?b { # the service
      BIND("secret \\\\Service service" AS ?a) BIND(<http://example.org/service> AS ?b) BIND('''a SERVICE''' AS ?service) }"""
    (row,) = run_query(store, text).rows
    assert [str(node) for node in row] == ["secret \\Service service", "http://example.org/service"]
    with pytest.raises(QueryError, match="write the IRI in full"):
        check_query("PREFIX service: <http://e.org/> ASK { service:a ?p ?o }", {})


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "empty"),
        ("# nothing", "empty"),
        ("DROP ALL", "DROP would change the store"),
        ("PREFIX x: <http://e.org/> INSERT DATA { x:a x:b x:c }", "INSERT would change"),
        ("LOAD <file:///etc/hostname>", "LOAD would change"),
        ("WITH <http://e.org/> DELETE { ?s ?p ?o } WHERE { ?s ?p ?o }", "WITH would change"),
        ("SELECT * { ?s ?p ?o } ; DROP ALL", "cannot be parsed"),
        ("hello", "begins with SELECT"),
        ("SELECT ?x { ?x kg:source }", "cannot be parsed at line 1, column 26, before '}'$"),
        ("SELECT ?x { ?x nope:source ?y }", "cannot be parsed: the prefix 'nope:' is not declared; ours are .*kgr:"),
        ("SELECT ?x {\n ?x kg:source ?y", "cannot be parsed: 1 '{' but 0 '}'"),
        ("SELECT * FROM <file:///etc/hostname> { ?s ?p ?o }", "FROM <file:///etc/hostname> is refused"),
        ("SELECT * FROM NAMED <http://127.0.0.1/x> { GRAPH ?g { ?s ?p ?o } }", "FROM <http://127.0.0.1/x> is refused"),
        ("PREFIX f: <file:///etc/> SELECT * FROM f:hostname { ?s ?p ?o }", "FROM <file:///etc/hostname> is refused"),
        ("BASE <file:///etc/> SELECT * FROM #x\n <hostname> { ?s ?p ?o }", "FROM <file:///etc/hostname> is refused"),
        ("SELECT * FROM #x\n <hostname> { ?s ?p ?o }", "FROM <hostname> is refused: write"),
        ("PREFIX f: <etc/> SELECT * FROM f:hostname { ?s ?p ?o }", "FROM f:hostname is refused: write"),
        ("SELECT * FROM <fil\\u0065:///etc/hostname> { ?s ?p ?o }", "FROM <file:///etc/hostname> is refused: no document"),
    ],
)
def test_refusals(store: Store, text: str, message: str) -> None:
    with pytest.raises(QueryError, match=message) as caught:
        run_query(store, text)
    assert "\n" not in str(caught.value)


def test_store_of_many_tables_is_queried_whole(tmp_path: Path) -> None:
    """Oxigraph opens tables as it needs them: taking the worker's file descriptors away would break this."""
    with Store.open(tmp_path / "s") as store:
        for news, statements in corpus(60, per_document=1):
            store.add(news, statements)
        inner = store.dataset.store._inner
        for part in range(3):
            graph = ox.NamedNode(f"urn:part:{part}")
            inner.bulk_extend(ox.Quad(graph, ox.NamedNode("urn:p"), ox.Literal(str(number)), graph) for number in range(99))
        assert len(list((tmp_path / "s" / "quads").glob("*.sst"))) > 16
        rows = run_query(store, "SELECT (COUNT(DISTINCT ?g) AS ?n) { GRAPH ?g { ?s a kg:Statement ; ?p ?o } }").rows
        assert str(rows[0][0]) == "60"


# --- formats


def test_formats(store: Store) -> None:
    text = f"SELECT ?actor ?label ?none {{ VALUES ?actor {{ <{KENYA.id}> }} ?actor rdfs:label ?label }}"
    result = run_query(store, text)
    assert format_result(result) == ("actor          label  none\n-------------  -----  ----\nkga:state/KEN  Kenya\n1 row\n")
    assert format_result(result, "csv") == f"actor,label,none\r\n{KENYA.id},Kenya,\r\n"
    assert format_result(result, "tsv") == f'?actor\t?label\t?none\n<{KENYA.id}>\t"Kenya"\t\n'
    assert json.loads(format_result(result, "json")) == {
        "head": {"vars": ["actor", "label", "none"]},
        "results": {"bindings": [{"actor": {"type": "uri", "value": KENYA.id}, "label": {"type": "literal", "value": "Kenya"}}]},
    }
    with pytest.raises(QueryError, match="Turtle holds triples"):
        format_result(result, "turtle")
    with pytest.raises(UnknownNameError, match="did you mean json"):
        format_result(result, "jsn")


def test_formats_of_ask_and_construct(store: Store) -> None:
    ask = QueryResult("ask", answer=True)
    assert (format_result(ask), json.loads(format_result(ask, "json"))) == ("yes\n", {"head": {}, "boolean": True})
    assert format_result(ask, "csv") == "answer\r\ntrue\r\n"
    construct = run_query(store, "CONSTRUCT { ?a rdfs:label ?l } WHERE { ?a a kg:State ; rdfs:label ?l }")
    turtle = format_result(construct, "turtle")
    assert turtle.endswith('kga:state\\/UGA rdfs:label "Uganda" .\n')
    assert len(Graph().parse(data=turtle, format="turtle")) == 4


def test_csv_survives_commas_quotes_and_lines(store: Store) -> None:
    result = run_query(store, 'SELECT ?x { BIND("a,\\"b\\"\\nc" AS ?x) }')
    assert list(csv.reader(io.StringIO(format_result(result, "csv"), newline="")))[1] == ['a,"b"\nc']
    assert format_result(result).splitlines()[2] == 'a,"b" c'


def test_xml_is_what_the_w3c_says(store: Store) -> None:
    text = f"""SELECT ?iri ?plain ?tagged ?number ?blank ?none {{
      BIND(<{KENYA.id}?a=1&b=2> AS ?iri) BIND("<&>\\"'\\r\\n\\tö 𝔘" AS ?plain) BIND("y"@en-gb AS ?tagged)
      BIND(1.5 AS ?number) BIND(BNODE() AS ?blank) }}"""
    result = run_query(store, text)
    written = format_result(result, "xml")
    root = ElementTree.fromstring(written)
    ns = {"s": "http://www.w3.org/2005/sparql-results#"}
    assert [variable.get("name") for variable in root.findall("s:head/s:variable", ns)] == list(result.columns)
    bindings = {one.get("name"): one[0] for one in root.findall("s:results/s:result/s:binding", ns)}
    assert {name: (term.tag.partition("}")[2], term.text) for name, term in bindings.items() if name != "blank"} == {
        "iri": ("uri", f"{KENYA.id}?a=1&b=2"),
        "plain": ("literal", "<&>\"'\r\n\tö 𝔘"),
        "tagged": ("literal", "y"),
        "number": ("literal", "1.5"),
    }
    assert bindings["blank"].tag.endswith("bnode")
    assert bindings["tagged"].attrib == {"{http://www.w3.org/XML/1998/namespace}lang": "en-gb"}
    assert bindings["number"].attrib == {"datatype": PREFIXES["xsd"] + "decimal"}
    assert bindings["plain"].attrib == {}


def test_xml_of_ask_and_of_nothing(store: Store) -> None:
    assert "<boolean>true</boolean>" in format_result(run_query(store, "ASK {}"), "xml")
    assert ElementTree.fromstring(format_result(run_query(store, "SELECT ?x { FILTER(false) }"), "xml"))[1].text.strip() == ""  # type: ignore[union-attr]


@pytest.mark.parametrize("code", [0x0, 0x8, 0xB, 0x1F, 0xFFFE, 0xFFFF])
def test_what_xml_cannot_hold_is_refused_with_its_place(code: int) -> None:
    rows = ((Literal("fine"), None), (URIRef("urn:x"), Literal(f"a{chr(code)}b")))
    result = QueryResult("select", ("a", "b"), rows)
    with pytest.raises(QueryError, match=f"row 2, b: XML 1.0 cannot hold the character U\\+{code:04X}.*--format json"):
        format_result(result, "xml")
    assert json.loads(format_result(result, "json"))["results"]["bindings"][1]["b"]["value"] == f"a{chr(code)}b"


@example(" ", "xml")
@example("\n a ", "xml")
@given(st.text(), st.sampled_from(["csv", "tsv", "json", "xml"]))
@settings(max_examples=200, deadline=None)
def test_any_text_is_read_back_from_every_format(text: str, format: str) -> None:
    result = QueryResult("select", ("x", "y"), ((Literal(text), Literal("end")),))
    if format == "csv":
        assert list(csv.reader(io.StringIO(format_result(result, "csv"), newline=""))) == [["x", "y"], [text, "end"]]
        return
    kind = {"tsv": ox.QueryResultsFormat.TSV, "json": ox.QueryResultsFormat.JSON, "xml": ox.QueryResultsFormat.XML}[format]
    try:
        written = format_result(result, format)
    except QueryError:
        assert format == "xml"
        assert re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]", text)
        return
    (row,) = ox.parse_query_results(written.encode(), format=kind)  # type: ignore[union-attr]
    assert (row["x"].value, row["y"].value) == (text, "end")


def test_terms_come_as_the_engine_has_them(store: Store) -> None:
    """rdflib would write P0D for PT0S, and a traceback for a date that is none."""
    xsd = PREFIXES["xsd"]
    found = run_query(store, 'SELECT * { VALUES ?x { "PT0S"^^xsd:dayTimeDuration "soon"^^xsd:date "2024-01-01Z"^^xsd:date } }').rows
    assert [(str(node), str(node.datatype)) for (node,) in found] == [  # type: ignore[union-attr]
        ("PT0S", xsd + "dayTimeDuration"), ("soon", xsd + "date"), ("2024-01-01Z", xsd + "date"),
    ]  # fmt: skip


def test_an_ill_typed_literal_prints_nothing(store: Store, capfd: pytest.CaptureFixture[str]) -> None:
    format_result(run_query(store, 'SELECT ("soon"^^xsd:date AS ?x) {}'))
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("term", "what"), [('STRLANGDIR("x", "ar", "rtl")', "a text with a base direction"), ("<<( <urn:a> <urn:b> 1 )>>", "a triple term")]
)
def test_terms_of_rdf_1_2_are_named(store: Store, term: str, what: str) -> None:
    with pytest.raises(QueryError, match=f"the answer holds {what}"):
        run_query(store, f"SELECT ({term} AS ?x) {{}}")


def test_a_select_without_columns(store: Store) -> None:
    result = run_query(store, "SELECT * { <urn:none> <urn:none> <urn:none> }")
    assert [format_result(result, kind) for kind in ("csv", "tsv")] == ["\r\n", "\n"]


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("SELECT a, b FROM documents WHERE a = 1", "'a' is no variable; variables begin with a question mark: \\?a"),
        ("SELECT ?a, ?b { ?a ?p ?b }", "blanks between its variables, not commas"),
        ("SELECT * FROM statements", "FROM takes the IRI of a document between < and >, not 'statements'"),
        ("SELECT COUNT(*) { ?a ?p ?b }", "stands in parentheses and gets a name: \\(COUNT\\(\\?x\\) AS \\?n\\)"),
        ('SELECT ?a { ?a rdfs:label "Kenya }', "a text opens with \" before 'Kenya }' and is not closed"),
        ("SELECT ?a { ?a rdfs:label Kenya }", "'Kenya' is no word of SPARQL"),
        ("SELECT ?a { ?a rdfs:label ?l LIKE 'x' }", "SPARQL has no LIKE"),
        ("SELECT ?a { ?a rdfs:label ?l } }", "1 '{' but 2 '}'"),
        ("SELECT ?a { ?a rdfs:label (?l }", "1 '\\(' but 0 '\\)'"),
        ("SELECT ?a ?a kg:source ?b", "a pattern stands between { and }"),
        ("SELECT ?a { ?a a kg:Actor FILTER(?a == ?b) }", "compared with one =, not =="),
        ("SELECT ?a { ?a kg:source kga:state/KEN }", r"write kga:state\\/KEN, or the IRI in full: <.*/actor/state/KEN>"),
        ("SELECT ?a ?n { ?a ?p ?o } GROUP BY ?n", "with GROUP BY, SELECT takes what is grouped by"),
        ("SELECT ?a { ?a ?p 'x'@en } LIMIT", "at line 1, column 33, at the end$"),
    ],
)
def test_common_mistakes_are_explained(store: Store, text: str, hint: str) -> None:
    with pytest.raises(QueryError, match=hint) as caught:
        run_query(store, text)
    assert str(caught.value).startswith("the query cannot be parsed")


def test_prefixes_of_the_graphs_beside_need_no_declaration(store: Store) -> None:
    assert run_query(store, "ASK { ?a prov:used ?b ; schema:startDate ?c ; org:member ?d ; dcterms:date ?e }").answer is False


# --- named queries: parameters


def test_every_named_query_has_a_header_and_runs(store: Store) -> None:
    assert set(named_queries()) == {
        "actors", "allies-of-allies", "contradictions", "corrections", "denied", "document", "document-graph", "graph-at", "negated",
        "net-cooperation", "office-holders", "said-about", "single-source", "statements-between", "timeline", "who-urges-whom",
    }  # fmt: skip
    for query in named_queries().values():
        assert query.title
        assert query.help.endswith(".")
        examples = {parameter.name: parameter.example for parameter in query.parameters}
        assert run_query(store, query.bind(store, **examples)).columns


def test_actor_by_label_code_curie_and_iri(store: Store) -> None:
    query = named_query("timeline")
    texts = {query.bind(store, actor=name) for name in ("Kenya", "kenya", "KEN", "kga:state/KEN", KENYA.id, f"<{KENYA.id}>")}
    assert len(texts) == 1
    assert query.bind(actor=KENYA.id) in texts
    with pytest.raises(QueryError, match="the store is needed"):
        query.bind(actor="Kenya")
    with pytest.raises(UnknownNameError, match="did you mean Kenya"):
        query.bind(store, actor="Kenia")
    assert actor_named(store, "ada otieno") == MINISTER.id


def test_ambiguous_label_lists_the_actors(tmp_path: Path) -> None:
    from dataclasses import replace

    namesake = replace(KENYA, id=KENYA.id.replace("state", "place"), kind="place", iso3=None)
    with Store.open(tmp_path / "s") as store:
        store.add(ONE, [statement("1", ONE, KENYA, "AID", namesake)])
        with pytest.raises(UnknownNameError, match=f"names 2 actors.*{namesake.id}.*{KENYA.id}"):
            actor_named(store, "Kenya")


@pytest.mark.parametrize(
    ("name", "values", "message"),
    [
        ("timeline", {}, "timeline needs actor: "),
        ("timeline", {"actor": KENYA.id, "colour": "red"}, "no parameter 'colour'; it takes actor, since, until"),
        ("timeline", {"actor": KENYA.id, "since": "May"}, "since is 'May', and it takes a date"),
        ("timeline", {"actor": KENYA.id, "since": '2024" } DROP'}, "takes a date"),
        ("actors", {"at_least": "-1"}, "a whole number"),
        ("actors", {"at_least": "1 } UNION {"}, "a whole number"),
        ("document", {"document": "x> } SERVICE <http://e.org/"}, "the IRI of a document"),
        ("timeline", {"actor": "http://e.org/> } SERVICE <http://e.org/"}, "the store is needed"),
        ("single-source", {"relation": "ASALT"}, "did you mean ASSAULT"),
    ],
)
def test_wrong_parameters(name: str, values: dict[str, str], message: str) -> None:
    with pytest.raises((QueryError, UnknownNameError), match=message):
        named_query(name).bind(**values)


def test_hostile_label_is_looked_up_and_never_pasted(store: Store) -> None:
    with pytest.raises(UnknownNameError, match="no actor of this store"):
        named_query("timeline").bind(store, actor='Kenya" } SERVICE <http://e.org/> { ?s ?p "')


def test_unknown_query_offers_near_ones() -> None:
    with pytest.raises(UnknownNameError, match="did you mean contradictions"):
        named_query("contradiction")


# --- named queries: answers


def test_who_urges_whom(store: Store) -> None:
    assert answer(store, "who-urges-whom") == [
        ("2024-05-17", "Ada Otieno", "APPEAL", "Uganda", "asserted", "", "Ada Otieno APPEAL Uganda.", "1", "a1"),
    ]
    assert ids(store, "who-urges-whom", by="Kenya", to="Uganda", since="2024-05", until="2024-05") == ["a1"]
    assert ids(store, "who-urges-whom", by="Uganda") == []
    assert ids(store, "who-urges-whom", until="2024-04") == ids(store, "who-urges-whom", since="2024-05-18") == []


def test_said_about(store: Store) -> None:
    assert ids(store, "said-about", by="Kenya", about="Uganda") == ["a1", "a2"]
    assert ids(store, "said-about", by="Ada Otieno", about="Rwanda") == ["a2"]
    assert answer(store, "said-about", by="Peru", about="Kenya") == [
        ("", "Kenya", "AID", "Uganda", "negated", "Peru", "Kenya AID Uganda.", "3", "c1"),
        ("2024-06", "Peru", "ACCUSE", "Kenya", "asserted", "", "Peru ACCUSE Kenya.", "2", "b2"),
    ]
    assert ids(store, "said-about", by="Peru", about="Kenya", since="2024") == ["b2"]


def test_net_cooperation(store: Store) -> None:
    assert answer(store, "net-cooperation") == [
        ("2024-05", "Kenya", "Uganda", "17.8", "3"),
        ("2024-06", "Kenya", "Peru", "-2", "1"),
    ]
    assert answer(store, "net-cooperation", one="Peru") == [("2024-06", "Kenya", "Peru", "-2", "1")]
    assert answer(store, "net-cooperation", one="Uganda", other="Peru") == []


def test_allies_of_allies(store: Store) -> None:
    assert answer(store, "allies-of-allies", actor="Kenya") == [("Uganda", "Rwanda")]
    assert answer(store, "allies-of-allies", actor="Uganda") == [("Rwanda", "Peru")]


def test_negated(store: Store) -> None:
    assert answer(store, "negated") == [
        ("", "Kenya", "AID", "Uganda", "negated", "Peru", "Kenya AID Uganda.", "3", "c1"),
        ("2023", "Peru", "SANCTION", "Kenya", "negated", "", "Peru SANCTION Kenya.", "3", "c2"),
    ]
    assert ids(store, "negated", actor="Uganda") == ["c1"]
    assert ids(store, "negated", since="2023-07") == ["c2"]


def test_denied(store: Store) -> None:
    assert answer(store, "denied") == [("Peru", "", "Kenya", "AID", "Uganda", "Kenya AID Uganda.", "3", "c1")]
    assert answer(store, "denied", by="Kenya") == []


def test_single_source(store: Store) -> None:
    assert answer(store, "single-source") == [
        ("Ada Otieno", "APPEAL", "Uganda", "The Lake Courier", "1", "1"),
        ("Kenya", "ALLY", "Uganda", "The Lake Courier", "1", "1"),
        ("Peru", "ACCUSE", "Kenya", "Highland Mail", "1", "1"),
        ("Peru", "ALLY", "Rwanda", "Highland Mail", "1", "1"),
        ("Rwanda", "ALLY", "Uganda", "Highland Mail", "1", "1"),
    ]
    assert [row[0] for row in answer(store, "single-source", relation="ACCUSE")] == ["Peru"]
    assert answer(store, "single-source", relation="aid") == []


def test_document(store: Store) -> None:
    assert ids(store, "document", document=ONE.id) == ["a1", "a2", "a3", "a4", "a5"]
    rows = answer(store, "document", document=ONE.id)
    assert rows[1] == (
        "2024-05-17", "Uganda", "COOPERATE", "Rwanda", "requested", "Ada Otieno", "Uganda COOPERATE Rwanda.", "1", "a2",
    )  # fmt: skip
    assert rows[4][3] == ""


def test_statements_between(store: Store) -> None:
    assert ids(store, "statements-between", one="Kenya", other="Uganda") == ["c1", "a1", "a3", "a4", "b1"]
    assert ids(store, "statements-between", one="Uganda", other="Kenya", since="2024-05-18") == ["b1"]
    assert ids(store, "statements-between", one="Kenya", other="Rwanda") == []


def test_timeline(store: Store) -> None:
    assert ids(store, "timeline", actor="Kenya") == ["c1", "c2", "a1", "a3", "a4", "a5", "b1", "b2"]
    assert ids(store, "timeline", actor="Kenya", until="2023") == ["c2"]
    assert ids(store, "timeline", actor="Rwanda") == ["a2", "b3", "b4"]


def test_actors(store: Store) -> None:
    assert answer(store, "actors") == [
        ("Kenya", "5", "2", "0", "7", "KEN"),
        ("Uganda", "1", "6", "0", "7", "UGA"),
        ("Peru", "3", "0", "1", "4", "PER"),
        ("Rwanda", "1", "2", "0", "3", "RWA"),
        ("Ada Otieno", "1", "0", "1", "2", "Ada_Otieno"),
    ]
    assert [row[0] for row in answer(store, "actors", at_least="4")] == ["Kenya", "Uganda", "Peru"]


def test_contradictions(store: Store) -> None:
    assert answer(store, "contradictions") == [
        ("Kenya", "AID", "Uganda", "1", "3", "Peru", "a3", "c1"),
        ("Kenya", "AID", "Uganda", "2", "3", "Peru", "b1", "c1"),
    ]
    assert len(answer(store, "contradictions", actor="Uganda")) == 2
    assert answer(store, "contradictions", actor="Peru") == []
