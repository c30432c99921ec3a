"""SPARQL measured: the W3C's SPARQL 1.1 tests through `kg.query` and on the bare engine, and what a query costs beside its answer.

    python -m benchmarks.sparql w3c --suite ../shared/data/w3c-sparql11
    python -m benchmarks.sparql overhead

The suite is github.com/w3c/rdf-tests, folder sparql/sparql11. A query test counts as passed through our API only if the expected
answer is read back from each of the formats that can say it (JSON, XML and TSV, or the CSV and Turtle that the test asks for).
Updates go through the dataset of a `Store`, since queries are refused to change anything; that they are refused is checked too.
Left out are the parts that need a server (protocol, graph store protocol, service description, service) or inference (entailment).
"""

from __future__ import annotations

import argparse
import csv
import io
import os
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pyoxigraph as ox

from kg.errors import QueryError
from kg.query import QueryResult, format_result, run_in_process, run_on_database, run_query
from kg.query.guard import check_query
from kg.store import Store
from kg.vocabulary import PREFIXES
from tests.small_store import corpus

SUITE = Path(__file__).resolve().parents[1].parent / "shared" / "data" / "w3c-sparql11"
BASE = "http://www.w3.org/2009/sparql/docs/tests/data-sparql11/"
LEFT_OUT = {"entailment", "service", "protocol", "graph-store-protocol", "http-rdf-update", "service-description"}
MANIFEST = "http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#"
QUERY = "http://www.w3.org/2001/sw/DataAccess/tests/test-query#"
UPDATE = "http://www.w3.org/2009/sparql/tests/test-update#"
RESULT_SET = "http://www.w3.org/2001/sw/DataAccess/tests/result-set#"
RDF = PREFIXES["rdf"]
LABEL = PREFIXES["rdfs"] + "label"
KINDS = {
    "QueryEvaluationTest": "query", "CSVResultFormatTest": "query", "PositiveSyntaxTest11": "syntax", "NegativeSyntaxTest11": "bad syntax",
    "UpdateEvaluationTest": "update", "PositiveUpdateSyntaxTest11": "update syntax", "NegativeUpdateSyntaxTest11": "bad update syntax",
}  # fmt: skip
Cell = tuple[str, ...]
Solution = tuple[Cell | None, ...]


@dataclass(frozen=True, slots=True)
class Case:
    """A test of the suite. `graphs` and `expected_graphs` are (IRI, file)."""

    name: str
    folder: str
    kind: str
    request: Path
    data: tuple[Path, ...] = ()
    graphs: tuple[tuple[str, Path], ...] = ()
    expected: tuple[Path, ...] = ()
    expected_graphs: tuple[tuple[str, Path], ...] = ()

    @property
    def base(self) -> str:
        return f"{BASE}{self.folder}/{self.request.name}"

    def text(self) -> str:
        return self.request.read_text(encoding="utf-8")


# --- the suite


def read_cases(suite: Path) -> list[Case]:
    """The tests of the suite that need neither server nor inference, in the order of its manifests."""
    return [case for path in sorted(suite.glob("*/manifest.ttl")) if path.parent.name not in LEFT_OUT for case in _cases_in(path)]


def _cases_in(manifest: Path) -> Iterator[Case]:
    graph = _Manifest(manifest)
    for node, kind in graph.entries():
        action = graph.value(node, MANIFEST + "action")
        name = f"{manifest.parent.name}/{node.value.rpartition('#')[2]}"
        if isinstance(action, ox.NamedNode):
            yield Case(name, manifest.parent.name, kind, graph.file(action))
            continue
        result = graph.value(node, MANIFEST + "result")
        if kind == "update":
            request = graph.file(graph.value(action, UPDATE + "request"))
            before, after = (graph.dataset(part, UPDATE) for part in (action, result))
            yield Case(name, manifest.parent.name, kind, request, *before, *after)
        else:
            request = graph.file(graph.value(action, QUERY + "query"))
            yield Case(name, manifest.parent.name, kind, request, *graph.dataset(action, QUERY), (graph.file(result),))


