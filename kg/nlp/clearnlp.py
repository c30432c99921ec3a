"""Trees of the ClearNLP scheme, which spaCy's own English pipelines write, as Universal Dependencies.

The schemes differ in labels and in who is the head: ClearNLP hangs a noun on its preposition and a predicate on its copula, Universal
Dependencies hang the function word on the content word. So a function word gives its place in the tree to the word that it `yields` to,
together with everything else that hung on it; labels are renamed afterwards. Universal trees pass through unchanged.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import cast

import numpy as np
from spacy.language import Language
from spacy.tokens import Doc, Span
from thinc.types import Ints2d

COMPONENT = "kg_universal"
RENAMED = {
    "ROOT": "root", "dobj": "obj", "nsubjpass": "nsubj:pass", "csubjpass": "csubj:pass", "auxpass": "aux:pass", "relcl": "acl:relcl",
    "poss": "nmod:poss", "neg": "advmod", "prt": "compound:prt", "predet": "det:predet", "preconj": "cc:preconj", "intj": "discourse",
    "quantmod": "advmod", "meta": "dep", "oprd": "xcomp", "attr": "xcomp", "acomp": "xcomp", "dative": "iobj", "prep": "advmod",
    "agent": "obl:agent", "pobj": "obl", "pcomp": "advcl", "": "dep",
}  # fmt: skip
"""What is left of ClearNLP's labels once heads have moved; labels of both schemes are absent."""
ENTITY_TYPES = {
    "PERSON": "PER", "PER": "PER", "ORG": "ORG", "GPE": "LOC", "LOC": "LOC", "FAC": "LOC", "NORP": "MISC", "EVENT": "MISC", "LAW": "MISC",
    "WORK_OF_ART": "MISC", "MISC": "MISC",
}  # fmt: skip
NOMINAL = frozenset(("NOUN", "PROPN", "PRON", "NUM", "SYM"))
PREPOSITIONAL = frozenset(("prep", "agent", "dative", "conj", "ROOT", "pcomp"))


@dataclass(frozen=True, slots=True)
class Node:
    """A token of a tree: `head` is an index, its own at the root; `of_person` names the person entity it belongs to, if any."""

    lower: str
    lemma: str
    pos: str
    tag: str
    head: int
    label: str
    of_person: int | None = None


def to_universal(nodes: list[Node]) -> tuple[list[int], list[str]]:
    """Heads and labels of the same tokens in Universal Dependencies."""
    children: dict[int, list[int]] = {i: [] for i in range(len(nodes))}
    for i, node in enumerate(nodes):
        if node.head != i:
            children[node.head].append(i)
    yields = _yields(nodes, children)
    gave = {receiver: giver for giver, receiver in yields.items()}

    def content(i: int) -> int:
        while i in yields:
            i = yields[i]
        return i

    heads, labels = [], []
    for i in range(len(nodes)):
        if i in yields:
            heads.append(content(i))
            labels.append(_function_label(nodes, i, yields[i]))
            continue
        place = i
        while place in gave:
            place = gave[place]
        above = _above(nodes, children, place)
        heads.append(i if nodes[place].head == place else content(above))
        labels.append(_label(nodes, children, place, yields))
    return heads, labels


def _yields(nodes: list[Node], children: Mapping[int, list[int]]) -> dict[int, int]:
    """Which function word gives its place to which of its children."""
    found = {}
    for i, node in enumerate(nodes):
        receiver = _predicate(nodes, children[i]) if _is_copula(node) else _object(nodes, i, children[i])
        if receiver is None:
            receiver = _first_name(nodes, i, children[i])
        if receiver is not None:
            found[i] = receiver
    return found


def _is_copula(node: Node) -> bool:
    return node.lemma == "be" and node.pos in ("AUX", "VERB") and node.label not in ("aux", "auxpass", "cop", "aux:pass")


def _predicate(nodes: list[Node], children: list[int]) -> int | None:
    """The child of a form of "be" that Universal Dependencies take for the predicate."""
    if any(nodes[k].label == "expl" and nodes[k].lower == "there" for k in children):
        return None
    for k in children:
        if nodes[k].label in ("attr", "acomp"):
            return k
    if any(nodes[k].label in ("ccomp", "xcomp", "advmod", "obj", "dobj", "oprd") for k in children):
        return None
    subjects = [k for k in children if nodes[k].label in ("nsubj", "csubj")]
    places = [k for k in children if nodes[k].label == "prep" and subjects and k > subjects[0]]
    return places[0] if places else None


