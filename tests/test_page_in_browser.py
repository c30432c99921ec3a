"""The page in a real Chromium, driven by mouse and keyboard.

Skipped where none is found; KG_CHROMIUM names one.
"""

from __future__ import annotations

import csv
import dataclasses
import io
import json
import os
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import pytest
from rdflib import Graph

from kg.model import Document, Statement
from kg.rdf import document_from, statements_from
from kg.render import show_page, write_page
from kg.render.page import SECTIONS
from tests.browser import CHROMIUM, Browser
from tests.invented_news import actor, invented_news, statement
from tests.requirements import requires

ROOT = Path(__file__).resolve().parent.parent
EXAMPLES = ROOT / "examples"
SLOWNESS = float(os.environ.get("KG_SLOWNESS", "2"))
"""How many times slower than the bar a busy machine may be before it fails."""
HOSTILE = "</script><script>window.fired=1</script><img src=x onerror=window.fired=1> href \u202e\u2028 \"'&amp;"

pytestmark = requires(CHROMIUM, "no Chromium found (install one or set KG_CHROMIUM)")


def middle_of_a_tie(browser: Browser) -> tuple[float, float, str]:
    """A point of the window where a tie lies uncovered, and the tie's id."""
    x, y, tie = browser.evaluate("""(() => {
      const frame = document.getElementById("graph").getBoundingClientRect();
      for (const id of kg.ties()) {
        const [a, b] = kg.endsOf(id).map((node) => kg.network.canvasToDOM(kg.network.getPosition(node)));
        for (const share of [0.5, 0.4, 0.6, 0.3, 0.7]) {
          const at = { x: a.x + share * (b.x - a.x), y: a.y + share * (b.y - a.y) };
          if (!kg.network.getNodeAt(at) && kg.tieAt(at.x, at.y) === id) return [frame.x + at.x, frame.y + at.y, id];
        }
      }
    })()""")
    return x, y, tie


def text_of(browser: Browser, selector: str) -> str:
    return str(browser.evaluate(f"document.querySelector({json.dumps(selector)})?.textContent ?? ''"))


def test_opens_without_request_or_complaint_and_every_label_shows(browser: Browser, small: Path) -> None:
    browser.open(small)
    assert browser.requests == [small.as_uri()]
    assert browser.complaints == []
    assert browser.evaluate("kg.labels().length") == browser.evaluate("kg.actors().length") >= 28


def test_click_on_a_tie_lists_its_sentences_and_escape_closes(browser: Browser, small: Path) -> None:
    browser.open(small)
    x, y, tie = middle_of_a_tie(browser)
    browser.click(x, y)
    assert browser.evaluate("document.querySelectorAll('#evidence .card').length") > 0
    marked = browser.evaluate("[...document.querySelectorAll('#evidence .card:first-of-type mark')].map((mark) => mark.className)")
    assert marked == ["source", "trigger", "target"]
    ends = browser.evaluate(f"new Set(kg.endsOf({json.dumps(tie)})).size")
    assert ends == 2
    assert browser.evaluate("document.querySelector('#evidence a').rel") == "noopener noreferrer"
    browser.press("Escape", 27)
    assert browser.evaluate("document.getElementById('evidence').hidden") is True
    assert browser.complaints == []


def test_statements_beside_the_graph_cover_none_of_it(browser: Browser, small: Path) -> None:
    browser.open(small)
    before = browser.evaluate("kg.network.getScale()")
    for _ in range(3):
        browser.press("n", 78, "n")
        browser.evaluate("new Promise(requestAnimationFrame)")
        edge = browser.evaluate("""document.getElementById("evidence").getBoundingClientRect().left
          - document.getElementById("graph").getBoundingClientRect().left""")
        assert browser.evaluate("Math.max(...kg.actors().map((node) => kg.network.canvasToDOM(kg.network.getPosition(node)).x))") < edge
        assert browser.evaluate("Math.max(...kg.labels().map((label) => label.room[2]))") <= edge
    browser.press("Escape", 27)
    assert browser.evaluate("kg.network.getScale()") == pytest.approx(before)


def test_click_on_a_node_lists_its_statements(browser: Browser, small: Path) -> None:
    browser.open(small)
    x, y = browser.evaluate("""(() => { const frame = document.getElementById("graph").getBoundingClientRect();
      const at = kg.network.canvasToDOM(kg.network.getPosition(kg.actors()[0])); return [frame.x + at.x, frame.y + at.y]; })()""")
    browser.click(x, y)
    assert "statement" in text_of(browser, "#evidence")
    assert browser.evaluate("document.querySelectorAll('#evidence .ties button').length") > 0


def test_search_by_keyboard(browser: Browser, small: Path) -> None:
    browser.open(small)
    browser.press("/", 191, "/")
    assert browser.evaluate("document.activeElement.id") == "search"
    browser.call("Input.insertText", text="MAREN")
    assert text_of(browser, "#results li") == "Marenia"
    browser.press("Enter", 13, "\r")
    assert text_of(browser, "#evidence h2") == "Marenia"
    assert browser.evaluate("document.getElementById('search').value") == ""


