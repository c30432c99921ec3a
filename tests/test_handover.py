"""The folder for R as R reads it: the script runs on bundles of every shape, and its figures are those of kg.measures."""

from __future__ import annotations

import csv
import dataclasses
import shutil
import subprocess
from pathlib import Path

import networkx as nx
import pytest

from kg.graph import to_graph
from kg.measures import centrality, collapse_copies, dyads, find_copies, texts_of, to_signed, triad_census
from kg.render import write_bundle
from tests.invented_news import actor, document, invented_news, statement
from tests.requirements import requires

pytestmark = requires(shutil.which("Rscript"), "R is not installed")
IGRAPH = shutil.which("Rscript") and subprocess.run(["Rscript", "-e", "library(igraph)"], capture_output=True, check=False).returncode == 0
igraph = requires(IGRAPH, "R has no igraph")


def run(folder: Path, script: str = "analysis.R") -> str:
    done = subprocess.run(["Rscript", "--vanilla", script], cwd=folder, capture_output=True, text=True, check=False, encoding="utf-8")
    assert done.returncode == 0, done.stderr
    assert "Error" not in done.stderr
    return done.stdout


def asked(folder: Path, code: str) -> str:
    (folder / "asked.R").write_text(f'source("analysis.R", encoding = "UTF-8")\nkg <- read_folder(".")\n{code}\n', "utf-8")
    return run(folder, "asked.R")


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def news():
    """Statements without standing relations, which the tables count but give no sign."""
    statements, documents = invented_news(40, 400, seed=11)
    return [one for one in statements if one.relation.score is not None], documents


