"""Queries that ship with the package, each a file of SPARQL with a header that says what it answers and what it takes.

In the text a parameter is written `$name`, which SPARQL reads as a variable. A value never reaches the query as text: it is
checked and written as an RDF term. What many of them have in common stands in `parts`, put in where "# part: NAME" is written.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from textwrap import dedent, indent
from typing import Literal, cast, get_args

import pyoxigraph as ox

from kg.errors import QueryError, UnknownNameError
from kg.store import AnyStore
from kg.vocabulary import PREFIXES, RELATION_IRIS

ParameterType = Literal["actor", "document", "relation", "date", "integer", "text"]
"""What a value must be; an actor also goes by its label or ISO code, a relation by its code."""

_HEADER = re.compile(r"# (title|help|parameter): (.*)")
_PARAMETER = re.compile(r"(?P<name>\w+) \((?P<type>\w+), (?P<need>required|optional)\): (?P<help>.*?\.) Example: (?P<example>.+)")
_PART = re.compile(r"( *)# part: (\w+)")
_ABSOLUTE_IRI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\x00-\x20<>\"{}|^`\\]*")
_NO_TEXT = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
"""Control characters, and the halves of characters that a terminal which is not UTF-8 makes."""
_DATE = re.compile(r"\d{4}(-\d{2}){0,2}")
_NAMES = """
SELECT DISTINCT ?actor ?name { ?actor a kg:Actor ; rdfs:label|kg:iso3 ?name } ORDER BY ?name ?actor"""


@dataclass(frozen=True, slots=True)
class Parameter:
    """What a named query takes. An optional one that is left out does not narrow the answer."""

    name: str
    type: ParameterType
    required: bool
    help: str
    example: str

    def term(self, value: str, store: AnyStore | None) -> str:
        """`value` as SPARQL: an RDF term and nothing else. Raises QueryError or UnknownNameError."""
        if _NO_TEXT.search(value):
            self._refuse(value, "characters that can be seen, in one line")
        match self.type:
            case "actor":
                return _iri(value) or _actor_term(self, value, store)
            case "document":
                return _iri(value) or self._refuse(value, "the IRI of a document, as 'kg stats' lists them")
            case "relation":
                return str(ox.NamedNode(_relation_iri(value)))
            case "date":
                return str(ox.Literal(value)) if _DATE.fullmatch(value) else self._refuse(value, "a date: 2024, 2024-05 or 2024-05-17")
            case "text":
                return str(ox.Literal(value)) if value.strip() else self._refuse(value, "words")
            case "integer":
                return str(int(value)) if value.isascii() and value.isdigit() else self._refuse(value, "a whole number")

    def _refuse(self, value: str, wanted: str) -> str:
        raise QueryError(f"{self.name} is {value!r}, and it takes {wanted}")


@dataclass(frozen=True, slots=True)
class NamedQuery:
    """A query of the package. `text` is its SPARQL with `$name` where a parameter goes."""

    name: str
    title: str
    help: str
    parameters: tuple[Parameter, ...]
    text: str

    def bind(self, store: AnyStore | None = None, /, **values: str) -> str:
        """The query's SPARQL with these parameters.

        An actor is an absolute IRI, one with our prefixes ("kga:state/KEN"), or, where `store` is given, the label or ISO code
        of an actor in it, in any case.

        Raises
        ------
        QueryError
            A parameter that is missing, unknown or not of its type.
        UnknownNameError
            An actor or relation that is not there; near ones are named.
        """
        known = {parameter.name: parameter for parameter in self.parameters}
        for name in values:
            if name not in known:
                raise QueryError(f"{self.name} has no parameter {name!r}; it takes {', '.join(known) or 'none'}")
        terms = {name: self._term(parameter, values, store) for name, parameter in known.items()}
        return re.sub(r"\$(\w+)", lambda found: terms[found[1]], self.text)

    def example(self) -> dict[str, str]:
        """The parameters that are needed, with the values of their examples."""
        return {parameter.name: parameter.example for parameter in self.parameters if parameter.required}

    def _term(self, parameter: Parameter, values: dict[str, str], store: AnyStore | None) -> str:
        if parameter.name in values:
            return parameter.term(values[parameter.name], store)
        if parameter.required:
            raise QueryError(f"{self.name} needs {parameter.name}: {parameter.help} For example {parameter.name}={parameter.example}")
        return "UNDEF"


@cache
def named_queries() -> dict[str, NamedQuery]:
    """All named queries by name, in alphabetical order."""
    folder = resources.files("kg") / "data" / "queries"
    parts = _texts(folder / "parts")
    return {
        name: _read(name, _PART.sub(lambda found: indent(_body(parts[found[2]]), found[1]), text)) for name, text in _texts(folder).items()
    }


def _texts(folder: Traversable) -> dict[str, str]:
    """The files of a folder by name, in alphabetical order."""
    files = sorted((file for file in folder.iterdir() if file.name.endswith(".rq")), key=lambda file: file.name.removesuffix(".rq"))
    return {file.name.removesuffix(".rq"): file.read_text(encoding="utf-8") for file in files}


def _body(text: str) -> str:
    """A file's SPARQL, dedented, without the comments that begin its lines."""
    return dedent("\n".join(line for line in text.splitlines() if not line.startswith("#"))).strip()


