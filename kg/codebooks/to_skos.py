"""A codebook as SKOS triples, and the triples that give statements its codes. No blank nodes, sorted by who writes them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping

from rdflib import DCTERMS, OWL, RDF, SKOS, XSD, Graph, Literal, URIRef

from kg.codebooks.scheme import Code, Codebook, Rule
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


def _matches(codebook: Codebook, chosen: Collection[str], *, words: bool) -> Iterator[Triple]:
    rules = [rule for rule in codebook.rules if rule.code is not None and rule.code in chosen]
    pairs = {(rule.relation, rule.code) for rule in codebook.rules if rule.code is not None}
    of_relation, of_code = Counter(relation for relation, _ in pairs), Counter(code for _, code in pairs)
    whole = {(rule.relation, rule.code) for rule in rules if rule.code is not None and rule.is_default}
    part = {(rule.relation, rule.code) for rule in rules if rule.code is not None and rule.words} - whole
    found: set[Triple] = set()
    for relation, code in whole:
        match = SKOS.exactMatch if of_relation[relation] == of_code[code] == 1 else SKOS.narrowMatch
        found.add((URIRef(codebook.codes[code].iri), match, URIRef(PREFIXES["kgr"] + relation)))
    for relation, code in part:
        found.add((URIRef(codebook.codes[code].iri), SKOS.broadMatch, URIRef(PREFIXES["kgr"] + relation)))
    if words:
        labels = _labels(rules, part)
        found.update((URIRef(codebook.codes[code].iri), SKOS.hiddenLabel, Literal(pattern, "en")) for code, pattern in labels)
    yield from sorted(found)


def _labels(rules: Iterable[Rule], part: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Codes with their patterns. A label is for all relations that are matched with its concept, so one that would speak for a
    relation whose statements with these words have another code is left out."""
    given = {(rule.relation, str(words)): rule.code for rule in rules for words in rule.words if rule.code is not None}
    relations: dict[str, list[str]] = defaultdict(list)
    for relation, code in sorted(part):
        relations[code].append(relation)
    for code, pattern in sorted({(code, pattern) for (_, pattern), code in given.items() if code in relations}):
        if all(given.setdefault((relation, pattern), code) == code for relation in relations[code]):
            yield code, pattern


def codebook_turtle(codebook: Codebook) -> str:
    """The whole codebook as SKOS in Turtle; `kg.codebooks.read_codebook` reads it again from a .ttl file."""
    graph = Graph(bind_namespaces="none")
    for prefix in ("dcterms", "kg", "kgr", "owl", "skos", "xsd"):
        graph.bind(prefix, PREFIXES[prefix])
    graph.bind(codebook.name, codebook.iri)
    for triple in codebook_triples(codebook, words=True):
        graph.add(triple)
    return graph.serialize(format="turtle")
