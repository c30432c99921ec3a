"""The store: what goes in comes out, whatever happens meanwhile."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pyoxigraph as ox
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from rdflib import RDFS, Dataset, Graph, Literal, URIRef
from rdflib.compare import isomorphic

from kg.errors import StoreError, UnknownNameError
from kg.rdf import document_triples, statement_triples
from kg.store import CODEBOOK_GRAPH, FORMATS, Store
from kg.store.graphs import is_merged
from kg.store.serialise import compact, serialise
from kg.vocabulary import PREFIXES
from tests.small_store import KENYA, PERU, UGANDA, corpus, document, statement

WRITER = """
import sys
from kg.store import Store
from tests.small_store import corpus
with Store.open(sys.argv[1]) as store:
    print("ready", flush=True)
    for round in range(int(sys.argv[2])):
        for news, statements in corpus(40):
            kept = statements[: 8 - round % 2]
            store.add(news, kept)
            print(news.id, len(kept), flush=True)
"""


@pytest.fixture
def store(tmp_path: Path):
    with Store.open(tmp_path / "store") as opened:
        yield opened


def start_writer(path: Path, rounds: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", WRITER, os.fspath(path), str(rounds)]
    writer = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[1])
    assert writer.stdout is not None
    assert writer.stdout.readline() == "ready\n"
    return writer


def assert_whole(store: Store) -> int:
    """Every document is there with all of its statements, and the merge holds what the documents hold. How many there are."""
    expected = {news.id: {one.id for one in statements} for news, statements in corpus(40)}
    found = store.documents()
    for news in found:
        statements = {one.id for one in store.statements(news.id)}
        assert statements in (expected[news.id], {one for one in expected[news.id] if not one.endswith("-7")})
    inner = store.dataset.store._inner
    named = {quad.triple for quad in inner if quad.graph_name != ox.DefaultGraph() and is_merged(quad.graph_name.value)}
    merge = {quad.triple for quad in inner.quads_for_pattern(None, None, None, ox.DefaultGraph())}
    assert merge == named
    return len(found)


# --- add, remove, read back


def test_what_is_added_is_read_back(store: Store) -> None:
    news = document(1, text="Kenya APPEAL Uganda.")
    inner = statement("b", news, UGANDA, "COOPERATE", PERU, status="requested", speaker=KENYA, begin=0)
    outer = statement("a", news, KENYA, "APPEAL", UGANDA, content=inner.id, when="2024-05")
    later = statement("0", news, PERU, "PROTEST", None, begin=90)
    assert store.add(news, [later, outer, inner]) == "added"
    assert store.documents() == [replace(news, text="")]
    assert store.statements() == store.statements(news.id) == [outer, inner, later]
    assert store.statements("https://example.org/none") == []
    assert len(store) == 1


def test_equal_input_changes_nothing(store: Store) -> None:
    (news, statements), *_ = corpus(1)
    store.add(news, statements)
    before = store.export(format="nquads")
    assert store.add(news, list(reversed(statements))) == "unchanged"
    assert store.export(format="nquads") == before


def test_changed_document_replaces_its_graph_alone(store: Store) -> None:
    (first, first_statements), (second, second_statements) = corpus(2)
    store.add(first, first_statements)
    store.add(second, second_statements)
    changed = replace(first, text="Another text")
    assert store.add(changed, first_statements) == "replaced"
    assert store.add(changed, first_statements[1:]) == "replaced"
    assert [one.id for one in store.statements(first.id)] == [one.id for one in first_statements[1:]]
    assert store.statements(second.id) == second_statements
    with Store.open(store.path.parent / "fresh") as fresh:
        fresh.add(second, second_statements)
        fresh.add(changed, first_statements[1:])
        assert fresh.export(format="trig") == store.export(format="trig")


def test_document_without_statements_stays_known(store: Store) -> None:
    assert store.add(document(1), []) == "added"
    assert store.add(document(1), []) == "unchanged"
    assert len(store) == 1


def test_remove_takes_only_what_no_other_document_says(store: Store) -> None:
    one, other = document(1), document(2)
    store.add(one, [statement("1", one, KENYA, "AID", UGANDA)])
    store.add(other, [statement("2", other, KENYA, "AID", UGANDA), statement("3", other, PERU, "AID", UGANDA)])
    assert store.remove(other.id) is True
    assert store.remove(other.id) is False
    plain = {(row["a"].value, row["b"].value) for row in store.dataset.store._inner.query("SELECT * {?a kgr:AID ?b}", prefixes=PREFIXES)}
    assert plain == {(KENYA.id, UGANDA.id)}
    assert not store.query("ASK { ?a rdfs:label 'Peru' }").askAnswer
    assert store.remove(one.id)
    assert b"Kenya" not in store.export()


def test_a_label_carried_by_many_documents_counts_once(store: Store) -> None:
    for news, statements in corpus(10):
        store.add(news, statements)
    (row,) = store.query("SELECT (COUNT(*) AS ?n) { ?s a kg:Statement ; kg:source/rdfs:label ?label }")
    assert int(row[0]) == 80
    assert len(list(store.query("SELECT ?label { ?a kg:iso3 'AAA' ; rdfs:label ?label }"))) == 1


def test_any_text_survives_a_replacement(store: Store) -> None:
    news = document(1)
    one = statement("1", news, KENYA, "AID", UGANDA)
    store.add(news, [one])

    @settings(max_examples=150, deadline=None)
    @given(text=st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40))
    @example('a\\u0022 } "')
    @example("\x00\x7f\u2028\r\n\\")
    def survives(text: str) -> None:
        said = replace(one, evidence=replace(one.evidence, text=text))
        store.add(news, [said])
        assert store.statements() == [said]

    survives()


# --- opening


def test_reopened_store_has_everything(tmp_path: Path) -> None:
    content = corpus(3)
    with Store.open(tmp_path / "s") as store:
        for news, statements in content:
            store.add(news, statements)
        written = store.export(format="trig")
    with Store.open(tmp_path / "s", create=False) as store:
        assert store.export(format="trig") == written
        assert len(store) == 3
        assert all(store.add(news, statements) == "unchanged" for news, statements in content)


def test_refusals_name_place_and_way_out(tmp_path: Path) -> None:
    missing, occupied, file = tmp_path / "missing", tmp_path / "occupied", tmp_path / "file"
    occupied.mkdir()
    (occupied / "letter.txt").write_text("dear")
    file.write_text("x")
    cases = [(missing, "kg build"), (occupied, "not a kg store"), (file, "this is a file")]
    for path, part in cases:
        for arguments in ({"create": False}, {"read_only": True}):
            with pytest.raises(StoreError, match=part) as caught:
                Store.open(path, **arguments)
            assert str(path) in str(caught.value)
            assert "\n" not in str(caught.value)
    assert not missing.exists()
    with pytest.raises(StoreError, match="not a kg store"):
        Store.open(occupied)
    assert [one.name for one in occupied.iterdir()] == ["letter.txt"]


def test_newer_store_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "s"
    with Store.open(path) as store:
        store.add(document(1), [])
    manifest = path / "store.json"
    ours = manifest.read_text()
    manifest.write_text(json.dumps({"format": 99, "kg": "7.0"}))
    for read_only in (False, True):
        with pytest.raises(StoreError, match=r"written by kg 7\.0 .*: update kg"):
            Store.open(path, read_only=read_only)
    manifest.write_text("{")
    with pytest.raises(StoreError, match=r"store\.json: unreadable"):
        Store.open(path)
    manifest.write_text(ours)
    with Store.open(path) as store:
        assert len(store) == 1


def test_second_writer_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "s"
    with Store.open(path), pytest.raises(StoreError, match="another process is writing"):
        Store.open(path)
    writer = start_writer(path, 1000)
    try:
        with pytest.raises(StoreError, match="another process is writing"):
            Store.open(path)
    finally:
        writer.kill()
        writer.wait()


def test_damaged_database_is_a_store_error(tmp_path: Path) -> None:
    path = tmp_path / "s"
    Store.open(path).close()
    (path / "quads" / "CURRENT").write_text("MANIFEST-999999\n")
    with pytest.raises(StoreError, match="cannot be opened"):
        Store.open(path)


def test_closed_store_says_so(tmp_path: Path) -> None:
    store = Store.open(tmp_path / "s")
    store.close()
    store.close()
    with pytest.raises(StoreError, match="has been closed"):
        store.documents()


# --- readers beside a writer


def test_read_only_store_is_frozen_and_refuses_changes(tmp_path: Path) -> None:
    with Store.open(tmp_path / "s") as store:
        store.add(document(1), [])
        with Store.open(tmp_path / "s", read_only=True) as reader:
            store.add(document(2), [])
            assert len(reader) == 1
            with pytest.raises(StoreError, match="for reading only"):
                reader.add(document(3), [])
            with pytest.raises(StoreError, match="for reading only"):
                reader.remove(document(1).id)
            assert reader.add(document(1), []) == "unchanged"
            with reader.snapshot() as again:
                assert again.quads.is_dir()
        assert len(store) == 2
        assert not any((tmp_path / "s" / "snapshots").iterdir())


def test_readers_see_whole_documents_while_another_process_writes(tmp_path: Path) -> None:
    path = tmp_path / "s"
    writer = start_writer(path, 1000)
    seen = []
    try:
        for _ in range(8):
            with Store.open(path, read_only=True) as reader:
                seen.append(assert_whole(reader))
            time.sleep(0.05)
        assert writer.poll() is None
    finally:
        writer.kill()
        writer.wait()
    assert seen == sorted(seen)
    assert seen[-1] > 0


def test_readers_beside_flushes_and_compactions(tmp_path: Path) -> None:
    path = tmp_path / "s"
    with Store.open(path) as store:
        for number, (news, statements) in enumerate(corpus(24)):
            store.add(news, statements)
            store.dataset.store._inner.flush()
            if number % 10 == 9:
                store.dataset.store._inner.optimize()
            if number % 4 == 3:
                with Store.open(path, read_only=True) as reader:
                    assert assert_whole(reader) == number + 1
                with store.snapshot() as frozen:
                    assert len(list(ox.Store.read_only(os.fspath(frozen.quads)).named_graphs())) == number + 2


def test_snapshots_of_dead_readers_are_removed_and_live_ones_kept(tmp_path: Path) -> None:
    path = tmp_path / "s"
    Store.open(path).close()
    code = "import sys, os; from kg.store import Store; s = Store.open(sys.argv[1], read_only=True); os.kill(os.getpid(), 9)"
    subprocess.run([sys.executable, "-c", code, os.fspath(path)], cwd=Path(__file__).parents[1], check=False)
    assert len(list((path / "snapshots").iterdir())) == 1
    with Store.open(path, read_only=True) as reader:
        Store.open(path).close()
        assert len(list((path / "snapshots").iterdir())) == 1
        assert len(reader) == 0
    assert not list((path / "snapshots").iterdir())


# --- kill -9


def test_killed_writer_leaves_whole_documents(tmp_path: Path) -> None:
    path, chance = tmp_path / "s", random.Random(1)
    counts = []
    for _ in range(10):
        writer = start_writer(path, 1000)
        time.sleep(chance.uniform(0.01, 0.6))
        writer.send_signal(signal.SIGKILL)
        assert writer.stdout is not None
        told = [line.split()[0] for line in writer.stdout.read().splitlines() if line.count(" ") == 1]
        writer.wait()
        with Store.open(path) as store:
            counts.append(assert_whole(store))
            known = {news.id for news in store.documents()}
        assert set(told[:-1]) <= known
    assert counts[-1] > 0


# --- traps of rdflib over Oxigraph


def test_graph_is_not_lost_behind_a_random_identifier(tmp_path: Path) -> None:
    with Store.open(tmp_path / "s") as store:
        news = document(1)
        store.add(news, [statement("1", news, KENYA, "AID", UGANDA)])
    with Store.open(tmp_path / "s") as store:
        assert (URIRef(KENYA.id), RDFS.label, Literal("Kenya")) in store.dataset
        assert len(store.dataset.graph(URIRef(news.id))) > 0
        assert isinstance(store.dataset, Dataset)


def test_prefixes_are_there_after_reopening(tmp_path: Path) -> None:
    Store.open(tmp_path / "s").close()
    with Store.open(tmp_path / "s") as store:
        bound = {prefix: str(iri) for prefix, iri in store.dataset.namespaces()}
        assert PREFIXES.items() <= bound.items()
        assert store.query("ASK { kgr:AID kg:score ?score }").askAnswer


def test_plain_strings_and_confidence_come_back_equal(store: Store) -> None:
    news = document(1)
    one = statement("1", news, KENYA, "AID", UGANDA)
    sure = [replace(one, evidence=replace(one.evidence, confidence=value)) for value in (1.0, 0.9, 0.30000000000000004, 1e-7)]
    for each in sure:
        store.add(news, [each])
        assert store.statements() == [each]
        assert store.add(news, [each]) == "unchanged"


def test_add_is_one_transaction(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Adding and replacing call the database once: `load` and `update` are transactions, a triple at a time is not."""
    calls: list[str] = []

    class Counting:
        def __init__(self, inner: ox.Store) -> None:
            self._inner = inner

        def __getattr__(self, name: str) -> object:
            if name in {"add", "remove", "load", "extend", "update", "bulk_load", "bulk_extend", "clear_graph", "remove_graph"}:
                calls.append(name)
            return getattr(self._inner, name)

    monkeypatch.setattr(store, "_inner", Counting(store._quads))
    (news, statements), *_ = corpus(1)
    store.add(news, statements)
    store.add(news, statements)
    store.add(news, statements[1:])
    store.remove(news.id)
    assert calls == ["load", "update", "update"]


