"""How long measures and page take, and how soon the page can be used beside pyvis's own.

    python -m benchmarks.views [--actors 30 500 5000] [--patience 60]

Invented news among blocs (tests/invented_news.py), three statements an actor; the same graph for both pages, in one run of one
Chromium. A page is usable once it has drawn and its layout has come to rest; a filter has answered once its frame
is drawn (median of five). CPU seconds are of this process.
"""

from __future__ import annotations

import argparse
import resource
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

from pyvis.network import Network

from kg import measures
from kg.graph import ties, to_graph
from kg.render import write_page
from tests.browser import CHROMIUM, Browser
from tests.invented_news import invented_news

FILTER = """(async () => { const bar = document.getElementById("confidence"), waits = [];
  for (const value of [0.7, 0.5, 0.8, 0.6, 0.75]) {
    const begin = performance.now();
    bar.value = value; bar.dispatchEvent(new Event("input"));
    await new Promise((done) => requestAnimationFrame(() => setTimeout(done, 0)));
    waits.push(performance.now() - begin);
  }
  return waits.sort((one, other) => one - other)[2]; })()"""
AT_REST = "typeof network !== 'undefined' && network.physics.stabilized === true"


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--actors", type=int, nargs="*", default=[30, 500, 5000])
    parser.add_argument("--patience", type=float, default=60.0, help="seconds that pyvis's page is waited for")
    arguments = parser.parse_args()
    print_measures()
    if CHROMIUM is None:
        print("no Chromium: the pages were not opened")
        return
    with tempfile.TemporaryDirectory() as folder:
        browser = Browser(Path(folder) / "profile")
        try:
            print_pages(browser, Path(folder), arguments.actors, arguments.patience)
        finally:
            browser.close()


def print_measures() -> None:
    """1,000 actors, 50,000 statements: ties, every measure, the page."""
    statements, documents = invented_news(1000, 50_000, seed=1, blocs=6)
    begin = time.process_time()
    copies = measures.find_copies(measures.texts_of(statements))
    graph = to_graph(measures.collapse_copies(statements, copies, roll_up=True), roll_up=True)
    ties(statements)
    measures.dyads(statements, documents, period="month", roll_up=True, copies=copies)
    signed = measures.to_signed(graph)
    for measure in (
        measures.triad_census, measures.unbalanced_triads, measures.frustration, measures.signed_communities, measures.weak_blocs,
    ):  # fmt: skip
        measure(signed)
    measures.centrality(graph)
    measures.reciprocity(graph)
    measures.rank_intervals(graph, copies=copies)
    between = time.process_time()
    with tempfile.TemporaryDirectory() as folder:
        write_page(statements, documents, Path(folder) / "page.html", title="Benchmark")
    end = time.process_time()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"1,000 actors, 50,000 statements: measures {between - begin:.1f} s, page {end - between:.1f} s of CPU; peak {peak:.0f} MB\n")


def print_pages(browser: Browser, folder: Path, sizes: list[int], patience: float) -> None:
    print(
        "| actors | written in | size | usable after | filter answers in | requests | pyvis usable after |\n|---|---|---|---|---|---|---|"
    )
    waited_out = False
    for actors in sizes:
        statements, documents = invented_news(actors, 3 * actors, seed=3, blocs=3 if actors < 100 else 8)
        page, theirs = folder / f"{actors}.html", folder / f"pyvis{actors}.html"
        begin = time.process_time()
        write_page(statements, documents, page, title="Benchmark")
        written = time.process_time() - begin
        usable = statistics.median(browser.open(page) for _ in range(3))
        requests, answer = len(browser.requests) - 1, browser.evaluate(FILTER)
        theirs.write_text(_pyvis_page(statements), encoding="utf-8")
        seconds = None if waited_out else _open_pyvis(browser, theirs, patience)
        waited_out = seconds is None
        beside = f"not within {patience:.0f} s" if waited_out else f"{seconds:.1f} s"
        size = page.stat().st_size / 1e6
        print(f"| {actors} | {written:.1f} s | {size:.1f} MB | {usable:.2f} s | {answer:.0f} ms | {requests} | {beside} |", flush=True)


def _pyvis_page(statements: list[Any]) -> str:
    """The graph as pyvis draws it when nothing is set but that its scripts be inlined."""
    graph, network = to_graph(statements), Network(directed=True, cdn_resources="in_line")
    for node, data in graph.nodes(data=True):
        network.add_node(node, label=data["label"])
    for source, target, data in graph.edges(data=True):
        network.add_edge(source, target, title=data["relation"])
    return str(network.generate_html())


def _open_pyvis(browser: Browser, page: Path, patience: float) -> float | None:
    begin = time.monotonic()
    browser.call("Page.navigate", url=page.as_uri())
    while time.monotonic() - begin < patience:
        if browser.evaluate(f"{AT_REST}") is True:
            return time.monotonic() - begin
        time.sleep(0.1)
    return None


if __name__ == "__main__":
    main()