class _Manifest:
    def __init__(self, path: Path) -> None:
        self._folder = path.parent
        self._base = f"{BASE}{path.parent.name}/"
        self._store = ox.Store()
        self._store.load(path=str(path), format=ox.RdfFormat.TURTLE, base_iri=self._base + path.name)

    def values(self, node: object, name: str) -> list[ox.NamedNode | ox.BlankNode | ox.Literal]:
        return [quad.object for quad in self._store.quads_for_pattern(node, ox.NamedNode(name), None)]  # type: ignore[arg-type]

    def value(self, node: object, name: str) -> ox.NamedNode | ox.BlankNode | ox.Literal:
        return self.values(node, name)[0]

    def entries(self) -> Iterator[tuple[ox.NamedNode, str]]:
        """The tests with their kinds, those of a kind that is not run left out."""
        (begin,) = self._store.quads_for_pattern(None, ox.NamedNode(MANIFEST + "entries"), None)
        node: object = begin.object
        while node != ox.NamedNode(RDF + "nil"):
            first = self.value(node, RDF + "first")
            assert isinstance(first, ox.NamedNode)
            types = (value.value.rpartition("#")[2] for value in self.values(first, RDF + "type"))
            yield from ((first, KINDS[kind]) for kind in types if kind in KINDS)
            node = self.value(node, RDF + "rest")

    def file(self, node: object) -> Path:
        assert isinstance(node, ox.NamedNode)
        return self._folder / node.value.removeprefix(self._base)

    def dataset(self, node: object, terms: str) -> tuple[tuple[Path, ...], tuple[tuple[str, Path], ...]]:
        """Files of the default graph, and of the named ones with their IRIs."""
        data = tuple(self.file(value) for value in self.values(node, terms + "data"))
        graphs = []
        for value in self.values(node, terms + "graphData"):
            if isinstance(value, ox.NamedNode):
                graphs.append((value.value, self.file(value)))
            else:
                graphs.append((self.value(value, LABEL).value, self.file(self.value(value, terms + "graph"))))
        return data, tuple(sorted(graphs))


def load(store: ox.Store, case: Case, data: Iterable[Path], graphs: Iterable[tuple[str, Path]]) -> None:
    """Put a test's data into a database."""
    for place, path in [*((ox.DefaultGraph(), path) for path in data), *((ox.NamedNode(iri), path) for iri, path in graphs)]:
        kind = {".ttl": ox.RdfFormat.TURTLE, ".rdf": ox.RdfFormat.RDF_XML, ".nt": ox.RdfFormat.N_TRIPLES}[path.suffix]
        store.load(path=str(path), format=kind, base_iri=f"{BASE}{case.folder}/{path.name}", to_graph=place)


# --- answers


@dataclass(frozen=True, slots=True)
class Answer:
    """Columns and rows, or a truth (one row of one cell), or triples (rows of three). Terms are comparable tuples."""

    columns: tuple[str, ...]
    rows: list[Solution] = field(hash=False)

    def same_as(self, other: Answer) -> bool:
        """Whether both are equal up to the order of rows and columns and the names of blank nodes."""
        if sorted(self.columns) != sorted(other.columns) or len(self.rows) != len(other.rows):
            return False
        return _match(self._sorted_rows(), other._sorted_rows())

    def _sorted_rows(self) -> list[Solution]:
        order = sorted(range(len(self.columns)), key=lambda place: self.columns[place])
        return [tuple(row[place] for place in order) for row in self.rows]


def _match(ours: list[Solution], theirs: list[Solution]) -> bool:
    """Rows without blank nodes are counted; of the others each is tried with each until their blank nodes go together."""
    plain, blank = ([row for row in ours if _has_blank(row) is wanted] for wanted in (False, True))
    their_plain, their_blank = ([row for row in theirs if _has_blank(row) is wanted] for wanted in (False, True))
    return Counter(plain) == Counter(their_plain) and _match_blank(blank, their_blank, {})


def _has_blank(row: Solution) -> bool:
    return any(cell is not None and cell[0] == "b" for cell in row)


def _match_blank(ours: list[Solution], theirs: list[Solution], known: dict[Cell, Cell]) -> bool:
    if not ours:
        return not theirs
    for place, candidate in enumerate(theirs):
        found = _joined(ours[0], candidate, known)
        if found is not None and _match_blank(ours[1:], theirs[:place] + theirs[place + 1 :], found):
            return True
    return False