def test_what_is_not_asserted_is_off_at_first_and_filters_change_what_shows(browser: Browser, small: Path) -> None:
    browser.open(small)
    boxes = "[...document.querySelectorAll('#statuses label')]"
    assert browser.evaluate(
        f"{boxes}.filter((row) => row.querySelector('input').checked).map((row) => row.querySelector('.name').textContent)"
    ) == ["Asserted"]
    before = browser.evaluate("kg.ties().length")
    browser.evaluate(f"{boxes}.forEach((row) => row.querySelector('input').checked || row.click())")
    assert browser.evaluate("kg.ties().length") > before
    assert "140 of 140 statements" in text_of(browser, "#totals")
    browser.evaluate(
        "(() => { const bar = document.getElementById('confidence'); bar.value = 0.9; bar.dispatchEvent(new Event('input')); })()"
    )
    assert browser.evaluate("kg.ties().length") < before
    browser.evaluate("document.getElementById('reset').click()")
    assert browser.evaluate("kg.ties().length") == before


def test_persons_roll_up(browser: Browser, small: Path) -> None:
    browser.open(small)
    shown = browser.evaluate("kg.actors().length")
    browser.evaluate("document.getElementById('roll-up').click()")
    assert browser.evaluate("kg.actors().length") < shown
    assert browser.evaluate("kg.ties().every((id) => id.startsWith('r'))") is True


def test_everything_stays_in_view_when_the_window_changes(browser: Browser, small: Path) -> None:
    browser.open(small)
    outside = """(() => { const frame = document.getElementById("graph");
      return kg.actors().map((node) => kg.network.canvasToDOM(kg.network.getPosition(node)))
        .filter(({ x, y }) => x < 0 || y < 0 || x > frame.clientWidth || y > frame.clientHeight).length; })()"""
    assert browser.evaluate(outside) == 0
    for width, height in ((900, 600), (1700, 1100)):
        browser.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)
        time.sleep(1.0)
        assert browser.evaluate(outside) == 0
    browser.call("Emulation.clearDeviceMetricsOverride")


def test_a_selected_actor_shows_all_its_ties(browser: Browser, tmp_path: Path) -> None:
    out = tmp_path / "page.html"
    write_page(*invented_news(80, 400, seed=3), out, title="Eighty actors")
    browser.open(out)
    ties_of_0 = "kg.tiesOf(busiest).length"
    busiest = "const busiest = kg.actors().sort((a, b) => kg.tiesOf(b).length - kg.tiesOf(a).length)[0];"
    before, after = browser.evaluate(
        f"(() => {{ {busiest} const before = {ties_of_0}; kg.select({{ node: busiest }}); return [before, {ties_of_0}]; }})()"
    )
    assert after > before


def test_dark_follows_the_system_and_the_button(browser: Browser, small: Path) -> None:
    browser.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": "dark"}])
    browser.open(small)
    assert browser.evaluate("document.documentElement.dataset.theme") == "dark"
    browser.evaluate("document.getElementById('theme').click()")
    assert browser.evaluate("document.documentElement.dataset.theme") == "light"
    browser.call("Emulation.setEmulatedMedia", features=[])
    assert browser.complaints == []


def test_hostile_text_is_shown_and_does_not_run(browser: Browser, tmp_path: Path) -> None:
    bad = dataclasses.replace(actor("Kesh"), label=HOSTILE)
    report = statement(bad, "ACCUSE", actor("Marenia"), tail=HOSTILE + "x" * 10_000, speaker=bad, document="urn:article:1")
    shell = Document(report.document, "", title=HOSTILE, publisher=HOSTILE, published=HOSTILE, url="javascript:window.fired=1")
    out = tmp_path / "hostile.html"
    write_page([report], {shell.id: shell}, out, title=HOSTILE)
    browser.open(out)
    x, y, _ = middle_of_a_tie(browser)
    browser.click(x, y)
    shown = text_of(browser, "#evidence")
    assert shown.count(HOSTILE) >= 5
    assert "x" * 10_000 in shown
    assert text_of(browser, "h1") == HOSTILE == browser.evaluate("document.title").replace("\u2028", "\u2028")
    assert browser.evaluate("window.fired ?? null") is None
    assert browser.evaluate("document.querySelectorAll('img, #evidence a').length") == 0
    assert browser.complaints == []


def test_an_injected_handler_would_be_refused(browser: Browser, small: Path) -> None:
    browser.open(small)
    browser.evaluate("document.getElementById('tip').innerHTML = '<img src=x onerror=window.fired=1>'")
    browser.evaluate("new Promise((done) => setTimeout(done, 300))")
    assert browser.evaluate("window.fired ?? null") is None
    assert any("Content Security Policy" in complaint for complaint in browser.complaints)


