"""The store measured: against rdflib's memory store and bare pyoxigraph, under kills, at fifteen million triples, against the shapes.

    python -m benchmarks.store compare --triples 100000
    python -m benchmarks.store kills --count 100
    python -m benchmarks.store large --triples 15000000
    python -m benchmarks.store shapes --triples 100000
    python -m benchmarks.store journal

Statements are invented (tests/small_store.py). What is compared runs in turns in one process; the best and worst turns are given.
"""

from __future__ import annotations

import argparse
import os
import random
import resource
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pyoxigraph as ox
import rdflib

from kg.model import Document, Statement
from kg.query import run_query
from kg.rdf import bind_prefixes
from kg.store import Build, Store
from kg.store.shapes import shape_offences
from kg.store.transfer import import_into
from kg.vocabulary import PREFIXES
from tests.small_store import corpus

TRIPLES_A_DOCUMENT = 263
ROOT = Path(__file__).resolve().parent.parent
QUERIES = {
    "relations of an actor": """SELECT ?relation ?other (COUNT(?s) AS ?n) {
        ?s a kg:Statement ; kg:source kgx:state%2FAAA ; kg:relation ?relation ; kg:target ?other } GROUP BY ?relation ?other""",
    "net cooperation by dyad": """SELECT ?a ?b (SUM(?score) AS ?net) {
        ?s a kg:Statement ; kg:source ?a ; kg:target ?b ; kg:relation/kg:score ?score } GROUP BY ?a ?b""",
    "allies of allies": "SELECT DISTINCT ?a ?c { ?a kgr:ALLY/kgr:ALLY ?c }",
    "by provenance and date": """SELECT ?s ?text { ?d a kg:Document ; kg:publisher "The Lake Courier" ; kg:published ?date .
        FILTER(STR(?date) >= "2024-03" && STR(?date) <= "2024-04") ?s kg:inDocument ?d ; kg:evidence/kg:text ?text }""",
    "negated": "SELECT ?s ?a ?b { ?s kg:status kg:negated ; kg:source ?a ; kg:target ?b }",
    "by month": """SELECT ?month (COUNT(?s) AS ?n) { ?s a kg:Statement ; kg:inDocument/kg:published ?date
        BIND(SUBSTR(STR(?date), 1, 7) AS ?month) } GROUP BY ?month""",
}
LOAD, LOAD_ONE = "load", "the same beside rdflib's one graph"
"""rdflib's memory store keeps the documents' graphs, as ours do, or has all triples in one graph, where it is faster."""
HEAD = "".join(f"PREFIX {name}: <{iri}>\n" for name, iri in PREFIXES.items())
PAGE = """SELECT ?s ?relation ?other ?text {
    ?s kg:source <%s> ; kg:relation ?relation ; kg:target ?other ; kg:evidence/kg:text ?text } LIMIT 50"""


def query_text(name: str) -> str:
    actor = corpus(1)[0][1][0].source.actor.id
    return HEAD + QUERIES[name].replace("kgx:state%2FAAA", f"<{actor}>")


