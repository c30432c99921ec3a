"""What of a query's text is refused before it runs.

Only reading is allowed, and only in the store: no updates, no SERVICE, no LOAD, no FROM of anything that the store does not
hold. A scanner that looks for the keyword SERVICE between strings, IRIs and comments can be led to take code for a string
("?a<?b='>'..." opens with what looks like an IRI). So what looks like a string is not merely skipped: in it, the first letter
of "service" is rewritten as its Unicode escape. In a string or IRI that changes nothing; in code, where the scanner was led
astray, Oxigraph answers with a syntax error.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from kg.errors import QueryError

_TOKEN = re.compile(
    r"""
      (?P<quoted> \"\"\" (?: [^"\\] | \\. | "{1,2}(?!") )* \"\"\"
                | ''' (?: [^'\\] | \\. | '{1,2}(?!') )* '''
                | " (?: [^"\\\n\r] | \\. )* "
                | ' (?: [^'\\\n\r] | \\. )* ' )
    | (?P<iri> < [^<>"{}|^`\\\x00-\x20]* (?: \\[uU] [0-9A-Fa-f]+ [^<>"{}|^`\\\x00-\x20]* )* > )
    | (?P<comment> \# [^\n\r]* )
    | (?P<variable> [?$] \w+ )
    | (?P<name> (?: [^\W\d][\w.-]* )? : [\w.:%-]* )
    | (?P<word> \w+ )
    | (?P<sign> . )
    """,
    re.VERBOSE | re.DOTALL,
)
_SERVICE = re.compile("service", re.IGNORECASE)
_FORMS = {"select", "ask", "construct", "describe"}
_UPDATES = {"insert", "delete", "load", "clear", "drop", "create", "add", "move", "copy", "with"}
_ALPHABET = {"s": r"\u0073", "S": r"\u0053"}


@dataclass(frozen=True, slots=True)
class CheckedQuery:
    """A query that may run: its text as the engine is to see it, and the IRIs that its FROM clauses name."""

    text: str
    graphs: tuple[str, ...]


def check_query(text: str, prefixes: Mapping[str, str]) -> CheckedQuery:
    """The query, made safe to run, or QueryError with what is refused and why."""
    tokens = [(match.lastgroup or "", match[0]) for match in _TOKEN.finditer(text)]
    _check_form(tokens)
    pieces: list[str] = []
    for kind, token in tokens:
        if kind in {"quoted", "iri"}:
            pieces.append(_SERVICE.sub(lambda found: _ALPHABET[found[0][0]] + found[0][1:], token))
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


def _check_form(tokens: list[tuple[str, str]]) -> None:
    """Raise QueryError unless the first keyword after the prologue is that of a query."""
    words = [token.lower() for kind, token in tokens if kind == "word"]
    form = next((word for word in words if word not in {"prefix", "base", "version"}), None)
    if form is None:
        raise QueryError("the query is empty; write for example: SELECT * { ?statement kg:source ?actor } LIMIT 10")
    if form in _UPDATES:
        raise QueryError(f"{form.upper()} would change the store, and queries only read; use 'kg build' and 'kg remove' to change it")
    if form not in _FORMS:
        raise QueryError(f"a query begins with SELECT, ASK, CONSTRUCT or DESCRIBE, not {form!r}")


def undeclared_prefix(text: str, prefixes: Mapping[str, str]) -> str | None:
    """The first prefix in a query that neither it nor `prefixes` declares: a guess at why it cannot be parsed."""
    solid = _solid([(match.lastgroup or "", match[0]) for match in _TOKEN.finditer(text)])
    known = {"_", *prefixes, *_declared(solid)}
    used = (token.partition(":")[0] for kind, token in solid if kind == "name")
    return next((prefix for prefix in used if prefix not in known), None)


def _solid(tokens: list[tuple[str, str]]) -> list[tuple[str, str]]:
    return [(kind, token) for kind, token in tokens if kind != "comment" and not token.isspace()]


def _declared(solid: list[tuple[str, str]]) -> dict[str, str]:
    """Prefixes that the query's prologue declares."""
    triples = zip(solid, solid[1:], solid[2:], strict=False)
    return {
        name.removesuffix(":"): iri[1:-1] for (_, word), (_, name), (kind, iri) in triples if word.lower() == "prefix" and kind == "iri"
    }


def _graphs(tokens: list[tuple[str, str]], prefixes: Mapping[str, str]) -> list[str]:
    """IRIs named by FROM and FROM NAMED, prefixed names unfolded."""
    solid = _solid(tokens)
    known = {**prefixes, **_declared(solid)}
    found: list[str] = []
    for place, (kind, token) in enumerate(solid):
        rest = solid[place + 1 : place + 3]
        if kind == "word" and rest and token.lower() == "from":
            kind, name = rest[-1] if rest[0][1].lower() == "named" else rest[0]
            if kind == "iri" and ":" not in name:
                raise QueryError(f"FROM {name} is refused: write the IRI of a document in full")
            if kind == "iri":
                found.append(name[1:-1])
            elif kind == "name":
                prefix, _, local = name.partition(":")
                found.append(known.get(prefix, f"{prefix}:") + local)
    return found
