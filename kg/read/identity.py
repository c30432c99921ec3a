"""The text as it is kept, and the id by which a document is known."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from urllib.parse import quote, unquote

DOCUMENT_NAMESPACE = "https://w3id.org/geopolitical-kg/document/"

_BEYOND_ASCII = "\u00a1-\ud7ff\uf900-\ufdcf\ufdf0-\uffef\U00010000-\U0001fffd\U00020000-\U0002fffd\U00030000-\U0003fffd"
_CHARACTER = rf"(?:[A-Za-z0-9._~!$&'()*+,;={_BEYOND_ASCII}-]|%[0-9A-Fa-f]{{2}})"
_PATH = rf"(?:{_CHARACTER}|[:@/])"
_ABSOLUTE_IRI = re.compile(
    rf"(?:[A-Za-z][A-Za-z0-9+.-]*://(?:{_CHARACTER}+@)?{_CHARACTER}+(?::[0-9]*)?(?:/{_PATH}*)?|[A-Za-z][A-Za-z0-9+.-]*:///{_PATH}+"
    rf"|(?:urn|tag):{_PATH}+)(?:\?(?:{_PATH}|\?)*)?(?:#(?:{_PATH}|\?)*)?"
)
"""As RFC 3987 has it, without what it reserves. A stray % or bracket, as many addresses have one, makes an id that is no IRI."""
# Soft hyphen, zero-width space, word joiner and byte order mark: nothing to see, but they cut names in two.
_INVISIBLE = re.compile("[\u00ad\u200b\u2060\ufeff]")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_SURROGATE = re.compile("[\ud800-\udfff]")


def clean_text(text: str) -> str:
    """The text in NFC with LF line ends; invisible characters go, controls become spaces, half surrogates U+FFFD."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = _CONTROL.sub(" ", _INVISIBLE.sub("", text))
    return unicodedata.normalize("NFC", _SURROGATE.sub("\ufffd", text))


def text_digest(text: str) -> str:
    """SHA-256 of a cleaned text, in hex."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def document_id(given: str | None, text: str) -> str:
    """The IRI of a document: the given id if that is an absolute IRI, else the given id or the text's hash in our namespace.

    >>> document_id("d 001", "")
    'https://w3id.org/geopolitical-kg/document/d%20001'
    >>> document_id("https://example.org/a", "")
    'https://example.org/a'
    """
    given = _SURROGATE.sub("\ufffd", given).strip() if given else ""
    if _ABSOLUTE_IRI.fullmatch(given):
        return given
    local = quote(given, safe="") or text_digest(text)[:16]
    # A dot segment is not a name: resolving ".../document/.." would leave the namespace.
    return DOCUMENT_NAMESPACE + (local.replace(".", "%2E") if local in {".", ".."} else local)


def display_id(document: str) -> str:
    """The id as its author gave it: the inverse of `document_id`.

    >>> display_id("https://w3id.org/geopolitical-kg/document/d%20001")
    'd 001'
    """
    if document.startswith(DOCUMENT_NAMESPACE):
        return unquote(document.removeprefix(DOCUMENT_NAMESPACE))
    return document
