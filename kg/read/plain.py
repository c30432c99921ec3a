"""Plain text and Markdown: one document a file."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator

from kg.read.draft import Draft
from kg.read.problems import Report, UnreadableInputError
from kg.read.streams import MAX_TEXT, read_text

_FRONT = re.compile(
    r"\A\ufeff?---[ \t]*\n(?P<lines>(?:[A-Za-z_][\w-]*[ \t]*:[^\n]*\n|[ \t]+\S[^\n]*\n|-[ \t][^\n]*\n|#[^\n]*\n|[ \t]*\n){1,60}?)"
    r"(?:---|\.\.\.)[ \t]*(?:\n|\Z)"
)
_FRONT_LINE = re.compile(r"^([A-Za-z_][\w-]*)[ \t]*:[ \t]*(.*?)[ \t]*$", re.MULTILINE)
_FRONT_NAMES = {"published": "date", "lang": "language", "source": "publisher", "site": "publisher", "link": "url"}


def read_plain(stream: io.BufferedReader, name: str, encoding: str | None, report: Report) -> Iterator[Draft]:
    """Text with an optional head of `key: value` lines between two lines of dashes (id, title, date, publisher, url, language)."""
    front, text = _front_matter(read_text(stream, name, encoding, report))
    yield _page(name, text, front)


def read_markdown(stream: io.BufferedReader, name: str, encoding: str | None, report: Report) -> Iterator[Draft]:
    """Markdown as plain paragraphs; its head as in `read_plain`, else the first heading is the title."""
    front, text = _front_matter(read_text(stream, name, encoding, report))
    if len(text) > MAX_TEXT:
        yield _page(name, text, front)
        return
    if heading := re.search(r"^#[ \t]+(.+?)[ \t]*#*$", text, re.MULTILINE):
        front.setdefault("title", _plain_inline(heading[1]))
    yield _page(name, strip_markdown(text), front)


def _page(name: str, text: str, fields: dict[str, str]) -> Draft:
    if not text.strip():
        raise UnreadableInputError(name, "no text in it")
    return Draft(
        text=text.strip(), id=fields.get("id"), title=fields.get("title"), publisher=fields.get("publisher"),
        date=fields.get("date"), language=fields.get("language"), url=fields.get("url"),
    )  # fmt: skip


def _front_matter(text: str) -> tuple[dict[str, str], str]:
    text = text.replace("\r\n", "\n")
    found = _FRONT.match(text)
    if not found:
        return {}, text
    pairs = ((key.lower(), re.sub(r"""^(["'])(.*)\1$""", r"\2", value)) for key, value in _FRONT_LINE.findall(found["lines"]))
    return {_FRONT_NAMES.get(key, key): value for key, value in pairs if value}, text[found.end() :]


# Each pattern is linear in the text: no class can run past the mark that opens the next match.
_BLOCKS = (
    (re.compile(r"<!--.{0,10000}?-->", re.DOTALL), ""),
    (re.compile(r"^(```|~~~).*?^\1[^\n]*$", re.DOTALL | re.MULTILINE), ""),
    (re.compile(r"^[ \t]*(?:[-*_][ \t]*){3,}$|^[ \t]*=+[ \t]*$|^(?=[^\n]*---)[ \t:|-]+$", re.MULTILINE), ""),
    (re.compile(r"^[ \t]*\[[^\]\n]+\]:[ \t]*\S+[^\n]*$", re.MULTILINE), ""),
    (re.compile(r"^[ \t]*#{1,6}[ \t]+(.*?)[ \t]*#*$", re.MULTILINE), r"\n\1\n"),
    (re.compile(r"^[ \t]*(?:>[ \t]?)+", re.MULTILINE), ""),
    (re.compile(r"^[ \t]*(?:[-*+]|\d{1,3}[.)])[ \t]+", re.MULTILINE), "\n"),
)
_INLINES = (
    (re.compile(r"!\[[^\[\]]*\](?:\([^()]*\)|\[[^\[\]]*\])"), ""),
    (re.compile(r"\[([^\[\]]+)\](?:\([^()]*\)|\[[^\[\]]*\])"), r"\1"),
    (re.compile(r"\[\^[^\[\]]+\]"), ""),
    (re.compile(r"<(https?://[^<>\s]+)>"), r"\1"),
    (re.compile(r"</?[a-zA-Z][^<>\n]*>"), ""),
    (re.compile(r"(?<!\\)`+([^`\n]*)`+"), r"\1"),
    (re.compile(r"(?<![\\\w*])(\*{1,3})(?=\S)([^*\n]+?)(?<=\S)\1(?!\*)"), r"\2"),
    (re.compile(r"(?<![\\\w_])(_{1,3})(?=\S)([^_\n]+?)(?<=\S)\1(?!\w)"), r"\2"),
    (re.compile(r"\\([\\`*_{}\[\]()#+.!>|-])"), r"\1"),
)


def strip_markdown(text: str) -> str:
    """The words of a Markdown text: a paragraph a line, without marks, images, code blocks, comments and link targets.

    >>> strip_markdown("# Talks\\n\\n*Ghana* and [Togo](https://example.org)\\nmet.")
    'Talks\\n\\nGhana and Togo\\nmet.'
    """
    for pattern, replacement in _BLOCKS:
        text = pattern.sub(replacement, text)
    return re.sub(r"\n{3,}", "\n\n", _plain_inline(text)).strip()


def _plain_inline(text: str) -> str:
    for pattern, replacement in _INLINES:
        text = pattern.sub(replacement, text)
    return text
