"""What the user named, in order, as documents: which files there are, how each is read, and what counts as the same."""

from __future__ import annotations

import io
import os
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from kg.errors import InputError
from kg.model import Document
from kg.read.dates import parse_date
from kg.read.draft import Draft, to_document
from kg.read.html import read_html
from kg.read.identity import display_id, text_digest
from kg.read.pdf import read_pdf
from kg.read.plain import read_markdown, read_plain
from kg.read.problems import OnProblem, Problem, Report, UnreadableInputError
from kg.read.rows import check_columns, read_json, read_json_lines, read_table
from kg.read.streams import check_encoding, open_bytes

FORMATS = ("text", "markdown", "html", "pdf", "jsonl", "json", "csv", "tsv")
ENDINGS = {
    ".txt": "text", ".text": "text", ".md": "markdown", ".markdown": "markdown", ".html": "html", ".htm": "html", ".xhtml": "html",
    ".pdf": "pdf", ".jsonl": "jsonl", ".ndjson": "jsonl", ".json": "json", ".csv": "csv", ".tsv": "tsv",
}  # fmt: skip
"""File name endings and the formats they mean; each may be followed by ".gz"."""

_ODD = frozenset({"link out of the folder", "no plain file"})
_ABOUT_THE_FOLDER = frozenset({"readme", "license", "licence", "notice", "changelog"})

_PageReader = Callable[[io.BufferedReader, str, str | None, Report], Iterator[Draft]]
_RowReader = Callable[[io.BufferedReader, str, str | None, Mapping[str, str], Report], Iterator[Draft]]
_PAGES: Mapping[str, _PageReader] = {"text": read_plain, "markdown": read_markdown, "html": read_html, "pdf": read_pdf}
_ROWS: Mapping[str, _RowReader] = {
    "jsonl": read_json_lines,
    "json": read_json,
    "csv": partial(read_table, delimiter=None),
    "tsv": partial(read_table, delimiter="\t"),
}


@dataclass(frozen=True, slots=True)
class _File:
    """A file to read: `path` is None for standard input, `format` None where its head has to tell."""

    name: str
    path: Path | None
    format: str | None


@dataclass(frozen=True, slots=True)
class _Options:
    columns: Mapping[str, str]
    encoding: str | None
    date: str | None
    publisher: str | None


@dataclass(slots=True)
class _Tally:
    """Passes problems on and remembers how many there were, for the case that nothing else came out."""

    on_problem: OnProblem
    count: int = 0
    first: Problem | None = None
    digests: dict[str, str] = field(default_factory=dict)

    def report(self, problem: Problem) -> None:
        self.count += 1
        self.first = self.first or problem
        self.on_problem(problem)


def read_documents(
    inputs: Sequence[str | Path],
    *,
    format: str | None = None,
    columns: Mapping[str, str] | None = None,
    encoding: str | None = None,
    default_date: str | None = None,
    default_publisher: str | None = None,
    on_problem: OnProblem,
) -> Iterator[Document]:
    """Read files, folders and standard input, one document at a time.

    Parameters
    ----------
    inputs : paths; "-" is standard input. Folders are read with all below them, sorted by name; hidden files, files of
        an unknown kind and what is about the folder itself (README, LICENSE) are left out and counted.
    format : one of FORMATS (or an ending such as "txt") instead of what the ending or the head of a file says.
    columns : the input's name of a field, such as {"text": "body"}, for rows (jsonl, json, csv, tsv).
    encoding : decode strictly so; without it a byte order mark, UTF-8 and Windows-1252 (reported) are tried in turn.
    default_date, default_publisher : for documents that name none.
    on_problem : called with each Problem: what was left out or guessed.

    Returns
    -------
    Iterator of documents with distinct ids. Of documents with one id the first is kept, the others are reported.

    Raises
    ------
    InputError : at once for a wrong option, a missing file or a folder without anything to read; while iterating, if
        the only input cannot be read or nothing at all came out.
    """
    check_encoding(encoding)
    date = parse_date(default_date) if default_date else None
    if default_date and not date:
        raise InputError(f"date '{default_date}' not understood; write it as 2025-03-20, 2025-03 or 2025")
    options = _Options(check_columns(columns), encoding, date, default_publisher)
    tally = _Tally(on_problem)
    files = _list_files(inputs, _known_format(format), tally)
    return _documents(files, options, tally)


def _known_format(format: str | None) -> str | None:
    if format is None:
        return None
    known = ENDINGS.get("." + format.lower().lstrip("."), format.lower())
    if known not in FORMATS:
        raise InputError(f"unknown input format '{format}'; kg reads {', '.join(FORMATS)}")
    return known


def _documents(files: Sequence[_File], options: _Options, tally: _Tally) -> Iterator[Document]:
    count = 0
    for file in files:
        try:
            for document in _distinct(file, options, tally):
                count += 1
                yield document
        except UnreadableInputError as error:
            if len(files) == 1 and count == 0:
                raise
            tally.report(error.problem)
    if count == 0:
        if tally.first and tally.count == 1:
            raise InputError(str(tally.first))
        names = ", ".join(file.name for file in files[:3]) + (" ..." if len(files) > 3 else "")
        raise InputError(f"no document in {names}" + (f"; first of {tally.count} problems: {tally.first}" if tally.first else ""))


