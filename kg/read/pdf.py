"""PDF: the text layer of a file, its lines joined to paragraphs again."""

from __future__ import annotations

import io
import logging
import re
import zlib
from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

from kg.read.draft import Draft
from kg.read.problems import Report, UnreadableInputError
from kg.read.streams import read_whole

if TYPE_CHECKING:
    from pypdf import PdfReader

# pypdf's documentation: "broken PDF files might cause other exceptions". These are the ones its parser lets through.
_PDF_TROUBLE = (
    ValueError, LookupError, TypeError, AttributeError, RecursionError, ArithmeticError, AssertionError, EOFError, zlib.error,
)  # fmt: skip
_PAGE_NUMBER = re.compile(r"(?i)[-–\s]*(?:page\s+)?\d{1,4}(?:\s*(?:of|/)\s*\d{1,4})?[-–\s]*")


def read_pdf(stream: io.BufferedReader, name: str, encoding: str | None, report: Report) -> Iterator[Draft]:
    """The text of a PDF: running heads and page numbers dropped, hyphens at line ends closed, wrapped lines joined."""
    from pypdf import PdfReader
    from pypdf.errors import DependencyError, PyPdfError

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    trouble = (PyPdfError, DependencyError, *_PDF_TROUBLE)
    data = read_whole(stream, name)
    try:
        reader = PdfReader(io.BytesIO(data))
        if reader.is_encrypted and not reader.decrypt(""):
            raise UnreadableInputError(name, "encrypted PDF; save it without a password first")
        count = len(reader.pages)
    except trouble as error:
        reason = " ".join(str(error).split())[:120] or type(error).__name__
        raise UnreadableInputError(name, f"unreadable PDF ({reason})") from error
    pages = [page for number in range(count) if (page := _pdf_page(reader, number, trouble, report)) is not None]
    text = join_pages(pages)
    if not text:
        raise UnreadableInputError(name, "PDF without text (a scan?); run text recognition on it first")
    yield Draft(text=text, title=_pdf_title(reader, trouble))


def _pdf_page(reader: PdfReader, number: int, trouble: tuple[type[Exception], ...], report: Report) -> list[str] | None:
    try:
        lines = reader.pages[number].extract_text().splitlines()
    except trouble as error:
        report(f"page {number + 1}", f"unreadable page left out ({type(error).__name__})")
        return None
    return [" ".join(line.split()) for line in lines]


def _pdf_title(reader: PdfReader, trouble: tuple[type[Exception], ...]) -> str | None:
    try:
        title = reader.metadata.title if reader.metadata else None
    except trouble:
        return None
    return title if title and not re.search(r"untitled|\.(?:docx?|pdf|indd|tex)$", title, re.IGNORECASE) else None


def join_pages(pages: list[list[str]]) -> str:
    """Paragraphs out of the lines of pages.

    A line break is kept where the next line's first word would have fitted on the line: nobody wraps there.
    A hyphen at a line's end is closed where the next line goes on in lower case.
    """
    lines = [line for page in _without_running_lines(pages) for line in page]
    lengths = sorted(len(line) for line in lines if line)
    width = lengths[int(len(lengths) * 0.9)] if lengths else 0
    text = ""
    previous = ""
    for line in lines:
        if not line or not previous:
            text += "\n" + line
        elif previous.endswith("-") and line[0].islower() and previous[-2:-1].isalpha():
            text = text[:-1] + line
        elif len(previous) + 1 + len(line.split()[0]) <= 0.85 * width:
            text += "\n" + line
        else:
            text += " " + line
        previous = line
    return re.sub(r"\n{2,}", "\n\n", text).strip()


def _without_running_lines(pages: list[list[str]]) -> list[list[str]]:
    """The pages without page numbers and without first and last lines that most pages share, numbers aside."""
    pages = [[*_trimmed(page)] for page in pages]
    ends = Counter(key for page in pages for key in {_mask(line) for line in (page[:1] + page[-1:])})
    running = {key for key, count in ends.items() if len(pages) >= 3 and count * 2 > len(pages)}
    kept = []
    for page in pages:
        while page and _is_running(page[0], running):
            page = page[1:]
        while page and _is_running(page[-1], running):
            page = page[:-1]
        kept.append(page)
    return kept


def _trimmed(page: list[str]) -> list[str]:
    filled = [i for i, line in enumerate(page) if line]
    return page[filled[0] : filled[-1] + 1] if filled else []


def _mask(line: str) -> str:
    return re.sub(r"\d+", "#", line)


def _is_running(line: str, running: set[str]) -> bool:
    return not line or _mask(line) in running or _PAGE_NUMBER.fullmatch(line) is not None
