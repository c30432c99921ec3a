"""kg.render: the page (without a browser), its layout, and the files for other programs."""

import base64
import csv
import dataclasses
import hashlib
import json
import random
import re
import sys
from html.parser import HTMLParser
from typing import get_args

import networkx as nx
import numpy as np
import pytest

from kg.errors import KgError
from kg.model import Actor, ActorKind, Document, Span
from kg.render import CSV_COLUMNS, write_csv, write_gexf, write_graphml, write_page, write_parquet
from kg.render.layout import find_communities, place_nodes, separate
from kg.render.page import KINDS, marks, page, page_data
from tests.invented_news import actor, invented_news, statement

KESH, MARENIA = actor("Kesh", iso3="KSH"), actor("Marenia")
ANA = actor("Ana Orren", "person")
HOSTILE = "</script><script>window.fired=1</script><img src=x onerror=window.fired=1> href \u202e\u2028 {{data}} \"'&amp;"


class Elements(HTMLParser):
    """Collects start tags and the text of script elements, as a browser would cut them."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.scripts: list[str] = []
        self.inside = False

    def handle_starttag(self, tag, attrs) -> None:
        self.tags.append((tag, dict(attrs)))
        self.inside = tag == "script"
        self.scripts += [""] * self.inside

    def handle_endtag(self, tag) -> None:
        self.inside = False

    def handle_data(self, data) -> None:
        if self.inside:
            self.scripts[-1] += data


def parsed(text: str) -> Elements:
    elements = Elements()
    elements.feed(text)
    return elements


def data_of(text: str) -> dict:
    return json.loads(parsed(text).scripts[0])


@pytest.fixture(scope="module")
def news():
    return invented_news(30, 140, seed=3)


# ---- the page


def test_page_is_one_file_that_asks_for_nothing(news, tmp_path) -> None:
    out = tmp_path / "page.html"
    write_page(*news, out, title="Talks of 2024")
    elements = parsed(out.read_text("utf-8"))
    loading = [
        (tag, name, value) for tag, attributes in elements.tags for name, value in attributes.items() if name in ("src", "href", "srcset")
    ]
    assert loading == [("link", "href", "data:,")]
    assert not re.search(r"@import|url\(", re.search(r"<style>(.*?)</style>", out.read_text("utf-8"), re.DOTALL)[1])
    assert "sourceMappingURL" not in out.read_text("utf-8")
    assert 400_000 < out.stat().st_size < 700_000


def test_policy_lets_only_our_two_scripts_run(news) -> None:
    text = page(*news, title="Talks")
    elements = parsed(text)
    policy = next(attributes["content"] for tag, attributes in elements.tags if tag == "meta" and "http-equiv" in attributes)
    hashes = ["'sha256-" + base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() + "'" for script in elements.scripts[1:]]
    assert policy.startswith("default-src 'none'; script-src " + " ".join(hashes) + ";")
    assert len(elements.scripts) == 3


def test_same_statements_same_bytes(news, tmp_path) -> None:
    statements, documents = news
    one, other = tmp_path / "one.html", tmp_path / "other.html"
    write_page(statements, documents, one, title="Talks")
    write_page(random.Random(5).sample(statements, len(statements)), dict(reversed(documents.items())), other, title="Talks")
    assert one.read_bytes() == other.read_bytes()


def test_hostile_text_stays_text() -> None:
    bad = dataclasses.replace(KESH, label=HOSTILE)
    report = statement(bad, "ACCUSE", MARENIA, tail=HOSTILE + "x" * 10_000, speaker=bad)
    shell = Document(report.document, "", title=HOSTILE, publisher=HOSTILE, published=HOSTILE, url="javascript:window.fired=1")
    elements = parsed(page([report], {report.document: shell}, title=HOSTILE))
    assert len(elements.scripts) == 3
    assert not [tag for tag, _ in elements.tags if tag == "img"]
    assert not [name for _, attributes in elements.tags for name in attributes if name.startswith("on")]
    data = json.loads(elements.scripts[0])
    assert HOSTILE in [node["label"] for node in data["network"]["nodes"]]
    assert data["texts"] == [report.evidence.text]
    assert data["documents"][0]["title"] == HOSTILE


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "//host/x", "http://[bad", "JaVaScRiPt:x", "x"]
)
def test_only_web_addresses_become_links(url) -> None:
    report = statement(KESH, "AID", MARENIA, document="urn:doc:1")
    shell = Document("urn:doc:1", "", url=url)
    assert page_data([report], {shell.id: shell})["documents"][0]["url"] is None


def test_unknown_document_is_shown_by_its_id() -> None:
    rows = page_data([statement(KESH, "AID", MARENIA)], {})["documents"]
    assert rows == [
        {"title": "https://example.org/article/1", "publisher": None, "published": None, "url": "https://example.org/article/1"}
    ]


def test_one_edge_a_pair_with_all_its_statements() -> None:
    reports = [statement(KESH, "AID", MARENIA, number=1), statement(MARENIA, "ACCUSE", KESH, number=2)]
    edges = [edge for edge in page_data(reports, {})["network"]["edges"] if edge["id"].startswith("p")]
    assert [edge["statements"] for edge in edges] == [[0, 1]]


def test_page_knows_both_the_person_and_whom_it_acts_for() -> None:
    data = page_data([statement(ANA, "AID", MARENIA, affiliation=KESH)], {})
    names = [node["label"] for node in data["network"]["nodes"]]
    assert sorted(names) == ["Ana Orren", "Kesh", "Marenia"]
    assert [names[end] for end in data["statements"][0]["ends"]] == ["Ana Orren", "Marenia", "Kesh", "Marenia"]
    assert [edge["id"] for edge in data["network"]["edges"]] == ["p0", "r0"]


def test_statement_without_target_and_of_an_actor_with_itself_make_no_edge() -> None:
    data = page_data([statement(KESH, "THREATEN", None, number=1), statement(KESH, "SUPPORT", KESH, number=2)], {})
    assert data["network"]["edges"] == []
    assert [node["label"] for node in data["network"]["nodes"]] == ["Kesh"]


def test_nested_statement_points_at_its_content() -> None:
    inner = statement(KESH, "COOPERATE", MARENIA, number=2, status="requested")
    outer = statement(MARENIA, "APPEAL", KESH, number=1, content=inner.id)
    gone = statement(MARENIA, "APPEAL", KESH, number=3, content="https://w3id.org/geopolitical-kg/statement/none")
    rows = page_data([inner, outer, gone], {})["statements"]
    assert [row["status"] if row["content"] is None else rows[row["content"]]["status"] for row in rows] == [
        "requested",
        "requested",
        "asserted",
    ]


def test_empty_page_is_a_page() -> None:
    assert data_of(page([], {}, title="Nothing yet"))["statements"] == []


def test_label_that_is_empty_is_shown_by_its_id() -> None:
    nameless = Actor("https://example.org/a", "", "state")
    labels = {node["label"] for node in page_data([statement(nameless, "AID", MARENIA)], {})["network"]["nodes"]}
    assert labels == {"https://example.org/a", "Marenia"}


def test_every_kind_has_one_row_in_the_legend() -> None:
    assert sorted(kind for row in KINDS for kind in row[1]) == sorted(get_args(ActorKind))


# ---- highlighting


def test_marks_name_source_trigger_and_target() -> None:
    report = statement(KESH, "ACCUSE", MARENIA, offset=1000)
    text = report.evidence.text
    assert [(text[begin:end], name) for begin, end, name in marks(report)] == [
        ("Kesh", "source"),
        ("criticised", "trigger"),
        ("Marenia", "target"),
    ]


def test_marks_count_as_javascript_does() -> None:
    report = statement(actor("Kesh 🇺🇳"), "ACCUSE", MARENIA)
    units = report.evidence.text.encode("utf-16-le")
    assert [units[2 * begin : 2 * end].decode("utf-16-le") for begin, end, _ in marks(report)] == ["Kesh 🇺🇳", "criticised", "Marenia"]


def test_marks_leave_out_what_is_in_another_sentence() -> None:
    report = statement(KESH, "ACCUSE", MARENIA, offset=1000)
    elsewhere = dataclasses.replace(report, source=dataclasses.replace(report.source, span=Span(10, 14)))
    beyond = dataclasses.replace(report, source=dataclasses.replace(report.source, span=Span(90_000, 90_010)))
    assert [name for _, _, name in marks(elsewhere)] == ["trigger", "target"] == [name for _, _, name in marks(beyond)]


def test_overlapping_marks_are_cut_at_the_ends_of_the_actors() -> None:
    report = statement(KESH, "ACCUSE", MARENIA)
    wide = dataclasses.replace(report, evidence=dataclasses.replace(report.evidence, trigger=report.evidence.sentence))
    text = report.evidence.text
    assert [(text[begin:end], name) for begin, end, name in marks(wide)][:3] == [
        ("Kesh", "source"),
        (" criticised ", "trigger"),
        ("Marenia", "target"),
    ]


# ---- layout


@pytest.mark.parametrize("count", [0, 1, 2, 3, 30, 60, 61, 200])
def test_no_node_over_another_and_the_same_every_time(count) -> None:
    rng = random.Random(count)
    edges = [(a, b, 1.0) for a, b in ((rng.randrange(count), rng.randrange(count)) for _ in range(2 * count)) if a != b]
    radii = [6 + 14 * rng.random() for _ in range(count)]
    layout = place_nodes(edges, radii, [90.0] * count, seed=4)
    again = place_nodes(edges, radii, [90.0] * count, seed=4)
    assert np.array_equal(layout.positions, again.positions)
    assert layout.positions.shape == (count, 2)
    assert np.isfinite(layout.positions).all()
    gaps = np.linalg.norm(layout.positions[:, None] - layout.positions[None], axis=2) - np.add.outer(radii, radii)
    np.fill_diagonal(gaps, 1.0)
    assert (gaps > 0).all()


def test_small_graph_leaves_every_label_room() -> None:
    rng = random.Random(2)
    edges = [(a, b, 1.0) for a, b in ((rng.randrange(30), rng.randrange(30)) for _ in range(80)) if a != b]
    positions = place_nodes(edges, [12.0] * 30, [120.0] * 30).positions
    delta = np.abs(positions[:, None] - positions[None])
    overlapping = (delta[:, :, 0] < 120) & (delta[:, :, 1] < 40)
    np.fill_diagonal(overlapping, False)
    assert not overlapping.any()


def test_seed_changes_the_layout() -> None:
    edges = [(number, number + 1, 1.0) for number in range(9)]
    one, other = (place_nodes(edges, [9.0] * 10, [50.0] * 10, seed=seed).positions for seed in (1, 2))
    assert not np.array_equal(one, other)


def test_communities_are_found_and_numbered_by_size() -> None:
    big = [(a, b, 1.0) for a in range(5) for b in range(a)]
    little = [(a, b, 1.0) for a in range(5, 8) for b in range(5, a)]
    assert find_communities(8, big + little + [(0, 7, 0.1)]).tolist() == [0] * 5 + [1] * 3


def test_coinciding_boxes_come_apart() -> None:
    moved = separate(np.zeros((6, 2)), np.full((6, 2), 5.0))
    overlap = 10.0 - np.abs(moved[:, None] - moved[None])
    hit = (overlap > 1e-3).all(axis=2)
    np.fill_diagonal(hit, False)
    assert not hit.any()


# ---- files for other programs


def test_csv_has_stable_columns_and_every_statement(news, tmp_path) -> None:
    out = tmp_path / "statements.csv"
    write_csv(news[0], out)
    with out.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert tuple(rows[0]) == CSV_COLUMNS
    assert sorted(row["id"] for row in rows) == sorted(report.id for report in news[0])


def test_csv_row(tmp_path) -> None:
    out = tmp_path / "statements.csv"
    write_csv(
        [statement(ANA, "ACCUSE", KESH, affiliation=MARENIA, speaker=KESH, when="2024-03", offset=50, tail=', "quoted",\nbroken')], out
    )
    with out.open(encoding="utf-8", newline="") as stream:
        (row,) = csv.DictReader(stream)
    expected = {
        "sentence": 'Ana Orren criticised Kesh, "quoted",\nbroken',
        "begin": "50",
        "end": "93",
        "source": "Ana Orren",
        "source_iso3": "",
        "source_affiliation": "Marenia",
        "relation": "ACCUSE",
        "score": "-2.0",
        "target": "Kesh",
        "target_iso3": "KSH",
        "status": "asserted",
        "speaker": "Kesh",
        "when": "2024-03",
        "trigger": "criticised",
        "confidence": "0.8",
        "content": "",
        "source_linked": "true",
    }
    assert {name: row[name] for name in expected} == expected


def test_csv_without_target(tmp_path) -> None:
    out = tmp_path / "statements.csv"
    write_csv([statement(KESH, "ALLY", None)], out)
    with out.open(encoding="utf-8", newline="") as stream:
        (row,) = csv.DictReader(stream)
    assert (row["target"], row["target_id"], row["score"]) == ("", "", "")


@pytest.mark.parametrize("write", [write_csv, write_graphml, write_gexf])
def test_same_statements_same_bytes_in_every_format(write, news, tmp_path) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    write(news[0], one)
    write(random.Random(5).sample(news[0], len(news[0])), other)
    assert one.read_bytes() == other.read_bytes()


def traps():
    bad = actor("Kesh \x00\x0b\ud800 <&>", "unknown")
    return [
        statement(bad, "ALLY", MARENIA, number=1),  # no score, no date, no speaker
        statement(bad, "AID", MARENIA, number=2, when="2024", speaker=KESH, confidence=1),  # an int among floats
        statement(MARENIA, "RIVAL", KESH, number=3, when="2024-02-03"),
    ]


def test_graphml_is_read_back(tmp_path) -> None:
    out = tmp_path / "graph.graphml"
    write_graphml(traps(), out)
    graph = nx.read_graphml(out, force_multigraph=True)
    assert graph.number_of_edges() == 3
    edges = {key: data for _, _, key, data in graph.edges(keys=True, data=True)}
    assert edges["https://w3id.org/geopolitical-kg/statement/000002"] == {
        "relation": "AID",
        "quad": "material cooperation",
        "score": 7.4,
        "status": "asserted",
        "confidence": 1.0,
        "when": "2024",
        "document": "https://example.org/article/1",
        "speaker": KESH.id,
    }
    assert "score" not in edges["https://w3id.org/geopolitical-kg/statement/000001"]
    assert len(re.findall(r'attr\.name="confidence"', out.read_text("utf-8"))) == 1


def test_gexf_is_read_back(tmp_path) -> None:
    out = tmp_path / "graph.gexf"
    write_gexf(traps(), out)
    graph = nx.read_gexf(out)
    assert {data["id"] for _, _, data in graph.edges(data=True)} == {
        f"https://w3id.org/geopolitical-kg/statement/00000{n}" for n in (1, 2, 3)
    }
    assert graph.nodes[KESH.id]["iso3"] == "KSH"
    assert "lastmodifieddate" not in out.read_text("utf-8")


@pytest.mark.parametrize("write", [write_csv, write_graphml, write_gexf])
def test_nothing_is_written_as_nothing(write, tmp_path) -> None:
    write([], tmp_path / "empty")
    assert (tmp_path / "empty").exists()


@pytest.mark.parametrize(("write", "read"), [(write_graphml, nx.read_graphml), (write_gexf, nx.read_gexf)])
def test_formats_roll_persons_up(write, read, tmp_path) -> None:
    write([statement(ANA, "AID", MARENIA, affiliation=KESH)], tmp_path / "graph", roll_up=True)
    assert set(read(tmp_path / "graph")) == {KESH.id, MARENIA.id}


def test_parquet_has_the_columns_and_figures_of_the_csv(news, tmp_path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet", reason="pyarrow is not installed")
    write_parquet(news[0], tmp_path / "s.parquet")
    write_csv(news[0], tmp_path / "s.csv")
    table = parquet.read_table(tmp_path / "s.parquet")
    with (tmp_path / "s.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert table.column_names == list(CSV_COLUMNS)
    for typed, plain in zip(table.to_pylist(), rows, strict=True):
        assert typed["sentence"] == plain["sentence"]
        assert typed["begin"] == int(plain["begin"])
        assert typed["score"] == (float(plain["score"]) if plain["score"] else None)
        assert typed["source_linked"] is (plain["source_linked"] == "true")
        assert (typed["speaker"] or "") == plain["speaker"]


def test_parquet_without_pyarrow_says_how_to_get_it(tmp_path, monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(KgError, match="pip install"):
        write_parquet([], tmp_path / "s.parquet")
