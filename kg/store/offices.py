"""Who held which office when, as a reference layer beside the news: of this no document says anything.

The terms of office come from the catalogue, and those stand in the layer whose person, state or organisation occurs in the
documents. As W3C's organization ontology has it, a term is a membership of a person in a state or organisation, in a role;
its dates are schema.org's.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from rdflib import RDF, RDFS, SKOS, XSD, Literal, URIRef

from kg.rdf import Triple
from kg.store import AnyStore
from kg.store.graphs import lines_of
from kg.store.reference import keep_layer, layer_iri, layer_names, remove_layer
from kg.vocabulary import PREFIXES

if TYPE_CHECKING:
    from kg.link.catalogue import Catalogue, Term

ORG: Final = "http://www.w3.org/ns/org#"
SCHEMA: Final = "http://schema.org/"
LAYER: Final = "offices"
"""Name of the reference layer."""

_ACTOR = PREFIXES["kga"]
_TERM = f"{layer_iri(LAYER)}/term/"
_OFFICE = f"{layer_iri(LAYER)}/office/"
_MEMBERSHIP, _MEMBER, _ORGANISATION, _ROLE, _ROLE_CLASS = (
    URIRef(ORG + name) for name in ("Membership", "member", "organization", "role", "Role")
)
_START, _END = URIRef(f"{SCHEMA}startDate"), URIRef(f"{SCHEMA}endDate")
_CHECKED = URIRef(f"{PREFIXES['dcterms']}date")
_DATE_TYPES = {4: XSD.gYear, 7: XSD.gYearMonth, 10: XSD.date}
_ACTORS = "SELECT DISTINCT ?actor { ?actor a kg:Actor }"


def note_offices(store: AnyStore, catalogue: Catalogue | None = None) -> int:
    """Keep the terms of office of the actors that occur in the store now, and no others; how many there are.

    A term counts where its person or its state or organisation occurs. The same documents and the same catalogue give the same
    layer; nothing is written where it stands already.

    Parameters
    ----------
    catalogue
        Whose terms; the shipped one's if left out.
    """
    from kg.link.catalogue import Catalogue

    known = catalogue or Catalogue.load()
    occurring = {str(row[0]).removeprefix(_ACTOR) for row in store.query(_ACTORS)}  # type: ignore[index]  # rows of all kinds of query
    terms = [term for term in known.terms() if term.owner in occurring or term.person in occurring]
    if terms:
        keep_layer(store, LAYER, lines_of([*_term_triples(terms), *_office_triples(known, terms), *_label_triples(known, terms)]))
    elif LAYER in layer_names(store):
        remove_layer(store, LAYER)
    return len(set(terms))


def _term_triples(terms: Iterable[Term]) -> Iterator[Triple]:
    for term in terms:
        node = URIRef(_TERM + sha256("\x1f".join(term).encode()).hexdigest()[:20])
        yield node, RDF.type, _MEMBERSHIP
        yield node, _MEMBER, URIRef(_ACTOR + term.person)
        yield node, _ORGANISATION, URIRef(_ACTOR + term.owner)
        yield node, _ROLE, URIRef(_OFFICE + term.role)
        yield node, _START, _date(term.start)
        if term.end:
            yield node, _END, _date(term.end)
        yield node, _CHECKED, _date(term.as_of)


def _office_triples(catalogue: Catalogue, terms: Iterable[Term]) -> Iterator[Triple]:
    """Each office by its name, and by the words that mean it in every state."""
    for office in {term.role for term in terms}:
        node = URIRef(_OFFICE + office)
        yield node, RDF.type, _ROLE_CLASS
        yield node, RDFS.label, Literal(office.replace("_", " "))
        for phrase, offices, scope in catalogue.lexicon["roles"]:
            if not scope and office in offices.split("|"):
                yield node, SKOS.altLabel, Literal(phrase)


def _label_triples(catalogue: Catalogue, terms: Iterable[Term]) -> Iterator[Triple]:
    for actor in {actor for term in terms for actor in (term.owner, term.person)}:
        yield URIRef(_ACTOR + actor), RDFS.label, Literal(catalogue.actor(actor).label)


def _date(date: str) -> Literal:
    return Literal(date, datatype=_DATE_TYPES[len(date)], normalize=False)
