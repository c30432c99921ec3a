"""News text into a geopolitical knowledge graph: who did what to whom, how it is reported, who says so, and in which sentence.

>>> import kg
>>> news = kg.Document("https://example.org/1", "Ghana thanked Togo on Monday. Benin did not accuse Niger.")
>>> statements = kg.Extractor().extract(news)
>>> for s in statements:
...     print(s.source.actor.label, s.relation.code, s.target.actor.label, s.status, repr(s.evidence.predicate))
Ghana SUPPORT Togo asserted 'thanked'
Benin ACCUSE Niger negated 'accuse'

Documents come from anywhere, or from files with `read_documents`; a `Store` keeps them with their statements, `run_query`
asks it in SPARQL, `write_page` draws it:

>>> from tempfile import mkdtemp
>>> with kg.Store.open(mkdtemp()) as store:
...     store.add(news, statements)
...     kg.run_query(store, "SELECT ?a ?b { ?x kgr:SUPPORT ?y . ?x rdfs:label ?a . ?y rdfs:label ?b }").rows
'added'
((rdflib.term.Literal('Ghana'), rdflib.term.Literal('Togo')),)

Names are loaded when they are first used, so that `import kg` costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kg.classifier import Classifier
    from kg.errors import KgError
    from kg.link import Catalogue, Linker
    from kg.model import Actor, Document, Statement
    from kg.pipeline import Extractor, Settings, extract_documents
    from kg.query import run_query
    from kg.read import read_documents
    from kg.render import write_page
    from kg.store import Store

__all__ = [
    "Actor",
    "Catalogue",
    "Classifier",
    "Document",
    "Extractor",
    "KgError",
    "Linker",
    "Settings",
    "Statement",
    "Store",
    "extract_documents",
    "read_documents",
    "run_query",
    "write_page",
]

_HOMES = {
    "kg.classifier": ("Classifier",),
    "kg.errors": ("KgError",),
    "kg.link": ("Catalogue", "Linker"),
    "kg.model": ("Actor", "Document", "Statement"),
    "kg.pipeline": ("Extractor", "Settings", "extract_documents"),
    "kg.query": ("run_query",),
    "kg.read": ("read_documents",),
    "kg.render": ("write_page",),
    "kg.store": ("Store",),
}
_HOME = {name: home for home, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> object:
    if name not in _HOME:
        raise AttributeError(f"module 'kg' has no attribute {name!r}; it has {', '.join(__all__)}")
    value: object = getattr(import_module(_HOME[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
