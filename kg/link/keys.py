"""The form in which names are compared: without accents, hyphens, commas and full stops, but with their capitals."""

from __future__ import annotations

import re
import unicodedata

_DROPPED = {**dict.fromkeys(map(ord, ".,\u00ad")), **dict.fromkeys(map(ord, "-\u2010\u2011\u2013\u2014"), " ")}
_PLAIN = str.maketrans(
    {
        "’": "'",
        "ʻ": "'",
        "‘": "'",
        "`": "'",
        "ı": "i",
        "ł": "l",
        "Ł": "L",
        "ø": "o",
        "Ø": "O",
        "đ": "d",
        "Đ": "D",
        "ß": "ss",
        "æ": "ae",
        "ə": "a",
    }
)
_SPELLING = {
    "Organisation": "Organization",
    "organisation": "organization",
    "Organisations": "Organizations",
    "Defence": "Defense",
    "defence": "defense",
    "Labour": "Labor",
    "labour": "labor",
    "Programme": "Program",
    "Centre": "Center",
}
"""British words of names in American spelling."""
_BRITISH = frozenset(_SPELLING)
_ARTICLE = re.compile(r"^(?:the|a|an)\s+", re.IGNORECASE)


def plain(text: str) -> str:
    """The text without accents and with straight apostrophes ("Erdoğan" is "Erdogan")."""
    if text.isascii():
        return text
    decomposed = unicodedata.normalize("NFKD", text.translate(_PLAIN))
    return "".join(character for character in decomposed if not unicodedata.combining(character))


def key(name: str) -> str:
    """What two spellings of one name share: "U.S." and "US", "al-Qaeda" and "al Qaeda", "Erdoğan" and "Erdogan".

    Capitals count, so that "us" and "US", "turkey" and "Turkey" stay apart.
    """
    text = plain(name)
    if not text.isalnum():
        text = text.translate(_DROPPED).replace("'s", " 's")
    words = text.split()
    if not _BRITISH.isdisjoint(words):
        words = [_SPELLING.get(word, word) for word in words]
    return " ".join(words)


def without_article(text: str) -> str:
    """The phrase without a leading "the", "a" or "an"."""
    return _ARTICLE.sub("", text.strip())


def slug(text: str) -> str:
    """A readable part of an IRI: "Nikos Karas" is "nikos-karas"."""
    return re.sub(r"[^a-z0-9]+", "-", plain(text).lower()).strip("-") or "unnamed"
