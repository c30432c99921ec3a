"""The page for those who use no mouse, do not see the drawing, hold a telephone or print it: in a real Chromium."""

from __future__ import annotations

import json
import re
import time
from pathlib import Path
from typing import Any

import pytest

from kg.render import write_page
from kg.render.page import KINDS
from tests.browser import CHROMIUM, Browser
from tests.invented_news import invented_news
from tests.requirements import requires

ROOT = Path(__file__).resolve().parent.parent

pytestmark = requires(CHROMIUM, "no Chromium found (install one or set KG_CHROMIUM)")


def press_tab(browser: Browser, *, back: bool = False) -> str:
    browser.press("Tab", 9, shift=back)
    return focused(browser)


def focused(browser: Browser) -> str:
    """Id of what has the focus, or its text where it has no id."""
    return str(browser.evaluate("document.activeElement.id || document.activeElement.textContent.trim()"))


# ---- keyboard


def test_tab_goes_from_search_through_the_filters_to_the_graph_and_shows_where_it_is(browser: Browser, small: Path) -> None:
    browser.open(small)
    walked: list[str] = []
    ring = "[getComputedStyle(document.activeElement).outlineStyle, parseFloat(getComputedStyle(document.activeElement).outlineWidth)]"
    while len(walked) < 120 and (not walked or walked[-1] != "fit"):
        walked.append(press_tab(browser))
        assert browser.evaluate(ring) == ["solid", 2], walked[-1]
        assert browser.evaluate("document.activeElement.getBoundingClientRect().width") > 0, walked[-1]
    order = ["to-table", "search", "roll-up", "from", "to", "strongest", "confidence", "least", "names", "reset", "theme", "save-png",
             "save-svg", "save-csv", "graph", "as-graph", "as-table", "zoom-in", "zoom-out", "fit"]  # fmt: skip
    assert [one for one in walked if one in order] == order
    assert press_tab(browser, back=True) == "zoom-out"


def test_escape_closes_what_is_on_top_and_gives_the_focus_back(browser: Browser, small: Path) -> None:
    browser.open(small)
    browser.evaluate("document.getElementById('as-table').click(); document.querySelector('#table .number button').focus()")
    browser.press("Enter", 13, "\r")
    assert focused(browser) == "evidence"
    assert browser.evaluate("document.querySelectorAll('#evidence .card').length") > 0
    browser.press("Escape", 27)
    assert browser.evaluate("document.getElementById('evidence').hidden && document.activeElement.closest('.number') !== null") is True
    browser.press("/", 191, "/")
    browser.call("Input.insertText", text="kesh")
    browser.press("Escape", 27)
    assert browser.evaluate("document.getElementById('search').value") == ""
    assert focused(browser) == "search"
    browser.press("Escape", 27)
    assert focused(browser) != "search"


def test_graph_by_keyboard_alone(browser: Browser, small: Path) -> None:
    browser.open(small)
    browser.evaluate("document.getElementById('graph').focus()")
    browser.press("n", 78, "n")
    assert focused(browser) == "graph"
    name = browser.evaluate("document.querySelector('#evidence h2').textContent")
    assert browser.evaluate("document.getElementById('said').textContent").startswith(f"{name}: ")
    browser.press("Enter", 13, "\r")
    assert focused(browser) == "evidence"
    for _ in range(3):  # close, ego, the first tie
        press_tab(browser)
    browser.press("Enter", 13, "\r")
    assert " – " in browser.evaluate("document.querySelector('#evidence h2').textContent")
    assert focused(browser) == "evidence"
    browser.press("Escape", 27)
    assert focused(browser) == "graph"


def test_letters_typed_into_the_search_are_no_commands(browser: Browser, small: Path) -> None:
    browser.open(small)
    browser.evaluate("document.getElementById('search').focus()")
    for key in "nt0":
        browser.press(key, ord(key.upper()), key)
    assert browser.evaluate("[document.getElementById('search').value, document.documentElement.dataset.view]") == ["nt0", "graph"]


# ---- names and the table


def test_everything_that_takes_the_focus_has_a_name(browser: Browser, small: Path) -> None:
    browser.open(small)
    browser.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; }); kg.select({ node: kg.actors()[0] })")
    tree = browser.call("Accessibility.getFullAXTree")["nodes"]
    seen = [node for node in tree if not node.get("ignored") and is_focusable(node) and node["role"]["value"] != "RootWebArea"]
    assert len(seen) > 60
    nameless = [node for node in seen if not node.get("name", {}).get("value", "").strip()]
    assert nameless == []
    roles = {node["role"]["value"] for node in seen}
    assert {"slider", "checkbox", "button", "combobox", "application"} <= roles


