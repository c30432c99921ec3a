"""Which extractor reads the documents of a command: the rules, or a large language model where one was asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import typer

from kg.cli.console import Problems, err
from kg.errors import KgError
from kg.model import Document, Statement
from kg.pipeline import Settings, extract_documents
from kg.read import Problem, display_id

Pairs = Iterator[tuple[Document, list[Statement]]]
Reader = Callable[[Iterable[Document]], Pairs]


@dataclass(frozen=True, slots=True)
class LLMOptions:
    """The --llm options of a command, as given."""

    model: str | None = None
    url: str | None = None
    price: str | None = None
    budget: int | None = None
    cache: Path | None = None
    timeout: float | None = None


def reader_of(settings: Settings, processes: int, llm: LLMOptions, problems: Problems) -> Reader:
    """How documents become statements. Nothing is sent, and no client is loaded, without a model's name in `llm`."""
    if llm.model is None:
        for name in ("url", "price", "budget", "cache", "timeout"):
            if getattr(llm, name) is not None:
                raise typer.BadParameter("means nothing without --llm MODEL; nothing is sent without it", param_hint=f"--llm-{name}")
        return lambda documents: extract_documents(documents, settings, processes=processes)
    return _model_reader(settings, processes, llm, llm.model, problems)


def _model_reader(settings: Settings, requests: int, llm: LLMOptions, model: str, problems: Problems) -> Reader:
    from kg.llm import Endpoint, LLMExtractor, Price

    price = Price.parse(llm.price) if llm.price is not None else None
    endpoint = Endpoint.from_environment(model, llm.url, *(() if llm.timeout is None else (llm.timeout,)))

    def left_out(document: Document, error: KgError) -> None:
        problems(Problem(display_id(document.id), "", f"{error}; left out"))

    def read(documents: Iterable[Document]) -> Pairs:
        extractor = LLMExtractor(endpoint, settings, cache=llm.cache, budget=llm.budget)
        try:
            yield from extractor.extract_documents(documents, requests=requests, on_failure=left_out)
            if extractor.report.stopped is not None:
                problems(Problem("--llm-budget", "", extractor.report.stopped))
        finally:  # what was spent is shown however the run ends
            for line in extractor.report.lines(price):
                err.print(line, markup=False)

    return read
