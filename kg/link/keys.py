"""The form in which names are compared: without accents, hyphens, commas and full stops, but with their capitals."""

from __future__ import annotations

import re
import unicodedata
from hashlib import sha256

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


def local_id(name: str, document: str = "") -> str:
    """The id, without the prefix of actors, of an actor whom only a document knows: "local/3f0c2a91be/nikos-karas".

    Args:
        name: as the document writes it; names with the same slug get the same id.
        document: the document's id; without one the id stands for the name in any document, "local/nikos-karas".
    """
    return f"local/{_digest(document)}/{slug(name)}" if document else f"local/{slug(name)}"


def shared_id(local: str) -> str:
    """The id that stands for a local actor's name in any document: "local/nikos-karas"."""
    first, _, name = local.partition("/")
    return f"{first}/{name.rpartition('/')[2]}"


def own_id(local: str, document: str) -> str:
    """A local actor's id in a document; one that is some document's already stays."""
    return local if local != shared_id(local) or not document else f"local/{_digest(document)}/{local.partition('/')[2]}"


def _digest(document: str) -> str:
    return sha256(document.encode()).hexdigest()[:10]
