"""A codebook as SKOS triples, and the triples that give statements its codes. No blank nodes, sorted by who writes them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from rdflib import DCTERMS, OWL, RDF, SKOS, XSD, Graph, Literal, URIRef

from kg.codebooks.scheme import Code, Codebook
from kg.vocabulary import CODED_AS, PREFIXES, QUAD_CLASS, SCORE

Triple = tuple[URIRef, URIRef, URIRef | Literal]


def codebook_triples(codebook: Codebook, codes: Iterable[str] | None = None, *, words: bool = False) -> Iterator[Triple]:
    """The scheme and its concepts with their matches; of `codes` and those above them alone, where they are given.

    A rule without a condition makes an exact match where nothing else maps relation or code, else a narrow one; a rule with
    words makes a broad one, and with `words` their patterns as hidden labels. Other conditions have no form in SKOS.
    """
    scheme = URIRef(codebook.iri)
    yield scheme, RDF.type, SKOS.ConceptScheme
    yield scheme, SKOS.notation, Literal(codebook.name)
    yield scheme, SKOS.prefLabel, Literal(codebook.title, "en")
    for predicate, text in ((OWL.versionInfo, codebook.version), (DCTERMS.source, codebook.source), (DCTERMS.license, codebook.licence)):
        if text:
            yield scheme, predicate, Literal(text)
    chosen = codebook.codes.keys() if codes is None else _with_upper(codebook, codes)
    for code in (codebook.codes[name] for name in codebook.codes if name in chosen):
        yield from _concept(scheme, code, codebook)
    yield from _matches(codebook, chosen, words=words)


def coded_triples(codes: Mapping[str, Code]) -> Iterator[Triple]:
    """What statements are coded as, by their ids."""
    return ((URIRef(statement), URIRef(CODED_AS), URIRef(code.iri)) for statement, code in codes.items())


def _with_upper(codebook: Codebook, codes: Iterable[str]) -> set[str]:
    found: set[str] = set()
    for name in codes:
        upper: str | None = name
        while upper is not None:
            found.add(upper)
            upper = codebook.codes[upper].broader
    return found


def _concept(scheme: URIRef, code: Code, codebook: Codebook) -> Iterator[Triple]:
    concept = URIRef(code.iri)
    yield concept, RDF.type, SKOS.Concept
    yield concept, SKOS.inScheme, scheme
    yield concept, SKOS.notation, Literal(code.code)
    yield concept, SKOS.prefLabel, Literal(code.label, "en")
    if code.definition:
        yield concept, SKOS.definition, Literal(code.definition, "en")
    if code.broader is None:
        yield concept, SKOS.topConceptOf, scheme
    else:
        yield concept, SKOS.broader, URIRef(codebook.codes[code.broader].iri)
    if code.quad is not None:
        first, *rest = code.quad.split()
        yield concept, URIRef(QUAD_CLASS), URIRef(PREFIXES["kg"] + first + "".join(word.capitalize() for word in rest))
    if code.score is not None:
        yield concept, URIRef(SCORE), Literal(str(code.score), datatype=XSD.decimal)


def _matches(codebook: Codebook, chosen: Iterable[str], *, words: bool) -> Iterator[Triple]:
    rules = [rule for rule in codebook.rules if rule.code is not None]
    of_relation = Counter(relation for relation, _ in {(rule.relation, rule.code) for rule in rules})
    of_code = Counter(code for _, code in {(rule.relation, rule.code) for rule in rules})
    found: set[Triple] = set()
    for rule in rules:
        if rule.code is None or rule.code not in chosen or not (rule.is_default or rule.words):
            continue
        concept, relation = URIRef(codebook.codes[rule.code].iri), URIRef(PREFIXES["kgr"] + rule.relation)
        if not rule.is_default:
            found.add((concept, SKOS.broadMatch, relation))
            found.update((concept, SKOS.hiddenLabel, Literal(str(pattern), "en")) for pattern in rule.words if words)
        else:
            alone = of_relation[rule.relation] == of_code[rule.code] == 1
            found.add((concept, SKOS.exactMatch if alone else SKOS.narrowMatch, relation))
    whole = {(concept, relation) for concept, match, relation in found if match == SKOS.narrowMatch}
    yield from sorted(triple for triple in found if not (triple[1] == SKOS.broadMatch and (triple[0], triple[2]) in whole))


def codebook_turtle(codebook: Codebook) -> str:
    """The whole codebook as SKOS in Turtle; `kg.codebooks.read_codebook` reads it again from a .ttl file."""
    graph = Graph(bind_namespaces="none")
    for prefix in ("dcterms", "kg", "kgr", "owl", "skos", "xsd"):
        graph.bind(prefix, PREFIXES[prefix])
    graph.bind(codebook.name, codebook.iri)
    for triple in codebook_triples(codebook, words=True):
        graph.add(triple)
    return graph.serialize(format="turtle")