def test_codebook_is_queryable_and_never_exported(store: Store) -> None:
    (row,) = store.query("SELECT ?score { kgr:ASSAULT kg:score ?score }")
    assert str(row[0]) == "-9.3"
    for name in FORMATS:
        assert b"9.3" not in store.export(format=name)  # JSON-LD has the words of its context
    store.dataset.store._inner.remove_graph(CODEBOOK_GRAPH)
    path = store.path
    store.close()
    with Store.open(path) as again:
        assert len(list(again.query("SELECT ?r { GRAPH <https://w3id.org/geopolitical-kg/codebook> { ?r a kg:Relation } }"))) == 22


def test_foreign_graphs_are_kept_out(store: Store) -> None:
    store.dataset.graph(URIRef("https://example.org/mine")).add((URIRef("urn:a"), RDFS.label, Literal("mine")))
    store.add(document(1), [])
    assert [news.id for news in store.documents()] == [document(1).id]
    assert b"mine" not in store.export(format="nquads")


# --- export


@pytest.mark.parametrize("name", FORMATS)
def test_export_depends_on_content_alone(tmp_path: Path, name: str) -> None:
    content = corpus(6)
    written = set()
    for seed in range(3):
        random.Random(seed).shuffle(content)
        with Store.open(tmp_path / str(seed)) as store:
            for news, statements in content:
                store.add(news, statements[seed:])
            for news, statements in reversed(content):
                store.add(news, statements)
            written.add(store.export(tmp_path / f"{seed}.{name}", name))
            assert (tmp_path / f"{seed}.{name}").read_bytes() in written
    assert len(written) == 1


