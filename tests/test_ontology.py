"""The Turtle files themselves, and the files that are generated from them."""

from __future__ import annotations

import importlib.util
from dataclasses import fields
from pathlib import Path
from typing import get_args

import pytest
from rdflib import DCTERMS, OWL, RDF, RDFS, SH, SKOS, BNode, Graph, Literal, URIRef

from kg import model, vocabulary

ROOT = Path(__file__).resolve().parent.parent
KG = vocabulary.PREFIXES["kg"]
FILES = ("core.ttl", "codebook.ttl", "shapes.ttl", "alignments.ttl")


def parse(name: str) -> Graph:
    return Graph().parse(ROOT / "ontology" / name)


CORE, CODEBOOK, SHAPES, ALIGNMENTS = map(parse, FILES)
ONTOLOGY = URIRef(KG.removesuffix("#"))
TERMS = sorted({str(term) for kind in (OWL.Class, OWL.ObjectProperty, OWL.DatatypeProperty) for term in CORE.subjects(RDF.type, kind)})
CONCEPTS = sorted({str(concept) for concept in CODEBOOK.subjects(RDF.type, SKOS.Concept)})


def one(graph: Graph, subject: URIRef, predicate: URIRef) -> Literal | URIRef:
    values = list(graph.objects(subject, predicate))
    assert len(values) == 1, f"{subject} {predicate}: {values}"
    assert isinstance(values[0], Literal | URIRef)
    return values[0]


def test_generated_files_are_up_to_date(tmp_path: Path) -> None:
    spec = importlib.util.spec_from_file_location("build_vocabulary", ROOT / "tools" / "build_vocabulary.py")
    assert spec is not None
    assert spec.loader is not None
    tool = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tool)
    tool.build(tmp_path)
    for name in ("vocabulary.py", *(f"data/ontology/{file}" for file in (*FILES, "context.jsonld"))):
        assert (tmp_path / name).read_bytes() == (ROOT / "kg" / name).read_bytes(), f"{name} is stale: run tools/build_vocabulary.py"
    published = ROOT / "ontology" / "context.jsonld"
    assert published.read_bytes() == (tmp_path / "data/ontology/context.jsonld").read_bytes(), "run tools/build_vocabulary.py"


@pytest.mark.parametrize("graph", [CORE, CODEBOOK, SHAPES, ALIGNMENTS], ids=FILES)
def test_files_have_a_version_and_a_licence(graph: Graph) -> None:
    (header,) = graph.subjects(RDF.type, OWL.Ontology)
    assert isinstance(header, URIRef)
    assert one(graph, header, OWL.versionIRI) == URIRef(f"{header}/{vocabulary.VERSION}")
    assert str(one(graph, header, OWL.versionInfo)) == vocabulary.VERSION
    assert one(graph, header, DCTERMS.license) == URIRef("https://creativecommons.org/licenses/by/4.0/")
    assert one(graph, header, DCTERMS.title)


@pytest.mark.parametrize("term", TERMS, ids=lambda term: term.removeprefix(KG))
def test_terms_are_documented(term: str) -> None:
    node = URIRef(term)
    languages = [label.language for label in CORE.objects(node, RDFS.label) if isinstance(label, Literal)]
    assert sorted(map(str, languages)) == ["de", "en", "fr", "tr"]
    definition = one(CORE, node, SKOS.definition)
    assert isinstance(definition, Literal)
    assert definition.language == "en"
    assert str(definition).endswith(".")
    assert one(CORE, node, RDFS.isDefinedBy) == ONTOLOGY


def test_the_core_is_small_and_speaks_of_nothing_undefined() -> None:
    assert len(TERMS) <= 64
    mentioned = {str(node) for triple in CORE for node in triple if isinstance(node, URIRef) and str(node).startswith(KG)}
    assert mentioned == set(TERMS)


def test_no_blank_nodes_in_core_codebook_and_alignments() -> None:
    for graph in (CORE, CODEBOOK, ALIGNMENTS):
        assert not [node for triple in graph for node in triple if isinstance(node, BNode)]


def test_domains_and_ranges_are_classes() -> None:
    for _, _, cls in (*CORE.triples((None, RDFS.domain, None)), *CORE.triples((None, RDFS.range, None))):
        assert (cls, RDF.type, OWL.Class) in CORE or str(cls).startswith(vocabulary.PREFIXES["xsd"])


def test_every_kind_of_actor_has_its_class() -> None:
    assert set(vocabulary.KIND_CLASSES) == set(get_args(model.ActorKind))
    for kind, cls in vocabulary.KIND_CLASSES.items():
        assert kind == "unknown" or (URIRef(cls), RDFS.subClassOf, URIRef(vocabulary.CLASS_ACTOR)) in CORE


