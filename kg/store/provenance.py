"""What people judged of statements, as PROV in Turtle: a file that stands by itself, for exchange and for other tools.

Beside each judgement it has the statements that it judges and makes, whole but for the plain triples: what somebody rejected is
not asserted by telling of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Final, cast

import pyoxigraph as ox

from kg.errors import InputError, KgError
from kg.rdf import Triple, statement_triples, statements_from
from kg.store.corrections import PROV, Correction, correction_triples, corrections_from, key
from kg.store.graphs import lines_of
from kg.store.interface import AnyStore
from kg.store.serialise import serialise
from kg.vocabulary import PREFIXES, RELATION_IRIS

_MOST_BYTES = 256 << 20
_PLAIN: Final = frozenset(RELATION_IRIS.values())
_NAME = re.compile(r"https?://[^\s<>\"]+")


def to_turtle(corrections: Iterable[Correction]) -> bytes:
    """Corrections as the content of a file that `read_corrections` reads: the same ones, the same bytes."""
    lines = "".join(f"{line} .\n" for one in corrections for line in sorted(lines_of(_triples(one))))
    quads = ox.parse(lines.encode(), format=ox.RdfFormat.N_TRIPLES)
    return serialise(quads, "turtle", {**PREFIXES, "prov": PROV})


def read_corrections(path: Path) -> list[tuple[str, Correction]]:
    """The corrections of a Turtle file in the order of time, each with its place ("judged.ttl:12").

    Raises InputError, with the file and the line, where it is no Turtle, or a correction or statement lacks something.
    """
    text = _read(path)
    try:
        quads = list(ox.parse(text.encode(), format=ox.RdfFormat.TURTLE))
    except SyntaxError as error:
        raise InputError(f"{path}:{error.lineno or 1}: cannot be parsed ({' '.join(str(error.msg).split())[:300]})") from error
    terms = [(_value(quad.subject), quad.predicate.value, _value(quad.object)) for quad in quads]
    try:
        statements = {one.id: one for one in statements_from(cast(list[Triple], terms))}
        found = corrections_from(terms, statements)
    except KgError as error:
        named = _NAME.search(str(error))
        raise InputError(f"{_place(path, text, named[0] if named else '')}: {error}") from error
    if not found:
        raise InputError(f"{path}: holds no judgements; 'kg correct --export FILE.ttl' writes those of a store")
    return [(_place(path, text, one.id, one.original.id), one) for one in found]


def apply_correction(store: AnyStore, correction: Correction, place: str) -> bool:
    """Keep somebody's correction; False where it is kept already.

    Raises
    ------
    InputError, StoreError, UnknownNameError
        The document is not there, or nothing in it says what the correction is about; each with the place.
    """
    original = correction.original
    try:
        if not store.has(original.document):
            raise InputError(f"the document {original.document} is not in this store")
        known = store.corrections(original.document)
        about = [*store.statements(original.document), *(one.original for one in known)]
        if not any(one.id == original.id or key(one) == key(original) for one in about):
            raise InputError(
                f"the statement {original.id} is not in this store, nor one of its document that says the same in that sentence"
            )
        return store.correct(correction, must_stand=False)
    except KgError as error:
        raise type(error)(f"{place}: {error}") from error


def _triples(correction: Correction) -> list[Triple]:
    statements = (one for one in (correction.original, correction.revised) if one is not None)
    told = (triple for one in statements for triple in statement_triples(one) if str(triple[1]) not in _PLAIN)
    return [*correction_triples(correction), *told]


def _read(path: Path) -> str:
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise InputError(f"{path}: is larger than {_MOST_BYTES >> 20} MiB; no file of judgements is")
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: is not UTF-8 ({error.reason} at byte {error.start}); save it as UTF-8") from error
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({(error.strerror or str(error)).lower()})") from error


def _place(path: Path, text: str, *iris: str) -> str:
    """The file and the line where the first of these that is found begins a line, else stands: as an IRI or a prefixed name."""
    for iri in iris:
        name = re.escape(re.split(r"[/#]", iri)[-1])
        found = re.search(rf"(?m)^\S*[:/#]{name}\b(?!-)", text) or re.search(rf"[:/#]{name}\b", text)
        if name and found:
            return f"{path}:{text.count(chr(10), 0, found.start()) + 1}"
    return str(path)


def _value(term: object) -> str:
    return str(getattr(term, "value", term))
