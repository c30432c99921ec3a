"""Commands that read documents: build and extract."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Literal

import typer
from rich.table import Table

from kg.cli.codebooks import code_cell, coded_export, recoder_of
from kg.cli.console import Problems, err, print_table, progress, read_ahead, statements_table, writing, written_bytes
from kg.cli.llm import LLMOptions, Reader, reader_of
from kg.cli.options import (
    LLM,
    Actors,
    ActorsFile,
    Codebook,
    Columns,
    Date,
    Encoding,
    InputFormat,
    Inputs,
    JudgementsFile,
    Least,
    LLMBudget,
    LLMCache,
    LLMPrice,
    LLMTimeout,
    LLMUrl,
    Model,
    NamesPolicy,
    Output,
    Processes,
    Publisher,
    StoreToBuild,
    documents_of,
)
from kg.codebooks import Recoder
from kg.model import Document, Statement
from kg.pipeline import Settings
from kg.read import display_id
from kg.record import Record, code_record, json_line, statement_record

Extracted = Iterable[tuple[Document, list[Statement]]]


def register(app: typer.Typer) -> None:
    app.command()(build)
    app.command()(extract)


def build(
    inputs: Inputs,
    store: StoreToBuild,
    model: Model = None,
    actors: Actors = "known",
    actors_file: ActorsFile = None,
    judgements: JudgementsFile = None,
    names: NamesPolicy = None,
    codebook: Codebook = None,
    min_confidence: Least = 0.0,
    processes: Processes = 1,
    input_format: InputFormat = None,
    column: Columns = None,
    date: Date = None,
    publisher: Publisher = None,
    encoding: Encoding = None,
    llm: LLM = None,
    llm_url: LLMUrl = None,
    llm_price: LLMPrice = None,
    llm_budget: LLMBudget = None,
    llm_cache: LLMCache = None,
    llm_timeout: LLMTimeout = None,
    table: Annotated[bool, typer.Option("--table", help="Print the statements of this run as a table.")] = False,
) -> None:
    """Read documents, extract statements and keep them in a store.

    A document that is there already is replaced if it changed and left alone if not. Interrupt at any time: each
    document is in the store whole or not at all, and the same command goes on. Of --codebook the store gets what its
    own words find; its codes are given whenever the store is read with --codebook.

    Examples:

    - `kg build articles/ --store out/store`

    - `cat feed.jsonl | kg build - --input-format jsonl --store out/store`

    - `kg build news.csv --column text=body --column date=published --store out/store --table`
    """
    from kg.store import Store

    recoder = recoder_of(codebook)
    problems = Problems()
    documents = documents_of(inputs, input_format, column, date, publisher, encoding, problems)
    settings = Settings(
        model, actors, actors_file, min_confidence, acts=recoder.codebook.acts if recoder else (), judgements=judgements, names=names
    )
    reader = reader_of(settings, processes, LLMOptions(llm, llm_url, llm_price, llm_budget, llm_cache, llm_timeout), problems)
    counts = {"added": 0, "replaced": 0, "unchanged": 0}
    found: list[Statement] = []
    number = 0
    with Store.open(store) as opened:
        for document, statements in _extracted(documents, reader, wait="-" not in inputs):
            counts[opened.add(document, statements)] += 1
            number += len(statements)
            if table:
                found.extend(statements)
    if table:
        print_table(_table(found, recoder))
    plural = "" if sum(counts.values()) == 1 else "s"
    changes = ", ".join(f"{count} {change}" for change, count in counts.items() if count)
    err.print(f"{store}: {sum(counts.values())} document{plural} ({changes}), {number} statements", markup=False)
    problems.finish()


def extract(
    inputs: Inputs,
    format: Annotated[Literal["jsonl", "csv", "ttl", "turtle", "table"], typer.Option("--format", "-f", help="How to write.")] = "jsonl",
    output: Output = None,
    model: Model = None,
    actors: Actors = "known",
    actors_file: ActorsFile = None,
    judgements: JudgementsFile = None,
    names: NamesPolicy = None,
    codebook: Codebook = None,
    min_confidence: Least = 0.0,
    processes: Processes = 1,
    input_format: InputFormat = None,
    column: Columns = None,
    date: Date = None,
    publisher: Publisher = None,
    encoding: Encoding = None,
    llm: LLM = None,
    llm_url: LLMUrl = None,
    llm_price: LLMPrice = None,
    llm_budget: LLMBudget = None,
    llm_cache: LLMCache = None,
    llm_timeout: LLMTimeout = None,
) -> None:
    """Print the statements of documents without a store.

    Examples:

    - `kg extract article.txt --date 2025-03-20 --format table`

    - `kg extract news.jsonl > statements.jsonl`

    - `echo "Ghana thanked Togo." | kg extract - --format csv`

    - `kg extract news.jsonl --codebook cameo --format csv --output events.csv`

    - `kg extract article.txt --llm my-model --llm-url http://localhost:8080/v1 --format table`
    """
    recoder = recoder_of(codebook)
    problems = Problems()
    documents = documents_of(inputs, input_format, column, date, publisher, encoding, problems)
    settings = Settings(
        model, actors, actors_file, min_confidence, acts=recoder.codebook.acts if recoder else (), judgements=judgements, names=names
    )
    reader = reader_of(settings, processes, LLMOptions(llm, llm_url, llm_price, llm_budget, llm_cache, llm_timeout), problems)
    with writing(output) as file:
        pairs = _extracted(documents, reader, wait="-" not in inputs)
        if format == "jsonl":
            for document, statements in pairs:
                file.writelines(json_line(record) + "\n" for record in _records(document, statements, recoder))
        elif format == "table":
            print_table(_table([s for _, found in pairs for s in found], recoder), file)
        elif format == "csv":
            from kg.render import write_csv

            everything = [s for _, found in pairs for s in found]
            file.write(written_bytes(lambda path: write_csv(everything, path, recoder=recoder)).decode())
        else:
            file.write(_turtle(pairs, recoder))
    problems.finish()


def _extracted(documents: Iterable[Document], reader: Reader, *, wait: bool) -> Extracted:
    """Documents with their statements, under a progress bar; `wait` for a count of them, which a live stream has not."""
    total = None
    if wait:
        documents, total = read_ahead(documents)
    return progress(reader(documents), "documents", total)


def _records(document: Document, statements: list[Statement], recoder: Recoder | None) -> Iterator[Record]:
    """The statements of a document as JSON lines hold them; `code` is there where a codebook was asked for."""
    codes = recoder.codes(statements) if recoder else {}
    for s in statements:
        record = statement_record(s, display_id(document.id))
        yield record | {"code": code_record(recoder.codebook, codes.get(s.id))} if recoder else record


def _table(statements: list[Statement], recoder: Recoder | None) -> Table:
    codes = recoder.codes(statements) if recoder else {}
    return statements_table(statements, (lambda s: code_cell(s, codes)) if recoder else None)


def _turtle(pairs: Extracted, recoder: Recoder | None) -> str:
    from kg.store import Store

    with TemporaryDirectory() as folder, Store.open(Path(folder) / "store") as store:
        for document, statements in pairs:
            store.add(document, statements)
        return coded_export(store, recoder, "turtle").decode()