def test_five_hundred_actors_open_on_the_backbone(browser: Browser, tmp_path: Path) -> None:
    out = tmp_path / "big.html"
    write_page(*invented_news(500, 3000, seed=3, blocs=6), out, title="Five hundred actors")
    assert browser.open(out) < 10
    assert browser.evaluate("kg.ties().length") <= 500
    assert text_of(browser, "#strongest-label").startswith("Strongest ")
    assert browser.evaluate("kg.labels().length") >= 30
    assert browser.complaints == []


def test_empty_page_says_so(browser: Browser, tmp_path: Path) -> None:
    write_page([], {}, tmp_path / "empty.html", title="Nothing")
    browser.open(tmp_path / "empty.html")
    assert browser.evaluate("document.getElementById('empty').hidden") is False
    assert browser.complaints == []


def slide(browser: Browser, slider: str, value: int) -> None:
    """Move a slider as a reader would."""
    browser.evaluate(f"document.getElementById('{slider}').value = {value}")
    browser.evaluate(f"document.getElementById('{slider}').dispatchEvent(new Event('input'))")


def active(browser: Browser) -> int:
    """How many statements the ties that are drawn have."""
    return len(list(csv.reader(io.StringIO(browser.evaluate("kg.table()"))))) - 1


def test_time_slider_leaves_what_lies_within(browser: Browser, tmp_path: Path) -> None:
    dates = ("2024-01-05", "2024-02", "2024-03-30", "2024", None, "2024-02/2024-03", "2024-01/..")
    cast = [actor(f"State {number}") for number in range(len(dates) + 1)]
    reports = [
        statement(cast[0], "AID", cast[number + 1], number=number, document=f"urn:article:{number}", when=when)
        for number, when in enumerate(dates)
    ]
    write_page(reports, {}, tmp_path / "time.html", title="Time")
    browser.open(tmp_path / "time.html")
    assert browser.evaluate("kg.ties().length") == 7
    assert browser.evaluate("document.getElementById('to').max") == "11"
    assert browser.evaluate("document.querySelectorAll('#histogram rect').length") == 3
    slide(browser, "from", 1)
    assert browser.evaluate("kg.ties().length") == 3
    slide(browser, "to", 1)
    assert text_of(browser, "#time-label") == "2024-02"
    assert browser.evaluate("kg.ties().length") == 1
    slide(browser, "from", 0)
    assert text_of(browser, "#time-label") == "2024-01 to 2024-02"
    assert browser.evaluate("kg.ties().length") == 2
    browser.evaluate("document.getElementById('reset').click()")
    assert browser.evaluate("kg.ties().length") == 7
    assert browser.complaints == []


def test_what_lies_far_back_is_one_bin_of_the_slider(browser: Browser, tmp_path: Path) -> None:
    reports = [
        statement(actor("Kesh"), "AID", actor(f"State {number % 7}"), number=number, document=f"urn:article:{number}", when=when)
        for number, when in enumerate(["1949", *(f"2024-{month:02}" for month in range(1, 13)) , *["2024-05-05"] * 90])
    ]  # fmt: skip
    write_page(reports, {}, tmp_path / "long.html", title="Long")
    browser.open(tmp_path / "long.html")
    assert browser.evaluate("document.getElementById('to').max") == "12"
    assert text_of(browser, "#time-label").startswith("earlier to 2024-12")
    slide(browser, "to", 0)
    assert active(browser) == 1


def test_publishers_and_speakers_are_filters(browser: Browser, small: Path) -> None:
    browser.open(small)
    everything = active(browser)
    names = browser.evaluate("[...document.querySelectorAll('#publishers .name')].map((name) => name.textContent)")
    assert sorted(names) == ["Imagined Times", "Invented Wire", "The Invented Post"]
    browser.evaluate("document.querySelector('#publishers .only').click()")
    rows = list(csv.DictReader(io.StringIO(browser.evaluate("kg.table()"))))
    assert {row["publisher"] for row in rows} == {names[0]}
    assert 0 < len(rows) < everything
    browser.evaluate("document.querySelector('#publishers .sets button').click()")
    assert active(browser) == everything
    own_words = "[...document.querySelectorAll('#speakers label')].find((row) => row.textContent.includes('own words'))"
    browser.evaluate(f"{own_words}.querySelector('input').click()")
    assert all(row["speaker"] for row in csv.DictReader(io.StringIO(browser.evaluate("kg.table()"))))


def test_every_quad_class_relation_and_kind_is_a_filter(browser: Browser, small: Path) -> None:
    browser.open(small)
    for group in ("quads", "relations", "families"):
        for number in range(browser.evaluate(f"document.querySelectorAll('#{group} input').length")):
            before = text_of(browser, "#totals")
            browser.evaluate(f"document.querySelectorAll('#{group} input')[{number}].click()")
            assert text_of(browser, "#totals") != before or group == "relations"
            browser.evaluate(f"document.querySelectorAll('#{group} input')[{number}].click()")
            assert text_of(browser, "#totals") == before
    assert browser.complaints == []