def _joined(one: Solution, other: Solution, known: dict[Cell, Cell]) -> dict[Cell, Cell] | None:
    """The pairs of blank nodes with those that make both rows equal; None where nothing does."""
    found = dict(known)
    for mine, yours in zip(one, other, strict=True):
        if mine is None or yours is None or mine[0] != "b" or yours[0] != "b":
            if mine != yours:
                return None
        elif found.setdefault(mine, yours) != yours or list(found.values()).count(yours) > 1:
            return None
    return found


def cell_of(term: object) -> Cell | None:
    """A term as a tuple; numbers by their value, since an engine may write 2.0 as 2."""
    if term is None:
        return None
    if isinstance(term, ox.NamedNode):
        return "i", term.value
    if isinstance(term, ox.BlankNode):
        return "b", term.value
    assert isinstance(term, ox.Literal)
    kind = term.datatype.value
    if kind == PREFIXES["xsd"] + "boolean":
        return "l", {"1": "true", "0": "false"}.get(term.value, term.value), kind
    if kind.startswith(PREFIXES["xsd"]) and kind.rpartition("#")[2] in {"integer", "decimal", "double", "float"}:
        try:
            return "l", repr(float(term.value)), kind
        except ValueError:
            pass
    return "l", term.value, kind, term.language or ""


def read_results(content: bytes, format: ox.QueryResultsFormat) -> Answer:
    """An answer in one of the W3C's formats, read by pyoxigraph."""
    found = ox.parse_query_results(content, format=format)
    if isinstance(found, ox.QueryBoolean):
        return Answer(("answer",), [(("l", str(bool(found)).lower()),)])
    columns = tuple(variable.value for variable in found.variables)
    return Answer(columns, [tuple(cell_of(solution[place]) for place in range(len(columns))) for solution in found])


def read_expected(case: Case) -> Answer:
    """What a query test wants."""
    (path,) = case.expected
    formats = {".srx": ox.QueryResultsFormat.XML, ".srj": ox.QueryResultsFormat.JSON, ".tsv": ox.QueryResultsFormat.TSV}
    if path.suffix in formats:
        return read_results(path.read_bytes(), formats[path.suffix])
    if path.suffix == ".csv":
        return read_csv(path.read_text(encoding="utf-8"))
    graph = ox.Store()
    load(graph, case, [path], [])
    sets = [quad.subject for quad in graph.quads_for_pattern(None, ox.NamedNode(RDF + "type"), ox.NamedNode(RESULT_SET + "ResultSet"))]
    return _read_result_set(graph, sets[0]) if sets else triples_of(quad.triple for quad in graph)


def _read_result_set(graph: ox.Store, node: object) -> Answer:
    def values(subject: object, name: str) -> list[ox.Literal]:
        return [quad.object for quad in graph.quads_for_pattern(subject, ox.NamedNode(RESULT_SET + name), None)]  # type: ignore[arg-type, misc]

    columns = tuple(sorted(value.value for value in values(node, "resultVariable")))
    rows = []
    for solution in values(node, "solution"):
        bound = {values(one, "variable")[0].value: cell_of(values(one, "value")[0]) for one in values(solution, "binding")}
        rows.append(tuple(bound.get(column) for column in columns))
    return Answer(columns, rows)


def read_csv(text: str) -> Answer:
    """CSV, in which a term is its text and blank nodes can be told only by how they look."""
    header, *rows = csv.reader(io.StringIO(text, newline=""))
    return Answer(tuple(header), [tuple(("b" if cell.startswith("_:") else "l", cell) for cell in row) for row in rows])


def triples_of(triples: Iterable[ox.Triple]) -> Answer:
    return Answer(("s", "p", "o"), [(cell_of(t.subject), cell_of(t.predicate), cell_of(t.object)) for t in triples])


