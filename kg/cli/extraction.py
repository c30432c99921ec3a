"""Commands that read documents: build and extract."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from inspect import Signature, signature
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer
from rich.table import Table

from kg.cli.building import Writer, bring_up_to_date, build_of, by_cluster, checked_sync, one_by_one, report
from kg.cli.codebooks import code_cell, coded_export, recoder_of
from kg.cli.console import Problems, print_table, progress, read_ahead, statements_table, writing, written_bytes
from kg.cli.differences import print_differences
from kg.cli.llm import LLMOptions, Reader, reader_of
from kg.cli.options import (
    LLM,
    Actors,
    ActorsFile,
    Codebook,
    Columns,
    Dask,
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
    RulesOnly,
    Shards,
    StoreToBuild,
    documents_of,
)
from kg.cli.places import Address, opened_store
from kg.codebooks import Recoder
from kg.model import Document, Statement
from kg.pipeline import Settings
from kg.read import display_id
from kg.record import Record, code_record, json_line, statement_record

if TYPE_CHECKING:
    from kg.store import AnyStore, Build

Extracted = Iterable[tuple[Document, list[Statement]]]


def register(app: typer.Typer) -> None:
    app.command()(build)
    app.command()(_rebuild())
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
    min_confidence: Least = None,
    rules_only: RulesOnly = False,
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
    dask: Dask = None,
    shards: Shards = None,
    table: Annotated[bool, typer.Option("--table", help="Print the statements of this run as a table.")] = False,
    sync: Annotated[bool, typer.Option("--sync", help="Remove the documents of the store that are not among the inputs.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Change nothing; show the statements that would come, go or change.")] = False,
    anew: Annotated[bool, typer.Option("--anew", help="Read again what another version or other options made.")] = False,
) -> None:
    """Read documents, extract statements and keep them in a store.

    A document that is there already is replaced if it changed and left alone if not. Interrupt at any time: each
    document is in the store whole or not at all, and the same command goes on. Of --codebook the store gets what its
    own words find; its codes are given whenever the store is read with --codebook.

    Examples:

    - `kg build articles/ --store out/store`

    - `cat feed.jsonl | kg build - --input-format jsonl --store out/store`

    - `kg build news.csv --column text=body --column date=published --store out/store --table`

    - `kg build archive.jsonl --store out/store --dask tcp://host:8786`
    """
    from kg.store.compare import compare_statements

    recoder = recoder_of(codebook)
    problems = Problems()
    documents = documents_of(inputs, input_format, column, date, publisher, encoding, problems)
    settings = Settings(model, actors, actors_file, min_confidence, rules_only, recoder.codebook.acts if recoder else (), judgements, names)
    asked = LLMOptions(llm, llm_url, llm_price, llm_budget, llm_cache, llm_timeout)
    made_by = build_of(settings, llm, codebook)
    writer = _writer(settings, processes, asked, problems, made_by, dask, shards)
    keep = checked_sync(lambda: problems.count) if sync else None
    with _store_to_build(store, dry_run=dry_run) as opened:
        before = opened.statements() if dry_run else []
        counted = _counted(documents, wait="-" not in inputs)
        outcome = bring_up_to_date(opened, counted, writer, made_by, anew=anew, keep=table, sync=keep)
        if dry_run:
            print_differences(compare_statements(before, opened.statements()))
        report(store, outcome, opened, made_by)
    if table:
        print_table(_table(outcome.statements, recoder))
    problems.finish()


def _writer(
    settings: Settings, processes: int, llm: LLMOptions, problems: Problems, build: Build, dask: str | None, shards: Path | None
) -> Writer:
    """Who reads and stores the documents: this process with those that it starts, or a cluster."""
    if shards is not None and dask is None:
        raise typer.BadParameter("means nothing without --dask ADDRESS", param_hint="--shards")
    if dask is None:
        return one_by_one(reader_of(settings, processes, llm, problems), build)
    if llm.model is not None or processes != 1:
        raise typer.BadParameter(f"cannot go with {'--llm' if llm.model else '--processes'}: the workers extract", param_hint="--dask")
    return by_cluster(dask, shards, settings, build, problems)


def _rebuild() -> Callable[..., None]:
    """The command `rebuild`: it takes what `build` takes, and is `build --anew`."""

    def rebuild(**options: Any) -> None:
        """Read documents again that another version or other options made, and replay what people judged of them.

        Give the inputs and options of `kg build`, since a store keeps no texts. See first what would change with --dry-run.

        Example:

        - `kg rebuild articles/ --store out/store --dry-run`
        """
        build(**options, anew=True)

    parameters = signature(build, eval_str=True).parameters.values()
    taken = [one for one in parameters if one.name != "anew"]
    rebuild.__signature__ = Signature(taken)  # type: ignore[attr-defined]  # what typer reads options from
    rebuild.__annotations__ = {one.name: one.annotation for one in taken}
    return rebuild


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
    min_confidence: Least = None,
    rules_only: RulesOnly = False,
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
    settings = Settings(model, actors, actors_file, min_confidence, rules_only, recoder.codebook.acts if recoder else (), judgements, names)
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


def _counted(documents: Iterable[Document], *, wait: bool) -> Iterator[Document]:
    """Documents under a progress bar, as they are taken."""
    total = None
    if wait:
        documents, total = read_ahead(documents)
    return progress(documents, "documents", total)


@contextmanager
def _store_to_build(path: Path, *, dry_run: bool) -> Iterator[AnyStore]:
    """The store, open for writing; in a dry run a copy of it that nobody will see."""
    from kg.store import Store

    if not dry_run:
        with opened_store(path, create=True) as opened:
            yield opened
        return
    with TemporaryDirectory() as folder:
        copy = Path(folder) / "store"
        if isinstance(path, Address) or path.exists():
            with opened_store(path, read_only=True) as original:
                original.copy_to(copy)
        with Store.open(copy) as opened:
            yield opened


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
