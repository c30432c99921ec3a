"""Fixtures for tests of the whole: the command line in this process, with models loaded once, and a store of the examples."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

import kg.pipeline
from kg.cli import main
from kg.link import Catalogue
from kg.nlp import load_pipeline
from kg.read import read_documents
from kg.render import write_page
from kg.store import Store
from tests.browser import Browser
from tests.invented_news import invented_news

ROOT = Path(__file__).resolve().parent.parent
EXAMPLES = sorted(path for path in (ROOT / "examples").iterdir() if path.suffix in {".txt", ".md", ".jsonl"} and path.stem != "README")

_pipeline_once = cache(load_pipeline)
_catalogue_once = cache(Catalogue.load)


@dataclass(frozen=True, slots=True)
class Ran:
    """How a command ended and what it printed."""

    code: int
    out: str
    err: str


Run = Callable[..., Ran]


@pytest.fixture(scope="session")
def models_once() -> Iterator[None]:
    """Every command loads the model and the catalogue anew; in one process of tests once is enough."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(kg.pipeline, "load_pipeline", _pipeline_once)
        patch.setattr(kg.pipeline, "Catalogue", _CatalogueOnce)
        yield


class _CatalogueOnce(Catalogue):
    @classmethod
    def load(cls, actors_file: Path | None = None, names: str | None = None) -> Catalogue:
        return _catalogue_once() if actors_file is None and names is None else Catalogue.load(actors_file, names)


@pytest.fixture
def run(models_once: None, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """run("stats", "--store", path, stdin=b"...") is the command line in this process; what it prints comes back."""

    def call(*arguments: str | Path, stdin: bytes = b"") -> Ran:
        monkeypatch.delenv("COLUMNS", raising=False)
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin), encoding="utf-8"))
        capsys.readouterr()
        with pytest.raises(SystemExit) as stop:
            main(_strings(arguments))
        printed = capsys.readouterr()
        assert "Traceback" not in printed.err
        assert isinstance(stop.value.code, int)
        return Ran(stop.value.code, printed.out, printed.err)

    return call


def _strings(arguments: Sequence[str | Path]) -> list[str]:
    return [str(argument) for argument in arguments]


@pytest.fixture(scope="session")
def examples_store(models_once: None, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store of the example articles. Tests that change a store make their own."""
    path = tmp_path_factory.mktemp("examples") / "store"
    documents = read_documents([str(file) for file in EXAMPLES], on_problem=print)
    with Store.open(path) as store:
        for document, statements in kg.pipeline.extract_documents(documents):
            store.add(document, statements)
    return path


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """One tab for the tests of a module."""
    opened = Browser(tmp_path_factory.mktemp("profile"))
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of thirty invented actors."""
    out = tmp_path_factory.mktemp("page") / "small.html"
    write_page(*invented_news(30, 140, seed=3), out, title="Thirty actors")
    return out
