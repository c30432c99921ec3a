"""Acts that a sentence reports: triggers of the lexicon with the actors in their slots."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from kg.extract.cast import Cast
from kg.extract.lexicon import Act, Lexicon
from kg.extract.roles import Roles, meant, particles, prepositional, roles, surface_subjects
from kg.extract.tree import Tree

COPULAR = frozenset("be become remain stay".split())
MUTUAL_WORDS = frozenset(("other", "another"))
PREDICATIVE = frozenset(("MEMBER", "CANDIDATE", "ALLY", "RIVAL", "OFFICE"))


@dataclass(frozen=True, slots=True)
class Event:
    """An act with its ends as mention indices. `words` are the trigger's tokens; `mutual`: each does it to each."""

    trigger: int
    act: Act
    sources: tuple[int, ...]
    targets: tuple[int, ...]
    words: tuple[int, ...]
    mutual: bool = False


def find_events(tree: Tree, lexicon: Lexicon, cast: Cast) -> list[Event]:
    """All acts of a sentence that have both ends."""
    return Finder(tree, lexicon, cast).events()


class Finder:
    def __init__(self, tree: Tree, lexicon: Lexicon, cast: Cast) -> None:
        self.tree, self.lexicon, self.cast = tree, lexicon, cast
        self.in_name = {i for b, e, _ in tree.names for i in range(b, e)}

    def events(self) -> list[Event]:
        found: list[Event] = []
        used: set[int] = set()
        for v in range(len(self.tree)):
            if self.tree.pos[v] in ("VERB", "AUX") or (self.tree.pos[v] == "ADJ" and self.tree.tags[v] in ("VBN", "VBG")):
                event = self.verb(v)
                if event:
                    found.append(event)
                    used.update(event.words)
        for n in range(len(self.tree)):
            event = None
            if n in used:
                continue
            if self.tree.pos[n] in ("NOUN", "PROPN") and n not in self.in_name:
                event = self.noun(n)
            elif self.tree.pos[n] == "ADJ":
                event = self.adjective(n)
            if event:
                found.append(event)
        return sorted(found, key=lambda e: e.trigger)

    # verbs

    def verb(self, v: int) -> Event | None:
        tree = self.tree
        parts = roles(tree, v)
        objects = [meant(tree, c) for p in parts.patients for c in tree.conjuncts(p)]
        obliques = [meant(tree, c) for k in tree.kids(v, "obl") for c in tree.conjuncts(k)]
        complements: dict[str, set[str]] = {}
        for k in tree.kids(v, "obl"):
            complements.setdefault(tree.case(k), set()).update(tree.lemmas[meant(tree, c)].lower() for c in tree.conjuncts(k))
        lemmas = {tree.lemmas[o].lower() for o in objects}
        for act in self.lexicon.acts_of(tree.lemmas[v].lower(), "VERB", particles(tree, v), lemmas, complements):
            words = (v, *(o for o in (*objects, *obliques) if tree.lemmas[o].lower() in act.objects))
            event = self._filled(v, act, parts, words)
            if event:
                return event
        return self._light(v, parts, objects)

    def _filled(self, v: int, act: Act, parts: Roles, words: tuple[int, ...]) -> Event | None:
        sources = self._all(parts.agents, owners=True)
        targets = self._targets(v, act, parts, words)
        targets = [t for t in targets if t not in sources]
        mutual = "reciprocal" in act.flags
        if mutual and not targets and len(sources) > 1:
            return Event(v, act, tuple(sources), tuple(sources), words, mutual=True)
        if not mutual and not targets and len(sources) > 1 and self._each_other(v):
            return Event(v, act, tuple(sources), tuple(sources), words, mutual=True)
        if not sources or not targets:
            return None
        if "swap" in act.flags:
            sources, targets = targets, sources
        return Event(v, act, tuple(sources), tuple(targets), words, mutual and act.relation == "RIVAL")

    def _each_other(self, v: int) -> bool:
        return any(self.tree.lemmas[k].lower() in MUTUAL_WORDS for k in self.tree.kids(v, "obj", "obl"))

    def _all(self, tokens: Iterable[int], *, owners: bool) -> list[int]:
        found: list[int] = []
        for t in tokens:
            found.extend(self.cast.anyone(t) if owners else self.cast.agents(t))
        return list(dict.fromkeys(found))

    def _targets(self, v: int, act: Act, parts: Roles, words: tuple[int, ...]) -> list[int]:
        for slot in act.slots:
            found = self._slot(v, slot, parts, words)
            if found:
                return found
        if act.objects:  # "lifted its ban on Chadian cattle", "recalled the envoy to Peru" with the owner in front
            return [m for w in words[1:] for m in self.cast.modifiers(w) if m not in self._all(parts.agents, owners=True)]
        return []

    def _slot(self, v: int, slot: str, parts: Roles, words: tuple[int, ...]) -> list[int]:
        tree = self.tree
        match slot:
            case "obj":
                return self._all((p for p in parts.patients if p not in words), owners=True)
            case "iobj":
                return self._all(parts.recipients, owners=False)
            case "poss":
                return [m for p in parts.patients for c in tree.conjuncts(p) for m in self.cast.owners(c)]
            case "ccomp-subj":
                return self._all((s for c in tree.kids(v, "ccomp") for s in surface_subjects(tree, c)), owners=True)
            case "xcomp-obj":
                return self._all((o for c in tree.kids(v, "xcomp") for o in roles(tree, c).patients), owners=True)
        hosts = [v, *words[1:], *(p for p in parts.patients if p not in words), *tree.kids(v, "xcomp", "compound:prt")]
        return self._all((k for h in dict.fromkeys(hosts) for k in prepositional(tree, h, slot)), owners=True)

    def _light(self, v: int, parts: Roles, objects: list[int]) -> Event | None:
        """"launched an attack on", "gave support to": the noun says what was done, the verb who did it."""
        tree = self.tree
        if tree.lemmas[v].lower() not in self.lexicon.light:
            return None
        sources = self._all(parts.agents, owners=True)
        for o in objects:
            for act in self.lexicon.acts_of(tree.lemmas[o].lower(), "NOUN"):
                if act.relation in PREDICATIVE:
                    continue
                if "reciprocal" in act.flags and len(sources) > 1 and not self._noun_targets(o, act, (v,)):
                    return Event(v, act, tuple(sources), tuple(sources), (v, o), mutual=True)
                targets = [t for t in self._noun_targets(o, act, (v,)) + self._all(parts.recipients, owners=False) if t not in sources]
                if sources and targets:
                    return Event(v, act, tuple(sources), tuple(dict.fromkeys(targets)), (v, o))
        return None

    # nouns

    def noun(self, n: int) -> Event | None:
        tree = self.tree
        if tree.base(n) in ("compound", "flat"):
            return None
        for act in self.lexicon.acts_of(tree.lemmas[n].lower(), "NOUN"):
            event = self._predicate_noun(n, act) if act.relation in PREDICATIVE else None
            event = event or self._noun_event(n, act)
            if event:
                return event
        return None

    def _predicate_noun(self, n: int, act: Act) -> Event | None:
        """"is a member of", "became an ally of", "took office as president of"."""
        tree, g = self.tree, self.tree.heads[n]
        if tree.kids(n, "cop"):
            subjects = surface_subjects(tree, n)
        elif g >= 0 and tree.lemmas[g] in COPULAR and tree.base(n) in ("xcomp", "obj", "obl"):
            subjects = surface_subjects(tree, g)
        else:
            return None
        sources = self._all(subjects, owners=False)
        targets = self._noun_targets(n, act, ()) or [m for k in tree.kids(n, "nmod:poss") for m in self.cast.agents(k)] or self.cast.modifiers(n)
        targets = [t for t in targets if t not in sources]
        if sources and targets:
            return Event(n, act, tuple(sources), tuple(targets), (n,), mutual=act.relation == "RIVAL")
        if len(sources) > 1 and "reciprocal" in act.flags:
            return Event(n, act, tuple(sources), tuple(sources), (n,), mutual=True)
        return None

    def _noun_event(self, n: int, act: Act) -> Event | None:
        tree = self.tree
        between = [m for k in prepositional(tree, n, "between") for m in self.cast.anyone(k)]
        if len(between) > 1:
            return Event(n, act, tuple(between), tuple(between), (n,), mutual=True)
        sources = self._noun_sources(n, act)
        mutual = "reciprocal" in act.flags
        targets = [t for t in self._noun_targets(n, act, ()) if t not in sources]
        if mutual and len(sources) > 1 and not targets:
            return Event(n, act, tuple(sources), tuple(sources), (n,), mutual=True)
        if not sources or not targets:
            return None
        if "swap" in act.flags:
            sources, targets = targets, sources
        return Event(n, act, tuple(sources), tuple(targets), (n,), mutual and act.relation == "RIVAL")

    def _noun_sources(self, n: int, act: Act) -> list[int]:
        tree = self.tree
        found = [m for k in tree.kids(n, "nmod:poss") for m in self.cast.anyone(k)]
        found = found or self.cast.modifiers(n)
        if not found:
            for preposition in ("by", "from", *(() if "of" in act.slots else ("of",))):
                if preposition not in act.slots:
                    found = [m for k in prepositional(tree, n, preposition) for m in self.cast.anyone(k)]
                if found:
                    break
        return found or self._agents_of_governor(n)

    def _agents_of_governor(self, n: int) -> list[int]:
        """"condemned Chad for the raid on Mali": who is blamed did it."""
        tree, g = self.tree, self.tree.heads[n]
        if g >= 0 and tree.pos[g] == "VERB" and tree.base(n) == "obl" and tree.case(n) in ("for", "over"):
            acts = self.lexicon.acts_of(tree.lemmas[g].lower(), "VERB")
            if any(a.relation in ("ACCUSE", "SANCTION", "PROTEST") for a in acts):
                return self._all(roles(tree, g).patients, owners=False)
        return []

    def _noun_targets(self, n: int, act: Act, hosts: tuple[int, ...]) -> list[int]:
        tree = self.tree
        governor = tree.heads[n]
        around = (governor,) if not hosts and governor >= 0 and tree.base(n) == "obj" else hosts
        for slot in act.slots:
            if slot in ("obj", "iobj", "ccomp-subj", "xcomp-obj"):
                continue
            if slot == "poss":
                found = [m for k in tree.kids(n, "nmod:poss") for m in self.cast.agents(k)]
            else:
                found = [m for h in (n, *around) for k in prepositional(tree, h, slot) for m in self.cast.anyone(k)]
            if found:
                return list(dict.fromkeys(found))
        return []

    # adjectives

    def adjective(self, a: int) -> Event | None:
        tree = self.tree
        for act in self.lexicon.acts_of(tree.lemmas[a].lower(), "ADJ"):
            g = tree.heads[a]
            subjects = surface_subjects(tree, a) or (surface_subjects(tree, g) if g >= 0 and tree.base(a) == "xcomp" else [])
            if not subjects and tree.base(a) == "acl" and g >= 0:
                subjects = [g]
            sources = self._all(subjects, owners=False)
            targets = self._noun_targets(a, act, ())
            targets = [t for t in targets if t not in sources]
            if sources and targets:
                return Event(a, act, tuple(sources), tuple(targets), (a,), mutual=act.relation == "RIVAL")
            if len(sources) > 1 and "reciprocal" in act.flags:
                return Event(a, act, tuple(sources), tuple(sources), (a,), mutual=True)
        return None
