"""A codebook written as SKOS in Turtle: one scheme, its concepts, and their matches with our relations.

`skos:exactMatch`, `skos:closeMatch` and `skos:narrowMatch` to one of our relations map it to the concept, as all its
statements are of the concept then. `skos:broadMatch` says that our relation is the wider one: only statements whose words
are among the concept's `skos:hiddenLabel` ("impose sanction|embargo") are of it. `skos:notation` is the code.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from rdflib import DCTERMS, OWL, RDF, SKOS, Graph, Literal, URIRef
from rdflib.term import Node

from kg.codebooks.draft import CodeRow, Draft, Faults, RuleRow
from kg.codebooks.scheme import Words
from kg.rdf import parse_turtle
from kg.vocabulary import PREFIXES, QUAD_CLASS, QUAD_CLASSES, SCORE

WHOLE = (SKOS.exactMatch, SKOS.narrowMatch, SKOS.closeMatch)
"""Matches of which every statement of our relation is of the code; the first stands before the others."""
_RELATION = PREFIXES["kgr"]
_PLACE = re.compile(r"^Parser error at [^:]*: ")


def read_skos(file: str, text: str, faults: Faults) -> Draft | None:
    """The draft of a SKOS codebook. A relation that nothing matches is uncoded."""
    try:
        graph = parse_turtle(text)
    except SyntaxError as error:
        where = f"{file}:{error.lineno}" if error.lineno else file
        faults.add(where, f"not Turtle: {_PLACE.sub('', ' '.join(str(error.msg).split()))[:160]}")
        return None
    schemes = sorted(graph.subjects(RDF.type, SKOS.ConceptScheme), key=str)
    if len(schemes) != 1:
        faults.add(file, f"holds {len(schemes) or 'no'} skos:ConceptScheme{'s' if len(schemes) > 1 else ''}; a codebook is one")
        return None
    return _Reader(file, graph, schemes[0], faults).draft()


class _Reader:
    """Reads the concepts of one scheme."""

    def __init__(self, file: str, graph: Graph, scheme: Node, faults: Faults) -> None:
        self.file, self.graph, self.scheme, self.faults = file, graph, scheme, faults
        inside = {*graph.subjects(SKOS.inScheme, scheme), *graph.subjects(SKOS.topConceptOf, scheme)}
        self.concepts = sorted((c for c in inside if isinstance(c, URIRef)), key=lambda c: (self.notation(c), str(c)))

    def draft(self) -> Draft:
        name = self.text(self.scheme, SKOS.notation) or _local(str(self.scheme)).lower()
        draft = Draft(self.file, name, self.label(self.scheme) or self.text(self.scheme, DCTERMS.title), complete=False)
        draft.iri = _base(str(self.scheme)) if isinstance(self.scheme, URIRef) else None
        draft.version = self.text(self.scheme, OWL.versionInfo)
        draft.source, draft.licence = self.text(self.scheme, DCTERMS.source), self.text(self.scheme, DCTERMS.license)
        draft.codes = [self.code(concept) for concept in self.concepts]
        draft.rules = [rule for concept in self.concepts for rule in self.rules(concept)]
        return draft

    def code(self, concept: URIRef) -> CodeRow:
        label, definition = self.label(concept), self.text(concept, SKOS.definition)
        if not label:
            self.faults.add(self.place(concept), "has no skos:prefLabel; give it one")
        quad = next((_quad(value) for value in self.graph.objects(concept, URIRef(QUAD_CLASS))), None)
        return CodeRow(
            self.place(concept), self.notation(concept), label, definition, self.broader(concept), quad,
            self.text(concept, URIRef(SCORE)) or None, str(concept),
        )  # fmt: skip

    def broader(self, concept: URIRef) -> str | None:
        above = {*self.graph.objects(concept, SKOS.broader), *self.graph.subjects(SKOS.narrower, concept)}
        if len(above) > 1:
            self.faults.add(self.place(concept), f"has {len(above)} broader concepts; a code has one at most")
        return next((self.notation(upper) for upper in sorted(above, key=str)), None)

    def rules(self, concept: URIRef) -> Iterator[RuleRow]:
        place, code = self.place(concept), self.notation(concept)
        for match in WHOLE:
            yield from (RuleRow(place, relation, code) for relation in self.relations(concept, match))
        narrower = list(self.relations(concept, SKOS.broadMatch))
        words = tuple(self.words(concept)) if narrower else ()
        if narrower and not words:
            self.faults.add(place, f"skos:broadMatch kgr:{narrower[0]} needs words that tell it apart: give it skos:hiddenLabel")
            return
        yield from (RuleRow(place, relation, code, words=words) for relation in narrower)

    def relations(self, concept: URIRef, match: Node) -> Iterator[str]:
        """Codes of our relations that a concept has this match with; matches with other schemes are none of our business."""
        found = sorted(str(value) for value in self.graph.objects(concept, match))
        return (iri.removeprefix(_RELATION) for iri in found if iri.startswith(_RELATION))

    def words(self, concept: URIRef) -> Iterator[Words]:
        for label in sorted(str(value) for value in self.graph.objects(concept, SKOS.hiddenLabel)):
            try:
                yield Words.parse(label)
            except ValueError as error:
                self.faults.add(self.place(concept), f"skos:hiddenLabel {error}")

    def notation(self, concept: Node) -> str:
        return self.text(concept, SKOS.notation) or _local(str(concept))

    def label(self, node: Node) -> str:
        """The preferred label, the English one if there are several."""
        labels = [value for value in self.graph.objects(node, SKOS.prefLabel) if isinstance(value, Literal)]
        ordered = sorted(labels, key=lambda label: (not (label.language or "").startswith("en"), label.language or "", str(label)))
        return next((str(label) for label in ordered), "")

    def text(self, node: Node, predicate: URIRef) -> str:
        """The first value of a property, in the order of their text, English first."""
        values = sorted(self.graph.objects(node, predicate), key=lambda v: (getattr(v, "language", None) not in ("en", None), str(v)))
        return " ".join(str(values[0]).split()) if values else ""

    def place(self, concept: URIRef) -> str:
        return f"{self.file}: {concept.n3(self.graph.namespace_manager)}"


def _quad(value: Node) -> str:
    """A quad class by our IRI ("kg:verbalConflict") or by its name."""
    local = str(value).removeprefix(PREFIXES["kg"])
    return next((name for name in QUAD_CLASSES if name.replace(" ", "").lower() == local.replace(" ", "").lower()), str(value))


def _base(iri: str) -> str:
    """The IRI that codes of a scheme begin with, as the prefix of written RDF."""
    return iri if iri.endswith(("/", "#")) else f"{iri}/"


def _local(iri: str) -> str:
    return iri.rstrip("/#").replace("#", "/").rpartition("/")[2]