def is_focusable(node: dict[str, Any]) -> bool:
    return any(one["name"] == "focusable" and one["value"]["value"] for one in node.get("properties", []))


def test_the_table_holds_the_ties_that_the_graph_shows(browser: Browser, small: Path) -> None:
    browser.open(small)
    browser.press("Tab", 9)
    browser.press("Enter", 13, "\r")  # the link that skips to the table
    assert focused(browser) == "table"
    rows = "document.querySelectorAll('#table tbody tr').length"
    while browser.evaluate("!!document.querySelector('#table > button')"):
        browser.evaluate("document.querySelector('#table > button').click()")
    assert browser.evaluate(rows) == browser.evaluate("kg.ties().length") > 60
    numbers = browser.evaluate("[...document.querySelectorAll('#table .number')].map((cell) => Number(cell.textContent))")
    assert numbers == sorted(numbers, reverse=True)
    browser.evaluate("(() => { const bar = document.getElementById('least'); bar.value = 3; bar.dispatchEvent(new Event('input')); })()")
    assert browser.evaluate(rows) == browser.evaluate("kg.ties().length") < 60
    browser.evaluate("document.getElementById('as-graph').click()")
    assert browser.evaluate("document.getElementById('table').hidden && !document.getElementById('graph').hidden") is True
    assert browser.evaluate("kg.labels().length") > 0


# ---- windows, motion, paper


def test_on_a_telephone_the_filters_open_with_a_button(browser: Browser, small: Path) -> None:
    with browser.window(390, 844):
        browser.open(small)
        assert browser.evaluate("document.getElementById('graph').clientWidth") == 390
        shown = "getComputedStyle(document.getElementById('panel')).visibility"
        assert browser.evaluate(shown) == "hidden"
        browser.evaluate("document.getElementById('panel-button').click()")
        time.sleep(0.4)
        assert browser.evaluate(shown) == "visible"
        assert browser.evaluate("document.getElementById('panel').getBoundingClientRect().left") == 0
        assert browser.evaluate("document.getElementById('panel-button').getAttribute('aria-expanded')") == "true"
        browser.press("Escape", 27)
        time.sleep(0.4)
        assert browser.evaluate(shown) == "hidden"
        assert focused(browser) == "panel-button"
        chosen = browser.evaluate("(() => { const at = kg.actors()[0]; kg.select({ node: at }); return at; })()")
        place = browser.evaluate(f"kg.network.canvasToDOM(kg.network.getPosition({chosen}))")
        sheet = browser.evaluate("document.getElementById('evidence').getBoundingClientRect().top")
        assert 300 < sheet < 500
        assert place["y"] < sheet
        assert browser.evaluate("document.documentElement.scrollWidth") <= 390


def test_the_layout_stands_upright_on_a_telephone(browser: Browser, tmp_path: Path) -> None:
    write_page(*invented_news(120, 500, seed=3, blocs=5), tmp_path / "page.html", title="Upright")
    spread = """(() => { const at = kg.actors().map((node) => kg.network.getPosition(node)), of = (axis) => at.map((one) => one[axis]);
      return (Math.max(...of("y")) - Math.min(...of("y"))) / (Math.max(...of("x")) - Math.min(...of("x"))); })()"""
    browser.open(tmp_path / "page.html")
    assert browser.evaluate(spread) < 1
    with browser.window(390, 844):
        browser.open(tmp_path / "page.html")
        assert browser.evaluate(spread) > 1.2


@pytest.mark.parametrize(("wish", "moves"), [("reduce", False), ("no-preference", True)])
def test_nothing_moves_for_those_who_wish_so(browser: Browser, small: Path, wish: str, moves: bool) -> None:
    browser.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-reduced-motion", "value": wish}])
    with browser.window(390, 844):
        browser.open(small)
        seconds = browser.evaluate("""[...document.querySelectorAll("*")].map((one) => getComputedStyle(one))
          .flatMap((style) => [style.transitionDuration, style.animationDuration])""")
    browser.call("Emulation.setEmulatedMedia", features=[])
    assert any(float(part.rstrip("ms")) > 0 for one in seconds for part in one.split(", ")) is moves


