"""The house has one direction: who imports whom, which library is met where, and what `import kg` costs."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
LAYERS: tuple[frozenset[str], ...] = tuple(
    frozenset(names.split())
    for names in (
        "errors", "model", "vocabulary", "codebook", "read nlp extract link rdf", "codebooks", "record minhash", "store graph",
        "query measures", "render", "pipeline classifier", "llm cluster", "evaluate explain", "cli",
    )
)  # fmt: skip
"""From the ground up. A module imports from layers below its own; modules of one layer do not know each other."""

LEVEL = {name: level for level, names in enumerate(LAYERS) for name in names}

LIBRARIES = {
    "spacy": ("kg.nlp", "kg.extract"),
    "onnxruntime": ("kg.nlp",),
    "tokenizers": ("kg.nlp",),
    "rdflib": ("kg.rdf", "kg.codebooks.from_skos", "kg.codebooks.to_skos", "kg.store", "kg.query", "kg.render.formats"),
    "oxrdflib": ("kg.rdf", "kg.store", "kg.query", "kg.render.formats"),
    "pyoxigraph": ("kg.rdf", "kg.store", "kg.query", "kg.render.formats"),
    "pyshacl": ("kg.rdf", "kg.store", "kg.query"),
    "networkx": ("kg.graph", "kg.measures", "kg.render"),
    "pyvis": ("kg.render",),
    "trafilatura": ("kg.read",),
    "lxml": ("kg.read",),
    "pypdf": ("kg.read",),
    "rapidfuzz": ("kg.link",),
    "matplotlib": ("kg.render.figures",),
    "pyarrow": ("kg.render.formats",),
    "dask": ("kg.cluster",),
    "distributed": ("kg.cluster",),
    "typer": ("kg.cli",),
    "yaml": ("kg.codebooks",),
}
"""The modules that may import a library. The others get what they need as types of kg.model."""

HEAVY = (*LIBRARIES, "numpy", "rich")


def modules() -> dict[str, Path]:
    """Dotted name and file of every module of the package."""
    found = {}
    for path in sorted((ROOT / "kg").rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


MODULES = modules()


def imports(name: str, source: str, *, package: bool = False) -> Iterator[tuple[int, str]]:
    """Line and dotted name of everything that a module imports, wherever in it; `from kg import read` is kg.read."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            parts = name.split(".")
            base = parts[: len(parts) - node.level + package] if node.level else []
            origin = ".".join([*base, *(node.module.split(".") if node.module else [])])
            yield from ((node.lineno, f"{origin}.{alias.name}") for alias in node.names)


def room(dotted: str) -> str | None:
    """The first part below kg: "kg.read.dates" is in "read"; None for kg itself and for what is not kg's."""
    parts = dotted.split(".")
    return parts[1] if parts[0] == "kg" and len(parts) > 1 else None


def within(module: str, allowed: str) -> bool:
    return module == allowed or module.startswith(allowed + ".")


def faults(name: str, source: str, *, package: bool = False) -> list[str]:
    """What a module imports against the direction of the house, one line each."""
    found = []
    here = room(name)
    for line, imported in imports(name, source, package=package):
        library = imported.split(".")[0]
        if library in LIBRARIES and not any(within(name, allowed) for allowed in LIBRARIES[library]):
            found.append(f"{name}:{line} imports {library}, which only {', '.join(LIBRARIES[library])} may")
        if library == "spacy" and here == "extract" and not within(imported, "spacy.tokens"):
            found.append(f"{name}:{line} imports {imported}; extract may use the types of spacy.tokens only")
        there = room(imported)
        if library != "kg" or here is None or there == here:
            continue
        if there not in LEVEL:
            found.append(f"{name}:{line} imports {imported}, not a module of a lower layer")
        elif LEVEL[there] >= LEVEL.get(here, 0):
            found.append(f"{name}:{line} imports {imported}, which is not below {here}")
    return found


def test_every_module_has_its_layer() -> None:
    rooms = {room(name) for name in MODULES} - {None, "__main__"}
    assert sorted(rooms - LEVEL.keys(), key=str) == [], "give a new module its place in LAYERS"


@pytest.mark.parametrize("name", MODULES)
def test_imports_go_one_way(name: str) -> None:
    path = MODULES[name]
    if name in {"kg", "kg.__main__"}:
        return
    assert faults(name, path.read_text(encoding="utf-8"), package=path.name == "__init__.py") == []


@pytest.mark.parametrize(
    ("name", "source", "expected"),
    [
        ("kg.read.rows", "from kg.read.draft import Draft\nfrom kg.errors import InputError", 0),
        ("kg.read.rows", "from .draft import Draft\nfrom ..errors import InputError", 0),
        ("kg.read.rows", "from kg.extract import read_clauses", 1),
        ("kg.read.rows", "from kg import extract", 1),
        ("kg.read.rows", "from ..extract import clauses", 1),
        ("kg.read.rows", "from kg import read_documents", 1),
        ("kg.model", "from kg.codebook import RELATIONS", 1),
        ("kg.store", "import kg.graph", 1),
        ("kg.graph", "import networkx\nfrom kg.model import Tie", 0),
        ("kg.extract", "from spacy.tokens import Doc", 0),
        ("kg.extract", "import spacy", 1),
        ("kg.extract.clauses", "def f():\n    from spacy.matcher import DependencyMatcher", 1),
        ("kg.link", "from spacy.tokens import Doc", 1),
        ("kg.render.html", "import rdflib", 1),
        ("kg.render.formats", "import rdflib", 0),
        ("kg.cli", "import typer\nfrom kg import pipeline", 0),
        ("kg.pipeline", "from kg.cli import main", 1),
    ],
)
def test_the_check_itself(name: str, source: str, expected: int) -> None:
    assert len(faults(name, source)) == expected


def test_importing_kg_loads_nothing_heavy_and_says_nothing() -> None:
    code = f"import sys, threading; import kg; print([m for m in {HEAVY!r} if m in sys.modules], threading.active_count())"
    found = subprocess.run([sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    assert (found.stdout.strip(), found.stderr) == ("[] 1", "")


def test_importing_read_loads_no_parser() -> None:
    code = f"import sys; import kg.read; print([m for m in {HEAVY!r} if m in sys.modules])"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    assert found.stdout.strip() == "[]"
