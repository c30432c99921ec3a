"""Reference layers: what is known apart from the news, each in a named graph of its own that no statement is ever counted from.

A layer is put in under a name, read, written to a file and taken out as a whole. Backups hold it; exports of the documents do
not. What its triples mean is the affair of whoever makes them (`kg.render.reference` does, of alliances).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from difflib import get_close_matches

import pyoxigraph as ox

from kg.errors import InputError, UnknownNameError
from kg.store import AnyStore
from kg.store.graphs import CLASS_LAYER, REFERENCE, Lines, record_of, stored_form
from kg.store.serialise import serialise

_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


def layer_iri(name: str) -> str:
    """IRI of the layer's named graph. Raises InputError where the name is not of small letters, digits and hyphens."""
    if not _NAME.fullmatch(name):
        raise InputError(f"'{name}' cannot name a reference layer; take small letters, digits and single hyphens, such as cow-4")
    return REFERENCE + name


def layer_names(store: AnyStore) -> list[str]:
    """The layers that a store has, sorted."""
    return [graph.removeprefix(REFERENCE) for graph in store.references()]


def keep_layer(store: AnyStore, name: str, lines: Iterable[str]) -> bool:
    """Make the layer hold these triples, in one transaction and on disk. False where it does already.

    Parameters
    ----------
    lines
        Triples in N-Triples, without the full stop; that the graph is a layer is added.

    Raises
    ------
    InputError
        A name that cannot be one.
    """
    graph = layer_iri(name)
    described = f"<{graph}> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <{CLASS_LAYER}>"
    return store.put_lines({graph: stored_form(frozenset((described, *lines)))})


def layer_lines(store: AnyStore, name: str) -> Lines:
    """The layer's triples in N-Triples, without the full stop. Raises UnknownNameError where the store has no such layer."""
    names = layer_names(store)
    if name not in names:
        near = get_close_matches(name, names, n=2) or names
        hint = f"it has {', '.join(near)}" if near else f"'kg reference keep FILE --store {store.place}' puts one in"
        raise UnknownNameError(f"{store.place}: has no reference layer '{name}'; {hint}")
    return store.content(REFERENCE + name)


def remove_layer(store: AnyStore, name: str) -> None:
    """Take a layer out. Raises UnknownNameError where the store has none of this name."""
    layer_lines(store, name)
    store.put_lines({REFERENCE + name: frozenset()})


def export_layers(store: AnyStore, names: Iterable[str], format: str, prefixes: Mapping[str, str]) -> bytes:
    """The layers as RDF in one of `kg.store.FORMATS`: the same content gives the same bytes.

    Raises UnknownNameError for a layer that is not there, or another format.
    """
    body = b"".join(record_of({REFERENCE + name: layer_lines(store, name)}).body for name in sorted(set(names)))
    return serialise(ox.parse(body, format=ox.RdfFormat.N_QUADS), format, prefixes)