def test_small_ties_can_be_hidden(browser: Browser, small: Path) -> None:
    browser.open(small)
    before = browser.evaluate("kg.ties().length")
    slide(browser, "least", 3)
    assert 0 < browser.evaluate("kg.ties().length") < before
    tied = browser.evaluate("kg.actors().every((actor) => kg.tiesOf(actor).length > 0)")
    assert tied is True


def test_neighbourhood_of_an_actor(browser: Browser, small: Path) -> None:
    browser.open(small)
    everyone = browser.evaluate("kg.actors().length")
    chosen = browser.evaluate("kg.actors().find((actor) => kg.tiesOf(actor).length === 2)")
    near = browser.evaluate(f"new Set([{chosen}, ...kg.tiesOf({chosen}).flatMap(kg.endsOf)]).size")
    browser.evaluate(f"kg.select({{ node: {chosen} }})")
    browser.evaluate("document.getElementById('ego').click()")
    assert browser.evaluate("kg.actors().length") == near < everyone
    assert "Only" in text_of(browser, "#notice")
    browser.evaluate("document.querySelector('#notice button').click()")
    assert browser.evaluate("kg.actors().length") == everyone
    assert browser.evaluate("document.getElementById('notice').hidden") is True


def test_actors_by_keyboard(browser: Browser, small: Path) -> None:
    browser.open(small)
    browser.press("n", 78, "n")
    first = text_of(browser, "#evidence h2")
    browser.press("n", 78, "n")
    second = text_of(browser, "#evidence h2")
    assert first != second
    browser.press("p", 80, "p")
    assert text_of(browser, "#evidence h2") == first
    browser.press("Escape", 27)
    scale = browser.evaluate("kg.network.getScale()")
    browser.press("+", 187, "+")
    assert browser.evaluate("kg.network.getScale()") > scale
    browser.press("0", 48, "0")
    assert browser.evaluate("kg.network.getScale()") == pytest.approx(scale)
    browser.evaluate("document.getElementById('graph').focus()")
    x = browser.evaluate("kg.network.getViewPosition().x")
    browser.press("ArrowRight", 39)
    assert browser.evaluate("kg.network.getViewPosition().x") > x


def saved(browser: Browser, folder: Path, button: str, name: str) -> bytes:
    browser.call("Browser.setDownloadBehavior", behavior="allow", downloadPath=str(folder))
    browser.evaluate(f"document.getElementById('{button}').click()")
    deadline = time.monotonic() + 20
    while not (folder / name).exists() or list(folder.glob("*.crdownload")):
        assert time.monotonic() < deadline, f"{name} was not saved"
        time.sleep(0.1)
    return (folder / name).read_bytes()


def parts_of(drawing: ElementTree.Element, group: str, tag: str) -> list[ElementTree.Element]:
    space = "{http://www.w3.org/2000/svg}"
    return drawing.findall(f".//{space}g[@class='{group}']/{space}{tag}")


def test_picture_drawing_and_table_are_saved(browser: Browser, small: Path, tmp_path: Path) -> None:
    browser.open(small)
    assert saved(browser, tmp_path, "save-png", "graph.png").startswith(b"\x89PNG")
    drawing = ElementTree.fromstring(saved(browser, tmp_path, "save-svg", "graph.svg"))
    ties, labels = (parts_of(drawing, group, tag) for group, tag in (("ties", "line"), ("labels", "text")))
    assert len(ties) == browser.evaluate("kg.ties().length")
    assert [label.text for label in labels if label.get("class") == "label"] == browser.evaluate("kg.labels().map((label) => label.text)")
    assert {"Cooperation", "Conflict", "State, territory"} <= {text.text for text in parts_of(drawing, "legend", "text")}
    table = saved(browser, tmp_path, "save-csv", "statements.csv").decode()
    rows = list(csv.DictReader(io.StringIO(table)))
    assert {row["status"] for row in rows} == {"asserted"}
    assert all(row["sentence"].startswith(row["source"]) for row in rows)
    assert browser.complaints == []


def test_hostile_text_is_text_in_what_is_saved(browser: Browser, tmp_path: Path) -> None:
    bad = dataclasses.replace(actor("Kesh"), label="</text><script>window.fired=1</script>\x01\"'&")
    write_page([statement(bad, "ACCUSE", actor("Marenia"), tail='",\n"=1+1')], {}, tmp_path / "bad.html", title="Bad")
    browser.open(tmp_path / "bad.html")
    drawing = ElementTree.fromstring(browser.evaluate("kg.drawing()"))
    assert not list(drawing.iter("{http://www.w3.org/2000/svg}script"))
    assert any("window.fired" in "".join(text.itertext()) for text in drawing.iter("{http://www.w3.org/2000/svg}text"))
    (row,) = csv.DictReader(io.StringIO(browser.evaluate("kg.table()")))
    assert row["sentence"].endswith('",\n"=1+1')
    assert row["source"] == bad.label


