"""What of a query's text is refused before it runs.

Only reading is allowed, and only in the store: no updates, no SERVICE, no LOAD, no FROM of anything that the store does not
hold. A scanner that looks for the keyword SERVICE between strings, IRIs and comments can be led to take code for a string
("?a<?b='>'..." opens with what looks like an IRI). So what looks like a string is not merely skipped: in it, the second letter
of "service" is rewritten as its Unicode escape. In a string or IRI that changes nothing; in code, where the scanner was led
astray, Oxigraph answers with a syntax error.
"""

from __future__ import annotations

import contextlib
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import urljoin

from kg.errors import QueryError

_TOKEN = re.compile(
    r"""
      (?P<quoted> \"\"\" (?: [^"\\] | \\. | "{1,2}(?!") )*+ \"\"\"
                | ''' (?: [^'\\] | \\. | '{1,2}(?!') )*+ '''
                | " (?: [^"\\\n\r] | \\[^\n\r] )*+ "
                | ' (?: [^'\\\n\r] | \\[^\n\r] )*+ ' )
    | (?P<open> (?: \"\"\" | ''' ) .* | ["'] [^\n\r]* )
    | (?P<iri> < (?: [^<>"{}|^`\\\x00-\x20] | \\[uU][0-9A-Fa-f]{4} )*+ > )
    | (?P<comment> \# [^\n\r]* )
    | (?P<tag> @ [A-Za-z]+ (?: -[A-Za-z0-9]+ )* )
    | (?P<variable> [?$] \w+ )
    | (?P<name> (?: [^\W\d][\w.-]* )? : (?: [\w.:%-] | \\[_~.!$&'()*+,;=/?\#@%-] )* )
    | (?P<word> \w+ )
    | (?P<sign> . )
    """,  # possessive (*+), and what opens without end is one token: a text made to be tried in every way takes no longer than others
    re.VERBOSE | re.DOTALL,
)
_LONGEST = 1 << 20
"""Characters of a query. Longer ones take a second and more to look through; what they list belongs into the store."""
_SERVICE = re.compile("service", re.IGNORECASE)
_FORMS = {"select", "ask", "construct", "describe"}
_UPDATES = {"insert", "delete", "load", "clear", "drop", "create", "add", "move", "copy", "with"}
_ALPHABET = {"e": r"\u0065", "E": r"\u0045"}
_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\x00-\x20<>\"{}|^`\\\ud800-\udfff]*")
_ESCAPE = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})|\\(.)")


Token = tuple[str, str]
"""Kind (quoted, open, iri, comment, tag, variable, name, word, sign) and text."""


@dataclass(frozen=True, slots=True)
class CheckedQuery:
    """A query that may run: its text as the engine is to see it, and the IRIs that its FROM clauses name."""

    text: str
    graphs: tuple[str, ...]


def check_query(text: str, prefixes: Mapping[str, str]) -> CheckedQuery:
    """The query, made safe to run, or QueryError with what is refused and why."""
    if len(text) > _LONGEST:
        raise QueryError(f"the query is longer than {_LONGEST:,} characters; put long lists into the store, and ask for them there")
    if any("\ud800" <= character <= "\udfff" for character in text):
        raise QueryError("the query has characters that are none (a file or a terminal that is not UTF-8?); write it in UTF-8")
    tokens = _tokens(text)
    _check_form(tokens)
    pieces: list[str] = []
    for kind, token in tokens:
        if kind in {"quoted", "open", "iri"}:
            pieces.append(_SERVICE.sub(_disguised, token))
        elif kind == "comment":
            pieces.append("#")
        elif _SERVICE.search(token) and kind != "variable":
            raise QueryError(
                "SERVICE is refused: a query runs on this store alone. "
                "Where the word is part of a prefixed name, write the IRI in full between < and >."
            )
        else:
            pieces.append(token)
    return CheckedQuery("".join(pieces), tuple(_graphs(tokens, prefixes)))


def _disguised(service: re.Match[str]) -> str:
    """Its second letter as an escape: the first may be an escape with a backslash before it."""
    word = service[0]
    return word[0] + _ALPHABET[word[1]] + word[2:]


def _check_form(tokens: list[Token]) -> None:
    """Raise QueryError unless the first keyword after the prologue is that of a query."""
    words = [token.lower() for kind, token in tokens if kind == "word"]
    form = next((word for word in words if word not in {"prefix", "base", "version"}), None)
    if form is None:
        raise QueryError("the query is empty; write for example: SELECT * { ?statement kg:source ?actor } LIMIT 10")
    if form in _UPDATES:
        raise QueryError(f"{form.upper()} would change the store, and queries only read; use 'kg build' and 'kg remove' to change it")
    if form not in _FORMS:
        raise QueryError(f"a query begins with SELECT, ASK, CONSTRUCT or DESCRIBE, not {form!r}")


def solid_tokens(text: str) -> list[Token]:
    """The tokens of a query without comments and blanks."""
    return _solid(_tokens(text))


def _tokens(text: str) -> list[Token]:
    return [(match.lastgroup or "", match[0]) for match in _TOKEN.finditer(text)]


def _solid(tokens: list[Token]) -> list[Token]:
    return [(kind, token) for kind, token in tokens if kind != "comment" and not token.isspace()]


def declared_prefixes(solid: list[Token]) -> dict[str, str]:
    """Prefixes that the query's prologue declares, resolved against its bases."""
    return _prologue(solid)[0]


def _prologue(solid: list[Token]) -> tuple[dict[str, str], str]:
    """The declared prefixes, and the base that holds after the last declaration."""
    prefixes: dict[str, str] = {}
    base = ""
    for (_, word), (kind, name), (after, iri) in zip(solid, solid[1:], [*solid[2:], ("", "")], strict=False):
        if word.lower() == "base" and kind == "iri":
            base = _resolved(base, name)
        elif word.lower() == "prefix" and kind == "name" and after == "iri":
            prefixes[name.removesuffix(":")] = _resolved(base, iri)
    return prefixes, base


def _graphs(tokens: list[Token], prefixes: Mapping[str, str]) -> Iterator[str]:
    """IRIs named by FROM and FROM NAMED, in full. Raises QueryError for one that nobody can resolve."""
    solid = _solid(tokens)
    declared, base = _prologue(solid)
    known = {**prefixes, **declared}
    for place, (kind, token) in enumerate(solid):
        rest = solid[place + 1 : place + 3]
        if kind != "word" or token.lower() != "from" or not rest:
            continue
        kind, name = rest[-1] if rest[0][1].lower() == "named" else rest[0]
        if kind not in {"iri", "name"}:
            continue
        prefix, _, local = name.partition(":")
        iri = _resolved(base, name) if kind == "iri" else known.get(prefix, f"{prefix}:") + _unescaped(local)
        if not _ABSOLUTE.fullmatch(iri):
            raise QueryError(f"FROM {name} is refused: write the IRI of a document in full")
        yield iri


def _resolved(base: str, iri: str) -> str:
    """What stands between < and >, against the base. Only what the store has is ever read, wherever this would lead."""
    with contextlib.suppress(ValueError):  # brackets that hold no address
        return urljoin(base, _unescaped(iri[1:-1]))
    return ""


def _unescaped(text: str) -> str:
    return _ESCAPE.sub(lambda found: found[3] or _character(int(found[1] or found[2], 16)), text)


def _character(code: int) -> str:
    return chr(code) if code <= sys.maxunicode else ""