# --- the two ways


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a test ended: "passed", "failed", or "refused" where our API would not have it; what was said."""

    state: str
    said: str = ""


def on_engine(case: Case) -> Outcome:
    """The test on pyoxigraph as it is, in memory."""
    return _judged(case, _ENGINE[case.kind])


def through_api(case: Case, folder: Path | None) -> Outcome:
    """The test through `kg.query` and, updates, through the dataset of a `Store`.

    Parameters
    ----------
    folder
        Keeps databases from test to test, each query in a process of its own; with None everything stays in this process, which
        is faster and leaves out the limits alone.
    """
    return _judged(case, lambda case: _API[case.kind](case, folder))


def _judged(case: Case, passes: Callable[[Case], bool]) -> Outcome:
    try:
        return Outcome("passed" if passes(case) else "failed")
    except QueryError as error:
        return Outcome("refused" if "is refused" in str(error) else "failed", str(error))
    except (SyntaxError, ValueError, RuntimeError, OSError, AssertionError) as error:
        return Outcome("failed", f"{type(error).__name__}: {' '.join(str(error).split())[:200]}")


def _engine_answers(case: Case) -> bool:
    store = ox.Store()
    load(store, case, case.data, case.graphs)
    found = store.query(case.text(), base_iri=case.base)
    if isinstance(found, ox.QueryTriples):
        return triples_of(found).same_as(read_expected(case))
    if case.expected[0].suffix == ".csv":
        return read_csv(found.serialize(format=ox.QueryResultsFormat.CSV).decode()).same_as(read_expected(case))  # type: ignore[union-attr]
    written = found.serialize(format=ox.QueryResultsFormat.JSON)
    assert written is not None
    return read_results(written, ox.QueryResultsFormat.JSON).same_as(read_expected(case))


def _api_answers(case: Case, folder: Path | None) -> bool:
    result = _ask(case, folder)
    return all(answer.same_as(read_expected(case)) for answer in answers_of(result, case.expected[0].suffix))


def answers_of(result: QueryResult, wanted: str) -> Iterator[Answer]:
    """The answer as it is read back from what we write."""
    if result.kind == "construct":
        yield triples_of(quad.triple for quad in ox.parse(format_result(result, "turtle").encode(), format=ox.RdfFormat.TURTLE))
    elif wanted == ".csv":
        yield read_csv(format_result(result, "csv"))
    else:
        yield read_results(format_result(result, "json").encode(), ox.QueryResultsFormat.JSON)
        yield read_results(format_result(result, "xml").encode(), ox.QueryResultsFormat.XML)
        if result.kind == "select":
            yield read_results(format_result(result, "tsv").encode(), ox.QueryResultsFormat.TSV)


def _ask(case: Case, folder: Path | None) -> QueryResult:
    text = f"BASE <{case.base}>\n{case.text()}"
    if folder is not None:
        return run_on_database(_database(case, folder), text)
    store = ox.Store()
    load(store, case, case.data, case.graphs)
    return run_in_process(store, text)


def _database(case: Case, folder: Path) -> Path:
    """A database with the test's data; tests with the same data share one."""
    path = folder / f"{hash((case.data, case.graphs)):x}"
    if not path.exists():
        store = ox.Store(path)
        load(store, case, case.data, case.graphs)
        store.flush()
    return path


def _engine_parses(case: Case) -> bool:
    try:
        ox.Store().query(case.text(), base_iri=case.base)
    except SyntaxError:
        return False
    except (RuntimeError, ValueError, OSError):  # it can be parsed, and cannot be run
        return True
    return True


def _api_parses(case: Case, folder: Path | None) -> bool:
    try:
        _ask(case, folder)
    except QueryError as error:
        if "no document of this store" in str(error) or "the query failed" in str(error):  # it can be parsed, and cannot be run
            return True
        raise
    return True


def _api_rejects(case: Case, folder: Path | None) -> bool:
    try:
        return not _api_parses(case, folder)
    except QueryError:
        return True


Updater = Callable[[ox.Store, str, str], object]


def _update_bare(store: ox.Store, text: str, base: str) -> object:
    return store.update(text, base_iri=base)


def _update_ours(store: ox.Store, text: str, base: str) -> object:
    return Store(Path(), store).dataset.update(f"BASE <{base}>\n{text}")


def _updates(case: Case, update: Updater) -> bool:
    store, wanted = ox.Store(), ox.Store()
    load(store, case, case.data, case.graphs)
    load(wanted, case, case.expected, case.expected_graphs)
    update(store, case.text(), case.base)
    return _canonical(store) == _canonical(wanted)


def _canonical(store: ox.Store) -> set[str]:
    dataset = ox.Dataset(store)
    dataset.canonicalize(ox.CanonicalizationAlgorithm.UNSTABLE)
    return {str(quad) for quad in dataset}


def _parses_update(case: Case, update: Updater) -> bool:
    try:
        update(ox.Store(), case.text().replace("http://", "none://"), case.base)  # nothing is to be loaded from anywhere
    except SyntaxError:
        return False
    except (RuntimeError, OSError, ValueError):  # it can be parsed, and cannot be run
        return True
    return True


