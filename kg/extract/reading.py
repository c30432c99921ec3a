"""How an act is reported: done, denied, wanted, intended or merely possible; and on whose word."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from kg.extract.lexicon import Lexicon, Operator
from kg.extract.roles import is_headline_future, is_passive, noun_subjects, particles, roles, surface_subjects
from kg.extract.tree import Tree

NEGATIONS = frozenset("not n't never no neither nor hardly scarcely barely n’t nobody none without".split())
MODALS_POSSIBLE = frozenset(("may", "might", "could", "can", "ca"))
MODALS_FUTURE = frozenset(("will", "shall", "'ll", "’ll", "wo"))
MODALS_DUTY = frozenset(("must", "should", "ought"))
CONDITIONS = frozenset(("if", "unless", "whether", "lest"))
CLAUSAL = frozenset(("xcomp", "ccomp", "csubj", "acl", "advcl", "parataxis", "conj", "obj", "obl", "nmod", "nsubj", "appos", "dep"))
NOMINAL_KINDS = frozenset(("ask", "demand", "want", "plan", "consider", "prevent", "deny", "threaten", "promise", "refuse"))


@dataclass(slots=True)
class Reading:
    """What the words around an act say of it. Tokens are of the sentence; -1 is nobody.

    `wrappers` are the operators met on the way up, innermost first, each with its token and whether it is negated.
    """

    negated: bool = False
    possible: bool = False
    future: bool = False
    requested_by: list[int] = field(default_factory=list)
    requested: bool = False
    planned: bool = False
    speakers: list[int] = field(default_factory=list)
    wrappers: list[tuple[Operator, int, bool]] = field(default_factory=list)
    duty: int = -1


def is_negated(tree: Tree, i: int) -> bool:
    """Negation on a word itself: "did not", "never", "no attack", "without attacking"."""
    count = 0
    for k in tree.children[i]:
        word = tree.words[k].lower()
        own = word in NEGATIONS and tree.base(k) in ("advmod", "det", "case", "mark", "aux", "advcl", "dep")
        no_longer = word == "longer" and tree.base(k) == "advmod" and any(tree.words[m].lower() == "no" for m in tree.children[k])
        count += own or no_longer
    count += any(tree.deps[k] == "cc:preconj" and tree.words[k].lower() == "neither" for k in tree.children[i])
    for k in tree.kids(i, "obj", "nsubj"):
        if (
            any(tree.deps[m] == "cc:preconj" and tree.words[m].lower() == "neither" for m in tree.children[k])
            or any(tree.words[m].lower() in ("no", "neither") for m in tree.kids(k, "det"))
            or tree.words[k].lower() in ("nobody", "nothing")
        ):
            count += 1
    return count % 2 == 1


def _auxiliaries(tree: Tree, i: int) -> list[str]:
    return [tree.words[k].lower() for k in tree.children[i] if tree.base(k) == "aux"]


def _own(tree: Tree, i: int, reading: Reading) -> None:
    """Auxiliaries, negation and conditions of one predicate."""
    if is_negated(tree, i):
        reading.negated = not reading.negated
    auxiliaries = _auxiliaries(tree, i)
    if any(a in MODALS_FUTURE for a in auxiliaries) or is_headline_future(tree, i):
        reading.future = True
    if any(a in ("is", "are", "was", "were") for a in auxiliaries) and any(tree.words[k].lower() == "to" for k in tree.kids(i, "mark")):
        reading.future = True  # "is to lift"
    if any(a in MODALS_POSSIBLE for a in auxiliaries):
        reading.possible = True
    if "would" in auxiliaries:
        if _has_condition(tree, i):
            reading.possible = True
        else:
            reading.future = True
    if any(a in MODALS_DUTY for a in auxiliaries):
        if "should" in auxiliaries and _is_inverted(tree, i):
            reading.possible = True
        else:
            reading.duty = i
    if _is_condition(tree, i) or (_has_condition(tree, i) and reading.future):
        reading.possible = True


def _is_inverted(tree: Tree, i: int) -> bool:
    first = [k for k in tree.children[i] if tree.words[k].lower() == "should"]
    subject = tree.kids(i, "nsubj")
    return bool(first and subject and first[0] < subject[0])


def _is_condition(tree: Tree, i: int) -> bool:
    marks = [tree.words[k].lower() for k in tree.children[i] if tree.base(k) in ("mark", "advmod")]
    return any(m in CONDITIONS for m in marks) and tree.base(i) in (
        "advcl",
        "ccomp",
        "conj",
        "acl",
        "root",
        "parataxis",
    )


def _has_condition(tree: Tree, i: int) -> bool:
    return any(_is_condition(tree, k) or _is_inverted(tree, k) for k in tree.kids(i, "advcl"))


def operator_at(tree: Tree, lexicon: Lexicon, i: int) -> Operator | None:
    pos = {"AUX": "VERB", "PROPN": "NOUN"}.get(tree.pos[i], tree.pos[i])
    around = [*particles(tree, i), *(tree.case(k) for k in tree.kids(i, "obl", "nmod"))]
    for clause in tree.kids(i, "ccomp", "advcl", "xcomp", "acl"):
        around.extend(tree.words[k].lower() for k in tree.children[clause] if tree.base(k) == "mark" and k < clause)
    return lexicon.operator(tree.lemmas[i].lower(), pos, around)


def _operator_subjects(tree: Tree, i: int) -> list[int]:
    if tree.pos[i] == "VERB" and is_passive(tree, i):
        return list(roles(tree, i).agents)
    return noun_subjects(tree, i) if tree.pos[i] in ("NOUN", "PROPN") and not tree.kids(i, "cop") else surface_subjects(tree, i)


def read(tree: Tree, lexicon: Lexicon, trigger: int) -> Reading:
    """Walk from an act up to the root and note what each word on the way does to it."""
    reading = Reading()
    said = False
    node, noun = trigger, tree.pos[trigger] in ("NOUN", "PROPN") and not tree.kids(trigger, "cop")
    if noun and is_negated(tree, node):
        reading.negated = True
    elif not noun:
        _own(tree, node, reading)
    while (up := tree.heads[node]) >= 0:
        dep = tree.base(node)
        if dep not in CLAUSAL or (tree.deps[node] == "acl:relcl" and tree.heads[node] != trigger):
            break
        if dep == "conj":
            _coordinated(tree, node, up, reading)
            node = up
            continue
        operator = operator_at(tree, lexicon, up)
        if operator and operator.kind == "refuse" and said:
            operator = replace(operator, kind="deny")  # "dismissed the allegation that"
        if operator and _takes(tree, node, up, operator, noun):
            _apply(tree, operator, up, node, reading)
            noun = tree.pos[up] in ("NOUN", "PROPN") and not tree.kids(up, "cop")
            said = noun and operator.kind == "claim"
            outer = Reading()
            if noun:
                outer.negated = is_negated(tree, up)
            else:
                _own(tree, up, outer)
            _outer(operator, up, outer, reading)
        elif dep == "advcl" and any(tree.words[k].lower() == "by" for k in tree.children[node] if tree.base(k) in ("mark", "case")):
            _own(tree, up, reading)  # "could retaliate by striking": the means shares the mood
        elif dep in ("obl", "nmod", "nsubj", "appos", "obj") or dep == "advcl":
            _embedding(tree, node, up, reading)
            break
        node = up
    _quoted(tree, lexicon, trigger, reading)
    return reading


def _coordinated(tree: Tree, node: int, up: int, reading: Reading) -> None:
    """What the first of coordinated verbs carries for all: "did not meet or call", "will meet and talk"."""
    linked = [tree.words[k].lower() for k in tree.kids(node, "cc")]
    if tree.kids(node, "nsubj", "nsubj:pass"):
        return
    if is_negated(tree, up) and any(w in ("or", "nor") for w in linked):
        reading.negated = not reading.negated
    auxiliaries = _auxiliaries(tree, up)
    if tree.tags[node] == "VB" and not _auxiliaries(tree, node):
        reading.future = reading.future or any(a in MODALS_FUTURE for a in auxiliaries)
        reading.possible = reading.possible or any(a in ("may", "might", "could", "can") for a in auxiliaries)


def _takes(tree: Tree, node: int, up: int, operator: Operator, noun: bool) -> bool:
    """Whether an operator above has this act as its complement, by the way it is attached."""
    dep = tree.base(node)
    if dep in ("xcomp", "ccomp", "csubj", "parataxis"):
        return True
    if dep == "acl":
        if tree.deps[node] == "acl:relcl" or tree.tags[node] == "VBN":  # "talks hosted by Oman" were hosted
            return False
        describes = tree.tags[node] == "VBG" and not tree.kids(node, "mark", "case")  # "a resolution condemning Oman" condemns
        return not (describes and operator.kind in ("plan", "want", "promise", "consider"))
    if dep == "advcl":
        marks = [tree.words[k].lower() for k in tree.children[node] if tree.base(k) in ("mark", "case")]
        if tree.tags[node] == "VBG" and not marks and node > up and "," not in tree.words[up:node]:
            return True
        if operator.kind == "claim":  # "accused Peru of arming"
            return "of" in marks or "for" in marks
        return operator.kind in ("refuse", "threaten", "promise", "ask", "demand", "prevent", "deny", "plan", "want") and (
            "from" in marks or "of" in marks or marks[:1] == ["to"] or operator.particle in marks
        )
    if dep in ("obj", "obl", "nmod", "nsubj"):
        passive_subject = dep == "nsubj" and bool(tree.kids(up, "nsubj:pass"))
        if operator.kind not in NOMINAL_KINDS or (operator.kind in ("refuse", "deny") and dep != "obj" and not passive_subject):
            return False
        if tree.kids(node, "nmod:poss") and operator.kind not in ("deny",):
            return False
        if dep == "nsubj":
            return bool(tree.kids(up, "nsubj:pass"))
        return dep == "obj" or tree.case(node) in ("for", "of", "to", "from", "against")
    return False


def _apply(tree: Tree, operator: Operator, up: int, node: int, reading: Reading) -> None:
    """The operator's own effect on what stands below it."""
    subjects = _operator_subjects(tree, up)
    match operator.kind:
        case "ask" | "demand":
            reading.requested = True
            reading.requested_by = reading.requested_by or subjects
            if operator.particle == "against":  # "warned Oman against joining" asks it not to
                reading.negated = not reading.negated
        case "want":
            if tree.kids(up, "obj") or tree.kids(node, "nsubj", "nsubj:pass") or tree.pos[node] == "NOUN":
                reading.requested = True
                reading.requested_by = reading.requested_by or subjects
            else:
                reading.planned = True
        case "plan":
            reading.planned = True
        case "deny":
            reading.negated = not reading.negated
            reading.speakers = reading.speakers or subjects
        case "fail" | "prevent" | "stop":
            reading.negated = not reading.negated
        case "consider" | "allow":
            reading.possible = True
        case "claim":
            if not reading.speakers and not tree.kids(up, "nsubj:pass"):  # "is said to" has no speaker
                reading.speakers = subjects
        case "refuse" | "threaten" | "promise" | "transparent" | "cause":
            pass