def example_news() -> tuple[list[Statement], dict[str, Document]]:
    """The statements that the example articles are expected to give."""
    graph = Graph().parse(EXAMPLES / "expected" / "graph.ttl")
    statements = statements_from(graph)
    return statements, {name: document_from(graph, name) for name in {statement.document for statement in statements}}


NEWS: dict[str, Callable[[], tuple[list[Statement], dict[str, Document]]]] = {
    "examples": example_news,
    "30": lambda: invented_news(30, 140, seed=3),
    "500": lambda: invented_news(500, 1500, seed=3, blocs=8),
    "5000": lambda: invented_news(5000, 15_000, seed=3, blocs=8),
}


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("pages")
    for name, news in NEWS.items():
        write_page(*news(), folder / f"{name}.html", title=f"Page of {name}")
    return {name: folder / f"{name}.html" for name in NEWS}


LABELS = """(() => { const own = document.getElementById("graph").getBoundingClientRect(), panel = document.getElementById("panel");
  const over = [...document.querySelectorAll("#bar, #zoom, #notice")].filter((one) => one.offsetWidth)
    .map((one) => one.getBoundingClientRect());
  const boxes = kg.labels().map(({ text, room }) => [text, own.x + room[0], own.y + room[1], own.x + room[2], own.y + room[3]]);
  const cut = boxes.filter(([, left, top, right, bottom]) => left < own.left || right > own.right || top < own.top || bottom > own.bottom);
  const covered = boxes.filter(([, left, top, right, bottom]) =>
    over.some((box) => left < box.right && right > box.left && top < box.bottom && bottom > box.top));
  return { rooms: kg.labels().map((label) => label.room), cut, covered, left: own.left,
    panel: getComputedStyle(panel).visibility === "hidden" ? 0 : panel.getBoundingClientRect().right }; })()"""


@pytest.mark.parametrize(
    ("name", "width", "height", "least"),
    [
        ("examples", 1440, 900, 60), ("30", 1440, 900, 27), ("500", 1440, 900, 60),
        ("examples", 1024, 700, 45), ("500", 1024, 700, 27), ("examples", 390, 844, 20),
    ],
)  # fmt: skip
def test_no_label_over_another_or_cut(browser: Browser, pages: dict[str, Path], name: str, width: int, height: int, least: int) -> None:
    with browser.window(width, height):
        browser.open(pages[name])
        found = browser.evaluate(LABELS)
    rooms = found["rooms"]
    assert len(rooms) >= least
    for number, one in enumerate(rooms):
        for other in rooms[number + 1 :]:
            assert one[0] >= other[2] or other[0] >= one[2] or one[1] >= other[3] or other[1] >= one[3]
    assert (found["cut"], found["covered"]) == ([], [])
    assert found["left"] >= found["panel"]


@pytest.mark.parametrize(("name", "seconds"), [("30", 1.5), ("500", 3.0), ("5000", 8.0)])
def test_first_view_comes_in_time(browser: Browser, pages: dict[str, Path], name: str, seconds: float) -> None:
    assert min(browser.open(pages[name]) for _ in range(2)) < seconds * SLOWNESS
    assert browser.requests == [pages[name].as_uri()]
    assert browser.complaints == []


def test_page_in_a_notebook_is_a_frame_that_works(browser: Browser, tmp_path: Path) -> None:
    host = tmp_path / "notebook.html"
    frame = show_page(*invented_news(30, 140, seed=3), title='Quotes " and <tags>')._repr_html_()
    host.write_text(f"<!DOCTYPE html><meta charset=utf-8><body>{frame}</body>", encoding="utf-8")
    browser.requests, browser.complaints = [], []
    browser.call("Page.navigate", url=host.as_uri())
    time.sleep(2)
    # The frame may not touch its host, so it runs in a process of its own, which the debugger has to be attached to.
    (frame_target,) = (info for info in browser.call("Target.getTargets")["targetInfos"] if info["type"] == "iframe")
    session = browser.call("Target.attachToTarget", targetId=frame_target["targetId"], flatten=True)["sessionId"]
    with browser.attached(session):
        asked = "[document.documentElement.dataset.ready, document.title, document.querySelectorAll('canvas').length, window.origin]"
        assert browser.evaluate(asked) == ["true", 'Quotes " and <tags>', 1, "null"]
    assert browser.complaints == []