def named_query(name: str) -> NamedQuery:
    """The query of that name. Raises UnknownNameError with near names."""
    queries = named_queries()
    if name not in queries:
        near = get_close_matches(name, queries, n=3, cutoff=0.4)
        hint = f"did you mean {' or '.join(near)}?" if near else f"there are {', '.join(queries)}"
        raise UnknownNameError(f"no query is named {name!r}; {hint}")
    return queries[name]


def actor_named(store: AnyStore, name: str) -> str:
    """IRI of the store's actor with this label or ISO code, in any case.

    Raises UnknownNameError where there is none, with near names, or several, with their IRIs.
    """
    actors: dict[str, set[str]] = {}
    labels: dict[str, str] = {}
    for actor, label in store.query(_NAMES):  # type: ignore[misc]  # rdflib types a result's rows for all kinds of query at once
        actors.setdefault(str(label).casefold(), set()).add(str(actor))
        labels.setdefault(str(label).casefold(), str(label))
    found = sorted(actors.get(name.casefold(), ()))
    if len(found) == 1:
        return found[0]
    if found:
        raise UnknownNameError(f"{name!r} names {len(found)} actors; give the IRI of one: {', '.join(found)}")
    near = [labels[match] for match in get_close_matches(name.casefold(), actors, n=3)]
    hint = f"did you mean {' or '.join(near)}?" if near else "'kg query actors' lists those that are there"
    raise UnknownNameError(f"no actor of this store is called {name!r}; {hint}")


def _actor_term(parameter: Parameter, value: str, store: AnyStore | None) -> str:
    if store is None:
        raise QueryError(f"{parameter.name} is {value!r}, which is no IRI; to look up a label, the store is needed")
    return str(ox.NamedNode(actor_named(store, value)))


def _iri(value: str) -> str | None:
    """`value` as an IRI in angle brackets where it is one, prefixes of ours unfolded."""
    bare = value[1:-1] if value.startswith("<") and value.endswith(">") else value
    if not _ABSOLUTE_IRI.fullmatch(bare):
        return None
    prefix, _, local = bare.partition(":")
    try:
        return str(ox.NamedNode(PREFIXES[prefix] + local if prefix in PREFIXES else bare))
    except ValueError:  # the pattern is wider than the standard: a stray %, a character of private use
        return None


def _relation_iri(value: str) -> str:
    code = value.removeprefix("kgr:").upper()
    if code not in RELATION_IRIS:
        near = get_close_matches(code, RELATION_IRIS, n=3)
        hint = f"did you mean {' or '.join(near)}?" if near else f"there are {', '.join(RELATION_IRIS)}"
        raise UnknownNameError(f"no relation of the codebook is called {value!r}; {hint}")
    return RELATION_IRIS[code]


def _read(name: str, text: str) -> NamedQuery:
    """A query from its file. Raises QueryError where the header is not as it should be."""
    header = [(found[1], found[2]) for line in text.splitlines() if (found := _HEADER.fullmatch(line))]
    single = {key: value for key, value in header if key != "parameter"}
    parameters = tuple(_read_parameter(name, value) for key, value in header if key == "parameter")
    body = _body(text) + "\n"
    used = set(re.findall(r"\$(\w+)", body))
    if single.keys() != {"title", "help"} or used != {parameter.name for parameter in parameters}:
        raise QueryError(f"query {name}: its header must give title, help, and each of the parameters {sorted(used)}")
    return NamedQuery(name, single["title"], single["help"], parameters, body)


def _read_parameter(query: str, line: str) -> Parameter:
    found = _PARAMETER.fullmatch(line)
    if found is None or found["type"] not in get_args(ParameterType):
        raise QueryError(f"query {query}: cannot read the parameter line {line!r}")
    return Parameter(found["name"], cast(ParameterType, found["type"]), found["need"] == "required", found["help"], found["example"])