@pytest.mark.parametrize("name", [name for name in FORMATS if not name.endswith("12")])  # rdflib has no triple terms
def test_export_is_read_by_rdflib_and_means_the_same(store: Store, name: str) -> None:
    expected = Graph()
    for news, statements in corpus(3):
        store.add(news, statements)
        for triple in (*document_triples(news), *(triple for one in statements for triple in statement_triples(one))):
            expected.add(triple)
    formats = {"turtle": "turtle", "trig": "trig", "nquads": "nquads", "ntriples": "nt", "jsonld": "json-ld", "rdfxml": "xml"}
    found = Dataset(default_union=True)
    found.parse(data=store.export(format=name), format=formats[name])
    plain = Graph()
    for s, p, o, _ in found.quads():
        plain.add((s, p, Literal(str(o), datatype=o.datatype) if isinstance(o, Literal) and not o.language else o))
    assert isomorphic(plain, expected)
    graphs = {str(graph.identifier) for graph in found.graphs() if len(graph) and not str(graph.identifier).startswith("urn:x-rdflib")}
    if name in {"trig", "nquads"}:
        assert graphs == {document(number).id for number in range(3)}


def test_export_bytes_do_not_depend_on_the_hash_seed(tmp_path: Path) -> None:
    code = (
        "import sys; from kg.store import Store; "
        "sys.stdout.buffer.write(Store.open(sys.argv[1], read_only=True).export(format=sys.argv[2]))"
    )
    with Store.open(tmp_path / "s") as store:
        for news, statements in corpus(2):
            store.add(news, statements)
        own = {name: store.export(format=name) for name in ("turtle", "rdfxml")}
    for seed, name in (("1", "turtle"), ("2", "turtle"), ("3", "rdfxml")):
        done = subprocess.run(
            [sys.executable, "-c", code, os.fspath(tmp_path / "s"), name], capture_output=True, check=True,
            cwd=Path(__file__).parents[1], env={**os.environ, "PYTHONHASHSEED": seed},
        )  # fmt: skip
        assert done.stdout == own[name]