def test_filters_and_dragging_answer_at_once_with_500_actors(browser: Browser, tmp_path: Path) -> None:
    out = tmp_path / "page.html"
    write_page(*invented_news(500, 1500, seed=3, blocs=8), out, title="500 actors")
    browser.open(out)
    waits = []
    for slider, value in (("confidence", 0.7), ("confidence", 0.5), ("from", 4), ("least", 2), ("strongest", 300)):
        waits.append(
            browser.evaluate(f"""(async () => {{ const bar = document.getElementById("{slider}"), begin = performance.now();
              bar.value = {value}; bar.dispatchEvent(new Event("input"));
              await new Promise((done) => requestAnimationFrame(() => setTimeout(done, 0)));
              return performance.now() - begin; }})()""")
        )
    browser.call("Input.dispatchMouseEvent", type="mousePressed", x=1300, y=700, button="left", buttons=1, clickCount=1)
    for step in range(6):
        begin = time.monotonic()
        browser.call("Input.dispatchMouseEvent", type="mouseMoved", x=1300 - 15 * step, y=700 - 8 * step, button="left", buttons=1)
        browser.evaluate("new Promise((done) => requestAnimationFrame(() => setTimeout(done, 0)))")
        waits.append(1000 * (time.monotonic() - begin))
    browser.call("Input.dispatchMouseEvent", type="mouseReleased", x=1210, y=652, button="left", buttons=0, clickCount=1)
    assert statistics.median(waits) < 200 * SLOWNESS, waits


def test_a_filter_answers_at_once_with_5000_actors(browser: Browser, pages: dict[str, Path]) -> None:
    browser.open(pages["5000"])
    assert text_of(browser, "#notice").startswith("Opened on the backbone: the strongest ")
    moves = {"confidence": (0.7, 0.5), "from": (4, 0), "least": (2, 1), "strongest": (300, 3000)}
    waits = {slider: min(seconds_of(browser, slider, value) for value in 2 * values) for slider, values in moves.items()}
    assert max(waits.values()) < 0.3 * SLOWNESS, waits
    assert browser.complaints == []


def test_labels_keep_clear_of_the_buttons_when_the_view_moves(browser: Browser, pages: dict[str, Path]) -> None:
    browser.open(pages["500"])
    for step in range(8):
        browser.evaluate(f"kg.network.moveTo({{ scale: {0.7 + 0.06 * step}, position: {{ x: {80 * step - 300}, y: {60 * step - 200} }} }})")
        browser.evaluate("kg.network.redraw()")
        found = browser.evaluate(LABELS)
        assert len(found["rooms"]) > 15
        assert (found["cut"], found["covered"]) == ([], [])


def seconds_of(browser: Browser, slider: str, value: float) -> float:
    """How long a filter takes until it is drawn."""
    return 0.001 * float(
        browser.evaluate(f"""(async () => {{ const bar = document.getElementById("{slider}"), begin = performance.now();
      bar.value = {value}; bar.dispatchEvent(new Event("input"));
      await new Promise((done) => requestAnimationFrame(() => setTimeout(done, 0)));
      return performance.now() - begin; }})()""")
    )


# ---- what the drawing says


SPACE = "{http://www.w3.org/2000/svg}"


def drawing_of(browser: Browser) -> ElementTree.Element:
    return ElementTree.fromstring(browser.evaluate("kg.drawing()"))


@pytest.fixture
def four_ties(browser: Browser, tmp_path: Path) -> Browser:
    """Cooperation one way, six times; conflict both ways; both of them; a standing relation; one that is only possible."""
    one, two, three, four, five, six = (actor(name) for name in ("Kesh", "Marenia", "Sulan", "Ganth", "Lythe", "Orsk"))
    reports = [
        *(statement(one, "AID", two, number=number) for number in range(6)),
        statement(one, "ACCUSE", three, number=10), statement(three, "THREATEN", one, number=11),
        statement(one, "AID", four, number=20), statement(four, "ACCUSE", one, number=21),
        statement(one, "ALLY", five, number=30), statement(one, "AID", six, number=40, status="possible"),
    ]  # fmt: skip
    write_page(reports, {}, tmp_path / "four.html", title="Four ties")
    browser.open(tmp_path / "four.html")
    return browser


def test_families_differ_in_colour_and_in_line_width_counts_and_arrows_say_who(four_ties: Browser) -> None:
    four_ties.evaluate("document.querySelectorAll('#statuses input').forEach((box) => box.checked || box.click())")
    drawing = drawing_of(four_ties)
    names = four_ties.evaluate("""(() => {
      const { network } = JSON.parse(document.getElementById("kg-data").textContent);
      return kg.ties().map((id) => kg.endsOf(id).map((end) => network.nodes[end].label).sort().join()); })()""")
    lines = dict(zip(reversed(names), parts_of(drawing, "ties", "line"), strict=True))
    colours = {name: line.get("stroke") for name, line in lines.items()}
    assert colours["Kesh,Marenia"] == colours["Kesh,Orsk"]
    assert len(set(colours.values())) == 4
    dashes = {name: line.get("stroke-dasharray") for name, line in lines.items()}
    assert dashes["Kesh,Marenia"] == dashes["Kesh,Lythe"] == "none"
    assert len({dashes[name] for name in ("Kesh,Marenia", "Kesh,Sulan", "Ganth,Kesh", "Kesh,Orsk")}) == 4
    widths = {name: float(line.get("stroke-width") or 0) for name, line in lines.items()}
    assert widths["Kesh,Marenia"] > widths["Kesh,Sulan"] > widths["Kesh,Orsk"]
    four_ties.evaluate("document.getElementById('names').checked && document.getElementById('names').click()")
    four_ties.evaluate("kg.network.redraw()")
    counts = sorted(str(text.text) for text in parts_of(drawing_of(four_ties), "labels", "text") if text.get("class") == "count")
    assert counts == ["2", "2", "6"]
    four_ties.evaluate("document.querySelectorAll('#quads input').forEach((box, number) => number !== 1 && box.checked && box.click())")
    drawing = drawing_of(four_ties)
    assert (len(parts_of(drawing, "ties", "line")), len(parts_of(drawing, "ties", "polygon"))) == (2, 3)
    four_ties.evaluate("document.querySelectorAll('#quads input').forEach((box) => box.click())")
    drawing = drawing_of(four_ties)
    assert (len(parts_of(drawing, "ties", "line")), len(parts_of(drawing, "ties", "polygon"))) == (4, 3)  # an alliance has no direction


