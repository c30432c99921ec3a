"""Why a query cannot be parsed, for whoever wrote it: the engine says where it stopped, and often not what is wrong."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from itertools import pairwise

from kg.query.guard import Token, declared_prefixes, solid_tokens

_PLACE = re.compile(r"error at (\d+):(\d+): (.*)", re.DOTALL)
_LONGEST_REASON = 60
_AGGREGATES = frozenset({"count", "sum", "avg", "min", "max", "sample", "group_concat"})
KEYWORDS = (
    frozenset(
        """
        a abs adjust all as asc ask base bind bnode bound by ceil coalesce concat construct contains datatype day desc describe
        distinct encode_for_uri exists false filter floor from graph group haslang haslangdir having hours if in iri isblank isiri
        isliteral isnumeric istriple isuri lang langdir langmatches lateral lcase limit md5 minus minutes month named nan not now object
        offset optional order predicate prefix rand reduced regex replace round sameterm seconds select separator sha1 sha256 sha384
        sha512 silent str strafter strbefore strdt strends strlang strlangdir strlen strstarts struuid subject substr timezone
        triple true tz ucase undef union uri using uuid values version where with year
        """.split()
    )
    | _AGGREGATES
)


def explain_syntax(message: str, text: str, prefixes: Mapping[str, str]) -> str:
    """What follows "the query cannot be parsed": a known mistake, or the place and what the engine says.

    Parameters
    ----------
    message
        The engine's, "error at LINE:COLUMN: expected ...".
    text
        The query.
    prefixes
        Those that need no declaration.
    """
    tokens = solid_tokens(text)
    for found in (hint for rule in _RULES for hint in rule(tokens, prefixes)):
        return f": {found}"
    if "variable that is unbound" in message:
        return ": with GROUP BY, SELECT takes what is grouped by and aggregates such as (COUNT(?x) AS ?n), and nothing else"
    return _place(message, text)


def _place(message: str, text: str) -> str:
    """Line and column; a list of all that could stand there helps nobody."""
    found = _PLACE.match(message)
    if found is None:
        return f": {' '.join(message.split())}"
    line, column, reason = int(found[1]), int(found[2]), " ".join(found[3].split())
    rest = "".join(text.splitlines(keepends=True)[line - 1 : line])[column - 1 :].strip()
    before = f" before {rest[:20]!r}" if rest else " at the end"
    said = reason if len(reason) <= _LONGEST_REASON and "[_]" not in reason else ""
    return f" at line {line}, column {column},{before}{f': {said}' if said else ''}"


def _undeclared_prefix(tokens: list[Token], prefixes: Mapping[str, str]) -> Iterator[str]:
    known = {"_", *prefixes, *declared_prefixes(tokens)}
    names = (token.partition(":")[0] for kind, token in tokens if kind == "name")
    for prefix in (name for name in names if name not in known):
        yield f"the prefix '{prefix}:' is not declared; ours are {', '.join(f'{one}:' for one in prefixes)}"


def _open_string(tokens: list[Token], prefixes: Mapping[str, str]) -> Iterator[str]:
    for token in (token for kind, token in tokens if kind == "open"):
        sign, after = token[0], token.lstrip(token[0])[:20]
        begin = f" before {after!r}" if after else ""
        yield f"a text opens with {sign}{begin} and is not closed in its line; a text of several lines stands between three {sign}"


def _slash_in_name(tokens: list[Token], prefixes: Mapping[str, str]) -> Iterator[str]:
    """kga:state/KEN, as tables show it, is a path in SPARQL."""
    for (kind, name), (_, slash), (after, rest) in zip(tokens, tokens[1:], tokens[2:], strict=False):
        if kind == "name" and slash == "/" and after == "word" and name.partition(":")[0] in prefixes:
            prefix, _, local = name.partition(":")
            full = f"<{prefixes[prefix]}{local}/{rest}>"
            yield f"a slash in a prefixed name is escaped in SPARQL: write {name}\\/{rest}, or the IRI in full: {full}"


def _brackets(tokens: list[Token], prefixes: Mapping[str, str]) -> Iterator[str]:
    signs = [token for kind, token in tokens if kind == "sign"]
    if "{" not in signs:
        yield "a pattern stands between { and }, as in SELECT ?a { ?statement kg:source ?a }"
    for opening, closing in ("{}", "()"):
        if signs.count(opening) != signs.count(closing):
            yield f"{signs.count(opening)} {opening!r} but {signs.count(closing)} {closing!r}"


def _selection(tokens: list[Token], prefixes: Mapping[str, str]) -> Iterator[str]:
    """What stands between SELECT and the pattern, as those write it who come from SQL."""
    words = [token.lower() for _, token in tokens]
    if "select" not in words:
        return
    begin = words.index("select") + 1
    depth = 0
    for (kind, token), after in zip(tokens[begin:], [*words[begin + 1 :], ""], strict=True):
        word = token.lower()
        if depth == 0 and (token == "{" or word in {"where", "from"}):
            return
        depth += {"(": 1, ")": -1}.get(token, 0)
        if depth:
            continue
        if token == ",":
            yield "SELECT has blanks between its variables, not commas"
        elif word in _AGGREGATES and after == "(":
            yield f"an aggregate stands in parentheses and gets a name: ({word.upper()}(?x) AS ?n)"
        elif kind == "word" and word not in {"distinct", "reduced"}:
            yield f"{token!r} is no variable; variables begin with a question mark: ?{token}"


def _from_table(tokens: list[Token], prefixes: Mapping[str, str]) -> Iterator[str]:
    for (_, word), (kind, after) in pairwise(tokens):
        if word.lower() == "from" and kind == "word" and after.lower() != "named":
            yield f"FROM takes the IRI of a document between < and >, not {after!r}; without FROM all documents are asked"


def _foreign_word(tokens: list[Token], prefixes: Mapping[str, str]) -> Iterator[str]:
    for kind, token in tokens:
        if kind == "word" and token.lower() == "like":
            yield 'SPARQL has no LIKE; write FILTER(CONTAINS(?x, "part")), or REGEX(?x, "pattern")'
        elif kind == "word" and token.lower() not in KEYWORDS and not token[0].isdigit():
            yield f'{token!r} is no word of SPARQL; a text stands in quotes ("{token}"), a variable begins with a question mark (?{token})'


def _double_equals(tokens: list[Token], prefixes: Mapping[str, str]) -> Iterator[str]:
    if any(one == two == "=" for (_, one), (_, two) in pairwise(tokens)):
        yield "two values are compared with one =, not =="


_Rule = Callable[[list[Token], Mapping[str, str]], Iterator[str]]
_RULES: tuple[_Rule, ...] = (
    _undeclared_prefix, _open_string, _slash_in_name, _selection, _from_table, _brackets, _double_equals, _foreign_word,
)  # fmt: skip