_ENGINE: dict[str, Callable[[Case], bool]] = {
    "query": _engine_answers,
    "syntax": _engine_parses,
    "bad syntax": lambda case: not _engine_parses(case),
    "update": lambda case: _updates(case, _update_bare),
    "update syntax": lambda case: _parses_update(case, _update_bare),
    "bad update syntax": lambda case: not _parses_update(case, _update_bare),
}
_API: dict[str, Callable[[Case, Path | None], bool]] = {
    "query": _api_answers,
    "syntax": _api_parses,
    "bad syntax": _api_rejects,
    "update": lambda case, _: _updates(case, _update_ours),
    "update syntax": lambda case, _: _parses_update(case, _update_ours),
    "bad update syntax": lambda case, _: not _parses_update(case, _update_ours),
}


def is_refused(case: Case) -> bool:
    """Whether a query with this update's text is refused before it runs."""
    try:
        check_query(case.text(), PREFIXES)
    except QueryError:
        return True
    return False


# --- reports


def w3c(suite: Path) -> None:
    """Both ways through the suite, and what fails."""
    cases = read_cases(suite)
    with tempfile.TemporaryDirectory() as folder:
        found = [(case, on_engine(case), through_api(case, Path(folder))) for case in cases]
    print("| part | tests | bare engine | through kg |\n|---|---|---|---|")
    for kind in dict.fromkeys(KINDS.values()):
        _print_counts(kind, [row for row in found if row[0].kind == kind])
    _print_counts("all", found)
    updates = [case for case in cases if "update" in case.kind]
    print(f"\nupdates that `run_query` refuses: {sum(map(is_refused, updates))} of {len(updates)}")
    print("\n| test | bare engine | through kg | what kg says |\n|---|---|---|---|")
    for case, engine, api in found:
        if engine.state != "passed" or api.state != "passed":
            print(f"| {case.name} | {engine.state} | {api.state} | {(api.said or engine.said)[:110].replace('|', '/')} |")


def _print_counts(part: str, rows: Sequence[tuple[Case, Outcome, Outcome]]) -> None:
    engine, api = (sum(row[place].state == "passed" for row in rows) for place in (1, 2))
    print(f"| {part} | {len(rows)} | {engine} | {api} |")


def overhead(documents: int, repeats: int) -> None:
    """What a query that has next to nothing to do costs, through `run_query` and on the open database."""
    ask = "SELECT ?s { ?s a kg:Statement } LIMIT 1"
    with tempfile.TemporaryDirectory() as folder:
        with Store.open(Path(folder) / "store") as store:
            store.load(corpus(documents))
        with Store.open(Path(folder) / "store", read_only=True) as store:
            ways: dict[str, Callable[[], object]] = {
                "run_query, store open": lambda: run_query(store, ask),
                "run_query, path of the store": lambda: run_query(Path(folder) / "store", ask),
                "Store.query, same process": lambda: list(store.query(ask)),
            }
            times: dict[str, list[tuple[float, float]]] = {name: [] for name in ways}
            for _ in range(repeats):
                for name, way in ways.items():
                    wall, processor = time.perf_counter(), _processor_seconds()
                    way()
                    times[name].append((time.perf_counter() - wall, _processor_seconds() - processor))
    print(f"{documents} documents, {repeats} times in turns; milliseconds\n")
    print("| way | fastest | median | processor, mean |\n|---|---|---|---|")
    for name, taken in times.items():
        walls, processors = zip(*taken, strict=True)
        print(f"| {name} | {min(walls) * 1000:.1f} | {statistics.median(walls) * 1000:.1f} | {statistics.mean(processors) * 1000:.1f} |")


def _processor_seconds() -> float:
    """Of this process and the children that ended."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("w3c").add_argument("--suite", type=Path, default=SUITE)
    costs = commands.add_parser("overhead")
    costs.add_argument("--documents", type=int, default=2000)
    costs.add_argument("--repeats", type=int, default=20)
    given = parser.parse_args()
    if given.command == "overhead":
        overhead(given.documents, given.repeats)
    elif given.suite.is_dir():
        w3c(given.suite)
    else:
        sys.exit(f"{given.suite}: there is no suite here; get github.com/w3c/rdf-tests and give its folder sparql/sparql11 with --suite")


if __name__ == "__main__":
    main()
