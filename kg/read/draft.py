"""A document before its id is made, and the making of it."""

from __future__ import annotations

from dataclasses import dataclass

from kg.model import Document
from kg.read.dates import parse_date
from kg.read.identity import clean_text, document_id
from kg.read.problems import Report
from kg.read.streams import MAX_TEXT


@dataclass(frozen=True, slots=True)
class Draft:
    """What a file or row says of a document, as written there; `place` is where in the file."""

    text: str
    id: str | None = None
    title: str | None = None
    publisher: str | None = None
    date: str | None = None
    language: str | None = None
    url: str | None = None
    place: str = ""


def to_document(draft: Draft, report: Report, default_date: str | None, default_publisher: str | None) -> Document | None:
    """The document, or None where its text is empty or longer than MAX_TEXT characters, which is reported."""
    text = clean_text(draft.text)
    if not text.strip():
        report(draft.place, "no text, left out")
        return None
    if len(text) > MAX_TEXT:
        report(draft.place, f"text of {len(text):,} characters left out; the limit is {MAX_TEXT:,}: split it into articles")
        return None
    return Document(
        id=document_id(draft.id, text),
        text=text,
        title=_one_line(draft.title),
        publisher=_one_line(draft.publisher) or default_publisher,
        published=_published(draft, report) or default_date,
        language=_one_line(draft.language) or "en",
        url=_one_line(draft.url),
    )


def _published(draft: Draft, report: Report) -> str | None:
    written = _one_line(draft.date)
    if written is None:
        return None
    found = parse_date(written)
    if found is None:
        report(draft.place, f"date '{written[:40]}' not understood; write it as 2025-03-20, 2025-03 or 2025")
    return found


def _one_line(value: str | None) -> str | None:
    return " ".join(clean_text(value).split()) or None if value else None
