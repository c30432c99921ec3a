"""Who does what to whom in the grammar of a clause: deep subjects, objects and prepositional complements."""

from __future__ import annotations

from dataclasses import dataclass

from kg.extract.tree import Tree
from kg.extract.words import word_set

RELATIVES = frozenset(("who", "which", "that", "whom", "whose"))
QUANTITIES = word_set("quantity")
"""Nouns that stand before "of" without being the thing meant ("a series of strikes")."""
SUBJECT_CONTROL = word_set("subject-control")
OBJECT_CONTROL = frozenset(("from", "of", "for", "against"))
"""Who is to act is the object: "stopped Mali from", "accused Mali of", "thanked Mali for", "warned Mali against joining"."""


@dataclass(frozen=True, slots=True)
class Roles:
    """Token lists of a predicate's participants, coordination not yet expanded.

    agents act (deep subject), patients are acted on (deep object), recipients receive (indirect object).
    """

    agents: tuple[int, ...] = ()
    patients: tuple[int, ...] = ()
    recipients: tuple[int, ...] = ()
    passive: bool = False


def is_passive(tree: Tree, v: int) -> bool:
    if tree.kids(v, "aux:pass", "nsubj:pass"):
        return True
    if tree.tags[v] != "VBN" or tree.kids(v, "aux", "cop"):
        return tree.deps[v] == "conj" and tree.tags[v] == "VBN" and not tree.kids(v, "nsubj", "aux") and is_passive(tree, tree.heads[v])
    if tree.deps[v] == "conj":
        return not tree.kids(v, "nsubj") and is_passive(tree, tree.heads[v])
    return tree.base(v) in ("acl", "advcl", "root", "parataxis", "xcomp", "ccomp", "amod", "dep") and not tree.kids(v, "nsubj", "obj")


def antecedent(tree: Tree, pronoun: int) -> int:
    """What a relative pronoun stands for; the token itself if it is none."""
    if tree.lemmas[pronoun].lower() not in RELATIVES and tree.words[pronoun].lower() not in RELATIVES:
        return pronoun
    for node in tree.ancestors(pronoun):
        if tree.deps[node] in ("acl:relcl", "acl"):
            return tree.heads[node]
        if tree.deps[node] == "conj" or tree.base(node) in ("xcomp", "ccomp", "nsubj", "obl", "nmod", "obj"):
            continue
    return pronoun


def is_headline_future(tree: Tree, v: int) -> bool:
    """ "Macron to visit Mali": an infinitive with a subject and no finite verb; the name may be parsed as the root."""
    if tree.tags[v] != "VB" or not any(tree.words[k].lower() == "to" for k in tree.children[v] if k < v):
        return False
    g = tree.heads[v]
    if tree.base(v) == "root":
        return bool(tree.kids(v, "nsubj"))
    return tree.base(v) == "acl" and tree.base(g) == "root" and tree.pos[g] in ("PROPN", "NOUN") and g < v


def surface_subjects(tree: Tree, v: int, depth: int = 0) -> list[int]:
    """The grammatical subject of a predicate, its own or the one that its place in the sentence gives it."""
    own = [k for k in tree.children[v] if tree.deps[k] in ("nsubj", "nsubj:pass", "nsubj:outer")]
    if own:
        return [antecedent(tree, k) for k in own]
    if depth > 8:
        return []
    dep, g = tree.base(v), tree.heads[v]
    if g < 0:
        return []
    if tree.deps[v] == "acl:relcl" or (dep == "acl" and tree.tags[v] in ("VBG", "VBN")):
        return [g]
    if dep == "acl" and tree.kids(g, "cop"):
        return surface_subjects(tree, g, depth + 1)  # "she is the first to lead"
    if dep == "acl":
        return [g] if is_headline_future(tree, v) else noun_subjects(tree, g, depth + 1)
    if dep == "xcomp":
        return _controller(tree, v, g, depth)
    if dep == "advcl" and tree.tags[v] == "VB" and _called(tree, v, g):
        return _called(tree, v, g)
    if dep == "advcl" and tree.kids(g, "obj", "iobj", "nsubj:pass"):
        marks = {tree.words[k].lower() for k in tree.kids(v, "mark", "case")}
        if marks & OBJECT_CONTROL:
            return tree.kids(g, "obj", "iobj", "nsubj:pass")[:1]
    if dep in ("conj", "parataxis", "ccomp", "cop", "aux") or dep == "advcl":
        if tree.pos[g] in ("NOUN", "PROPN") and not tree.kids(g, "cop", "nsubj"):
            return noun_subjects(tree, g, depth + 1) if dep == "advcl" else []
        return surface_subjects(tree, g, depth + 1)
    if dep in ("obl", "obj", "nmod") and tree.tags[v] == "VBG":
        return surface_subjects(tree, g, depth + 1)
    return []


