"""The same store everywhere: on disk, behind Oxigraph's server, behind Virtuoso."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from rdflib import Literal

from kg.errors import KgError, StoreError
from kg.query import named_queries, run_query
from kg.store import AnyStore, Store, open_store
from kg.store.builds import Build
from kg.store.connection import Credentials, UnansweredError
from kg.store.corrections import Correction, revised
from kg.store.doctor import graph_faults
from kg.store.endpoint import EndpointStore, asks_for_triples
from kg.store.protocol import Endpoint, update_address
from tests.requirements import requires
from tests.servers import OXIGRAPH, VIRTUOSO, Server, clear, free_port, oxigraph, virtuoso
from tests.small_store import KENYA, MINISTER, RWANDA, UGANDA, corpus, document, statement

needs_oxigraph = requires(OXIGRAPH, "the oxigraph server is not installed (pip install oxigraph)")
needs_virtuoso = requires(VIRTUOSO, "Virtuoso is not installed (apt-get install virtuoso-opensource-7-bin)")
SERVERS = [pytest.param("oxigraph", marks=needs_oxigraph), pytest.param("virtuoso", marks=needs_virtuoso)]
HOSTILE = (
    "\"quoted\" 'twice' \"\"\"thrice\"\"\" and \\ backslash\\n", "line\nbreak\r\n\ttab", "nul \x00 and \x01\x1f\x7f",
    "} ; DROP ALL ; { <a> ?b", "日本 \U0001f600 عربي é e\u0301 \u2028", "long é " * 1_500, " blanks at the ends  ",
    "%41 &amp; <b> $x ?y @en ^^",
)  # fmt: skip


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Server]]:
    """Servers by kind, each started when it is first wanted."""
    running: dict[str, Server] = {}

    def wanted(kind: str) -> Server:
        if kind not in running:
            running[kind] = {"oxigraph": oxigraph, "virtuoso": virtuoso}[kind](tmp_path_factory.mktemp(kind))
            running[kind].start()
        return running[kind]

    yield wanted
    for server in running.values():
        server.kill()


@pytest.fixture(params=SERVERS)
def server(request: pytest.FixtureRequest, servers: Callable[[str], Server], monkeypatch: pytest.MonkeyPatch) -> Server:
    found = servers(request.param)
    clear(found)
    for name, value in found.environment().items():
        monkeypatch.setenv(name, value)
    return found


@pytest.fixture
def far(server: Server) -> Iterator[EndpointStore]:
    with EndpointStore.open(server.address) as opened:
        yield opened


@pytest.fixture
def near(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "near") as opened:
        yield opened


def fill(store: AnyStore) -> None:
    """Documents of every kind that stores treat in their own way: replaced, removed, judged, copied, loaded."""
    build = Build.of({"option": "a"})
    (first, some), (second, others), *rest = corpus(6)
    store.add(first, some, build=build)
    store.add(first, some[:5], build=build)
    store.add(second, others)
    for news, statements in rest:
        store.add(news, statements)
    store.remove(rest[0][0].id)
    news = document(
        101, publisher="The Hill Gazette", text="Kenya met Uganda at the lake on Monday to talk about fish and roads and rain. " * 3
    )
    told = [
        statement("x1", news, KENYA, "ALLY", UGANDA),
        statement("x2", news, UGANDA, "ALLY", RWANDA, begin=100),
        statement("x3", news, KENYA, "APPEAL", UGANDA, begin=200, speaker=RWANDA),
        statement("x4", news, KENYA, "ASSAULT", UGANDA, status="negated", begin=300, speaker=MINISTER, speaks_for=KENYA),
        statement("x5", news, KENYA, "ASSAULT", UGANDA, begin=400, when="2024-03"),
        statement("x6", news, MINISTER, "ACCUSE", UGANDA, begin=500, affiliation=KENYA, when="1974/.."),
    ]
    copy = replace(news, id="https://example.org/news/102", publisher="A Wire")
    store.load([(news, told), (copy, [replace(one, id=f"{one.id}-copy", document=copy.id) for one in told])], build=build)
    store.correct(Correction(told[4], "reject", "Ada", "2025-03-20T10:00:00Z", "read it again"))
    store.correct(Correction(told[0], "change", "Ada", "2025-03-20T11:00:00Z", revised=revised(told[0], relation="SUPPORT")))
    store.group_copies()


def test_everything_reads_as_on_disk(far: EndpointStore, near: Store) -> None:
    for store in (near, far):
        fill(store)
    assert far.documents() == near.documents()
    assert far.statements() == near.statements()
    assert far.corrections() == near.corrections()
    assert len(far.corrections()) == 2
    assert far.copies() == near.copies()
    assert len(far.copies()) == 1
    assert (far.builds(), far.built(), len(far)) == (near.builds(), near.built(), len(near))
    assert far.triples(document(101).id) == near.triples(document(101).id)
    for format in ("turtle", "nquads", "jsonld"):
        assert far.export(format=format) == near.export(format=format)
    assert [record.text() for record in far.records()] == [record.text() for record in near.records()]
    assert far.count_merged() == sum(1 for _ in near.query("SELECT * { ?s ?p ?o }"))
    assert list(graph_faults(far)) == []


def test_queries_answer_as_on_disk(far: EndpointStore, near: Store) -> None:
    for store in (near, far):
        fill(store)
    asked = [query.bind(near, **needed(query)) for query in named_queries().values()]
    if far.answers_as_ours("SELECT * { }"):
        asked += [query.bind(near, **optional(query)) for query in named_queries().values()]
    else:  # of which every answer is a snapshot's: some are enough
        asked = asked[::6]
    asked += [
        "SELECT ?g (COUNT(*) AS ?n) { GRAPH ?g { ?s a kg:Statement } } GROUP BY ?g ORDER BY ?g",
        f"SELECT (COUNT(*) AS ?n) FROM <{document(101).id}> {{ ?s a kg:Statement }}",
        "SELECT ?x (BOUND(?y) AS ?there) { VALUES ?x { 1 2 } OPTIONAL { VALUES (?x ?y) { (1 true) } } } ORDER BY ?x",
        "ASK { ?a kgr:ALLY ?b }",
        "CONSTRUCT { ?a kg:about ?b } { ?a kgr:AID ?b }",
    ]
    results = [(run_query(near, text), run_query(far, text)) for text in asked]
    assert [one for one, _ in results] == [other for _, other in results]
    assert sum(len(one.rows) for one, _ in results) > 10


def needed(query: object) -> dict[str, str]:
    return {one.name: example(one) for one in query.parameters if one.required}  # type: ignore[attr-defined]


def optional(query: object) -> dict[str, str]:
    return {one.name: example(one) for one in query.parameters}  # type: ignore[attr-defined]


def example(parameter: object) -> str:
    kind, given = parameter.type, parameter.example  # type: ignore[attr-defined]
    return {"actor": "Uganda" if parameter.name in {"other", "about", "to"} else "Kenya", "document": document(101).id}.get(kind, given)  # type: ignore[attr-defined]


def test_queries_are_guarded_and_limited(far: EndpointStore, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(far)
    for text, reason in (
        ("SELECT * { SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }", "SERVICE is refused"),
        ("SELECT * FROM <https://elsewhere.org/x> { ?s ?p ?o }", "no document of this store"),
        ("DROP ALL", "would change the store"),
        ("SELECT * {\n ?s nope:p ?o }", "'nope:' is not declared"),
    ):
        with pytest.raises(KgError, match=reason):
            run_query(far, text)
    cut = run_query(far, "SELECT * { ?s ?p ?o }", limit=3)
    assert (len(cut.rows), cut.truncated) == (3, True)
    monkeypatch.setattr(EndpointStore, "answers_as_ours", lambda self, text: True)
    with pytest.raises(KgError, match=r"larger than \d+ MiB|no answer within"):
        run_query(far, "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }", timeout=1.0, memory=16)


def test_every_literal_comes_back(far: EndpointStore, near: Store) -> None:
    for number, text in enumerate(HOSTILE):
        news = replace(document(number), title=text, publisher=text)
        told = statement(f"h{number}", news, replace(KENYA, label=text), "AID", UGANDA, when="2024-02-29")
        told = replace(told, evidence=replace(told.evidence, text=text, confidence=0.123456789))
        for store in (near, far):
            assert store.add(news, [told]) == "added"
            assert store.add(news, [told]) == "unchanged"
    assert far.statements() == near.statements()
    assert far.documents() == near.documents()
    assert far.export(format="nquads") == near.export(format="nquads")
    long = HOSTILE[5]
    assert len(long) > 10_000
    assert [row[0] for row in far.query("SELECT DISTINCT ?t { ?d a kg:Document ; kg:title ?t FILTER(STRLEN(?t) > 9000) }")] == [
        Literal(long)
    ]
    for news in far.documents():
        far.remove(news.id)
    assert not far.query("ASK { ?d a kg:Document }").askAnswer


def test_a_large_document_is_one_change(far: EndpointStore) -> None:
    news = document(1)
    many = [statement(f"m{number}", news, KENYA, "AID", UGANDA, begin=number * 30) for number in range(400)]
    assert far.add(news, many) == "added"
    assert far.count_statements(news.id) == 400
    assert far.add(news, many[:1]) == "replaced"
    assert far.statements() == many[:1]
    far.add(news, [])
    assert not far.query("ASK { ?s a kg:Statement }").askAnswer


def test_readers_see_a_document_before_or_after(far: EndpointStore, server: Server) -> None:
    """Virtuoso does so with DefaultIsolation = 4, which the servers of tests have; see docs/store.md."""
    news = document(1)
    versions = [[statement(f"v{v}-{n}", news, KENYA, "AID", UGANDA, begin=n * 30) for n in range(60)] for v in (0, 1)]
    far.add(news, versions[0])
    whole = [{one.id for one in version} for version in versions]
    seen: list[set[str]] = []
    stopped = threading.Event()

    def read() -> None:
        with EndpointStore.open(server.address, read_only=True) as reader:
            while not stopped.is_set():
                seen.append({one.id for one in reader.statements(news.id)})

    reading = threading.Thread(target=read)
    reading.start()
    try:
        for round in range(1, 9):
            far.add(news, versions[round % 2])
    finally:
        stopped.set()
        reading.join()
    assert len(seen) > 3
    assert all(one in whole for one in seen)


def test_a_server_killed_meanwhile_is_waited_for(far: EndpointStore, near: Store, server: Server) -> None:
    wrong: list[BaseException] = []
    begun = threading.Event()

    def write() -> None:
        try:
            for round in range(3):
                for news, statements in corpus(8):
                    far.add(news, statements[: 8 - round])
                    begun.set()
        except BaseException as error:  # noqa: BLE001  # for the thread that waits
            wrong.append(error)

    writing = threading.Thread(target=write)
    writing.start()
    begun.wait(30)
    time.sleep(0.1)
    server.kill()
    server.start()
    writing.join()
    assert wrong == []
    for news, statements in corpus(8):
        near.add(news, statements[:6])
    assert far.export(format="nquads") == near.export(format="nquads")
    assert list(graph_faults(far)) == []


def test_two_write_at_once(far: EndpointStore, near: Store, server: Server) -> None:
    everything = corpus(12)

    def write(part: list[tuple[object, object]]) -> None:
        with EndpointStore.open(server.address) as store:
            for news, statements in part:
                store.add(news, statements, build=Build.of({"part": str(len(part))}))  # type: ignore[arg-type]

    threads = [threading.Thread(target=write, args=(part,)) for part in (everything[:5], everything[5:])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for part in (everything[:5], everything[5:]):
        for news, statements in part:
            near.add(news, statements, build=Build.of({"part": str(len(part))}))
    assert far.export(format="nquads") == near.export(format="nquads")
    assert far.builds() == near.builds()
    assert list(graph_faults(far)) == []


# --- opening


def test_what_is_not_there_or_not_allowed_is_said(server: Server, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="there is no store here"):
        open_store(server.address, create=False)
    with pytest.raises(StoreError, match="there is no store here"):
        open_store(server.address, read_only=True)
    with open_store(server.address):
        pass
    with open_store(server.address, read_only=True) as store, pytest.raises(StoreError, match="opened for reading only"):
        store.add(*corpus(1)[0])
    with pytest.raises(StoreError, match=r"no SPARQL endpoint answers there"):
        open_store(server.address.rpartition("/")[0] + "/nothing-here")
    with open_store(server.address) as store:
        store.add(*corpus(1)[0])
        store.copy_to(tmp_path / "copy")
        with Store.open(tmp_path / "copy") as copy:
            assert copy.export() == store.export()


@needs_virtuoso
def test_wrong_and_missing_passwords(servers: Callable[[str], Server], monkeypatch: pytest.MonkeyPatch) -> None:
    address = servers("virtuoso").address
    clear(servers("virtuoso"))
    monkeypatch.delenv("KG_SPARQL_USER", raising=False)
    with pytest.raises(StoreError, match="asks who you are; set KG_SPARQL_USER"):
        EndpointStore.open(address)
    monkeypatch.setenv("KG_SPARQL_USER", "dba")
    monkeypatch.setenv("KG_SPARQL_PASSWORD", "hush-hush")
    with pytest.raises(StoreError, match="does not accept") as wrong:
        EndpointStore.open(address)
    assert "hush" not in str(wrong.value)
    with pytest.raises(StoreError, match="you may not do this there"):
        EndpointStore.open(address, update=address)


@needs_virtuoso
def test_answers_that_a_server_cuts_are_never_taken_for_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, near: Store) -> None:
    server = virtuoso(tmp_path, most_rows=700)
    server.start()
    try:
        for name, value in server.environment().items():
            monkeypatch.setenv(name, value)
        with EndpointStore.open(server.address) as far:
            for store in (near, far):
                store.load((news, statements[:4]) for news, statements in corpus(8))
            assert far.statements() == near.statements()
            with pytest.raises(UnansweredError, match="cuts answers after 700 rows"):
                far.answer("SELECT * { ?s ?p ?o }")
    finally:
        server.kill()


@needs_oxigraph
@pytest.mark.parametrize("taken", ["union", "foreign"])
def test_where_the_default_graph_is_not_ours(taken: str, tmp_path: Path, near: Store) -> None:
    (tmp_path / "union").mkdir()
    server = oxigraph(tmp_path / "union", *(["--union-default-graph"] if taken == "union" else []))
    server.start()
    try:
        if taken == "foreign":
            Endpoint(server.address).update('INSERT DATA { <urn:a> a <https://w3id.org/geopolitical-kg/ont#Statement> ; <urn:b> "theirs" }')
        with EndpointStore.open(server.address) as far:
            for store in (near, far):
                fill(store)
            assert far.export() == near.export()
            for text in ("SELECT (COUNT(*) AS ?n) { ?s a kg:Statement }", "SELECT ?g { GRAPH ?g { ?g a kg:Document } } ORDER BY ?g"):
                assert run_query(far, text) == run_query(near, text)
    finally:
        server.kill()


@needs_oxigraph
def test_a_server_started_otherwise_is_refused(tmp_path: Path) -> None:
    server = oxigraph(tmp_path)
    server.start()
    EndpointStore.open(server.address).close()
    server.kill()
    server.command.append("--union-default-graph")
    server.start()
    try:
        with pytest.raises(StoreError, match="--union-default-graph"):
            EndpointStore.open(server.address)
    finally:
        server.kill()


def test_an_address_is_no_directory(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="open_store takes both"):
        Store.open("http://localhost:7878/query")


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("http://127.0.0.1:{port}/query", "cannot be reached"),
        ("http://no-such-host.invalid/query", "no such host"),
        ("http://ada:secret@127.0.0.1/query", "no place for a password"),
        ("https:///query", "is no address"),
    ],
)
def test_bad_addresses(address: str, reason: str) -> None:
    with pytest.raises(StoreError, match=reason) as wrong:
        EndpointStore.open(address.format(port=free_port()))
    assert "secret" not in str(wrong.value)


def test_update_addresses() -> None:
    known = {
        "http://h:1/query": "http://h:1/update", "http://h/sparql": "http://h/sparql-auth", "http://h/ds/query/": "http://h/ds/update",
        "http://h/sparql-auth": "http://h/sparql-auth", "http://h/repositories/x": "http://h/repositories/x/statements",
    }  # fmt: skip
    assert {query: update_address(query) for query in known} == known


def test_the_form_of_a_query() -> None:
    assert asks_for_triples("PREFIX select: <http://select/> # select\nCONSTRUCT { ?s ?p 'ask' } {}")
    assert not asks_for_triples("PREFIX c: <http://construct/>\nSELECT * { ?s ?p 'construct' }")


# --- the protocol, against a server that does as it is told

Script = list[tuple[int, dict[str, str], bytes]]
YES = (200, {"Content-Type": "application/sparql-results+json"}, b'{"head":{},"boolean":true}')


@pytest.fixture
def told() -> Iterator[tuple[str, Script, list[dict[str, str]]]]:
    """An address, the replies that it will give, and the headers of what it was asked."""
    script: Script = []
    asked: list[dict[str, str]] = []

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:  # http.server's name
            self.rfile.read(int(self.headers["Content-Length"]))
            asked.append(dict(self.headers))
            status, headers, body = script.pop(0)
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(body))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None: ...

    served = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=served.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{served.server_port}/query", script, asked
    served.shutdown()
    thread.join()
    served.server_close()


def test_a_busy_server_is_asked_again(told: tuple[str, Script, list[dict[str, str]]]) -> None:
    address, script, asked = told
    script += [(503, {"Retry-After": "0"}, b""), (502, {}, b""), YES]
    endpoint = Endpoint(address, credentials=Credentials())
    assert endpoint.ask("ASK { }")
    assert len(asked) == 3
    script += [(504, {}, b"")] * 2
    with pytest.raises(StoreError, match="the server is busy"):
        endpoint.ask("ASK { }", pauses=(0.0,))
    endpoint.close()


def test_a_password_goes_where_it_is_asked_for_alone(told: tuple[str, Script, list[dict[str, str]]]) -> None:
    address, script, asked = told
    script += [(401, {"WWW-Authenticate": 'Basic realm="x"'}, b""), YES, YES]
    endpoint = Endpoint(address, credentials=Credentials("ada", "sesame"))
    assert endpoint.ask("ASK { }")
    assert endpoint.ask("ASK { }")
    assert [one.get("Authorization") for one in asked] == [None, "Basic YWRhOnNlc2FtZQ==", "Basic YWRhOnNlc2FtZQ=="]
    assert "sesame" not in repr(endpoint.__dict__)
    endpoint.close()


def test_a_token_is_sent_and_never_shown(told: tuple[str, Script, list[dict[str, str]]]) -> None:
    address, script, asked = told
    script += [YES, (401, {"WWW-Authenticate": "Bearer"}, b"")]
    endpoint = Endpoint(address, credentials=Credentials(token="open-sesame"))
    assert endpoint.ask("ASK { }")
    assert asked[0]["Authorization"] == "Bearer open-sesame"
    with pytest.raises(StoreError, match="does not accept the token in KG_SPARQL_TOKEN"):
        endpoint.ask("ASK { }")
    endpoint.close()


def test_no_redirection_is_followed(told: tuple[str, Script, list[dict[str, str]]]) -> None:
    address, script, asked = told
    script += [(307, {"Location": "http://elsewhere.example/query"}, b"")]
    endpoint = Endpoint(address, credentials=Credentials(token="t"))
    with pytest.raises(StoreError, match=r"sends on to http://elsewhere.example/query"):
        endpoint.ask("ASK { }")
    assert len(asked) == 1
    endpoint.close()


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        ((200, {"Content-Type": "text/html"}, b"<html>hello</html>"), "no SPARQL endpoint answers there"),
        ((200, YES[1], b'{"head":{"vars":["x"]},"results":{"bindings":[{"x":{"type":"ur'), "broke off"),
        ((200, {**YES[1], "X-SQL-State": "S1TAT"}, b'{"head":{"vars":[]},"results":{"bindings":[]}}'), "answered in part"),
        ((404, {}, b"nothing"), "no SPARQL endpoint answers there"),
        ((403, {}, b""), "you may not do this"),
        ((400, {}, b"error at 1:2: expected more"), "refuses the query .error at 1:2"),
        ((500, {}, b"disk full\nat line 7"), "the server failed .HTTP 500: disk full"),
    ],
)
def test_bad_replies(reply: tuple[int, dict[str, str], bytes], reason: str, told: tuple[str, Script, list[dict[str, str]]]) -> None:
    address, script, _ = told
    script.append(reply)
    endpoint = Endpoint(address, credentials=Credentials())
    with pytest.raises(StoreError, match=reason):
        endpoint.rows("SELECT * { ?s ?p ?o }")
    endpoint.close()


def test_a_server_that_takes_no_updates(told: tuple[str, Script, list[dict[str, str]]]) -> None:
    address, script, _ = told
    script.append((405, {}, b""))
    endpoint = Endpoint(address, address, credentials=Credentials())
    with pytest.raises(StoreError, match="read-only, or its updates have another address"):
        endpoint.update("INSERT DATA { }")
    endpoint.close()
