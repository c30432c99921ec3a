"""Options that several commands take, and what they mean to the library."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Literal

import typer

from kg.cli.places import place
from kg.errors import InputError
from kg.model import Document
from kg.read import read_documents
from kg.read.problems import OnProblem

Inputs = Annotated[
    list[str],
    typer.Argument(metavar="INPUT", help="Files or folders (.txt .md .html .pdf .jsonl .json .csv .tsv, also .gz); - is standard input."),
]
Store = Annotated[
    Path, typer.Option("--store", metavar="DIR|URL", parser=place, help="The store's directory, or the address of a SPARQL endpoint.")
]
StoreToBuild = Annotated[
    Path,
    typer.Option(
        "--store",
        metavar="DIR|URL",
        parser=place,
        help="The store's directory, or a SPARQL endpoint's address; made if not there.",
    ),
]
Model = Annotated[str | None, typer.Option("--model", help="An installed spaCy pipeline, such as en_core_web_trf, instead of ours.")]
Actors = Annotated[
    Literal["known", "all"],
    typer.Option(
        "--actors", help="known: only actors of the catalogue and people who act for one; all: everyone, named or not ('police')."
    ),
]
ActorsFile = Annotated[
    Path | None, typer.Option("--actors-file", help="CSV of your own actors and aliases (id,label,kind,iso3,qid,aliases,side).")
]
JudgementsFile = Annotated[
    Path | None, typer.Option("--judgements", metavar="FILE", help="What `kg actors` decided about unknown actors, replayed.")
]
NamesPolicy = Annotated[
    str | None,
    typer.Option("--names", metavar="POLICY", help="How contested names and territories are called: press, un, china ..., or a CSV file."),
]
Least = Annotated[
    float | None,
    typer.Option(
        "--min-confidence", min=0.0, max=1.0, help="Leave out statements below this confidence; a low one lets more in (default: balanced)."
    ),
]
RulesOnly = Annotated[bool, typer.Option("--rules-only", help="Leave the relation model out: faster, more precise, finds less.")]
Processes = Annotated[
    int, typer.Option("--processes", "-j", min=1, help="Worker processes, or questions at once with --llm; the result is the same.")
]
Dask = Annotated[
    str | None,
    typer.Option("--dask", metavar="ADDRESS", help="Extract on a Dask cluster: its scheduler's address (tcp://host:8786) or file (.json)."),
]
Shards = Annotated[
    Path | None,
    typer.Option("--shards", metavar="DIR", help="With --dask: a folder that all machines share, where workers leave what they did."),
]
InputFormat = Annotated[str | None, typer.Option("--input-format", help="Read every input as txt, md, html, pdf, jsonl, json, csv or tsv.")]
Columns = Annotated[
    list[str] | None, typer.Option("--column", help="Name a field of rows, such as text=body or date=published; repeatable.")
]
Date = Annotated[str | None, typer.Option("--date", help="Date of documents that name none: 2025-03-20, 2025-03 or 2025.")]
Publisher = Annotated[str | None, typer.Option("--publisher", help="Publisher of documents that name none.")]
Encoding = Annotated[str | None, typer.Option("--encoding", help="Decode inputs strictly so, such as cp1251.")]
Output = Annotated[str | None, typer.Option("--output", "-o", metavar="FILE", help="File to write; default is standard output.")]

LLM = Annotated[
    str | None,
    typer.Option("--llm", metavar="MODEL", help="Read sentences with this large language model instead. Sends them to --llm-url."),
]
LLMUrl = Annotated[
    str | None, typer.Option("--llm-url", metavar="URL", help="Its OpenAI-compatible endpoint [env: KG_LLM_URL; key: KG_LLM_API_KEY].")
]
LLMPrice = Annotated[
    str | None,
    typer.Option("--llm-price", metavar="IN,OUT", help="Price per million tokens of questions and of answers, to show the cost."),
]
LLMBudget = Annotated[int | None, typer.Option("--llm-budget", metavar="TOKENS", min=1, help="Stop before more tokens are spent.")]
LLMCache = Annotated[
    Path | None, typer.Option("--llm-cache", metavar="DIR", help="Where its answers are kept; default is the user's cache folder.")
]
LLMTimeout = Annotated[
    float | None, typer.Option("--llm-timeout", metavar="SECONDS", min=1, help="How long it may be silent; default is 180.")
]
Codebook = Annotated[
    str | None,
    typer.Option(
        "--codebook", metavar="NAME|FILE", help="Also give the codes of another codebook: cameo, plover, or a file (.yaml, .ttl)."
    ),
]


def documents_of(
    inputs: list[str],
    format: str | None,
    columns: list[str] | None,
    date: str | None,
    publisher: str | None,
    encoding: str | None,
    on_problem: OnProblem,
) -> Iterator[Document]:
    """The documents that the options of a command name."""
    named: dict[str, str] = {}
    for pair in columns or []:
        field, equals, name = pair.partition("=")
        if not equals or not name:
            raise InputError(f"--column {pair}: write it as field=name, such as text=body")
        named[field.strip()] = name.strip()
    return read_documents(
        inputs,
        format=format,
        columns=named or None,
        encoding=encoding,
        default_date=date,
        default_publisher=publisher,
        on_problem=on_problem,
    )