def test_the_legend_shows_lines_and_marks_as_they_are_drawn(four_ties: Browser) -> None:
    drawing = drawing_of(four_ties)
    drawn = {(line.get("stroke"), line.get("stroke-dasharray") != "none") for line in parts_of(drawing, "ties", "line")}
    told = {(path.get("stroke"), path.get("stroke-dasharray") != "none") for path in parts_of(drawing, "legend", "path")}
    assert told == drawn
    rows = four_ties.evaluate("""[...document.querySelectorAll("#quads .row, #line-legend .row")].map((row) =>
      [row.querySelector(".name").textContent, getComputedStyle(row.querySelector("line")).stroke,
       row.querySelector("line").getAttribute("stroke-dasharray")])""")
    samples = {name: (colour, dash) for name, colour, dash in rows}
    assert samples["Verbal conflict"][1] == "7 4"
    assert samples["Material cooperation"][1] == samples["Standing"][1] == "none"
    assert (
        len(
            {
                samples[name]
                for name in ("Material cooperation", "Verbal conflict", "Standing", "Cooperation and conflict", "Nothing asserted")
            }
        )
        == 5
    )


def test_bigger_marks_for_who_is_more_active(browser: Browser, small: Path) -> None:
    browser.open(small)
    sizes = browser.evaluate("kg.actors().map((number) => [kg.tiesOf(number).length, kg.network.body.nodes[number].options.size])")
    most, least = max(sizes), min(sizes)
    assert most[1] > 1.5 * least[1]


def test_the_backbone_slider_shows_more_and_less(browser: Browser, pages: dict[str, Path]) -> None:
    browser.open(pages["500"])
    opened = browser.evaluate("kg.ties()")
    assert text_of(browser, "#notice").startswith(f"Opened on the backbone: the strongest {len(opened)} of ")
    slide(browser, "strongest", 100)
    assert browser.evaluate("kg.ties()") == opened[:100]
    assert browser.evaluate("document.getElementById('notice').hidden") is True
    browser.evaluate("document.getElementById('reset').click(); document.querySelector('#notice button').click()")
    assert text_of(browser, "#strongest-label") == f"All {browser.evaluate('kg.ties().length')} ties"
    assert browser.evaluate("kg.ties().length") > 1000


def test_hulls_hold_their_communities(browser: Browser, pages: dict[str, Path]) -> None:
    browser.open(pages["examples"])
    assert len(parts_of(drawing_of(browser), "hulls", "polygon")) >= 5
    browser.open(pages["30"])
    assert parts_of(drawing_of(browser), "hulls", "polygon") == []


def test_hints_name_the_actor_and_what_a_tie_is_made_of(browser: Browser, small: Path) -> None:
    browser.open(small)
    x, y, _ = middle_of_a_tie(browser)
    browser.call("Input.dispatchMouseEvent", type="mouseMoved", x=x, y=y)
    assert browser.evaluate("document.getElementById('tip').hidden") is False
    assert " – " in text_of(browser, "#tip strong")
    browser.call("Input.dispatchMouseEvent", type="mouseMoved", x=400, y=880)
    assert browser.evaluate("document.getElementById('tip').hidden") is True


def test_nothing_left_says_so_and_offers_a_way_back(browser: Browser, small: Path) -> None:
    browser.open(small)
    before = browser.evaluate("kg.ties().length")
    browser.evaluate("document.querySelectorAll('#statuses input').forEach((box) => box.checked && box.click())")
    assert browser.evaluate("document.getElementById('empty').hidden") is False
    browser.evaluate("document.getElementById('empty-reset').click()")
    assert browser.evaluate("document.getElementById('empty').hidden") is True
    assert browser.evaluate("kg.ties().length") == before


# ---- what is saved