def _controller(tree: Tree, v: int, g: int, depth: int) -> list[int]:
    """Subject of an open complement: the governor's object ("urged X to go"), else its subject."""
    objects = tree.kids(g, "obj", "iobj")
    if objects and tree.lemmas[g] not in SUBJECT_CONTROL and objects[0] < v:
        return objects[:1]
    if tree.pos[g] in ("NOUN", "PROPN") and not tree.kids(g, "cop", "nsubj"):
        return noun_subjects(tree, g, depth + 1)
    return _called(tree, v, g) or surface_subjects(tree, g, depth + 1)


def _called(tree: Tree, v: int, g: int) -> list[int]:
    """Who is to act after "call on X to", "appeal to X to"; also a direct object before the infinitive."""
    if tree.lemmas[g] in ("call", "appeal", "plead", "prevail", "lean", "pressure", "press", "beg", "petition"):
        called = [k for k in tree.kids(g, "obl", "obj", "iobj") if k < v and tree.case(k) in ("on", "upon", "for", "to", "with", "")]
        return called[:1]
    return []


def noun_subjects(tree: Tree, n: int, depth: int = 0) -> list[int]:
    """Who does what a noun reports: its possessor, else a "by" phrase, else the subject of the verb it completes."""
    owner = tree.kids(n, "nmod:poss") or [k for k in tree.kids(n, "nmod", "obl") if tree.case(k) == "by"]
    owner = owner or [k for k in tree.kids(n, "compound", "amod", "nmod") if k < n and tree.pos[k] == "PROPN"]
    if owner:
        return owner[:1]
    g = tree.heads[n]
    if depth < 8 and g >= 0 and tree.base(n) in ("obj", "obl", "xcomp", "conj", "nsubj") and tree.pos[g] in ("VERB", "AUX"):
        return surface_subjects(tree, g, depth + 1) if tree.base(n) != "nsubj" else []
    return []


def roles(tree: Tree, v: int) -> Roles:
    """Deep roles of a verb."""
    surface = tuple(surface_subjects(tree, v))
    objects = tuple(antecedent(tree, k) for k in tree.kids(v, "obj"))
    indirect = tuple(tree.kids(v, "iobj"))
    if not objects:  # "called off a summit": the parser may take the object of a particle verb for an adjunct
        after = [k for k in tree.kids(v, "obl") if tree.deps[k] == "obl" and not tree.case(k)]
        begun = [min(tree.subtree(k)) for k in after]
        objects = tuple(k for k, b in zip(after, begun, strict=True) if b > 0 and tree.deps[b - 1] == "compound:prt")
    if not objects and tree.deps[v] == "acl:relcl":
        objects = _relative_object(tree, v, surface)
    if not objects and tree.deps[v] != "conj":
        objects = _shared_object(tree, v)
    if not is_passive(tree, v):
        return Roles(surface, objects, indirect)
    hosts = (v, *objects)
    by = tuple(k for h in hosts for k in tree.kids(h, "obl", "nmod") if tree.deps[k] == "obl:agent" or tree.case(k) == "by")
    if objects:  # "Mali was offered training by Italy": the subject receives
        return Roles(by, objects, surface, passive=True)
    return Roles(by, surface, indirect, passive=True)


def _relative_object(tree: Tree, v: int, surface: tuple[int, ...]) -> tuple[int, ...]:
    """ "the deal (that) Peru rejected": the noun modified, where the clause has a subject of its own."""
    noun = tree.heads[v]
    return (noun,) if surface and noun not in surface and not tree.kids(v, "ccomp") else ()


def _shared_object(tree: Tree, v: int) -> tuple[int, ...]:
    """ "criticised and later sanctioned Iran": the object stands with the last verb."""
    for c in tree.kids(v, "conj"):
        objects = tree.kids(c, "obj")
        if objects and not tree.kids(c, "nsubj") and not tree.kids(v, "obl", "ccomp", "xcomp"):
            return tuple(objects)
    return ()


def prepositional(tree: Tree, i: int, preposition: str) -> list[int]:
    """Nominals that a preposition attaches to a verb or noun."""
    return [k for k in tree.kids(i, "obl", "nmod") if tree.deps[k] not in ("obl:agent", "nmod:poss") and tree.case(k) == preposition]


def meant(tree: Tree, n: int) -> int:
    """The noun that is meant: "strikes" for "a series of strikes"."""
    if tree.lemmas[n] in QUANTITIES or tree.words[n].lower() in QUANTITIES:
        inner = [k for k in tree.kids(n, "nmod") if tree.case(k) == "of"]
        if inner:
            return meant(tree, inner[0])
    return n


def particles(tree: Tree, v: int) -> list[str]:
    """Verb particles, and adverbs in their place ("pull back")."""
    return [
        tree.words[k].lower()
        for k in tree.children[v]
        if tree.deps[k] == "compound:prt" or (tree.base(k) == "advmod" and len(tree.words[k]) < 6)
    ]
