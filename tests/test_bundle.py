"""kg.render.bundle: the folder for R, read back."""

import csv
import dataclasses
import random
import shutil
import subprocess
from pathlib import Path

import networkx as nx
import pytest
from lxml import etree

from kg.measures import dyads
from kg.render import write_bundle, write_gexf
from tests.invented_news import actor, document, invented_news, statement
from tests.requirements import requires

FILES = {"nodes.csv", "dyad-period.csv", "vertices.csv", "network.graphml", "network.gexf", "codebook.md", "analysis.R"}


def rows(path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def news():
    return invented_news(20, 150, seed=5)


@pytest.fixture(scope="module")
def folder(news, tmp_path_factory):
    path = tmp_path_factory.mktemp("bundle") / "r"
    assert {file.name for file in write_bundle(*news, path)} == FILES == {file.name for file in path.iterdir()}
    return path


def test_figures_are_those_of_the_dyads(news, folder) -> None:
    expected = dyads(*news, period="month", roll_up=True)
    nodes = {row["id"]: row["iri"] for row in rows(folder / "nodes.csv")}
    found = {(nodes[row["source"]], nodes[row["target"]], row["period"]): row for row in rows(folder / "dyad-period.csv")}
    assert len(found) == len(expected)
    for dyad in expected:
        row = found[dyad.source, dyad.target, dyad.period]
        assert (int(row["acts"]), int(row["n_sources"]), int(row["negated"])) == (dyad.acts, dyad.sources, dyad.negated)
        assert float(row["score"]) == pytest.approx(dyad.score)
        assert int(row["sign"]) == (dyad.score > 0) - (dyad.score < 0)


def test_every_period_has_the_same_vertices(folder) -> None:
    nodes = [row["id"] for row in rows(folder / "nodes.csv")]
    assert nodes == [str(number) for number in range(1, len(nodes) + 1)]
    by_period: dict[str, list[str]] = {}
    for row in rows(folder / "vertices.csv"):
        by_period.setdefault(row["period"], []).append(row["id"])
    assert len(by_period) == 12
    assert all(ids == nodes for ids in by_period.values())


def test_codes_and_existence(tmp_path) -> None:
    old = dataclasses.replace(actor("Arven", iso3="ARV"), cow="901", qid="Q1", valid_from="1950", valid_to="2024-02-10")
    young = dataclasses.replace(actor("Belmar"), valid_from="2024-03")
    reports = [statement(old, "AID", young, number=at, when=when) for at, when in enumerate(("2024-01-05", "2024-04-02"))]
    write_bundle(reports, {}, tmp_path)
    assert rows(tmp_path / "nodes.csv")[0]["ccode"] == "901"
    assert rows(tmp_path / "dyad-period.csv")[0]["source_qid"] == "Q1"
    exists = {(row["period"], row["id"]): row["exists"] for row in rows(tmp_path / "vertices.csv")}
    assert [exists[f"2024-0{month}", "1"] for month in range(1, 5)] == ["1", "1", "0", "0"]
    assert [exists[f"2024-0{month}", "2"] for month in range(1, 5)] == ["0", "0", "1", "1"]


def test_networks_are_read_back(news, folder) -> None:
    total = [dyad for dyad in dyads(*news, roll_up=True) if dyad.acts]
    for graph in (nx.read_graphml(folder / "network.graphml"), nx.read_gexf(folder / "network.gexf")):
        assert graph.number_of_edges() == len(total)
        assert graph.is_directed()
        iri = nx.get_node_attributes(graph, "iri")
        scores = {(iri[a], iri[b]): data["score"] for a, b, data in graph.edges(data=True)}
        assert scores == pytest.approx({(dyad.source, dyad.target): dyad.score for dyad in total}, abs=1e-4)


def test_gexf_is_dynamic(folder) -> None:
    text = (folder / "network.gexf").read_text("utf-8")
    assert 'mode="dynamic"' in text
    assert 'timeformat="date"' in text
    graph = nx.read_gexf(folder / "network.gexf")
    _, _, data = next(edge for edge in graph.edges(data=True) if "acts_then" in edge[2])
    assert sum(acts for acts, _, _ in data["acts_then"]) == data["acts"]
    assert [(begin, end) for _, begin, end in data["acts_then"]] == [tuple(span) for span in data["spells"]]


def test_gexf_is_valid(news, folder, tmp_path) -> None:
    schema = etree.RelaxNG(etree.parse(Path(__file__).with_name("gexf.rng")))
    write_gexf(news[0], tmp_path / "statements.gexf")
    hostile = dataclasses.replace(actor("Arven"), label="two  words\nand a line")
    write_gexf([statement(hostile, "AID", actor("Belmar"), when="2024")], tmp_path / "hostile.gexf")
    for path in (folder / "network.gexf", tmp_path / "statements.gexf", tmp_path / "hostile.gexf"):
        schema.assertValid(etree.parse(path))


def test_codebook_has_every_column_and_relation(folder) -> None:
    text = (folder / "codebook.md").read_text("utf-8")
    for name in ("nodes.csv", "dyad-period.csv", "vertices.csv"):
        assert all(f"| {column} |" in text for column in rows(folder / name)[0])
    assert "| AID | material cooperation | 7.4 |" in text


def test_order_of_statements_does_not_matter(news, folder, tmp_path) -> None:
    write_bundle(random.Random(2).sample(news[0], len(news[0])), news[1], tmp_path)
    for name in FILES:
        assert (tmp_path / name).read_bytes() == (folder / name).read_bytes(), name


def test_hostile_labels_and_nothing_at_all(tmp_path) -> None:
    odd = actor('=1+1,"x"\x00\n</node>\ufffe')
    write_bundle([statement(odd, "AID", actor("Belmar"))], {}, tmp_path / "odd", period="year")
    assert nx.read_graphml(tmp_path / "odd" / "network.graphml").number_of_edges() == 1
    assert nx.read_gexf(tmp_path / "odd" / "network.gexf").number_of_edges() == 1
    assert rows(tmp_path / "odd" / "nodes.csv")[0]["label"].startswith("=1+1")
    write_bundle([], {}, tmp_path / "none")
    assert rows(tmp_path / "none" / "dyad-period.csv") == []


@pytest.mark.parametrize("period", ["year", "quarter", "day"])
def test_other_periods(news, tmp_path, period) -> None:
    write_bundle(*news, tmp_path, period=period)
    assert nx.read_gexf(tmp_path / "network.gexf").number_of_edges() > 10


@requires(shutil.which("Rscript"), "R is not installed")
def test_script_runs(folder) -> None:
    done = subprocess.run(["Rscript", "--vanilla", "analysis.R"], cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "actors" in done.stdout


def test_documents_without_dates_are_undated(tmp_path) -> None:
    shell = document(1)
    write_bundle([statement(actor("Arven"), "AID", actor("Belmar"))], {shell.id: dataclasses.replace(shell, published=None)}, tmp_path)
    assert rows(tmp_path / "dyad-period.csv")[0]["period"] == ""
    assert rows(tmp_path / "vertices.csv") == []