def test_print_is_the_drawing_in_the_colours_of_paper(browser: Browser, small: Path) -> None:
    dark = [{"name": "prefers-color-scheme", "value": "dark"}]
    browser.call("Emulation.setEmulatedMedia", features=dark)
    browser.open(small)
    browser.evaluate("""window.dispatchEvent(new Event("beforeprint"))""")
    address = browser.evaluate("decodeURIComponent(document.querySelector('#paper img').src)")
    assert 'fill="#ffffff"' in address
    assert "Thirty actors" in address
    browser.call("Emulation.setEmulatedMedia", media="print", features=dark)
    assert browser.evaluate("[...document.querySelectorAll('#panel, #graph, #bar, #zoom')].every((one) => one.offsetWidth === 0)") is True
    assert browser.evaluate("document.querySelector('#paper img').offsetWidth") > 300
    browser.evaluate("""window.dispatchEvent(new Event("afterprint"))""")
    assert browser.evaluate("document.documentElement.dataset.theme + document.querySelectorAll('#paper img').length") == "dark0"
    browser.call("Emulation.setEmulatedMedia", media="", features=[])
    assert browser.complaints == []


# ---- contrast (WCAG 2.1: 4.5 for text, 3 for what else has to be seen) and colour blindness


def themes() -> dict[str, dict[str, str]]:
    style = (ROOT / "kg" / "data" / "view" / "style.css").read_text("utf-8")
    light, dark = (dict(re.findall(r"--([\w-]+): (#\w+)", block)) for block in re.findall(r"\{([^}]*color-scheme[^}]*)\}", style))
    return {"light": light, "dark": light | dark}


def linear(colour: str) -> list[float]:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    return [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]


def luminance(colour: list[float]) -> float:
    return 0.2126 * colour[0] + 0.7152 * colour[1] + 0.0722 * colour[2]


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(linear(one)), luminance(linear(other))))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_contrast_is_enough(theme: str) -> None:
    colours = themes()[theme]
    for text in ("ink", "soft", "accent", "cooperation", "conflict", "mixed"):
        assert all(contrast(colours[text], colours[ground]) >= 4.5 for ground in ("ground", "panel")), text
    assert contrast(colours["soft"], colours["hover"]) >= 4.5
    for mark in ("source", "target", "trigger", "speaker"):
        assert contrast(colours["ink"], colours[f"mark-{mark}"]) >= 4.5
    for line in ("cooperation", "conflict", "mixed", "standing"):
        assert all(contrast(colours[line], colours[ground]) >= 3 for ground in ("ground", "hull")), line
    for label, *_, light, dark in KINDS:
        assert all(contrast(light if theme == "light" else dark, colours[ground]) >= 3 for ground in ("ground", "hull")), label


BLIND = {  # of linear light (Machado, Oliveira and Fernandes 2009, severity 1)
    "protan": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deutan": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    "tritan": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
}


def lab(colour: list[float]) -> list[float]:
    """CIE L*a*b* of linear sRGB."""
    rows = [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]
    white = [0.9505, 1.0, 1.089]
    x, y, z = (
        ratio ** (1 / 3) if ratio > 0.008856 else 7.787 * ratio + 16 / 116
        for ratio in (max(0.0, sum(a * b for a, b in zip(row, colour, strict=True))) / w for row, w in zip(rows, white, strict=True))
    )
    return [116 * y - 16, 500 * (x - y), 200 * (y - z)]


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("blindness", sorted(BLIND))
def test_cooperation_and_conflict_are_told_apart_in_every_colour_blindness(theme: str, blindness: str) -> None:
    seen = {
        name: lab([sum(a * b for a, b in zip(row, linear(themes()[theme][name]), strict=True)) for row in BLIND[blindness]])
        for name in ("cooperation", "conflict", "standing")
    }
    for one, other in (("cooperation", "conflict"), ("conflict", "standing"), ("cooperation", "standing")):
        assert sum((a - b) ** 2 for a, b in zip(seen[one], seen[other], strict=True)) ** 0.5 > 15, json.dumps(seen)


def test_each_kind_has_a_shape_or_a_colour_of_its_own_in_grey() -> None:
    marks = [(shape, round(luminance(linear(light)), 1)) for *_, shape, light, _ in KINDS]
    assert len(set(marks)) >= len(marks) - 1