def _outer(operator: Operator, up: int, outer: Reading, reading: Reading) -> None:
    """Negation and mood of the operator itself."""
    if operator.kind == "claim":
        if outer.negated:
            reading.possible = True
        return
    reading.wrappers.append((operator, up, outer.negated))
    if operator.kind in ("refuse", "threaten", "promise"):
        reading.possible = reading.possible or outer.possible
        return
    if outer.negated:
        reading.negated = not reading.negated
    if operator.kind in ("transparent", "cause", "fail", "prevent", "stop"):
        reading.future = reading.future or outer.future
    reading.possible = reading.possible or outer.possible
    if outer.duty >= 0 and reading.duty < 0:
        reading.duty = outer.duty


def _embedding(tree: Tree, node: int, up: int, reading: Reading) -> None:
    """A condition around the clause that an act stands in without being its complement."""
    if _is_condition(tree, up):
        reading.possible = True


def _quoted(tree: Tree, lexicon: Lexicon, trigger: int, reading: Reading) -> None:
    """Speakers that stand beside the clause: "..., the minister said", "according to Lima"."""
    if reading.speakers:
        return
    for node in (trigger, *tree.ancestors(trigger)):
        for k in tree.children[node]:
            if tree.base(k) in ("parataxis", "advcl", "dep") and k not in tree.subtree(trigger)[:0]:
                operator = operator_at(tree, lexicon, k)
                if operator and operator.kind == "claim" and tree.kids(k, "nsubj") and not tree.kids(k, "ccomp", "xcomp"):
                    reading.speakers = surface_subjects(tree, k)
                    return
            if tree.base(k) in ("obl", "nmod") and tree.case(k) in ("according to", "per"):
                reading.speakers = [k]
                return
        if tree.deps[node] == "acl:relcl":
            return