def _distinct(file: _File, options: _Options, tally: _Tally) -> Iterator[Document]:
    """The documents of a file whose ids have not been seen; a repeat is reported."""

    def report(place: str, message: str) -> None:
        tally.report(Problem(file.name, place, message))

    for draft in _drafts(file, options, report):
        document = to_document(draft, report, options.date, options.publisher)
        if document is None:
            continue
        digest = text_digest(document.text)[:16]
        known = tally.digests.setdefault(document.id, "")
        if not known:
            tally.digests[document.id] = digest
            yield document
        elif known == digest:
            report(draft.place, f"document '{display_id(document.id)}' again, left out")
        else:
            report(draft.place, f"id '{display_id(document.id)}' again with another text, left out; give each document an id of its own")


def _drafts(file: _File, options: _Options, report: Report) -> Iterator[Draft]:
    with open_bytes(file.path, file.name) as stream:
        format = file.format or detect_format(stream.peek(8192))
        if reader := _PAGES.get(format):
            yield from reader(stream, file.name, options.encoding, report)
        else:
            yield from _ROWS[format](stream, file.name, options.encoding, options.columns, report)


def detect_format(head: bytes) -> str:
    """The format that the first bytes look like; text where nothing else is plain to see.

    >>> detect_format(b'{"id": "d1", "text": "Ghana thanked Togo."}'), detect_format(b"Ghana thanked Togo.")
    ('jsonl', 'text')
    """
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if start.startswith(b"%PDF-"):
        return "pdf"
    if re.match(rb"(?i)<(?:!doctype html|html|\?xml[^>]*>\s*<(?:!doctype html|html))\b", start):
        return "html"
    if re.match(rb'\{\s*"', start):
        return "jsonl" if re.match(rb'\{[ \t]*"', start) else "json"
    return "json" if re.match(rb'\[\s*\{\s*"', start) else "text"


def _list_files(inputs: Sequence[str | Path], format: str | None, tally: _Tally) -> list[_File]:
    """Every file once, in the order named; raises InputError for what is not there."""
    if not inputs:
        raise InputError("nothing to read; name a file or folder, or - for standard input")
    files: dict[str, _File] = {}
    for given in inputs:
        for file in _expand(str(given), format, tally):
            files.setdefault(str(file.path.resolve()) if file.path else "-", file)
    return [*files.values()]


def _expand(given: str, format: str | None, tally: _Tally) -> list[_File]:
    path = Path(given)
    if given == "-":
        return [_File("stdin", None, format)]
    if re.match(r"https?://", given):
        raise InputError(f"{given}: kg reads files, not the network; save the page first")
    if path.is_dir():
        return _folder(path, format, tally)
    if not path.exists():
        raise InputError(f"{given}: no such file or folder")
    return [_File(given, path, format or format_of(path))]


def format_of(path: Path) -> str | None:
    """The format that a file name's ending means, "gz" aside; None for an unknown ending."""
    return ENDINGS.get(Path(path.name.lower().removesuffix(".gz")).suffix)


def _odd(path: Path, folder: Path) -> str:
    """Why a file in a folder is not read unless it is named itself; "" where it is."""
    if path.is_symlink() and not path.resolve().is_relative_to(folder.resolve()):
        return "link out of the folder"  # a folder from elsewhere could lead to any file of this machine
    return "" if path.is_file() else "no plain file"


def _folder(folder: Path, format: str | None, tally: _Tally) -> list[_File]:
    """The readable files below a folder, sorted; what is skipped is one problem with counts by ending."""

    def unreadable(error: OSError) -> None:
        tally.report(Problem(str(error.filename), "", f"folder left out ({(error.strerror or str(error)).lower()})"))

    files: list[_File] = []
    skipped: Counter[str] = Counter()
    for parent, folders, names in os.walk(folder, onerror=unreadable):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            path = Path(parent, name)
            if name.startswith("."):
                skipped["hidden"] += 1
            elif path.stem.lower() in _ABOUT_THE_FOLDER:
                skipped[name] += 1
            elif (known := format or format_of(path)) and (odd := _odd(path, folder)):
                skipped[odd] += 1
            elif known:
                files.append(_File(str(path), path, known))
            else:
                skipped[path.suffix.lower() or "no ending"] += 1
    if not files:
        raise InputError(f"{folder}: no file that kg reads in this folder ({' '.join(ENDINGS)}, each also .gz)")
    if skipped:
        kinds = ", ".join(f"{kind} {count}" if kind not in _ODD else f"{count} {kind}" for kind, count in sorted(skipped.items()))
        count = f"{skipped.total()} file{'s' if skipped.total() > 1 else ''}"
        # Not through the tally: a skipped file is not why nothing came out.
        tally.on_problem(
            Problem(str(folder), "", f"{count} skipped, hidden or no article of a kind that kg reads ({kinds})", expected=True)
        )
    return sorted(files, key=lambda file: Path(file.name).parts)