def _object(nodes: list[Node], i: int, children: list[int]) -> int | None:
    """What a preposition governs: its noun, its clause, or a further preposition that has one."""
    if nodes[i].label not in PREPOSITIONAL or nodes[i].pos not in ("ADP", "SCONJ", "ADV", "VERB", "PART", "ADJ"):
        return None
    for label in ("pobj", "pcomp"):
        for k in children:
            if nodes[k].label == label:
                return k
    if nodes[i].pos in ("ADP", "SCONJ") or nodes[i].label == "prep":
        for k in children:
            if nodes[k].label == "prep" and k > i and any(n.head == k and n.label in ("pobj", "pcomp", "prep") for n in nodes[k + 1 :]):
                return k
    return None


def _first_name(nodes: list[Node], i: int, children: list[int]) -> int | None:
    """The first word of a person's name whose last word is i: names are flat and headed by their first word."""
    person = nodes[i].of_person
    parts = [k for k in children if nodes[k].label == "compound" and k < i and nodes[k].of_person == person]
    return min(parts) if parts and person is not None else None


def _function_label(nodes: list[Node], i: int, receiver: int) -> str:
    """What a word that gave up its place becomes."""
    if _is_copula(nodes[i]):
        return "cop"
    if nodes[receiver].label == "compound":
        return "flat"
    return "mark" if nodes[receiver].label == "pcomp" else "case"


def _above(nodes: list[Node], children: Mapping[int, list[int]], i: int) -> int:
    """Head of the place of i before anybody yields: conjuncts hang on the first, conjunctions on the conjunct that follows."""
    node = nodes[i]
    if node.label == "conj":
        above = node.head
        while nodes[above].label == "conj" and nodes[above].head != above:
            above = nodes[above].head
        return above
    if node.label == "cc":
        return next((k for k in children[node.head] if nodes[k].label == "conj" and k > i), node.head)
    return node.head


def _label(nodes: list[Node], children: Mapping[int, list[int]], place: int, yields: Mapping[int, int]) -> str:
    """Label of whatever stands at a place now."""
    node = nodes[place]
    above = nodes[node.head]
    nominal = above.pos in NOMINAL
    match node.label:
        case "prep" | "dative" if place in yields:
            end = place
            while end in yields and nodes[yields[end]].label in ("prep", "pobj", "pcomp"):
                end = yields[end]
            if nodes[end].label == "pcomp":
                return "acl" if nominal else "advcl"
            return "nmod" if nominal and node.label == "prep" else "obl"
        case "npadvmod":
            return "nmod:unmarked" if nominal else "obl:unmarked"
        case "nmod":
            return "compound" if place < node.head and not any(nodes[k].label == "case" for k in children[place]) else "nmod"
        case "aux" if node.tag == "TO":
            return "mark"
        case "attr" if any(nodes[k].label == "expl" and nodes[k].lower == "there" for k in children[node.head]):
            return "nsubj"
        case "compound" if above.of_person is not None and node.of_person == above.of_person and place < node.head:
            return "flat"
        case label:
            return RENAMED.get(label, label)


WRITES = ["token.dep", "token.head", "token.pos", "doc.ents", "doc.sents"]


@Language.component(COMPONENT, requires=["token.dep", "token.head"], assigns=WRITES)
def universal(doc: Doc) -> Doc:
    """Rewrite a Doc's tree in Universal Dependencies and its entities in PER, ORG, LOC and MISC; other entities are dropped."""
    heads, labels = to_universal(list(_nodes(doc)))
    strings = doc.vocab.strings
    values = np.empty((len(doc), 3), np.uint64)
    for i, token in enumerate(doc):
        pos = strings.add("AUX") if labels[i] == "cop" else token.pos
        values[i] = (np.int64(heads[i] - i).astype(np.uint64), strings.add(labels[i]), pos)
    if len(doc):
        doc.from_array(["HEAD", "DEP", "POS"], cast(Ints2d, values))
    doc.ents = tuple(Span(doc, e.start, e.end, label=ENTITY_TYPES[e.label_]) for e in doc.ents if e.label_ in ENTITY_TYPES)
    return doc


def _nodes(doc: Doc) -> Iterator[Node]:
    persons = {i: e.start for e in doc.ents if e.label_ in ("PERSON", "PER") for i in range(e.start, e.end)}
    for token in doc:
        yield Node(token.lower_, token.lemma_, token.pos_, token.tag_, token.head.i, token.dep_, persons.get(token.i))