@pytest.fixture(scope="module")
def folder(news, tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("handover")
    write_bundle(*news, path, copies=find_copies(texts_of(news[0])))
    run(path)
    return path


def test_actors_have_the_degree_and_strength_that_kg_gives_them(news, folder) -> None:
    graph = to_graph(collapse_copies(news[0], find_copies(texts_of(news[0])), roll_up=True), roll_up=True)
    known = {row.actor: row for row in centrality(graph)}
    iri = {row["id"]: row["iri"] for row in rows(folder / "nodes.csv")}
    found = {iri[row["id"]]: row for row in rows(folder / "measures-actors.csv")}
    assert found.keys() == known.keys()
    for one, row in found.items():
        figures = [float(row[name]) for name in ("degree", "strength", "out_strength", "in_strength")]
        assert figures == [known[one].degree, known[one].strength, known[one].out_strength, known[one].in_strength], one


@igraph
def test_igraph_finds_the_betweenness_that_kg_finds(news, folder) -> None:
    graph = to_graph(collapse_copies(news[0], find_copies(texts_of(news[0])), roll_up=True), roll_up=True)
    known = {row.actor: row.betweenness for row in centrality(graph)}
    iri = {row["id"]: row["iri"] for row in rows(folder / "nodes.csv")}
    found = {iri[row["id"]]: float(row["betweenness"]) for row in rows(folder / "measures-actors.csv")}
    assert found == pytest.approx(known, abs=1e-9)


@igraph
def test_igraph_reads_the_graphml_as_the_tables_are(news, folder) -> None:
    printed = asked(
        folder,
        """g <- igraph::read_graph("network.graphml", format = "graphml")
        rows <- matrix_of(kg, kg$acts, "acts")
        m <- as.matrix(igraph::as_adjacency_matrix(g, attr = "acts"))
        cat(all(m == rows), min(igraph::E(g)$weight) > 0, all(igraph::V(g)$label == kg$nodes$label), igraph::reciprocity(g), "\\n")""",
    )
    same, positive, labels, reciprocity = printed.split()
    assert (same, positive, labels) == ("TRUE", "TRUE", "TRUE")
    pairs = {(row.source, row.target) for row in dyads(*news, roll_up=True, copies=find_copies(texts_of(news[0]))) if row.acts}
    assert float(reciprocity) == pytest.approx(sum((b, a) in pairs for a, b in pairs) / len(pairs), abs=1e-6)


def test_signed_triads_are_kgs(news, folder) -> None:
    graph = to_signed(to_graph(collapse_copies(news[0], find_copies(texts_of(news[0])), roll_up=True), roll_up=True))
    census = triad_census(graph)
    assert census.triangles > 50
    printed = asked(folder, "cat(count_triads(signs_of(kg)), balanced(count_triads(signs_of(kg))))").split()
    assert [int(one) for one in printed[:4]] == [census.ppp, census.ppm, census.pmm, census.mmm]
    assert float(printed[4]) == pytest.approx(census.balanced, abs=1e-6)


def test_every_period_has_the_vertices_pairs_and_acts_of_the_dyads(news, folder) -> None:
    own = [row for row in dyads(*news, period="month", roll_up=True, copies=find_copies(texts_of(news[0]))) if row.acts]
    found = {row["period"]: row for row in rows(folder / "measures-periods.csv")}
    size = len(rows(folder / "nodes.csv"))
    assert set(found) == {row["period"] for row in rows(folder / "vertices.csv")}
    for period, row in found.items():
        here = [one for one in own if one.period == period]
        pairs = {(one.source, one.target) for one in here}
        active = {end for pair in pairs for end in pair}
        assert [int(row[name]) for name in ("vertices", "active", "pairs", "acts")] == [
            size, len(active), len(pairs), sum(one.acts for one in here),
        ]  # fmt: skip
        assert float(row["reciprocity"] or "nan") == pytest.approx(
            sum((b, a) in pairs for a, b in pairs) / len(pairs) if pairs else float("nan"), nan_ok=True
        )


def test_shapes(tmp_path) -> None:
    odd = dataclasses.replace(actor("Arven"), label='Ar"ven, <b>\n\u202eß \U0001f600 # not a comment', cow="0042", qid="NA")
    undated = dataclasses.replace(document(1), published=None)
    shapes = {
        "none": ([], {}),
        "one actor": ([dataclasses.replace(statement(actor("Arven"), "AID", actor("Belmar")), target=None)], {}),
        "undated": ([statement(actor("Arven"), "AID", actor("Belmar"))], {undated.id: undated}),
        "hostile": ([statement(odd, "ASSAULT", actor("Belmar"), when="2024-01"), statement(actor("Belmar"), "AID", odd, number=2)], {}),
        "cancelled": (
            [statement(actor("Arven"), code, actor("Belmar"), number=at, when="2024-05") for at, code in enumerate(("AID", "ASSAULT"))],
            {},
        ),
        "negated only": ([statement(actor("Arven"), "AID", actor("Belmar"), status="negated", when="2024")], {}),
    }
    said = {}
    for name, (statements, documents) in shapes.items():
        write_bundle(statements, documents, tmp_path / name, period="year" if name == "negated only" else "month")
        said[name] = run(tmp_path / name)
    assert said["none"] == "0 actors, 0 periods, 0 acts\n"
    assert said["one actor"].startswith("1 actors, 0 periods, 0 acts\n")
    assert said["undated"].startswith("2 actors, 0 periods, 1 acts\n")
    assert not (tmp_path / "undated" / "measures-periods.csv").exists()
    assert {row["label"] for row in rows(tmp_path / "hostile" / "measures-actors.csv")} == {odd.label, "Belmar"}
    kinds = asked(tmp_path / "hostile", "cat(sum(!is.na(kg$nodes$qid)), class(kg$nodes$label))")
    assert kinds == "1 character", "an identifier NA is no missing value"
    assert said["negated only"].startswith("2 actors, 1 periods, 0 acts\n")


def test_hundreds_of_actors(tmp_path) -> None:
    statements, documents = invented_news(300, 3_000, seed=3)
    write_bundle(statements, documents, tmp_path, period="quarter")
    assert f"{len(rows(tmp_path / 'nodes.csv'))} actors, 4 periods" in run(tmp_path)


def test_networks_have_weights_that_every_program_takes(tmp_path) -> None:
    reports = [statement(actor("Arven"), code, actor("Belmar"), number=at, when="2024-05") for at, code in enumerate(("AID", "THREATEN"))]
    even = [dataclasses.replace(one, relation=dataclasses.replace(one.relation, score=at * 2.0 - 1)) for at, one in enumerate(reports)]
    write_bundle(even, {}, tmp_path)
    for graph in (nx.read_graphml(tmp_path / "network.graphml"), nx.read_gexf(tmp_path / "network.gexf")):
        ((_, _, data),) = graph.edges(data=True)
        assert (data["score"], data["sign"], data["weight"]) == (0.0, 0.0, 2.0)