def documents(triples: int) -> Iterator[tuple[Document, list[Statement]]]:
    """Enough documents of the invented corpus, a thousand made at a time. One statement in nine is negated."""
    from dataclasses import replace

    for number, (news, statements) in enumerate(corpus_of(triples // TRIPLES_A_DOCUMENT)):
        yield news, [replace(one, status="negated") if (number + place) % 9 == 0 else one for place, one in enumerate(statements)]


def corpus_of(size: int) -> Iterator[tuple[Document, list[Statement]]]:
    """As `corpus`, without holding all of it: a thousand documents, again and again under other ids."""
    from dataclasses import replace

    first = corpus(min(size, 1000))
    for number in range(size):
        news, statements = first[number % 1000]
        if number >= 1000:
            turn = number // 1000
            news = replace(news, id=f"{news.id}-{turn}")
            statements = [replace(one, id=f"{one.id}-{turn}", document=news.id) for one in statements]
        yield news, statements


def timed(act: Callable[[], object]) -> float:
    begin = time.perf_counter()
    act()
    return time.perf_counter() - begin


def spread(seconds: list[float]) -> str:
    return f"{min(seconds):.2f} to {max(seconds):.2f}" if len(seconds) > 1 else f"{seconds[0]:.2f}"


# --- against rdflib and bare pyoxigraph


def compare(triples: int, turns: int) -> None:
    """Load, the six queries and Turtle, in turns."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        with Store.open(place / "source") as store:
            store.load(documents(triples))
            store.export(place / "all.nq", "nquads")
            store.export(place / "all.nt", "ntriples")
        shutil.rmtree(place / "source")
        times: dict[str, dict[str, list[float]]] = {}
        for turn in range(turns):
            _turn(place / str(turn), place, times)
    print(f"{triples} triples, {turns} turns; seconds, least to most\n")
    print("| | rdflib memory | kg | bare pyoxigraph on disk | rdflib / kg | kg / bare |\n|---|---|---|---|---|---|")
    sums = dict.fromkeys(("rdflib", "kg", "bare"), 0.0)
    for what, row in times.items():
        best = {who: min(found) for who, found in row.items()}
        if what in QUERIES:
            sums = {who: sums[who] + best[who] for who in sums}
        _print_row(what, {who: spread(found) for who, found in row.items()}, best)
    _print_row("six queries", {who: f"{value:.2f}" for who, value in sums.items()}, sums)


def _print_row(what: str, shown: dict[str, str], best: dict[str, float]) -> None:
    ratio, bare = best["rdflib"] / best["kg"], best["kg"] / best["bare"]
    print(f"| {what} | {shown['rdflib']} | {shown['kg']} | {shown['bare']} | {ratio:.1f} | {bare:.1f} |", flush=True)


def _turn(folder: Path, files: Path, times: dict[str, dict[str, list[float]]]) -> None:
    folder.mkdir()

    def note(what: str, who: str, act: Callable[[], object]) -> None:
        times.setdefault(what, {}).setdefault(who, []).append(timed(act))

    note(LOAD, "rdflib", lambda: rdflib.Dataset().parse(files / "all.nq", format="nquads"))
    memory = rdflib.Graph()
    bind_prefixes(memory)
    note(LOAD_ONE, "rdflib", lambda: memory.parse(files / "all.nt", format="nt"))
    bare = ox.Store(folder / "bare")
    note(LOAD, "bare", lambda: bare.bulk_load(path=files / "all.nq", format=ox.RdfFormat.N_QUADS))
    times.setdefault(LOAD_ONE, {})["bare"] = times[LOAD]["bare"]
    codebook = ROOT / "kg/data/ontology/codebook.ttl"
    memory.parse(codebook)
    bare.load(path=codebook, format=ox.RdfFormat.TURTLE)
    with Store.open(folder / "kg") as store:
        note(LOAD, "kg", lambda: import_into(store, files / "all.nq", check=False, on_fault=print))
        times[LOAD_ONE]["kg"] = times[LOAD]["kg"]
        for name in QUERIES:
            text = query_text(name)
            note(name, "rdflib", lambda text=text: list(memory.query(text)))
            note(name, "bare", lambda text=text: list(bare.query(text, use_default_graph_as_union=True)))
            note(name, "kg", lambda text=text: list(store.dataset.store._inner.query(text)))
        note("Turtle out", "rdflib", lambda: memory.serialize(folder / "a.ttl", format="turtle"))
        note("Turtle out", "kg", lambda: store.export(folder / "b.ttl", "turtle"))
        merged = (quad.triple for quad in store.dataset.store._inner.quads_for_pattern(None, None, None, ox.DefaultGraph()))
        note("Turtle out", "bare", lambda: ox.serialize(merged, folder / "c.ttl", format=ox.RdfFormat.TURTLE, prefixes=PREFIXES))


# --- kills

WRITER = """
import sys
from kg.store import Build, Store
from benchmarks.store import documents
path, how = sys.argv[1:3]
with Store.open(path) as store:
    build = Build((("kg", "test"),))
    print("ready", flush=True)
    if how == "load":
        store.load(documents(60 * 263), build=build)
    else:
        for news, statements in documents(60 * 263):
            store.add(news, statements, build=build)
            print(news.id, flush=True)
"""


def kills(count: int) -> None:
    """Builds killed at random moments, half of them into a new store and half into one that has documents; then resumed."""
    chance = random.Random(5)
    wanted = {news.id: len(statements) for news, statements in documents(60 * 263)}
    outcomes = {"killed while at work": 0, "half documents": 0, "reported and lost": 0, "did not open": 0, "resumed otherwise": 0}
    with tempfile.TemporaryDirectory() as folder:
        with Store.open(Path(folder) / "undisturbed") as store:
            for news, statements in documents(60 * 263):
                store.add(news, statements)
            undisturbed = store.export(format="nquads")
        path = Path(folder) / "store"
        for number in range(count):
            if number % 2 == 0 or number % 20 == 1:
                shutil.rmtree(path, ignore_errors=True)
            how = "load" if number % 3 == 0 else "add"
            _kill_one(path, how, chance.uniform(0, 0.6), wanted, outcomes)
            if number % 10 == 9:
                subprocess.run([sys.executable, "-c", WRITER, os.fspath(path), "add"], cwd=ROOT, stdout=subprocess.DEVNULL, check=True)
                with Store.open(path, read_only=True) as store:
                    outcomes["resumed otherwise"] += store.export(format="nquads") != undisturbed
                print(f"{number + 1} kills: {outcomes}", flush=True)


def _kill_one(path: Path, how: str, after: float, wanted: dict[str, int], outcomes: dict[str, int]) -> None:
    writer = subprocess.Popen([sys.executable, "-c", WRITER, os.fspath(path), how], stdout=subprocess.PIPE, text=True, cwd=ROOT)
    assert writer.stdout is not None
    writer.stdout.readline()
    time.sleep(after)
    outcomes["killed while at work"] += writer.poll() is None
    writer.send_signal(signal.SIGKILL)
    reported = set(writer.stdout.read().split("\n")[:-1])
    writer.wait()
    try:
        with Store.open(path) as store:
            found = {one.id: store.count_statements(one.id) for one in store.documents()}
    except Exception as error:  # noqa: BLE001  # whatever it is, it is what is counted
        print(f"did not open: {error}")
        outcomes["did not open"] += 1
        return
    outcomes["half documents"] += sum(wanted[one] != count for one, count in found.items())
    outcomes["reported and lost"] += len(reported - found.keys())


# --- fifteen million triples


def large(triples: int, keep: Path | None) -> None:
    """Build, open, an actor's page, memory."""
    folder = keep or Path(tempfile.mkdtemp())
    path = folder / "store"
    with Store.open(path) as store:
        seconds = timed(lambda: store.load(documents(triples), build=Build((("kg", "test"),))))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024 / 1024
    size = sum(file.stat().st_size for file in path.rglob("*") if file.is_file()) / 1e9
    print(f"built {triples} triples in {seconds:.0f} s, at most {peak:.2f} GB of memory, {size:.1f} GB on disk", flush=True)
    actor = corpus(1)[0][1][0].source.actor.id
    for read_only in (False, True):
        begin = time.perf_counter()
        store = Store.open(path, read_only=read_only)
        opened = time.perf_counter() - begin
        pages = [timed(lambda store=store: list(store.query(PAGE % actor))) * 1000 for _ in range(5)]
        how = "to read" if read_only else "to write"
        print(f"opened {how} in {opened:.2f} s; page of 50 statements {spread(pages)} ms")
        if read_only:
            begin = time.perf_counter()
            run_query(store, PAGE % actor)
            print(f"the same page in a process of its own, with limits: {(time.perf_counter() - begin) * 1000:.0f} ms")
        store.close()
    if keep is None:
        shutil.rmtree(folder)


# --- validation, journal


def shapes(triples: int) -> None:
    """SHACL, document by document."""
    with tempfile.TemporaryDirectory() as folder, Store.open(Path(folder) / "store") as store:
        store.load(documents(triples))
        known = [one.id for one in store.documents()]
        begin, cpu = time.perf_counter(), time.process_time()
        faults = sum(1 for _ in shape_offences(store, known))
        wall, cpu = time.perf_counter() - begin, time.process_time() - cpu
        print(f"{triples} triples, {len(known)} documents: {faults} faults in {wall:.1f} s, {cpu:.1f} s of them at work")


def journal(count: int = 400) -> None:
    """Documents a second, one transaction each, forced to disk each."""
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as folder, Store.open(Path(folder) / "store") as store:
        made = list(documents(count * TRIPLES_A_DOCUMENT))
        seconds = [timed(lambda pair=pair: store.add(*pair)) for pair in made]
    print(f"{count} documents of 8 statements: {count / sum(seconds):.0f} a second; median {statistics.median(seconds) * 1000:.1f} ms each")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="what", required=True)
    for name, size in (("compare", 100_000), ("large", 15_000_000), ("shapes", 100_000)):
        commands.add_parser(name).add_argument("--triples", type=int, default=size)
    commands.choices["compare"].add_argument("--turns", type=int, default=2)
    commands.choices["large"].add_argument("--keep", type=Path)
    commands.add_parser("kills").add_argument("--count", type=int, default=100)
    commands.add_parser("journal")
    given = vars(parser.parse_args())
    {"compare": compare, "large": large, "shapes": shapes, "kills": kills, "journal": journal}[given.pop("what")](**given)


if __name__ == "__main__":
    main()
