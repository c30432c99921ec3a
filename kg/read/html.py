"""HTML: the article of a page, with what the page declares of itself."""

from __future__ import annotations

import io
import json
import logging
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from kg.read.draft import Draft
from kg.read.problems import Report, UnreadableInputError
from kg.read.streams import decode, is_binary, read_whole

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_DATE_NAMES = frozenset((
    "article:published_time", "og:published_time", "og:article:published_time", "datepublished", "date", "dc.date", "dc.date.issued",
    "dcterms.date", "dcterms.issued", "dcterms.created", "pubdate", "publishdate", "publish-date", "publish_date", "publication_date",
    "parsely-pub-date", "sailthru.date", "cxenseparse:recs:publishtime",
))  # fmt: skip


def read_html(stream: io.BufferedReader, name: str, encoding: str | None, report: Report) -> Iterator[Draft]:
    """The article of a page, with the title, publisher and date that the page declares.

    The date is read from the page's own declarations only: guesses from the text would be other days on other days.
    """
    import trafilatura

    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)  # what is found wrong is said by the error below
    page = _decode_html(read_whole(stream, name), name, encoding, report)
    tree = trafilatura.load_html(page if re.search(r"<(?:html|body)\b", page, re.IGNORECASE) else f"<html><body>{page}</body></html>")
    if tree is None:
        raise UnreadableInputError(name, "not HTML")
    date = _declared_date(tree)
    extracted = trafilatura.bare_extraction(tree, with_metadata=True, include_comments=False, include_tables=False)
    found = None if isinstance(extracted, dict) else extracted
    text = (found.text if found else None) or trafilatura.baseline(page)[1]
    if not text or not text.strip():
        raise UnreadableInputError(name, "HTML without text (a script may draw it in the browser: save the page from there)")
    yield Draft(
        text=text.strip(), title=found.title if found else None, publisher=found.sitename if found else None,
        date=date, url=found.url if found else None,
    )  # fmt: skip


def _decode_html(data: bytes, name: str, encoding: str | None, report: Report) -> str:
    marked = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    if encoding is None and marked:
        encoding = "utf-16"
    elif encoding is None:
        if is_binary(data[:8192]):
            raise UnreadableInputError(name, "looks binary, not HTML")
        encoding = _declared_charset(data)
    text = decode(data, name, encoding, report)
    # lxml refuses a str that declares an encoding of its own.
    return re.sub(r"\A\ufeff?\s*<\?xml[^>]*\?>", "", text)


def _declared_charset(data: bytes) -> str | None:
    """The charset that the page declares, if the page is not UTF-8 and the charset decodes it."""
    declared = re.search(rb"""<(?:meta|\?xml)[^>]*?(?:charset|encoding)\s*=\s*["']?([\w.:-]+)""", data[:4096], re.IGNORECASE)
    for candidate in ("utf-8", declared[1].decode("ascii") if declared else ""):
        try:
            data.decode(candidate or "utf-8")
        except (UnicodeError, LookupError):
            continue
        return candidate or None
    return None


def _declared_date(tree: HtmlElement) -> str | None:
    for meta in tree.iter("meta"):
        names = (meta.get("property"), meta.get("name"), meta.get("itemprop"))
        if any(n and n.lower() in _DATE_NAMES for n in names) and (content := meta.get("content")):
            return str(content)
    for script in tree.iter("script"):
        if script.get("type") == "application/ld+json" and (published := _published_in(script.text or "")):
            return published
    for time in tree.iter("time"):
        if time.get("datetime") and (time.get("pubdate") is not None or time.get("itemprop") == "datePublished"):
            return str(time.get("datetime"))
    return None


def _published_in(script: str) -> str | None:
    """The value of datePublished anywhere in a JSON-LD script."""
    found = re.search(r'"datePublished"\s*:\s*("(?:[^"\\]|\\.)*")', script)
    try:
        return str(json.loads(found[1])) if found else None
    except ValueError:
        return None
