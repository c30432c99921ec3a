"""kg.render.figures: what is drawn, and that the same graph gives the same bytes."""

import random
import sys
import xml.etree.ElementTree as ET

import pytest

from kg.errors import KgError, UnknownNameError
from kg.graph import to_graph
from kg.measures import dyads
from tests.invented_news import actor, invented_news, statement

pytest.importorskip("matplotlib")

from kg.render.figures import write_matrix_figure, write_network_figure, write_timeline_figure

SVG = "{http://www.w3.org/2000/svg}"


def words(path) -> set[str]:
    return {"".join(text.itertext()).strip() for text in ET.parse(path).iter(f"{SVG}text")}


@pytest.fixture(scope="module")
def news():
    return invented_news(24, 200, seed=3)


def test_network_names_its_actors_and_legend(news, tmp_path) -> None:
    write_network_figure(to_graph(news[0], roll_up=True), tmp_path / "n.svg", most=12)
    shown = words(tmp_path / "n.svg")
    assert {"Norrland", "Vestmark", "cooperation", "conflict", "State, territory"} <= shown
    assert len(shown) < 12 + 12


@pytest.mark.parametrize("ending", ["png", "svg", "pdf"])
def test_same_graph_same_bytes(news, tmp_path, ending) -> None:
    shuffled = random.Random(4).sample(news[0], len(news[0]))
    for name, statements in (("a", news[0]), ("b", shuffled)):
        write_network_figure(to_graph(statements), tmp_path / f"{name}.{ending}", most=8)
        write_matrix_figure(dyads(statements, news[1]), to_graph(statements), tmp_path / f"m{name}.{ending}", most=6)
    assert (tmp_path / f"a.{ending}").read_bytes() == (tmp_path / f"b.{ending}").read_bytes()
    assert (tmp_path / f"ma.{ending}").read_bytes() == (tmp_path / f"mb.{ending}").read_bytes()


def test_matrix_has_signs_and_counts(tmp_path) -> None:
    a, b = actor("Arven"), actor("Belmar")
    reports = [statement(a, "AID", b, number=1), statement(a, "AID", b, number=2), statement(b, "ASSAULT", a, number=3)]
    write_matrix_figure(dyads(reports, {}), to_graph(reports), tmp_path / "m.svg")
    assert {"Arven", "Belmar", "+2", "\N{MINUS SIGN}1"} <= words(tmp_path / "m.svg")


def test_timeline_shows_its_periods(tmp_path) -> None:
    rows = [("2024-01", 3, 1, 2.5), ("2024-02", 0, 0, None), ("2024-03", 0, 4, -6.0)]
    write_timeline_figure(rows, tmp_path / "t.svg", title="Arven – $Belmar$")
    assert {"2024-01", "2024-03", "acts", "mean score"} <= words(tmp_path / "t.svg")


def test_labels_are_text_and_not_formulas(tmp_path) -> None:
    odd = actor("$x_{1}$ & <Co> \\frac"), actor("Belmar")
    write_network_figure(to_graph([statement(odd[0], "AID", odd[1])]), tmp_path / "n.svg")
    assert "$x_{1}$ & <Co> \\frac" in words(tmp_path / "n.svg")


def test_nothing_can_be_drawn_too(tmp_path) -> None:
    write_network_figure(to_graph([]), tmp_path / "n.png")
    write_matrix_figure([], to_graph([]), tmp_path / "m.png")
    write_timeline_figure([], tmp_path / "t.png")


def test_other_endings_are_refused(tmp_path) -> None:
    with pytest.raises(UnknownNameError, match=r"\.png, \.svg, \.pdf"):
        write_timeline_figure([], tmp_path / "t.jpeg")


def test_without_matplotlib_it_says_how_to_get_it(tmp_path, monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(KgError, match="pip install"):
        write_timeline_figure([], tmp_path / "t.png")