def test_a_cell_that_begins_like_a_formula_is_text(browser: Browser, tmp_path: Path) -> None:
    starts = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", " =1", "\u202e=1", "\uff1d1", "|calc"]
    reports = [statement(actor(start), "AID", actor("Kesh"), number=number) for number, start in enumerate(starts)]
    write_page(reports, {}, tmp_path / "cells.html", title="Cells")
    browser.open(tmp_path / "cells.html")
    rows = list(csv.DictReader(io.StringIO(browser.evaluate("kg.table()"))))
    assert sorted(row["source"] for row in rows) == sorted("'" + start for start in starts)
    assert {row["target"] for row in rows} == {"Kesh"}
    assert {row["confidence"] for row in rows} == {"0.8"}


def test_the_picture_is_the_drawing_twice_as_fine(browser: Browser, small: Path) -> None:
    browser.open(small)
    drawing = drawing_of(browser)
    size, colours = browser.evaluate("""(async () => {
      const image = await createImageBitmap(await kg.picture()), copy = new OffscreenCanvas(image.width, image.height);
      const context = copy.getContext("2d");
      context.drawImage(image, 0, 0);
      const pixels = context.getImageData(0, 0, image.width, image.height).data;
      const found = new Set();
      for (let at = 0; at < pixels.length; at += 4) found.add(pixels.slice(at, at + 3).join());
      return [[image.width, image.height], [...found]]; })()""")
    assert size == [2 * int(drawing.get("width") or 0), round(2 * float(drawing.get("height") or 0))]
    assert {"255,255,255", "51,80,140"} <= set(colours)  # the ground, and a state's mark


def test_the_drawing_carries_title_filters_and_totals(browser: Browser, small: Path) -> None:
    browser.open(small)
    slide(browser, "least", 2)
    browser.evaluate("document.getElementById('roll-up').click()")
    words = " ".join(text.text or "" for text in drawing_of(browser).findall(f"{SPACE}text"))
    assert words.startswith("Thirty actors ")
    for part in ("statements", "asserted only", "ties of at least 2 statements", "persons as their states"):
        assert part in words


def test_writing_from_right_to_left_is_drawn_so(browser: Browser, tmp_path: Path) -> None:
    hebrew, arabic = "\u05d9\u05e9\u05e8\u05d0\u05dc (2)", "\u0645\u0635\u0631 \u0648\u0627\u0644\u0633\u0648\u062f\u0627\u0646"
    reports = [statement(actor(hebrew), "AID", actor(arabic)), statement(actor("Kesh \u202e"), "AID", actor(hebrew), number=2)]
    write_page(reports, {}, tmp_path / "rtl.html", title=arabic)
    browser.open(tmp_path / "rtl.html")
    ways = {
        str(text.text): text.get("direction") for text in parts_of(drawing_of(browser), "labels", "text") if text.get("class") == "label"
    }
    assert ways == {hebrew: "rtl", arabic: "rtl", "Kesh \u202e": "ltr"}
    assert browser.complaints == []


# ---- the script


def test_the_script_leaves_one_name_behind(browser: Browser, small: Path, tmp_path: Path) -> None:
    (tmp_path / "bare.html").write_text("<!DOCTYPE html><html data-ready=true>", encoding="utf-8")
    names = "Object.getOwnPropertyNames(window).filter((name) => !/^[0-9]+$/.test(name))"
    browser.open(tmp_path / "bare.html")
    before = set(browser.evaluate(names))
    browser.open(small)
    theirs = {"vis", "regeneratorRuntime", "__core-js_shared__"}
    assert set(browser.evaluate(names)) - before - theirs == {"kg"}


@pytest.mark.parametrize("section", SECTIONS)
def test_each_section_of_the_script_compiles(browser: Browser, section: str) -> None:
    text = (ROOT / "kg" / "data" / "view" / "script" / f"{section}.js").read_text("utf-8")
    compiled = browser.call("Runtime.compileScript", expression='"use strict";' + text, sourceURL=section, persistScript=False)
    assert "exceptionDetails" not in compiled, compiled


@pytest.mark.parametrize("attempt", [
    "fetch('https://example.org/x')", "new WebSocket('wss://example.org/')", "navigator.sendBeacon('https://example.org/x', 'y')",
    "document.body.append(Object.assign(new Image(), {src: 'https://example.org/x.png'}))",
    "document.head.append(Object.assign(document.createElement('link'), {rel: 'stylesheet', href: 'https://example.org/x.css'}))",
    "document.head.append(Object.assign(document.createElement('script'), {textContent: 'window.fired = 1'}))",
    "document.head.append(Object.assign(document.createElement('style'), {textContent: 'body { background: red }'}))",
])  # fmt: skip
def test_the_policy_forbids_the_network_and_other_scripts_and_styles(browser: Browser, small: Path, attempt: str) -> None:
    browser.open(small)
    browser.evaluate(f"(async () => {{ try {{ await {attempt}; }} catch {{}} }})()")
    browser.evaluate("new Promise((done) => setTimeout(done, 200))")
    assert any("Content Security Policy" in complaint for complaint in browser.complaints), browser.complaints
    assert browser.evaluate("window.fired ?? null") is None