def test_every_status_is_a_concept() -> None:
    assert set(vocabulary.STATUSES) == set(get_args(model.Status))
    assert {str(node) for node in CODEBOOK.subjects(RDF.type, URIRef(vocabulary.CLASS_STATUS))} == set(vocabulary.STATUSES.values())


@pytest.mark.parametrize("concept", CONCEPTS, ids=lambda concept: concept.rsplit("/")[-1])
def test_concepts_are_complete(concept: str) -> None:
    node = URIRef(concept)
    languages = [label.language for label in CODEBOOK.objects(node, SKOS.prefLabel) if isinstance(label, Literal)]
    assert sorted(map(str, languages)) == ["de", "en", "fr", "tr"]
    scheme = one(CODEBOOK, node, SKOS.inScheme)
    assert one(CODEBOOK, node, SKOS.topConceptOf) == scheme
    assert (scheme, RDF.type, SKOS.ConceptScheme) in CODEBOOK
    assert one(CODEBOOK, node, SKOS.notation)
    assert one(CODEBOOK, node, SKOS.definition)
    if (node, RDF.type, URIRef(vocabulary.CLASS_QUAD_CLASS)) not in CODEBOOK:
        assert one(CODEBOOK, node, SKOS.example)


def test_there_are_22_relations_5_statuses_and_5_quad_classes() -> None:
    counts = {
        cls: len(set(CODEBOOK.subjects(RDF.type, URIRef(cls))))
        for cls in (vocabulary.CLASS_RELATION, vocabulary.CLASS_STATUS, vocabulary.CLASS_QUAD_CLASS)
    }
    assert list(counts.values()) == [22, 5, 5]
    assert len(CONCEPTS) == 32


def test_relations_are_properties_between_actors() -> None:
    actor = URIRef(vocabulary.CLASS_ACTOR)
    for relation in CODEBOOK.subjects(RDF.type, URIRef(vocabulary.CLASS_RELATION)):
        assert isinstance(relation, URIRef)
        assert str(relation) == vocabulary.PREFIXES["kgr"] + str(one(CODEBOOK, relation, SKOS.notation))
        assert (relation, RDF.type, OWL.ObjectProperty) in CODEBOOK
        assert one(CODEBOOK, relation, RDFS.domain) == one(CODEBOOK, relation, RDFS.range) == actor
        assert one(CODEBOOK, relation, URIRef(vocabulary.QUAD_CLASS))


def test_shapes_and_alignments_speak_of_terms_that_exist() -> None:
    known = set(TERMS) | set(CONCEPTS)
    for graph in (SHAPES, ALIGNMENTS):
        used = {str(node) for triple in graph for node in triple if isinstance(node, URIRef) and str(node).startswith(KG)}
        assert used <= known, used - known


def test_every_property_that_triples_use_has_a_shape() -> None:
    shaped = {str(path) for path in SHAPES.objects(None, SH.path)}
    codebook_only = {vocabulary.QUAD_CLASS, vocabulary.SCORE, vocabulary.CAMEO, vocabulary.TARGET_OPTIONAL, vocabulary.RECIPROCAL}
    properties = {str(term) for kind in (OWL.ObjectProperty, OWL.DatatypeProperty) for term in CORE.subjects(RDF.type, kind)}
    assert properties - shaped == codebook_only


def test_shapes_have_a_message_each() -> None:
    for shape in SHAPES.subjects(SH.targetClass):
        assert isinstance(shape, URIRef)
        assert one(SHAPES, shape, SH.message)


def test_alignments_cover_the_vocabularies_they_promise() -> None:
    others = " ".join(str(target) for _, _, target in ALIGNMENTS)
    for namespace in ("ns/prov#", "2009/11/sem/", "ns/org#", "nif-core#", "ns/oa#", "2004/02/skos/core#", "schema.org/", "wikidata.org/"):
        assert namespace in others


def test_the_model_has_no_field_that_the_ontology_forgets() -> None:
    fields_and_terms = {
        model.Statement: {"id": "", "document": vocabulary.IN_DOCUMENT},
        model.Evidence: {"sentence": vocabulary.BEGIN, "predicate": vocabulary.TRIGGER},
        model.Participant: {
            "actor": vocabulary.SOURCE,
            "span": vocabulary.BEGIN,
            "mention": vocabulary.TEXT,
            "why": vocabulary.LINK_REASON,
        },
        model.Actor: {"id": "", "label": "", "kind": "", "valid_from": vocabulary.VALID_FROM, "valid_to": vocabulary.VALID_TO},
        model.Document: {"id": "", "text": vocabulary.SHA256},
    }
    for cls, renamed in fields_and_terms.items():
        for field in fields(cls):
            assert renamed.get(field.name, KG + field.name) in {"", *TERMS}, f"{cls.__name__}.{field.name}"