def test_turtle_reads_well(store: Store) -> None:
    news = document(1)
    store.add(news, [statement("1", news, KENYA, "AID", UGANDA)])
    text = store.export().decode()
    assert text.startswith("@prefix dcterms: <http://purl.org/dc/terms/> .\n@prefix kg: ")
    assert "\nkgs:1 a kg:Statement ;" in text
    assert "kgr:AID" in text


def test_unknown_format_offers_others(store: Store, tmp_path: Path) -> None:
    with pytest.raises(UnknownNameError, match="did you mean turtle"):
        store.export(tmp_path / "out", "turtel")
    assert not (tmp_path / "out").exists()


def test_empty_export_is_valid() -> None:
    for name, format in {"turtle": "turtle", "jsonld": "json-ld", "rdfxml": "xml", "trig": "trig"}.items():
        assert len(Dataset().parse(data=serialise([], name, PREFIXES), format=format)) == 0


@pytest.mark.parametrize(
    ("iri", "expected"),
    [
        (KENYA.id, "kga:state/KEN"),
        (PREFIXES["kg"], PREFIXES["kg"]),
        (PREFIXES["kga"] + "//x", PREFIXES["kga"] + "//x"),
        (PREFIXES["kga"] + "a b", PREFIXES["kga"] + "a b"),
        ("urn:x", "urn:x"),
    ],
)
def test_compact(iri: str, expected: str) -> None:
    assert compact(iri, PREFIXES) == expected
