"""Acts that a sentence reports: triggers of the lexicon with the actors in their slots."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from kg.codebook import RELATIONS
from kg.extract.calendar import DAYS
from kg.extract.cast import Cast
from kg.extract.lexicon import Act, Lexicon
from kg.extract.roles import Roles, is_passive, meant, particles, prepositional, roles, surface_subjects
from kg.extract.tree import Tree
from kg.extract.words import word_set

SPEAKING = word_set("speaking")
REVERSING = word_set("reversing")
PARTIES = frozenset(("side", "country", "nation", "party", "capital", "government", "state", "neighbour", "neighbor", "leader", "army"))
NEVER_OWNERS = frozenset(("CONSULT", "OFFICE", "MEMBER", "CANDIDATE"))
DELEGATES = word_set("delegate")
LOCAL_ACTS = frozenset(("ASSAULT", "MOBILIZE", "COERCE", "RETREAT"))
ANAPHORIC = word_set("anaphoric")
"""Nouns that point back to an act reported before."""
VERDICTS = frozenset(("ACCUSE", "REJECT", "SUPPORT"))
"""What is said of an act is said of who did it, never of who suffered it."""
BLAMING = frozenset(("ACCUSE", "SANCTION", "PROTEST", "COERCE", "REJECT", "THREATEN"))
COPULAR = frozenset(["be", "become", "remain", "stay"])
TOGETHER = frozenset(("alongside", "together with", "along with", "jointly with"))
OFFICE_VERBS = word_set("office-verb")
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
    """Finds the events of one sentence; `before` are the sources of the act reported last in the sentences before."""

    def __init__(self, tree: Tree, lexicon: Lexicon, cast: Cast, before: Sequence[int] = ()) -> None:
        self.tree, self.lexicon, self.cast, self.before = tree, lexicon, cast, before
        self._act_reaches_owner = True
        self._reaches_place = False
        self._found: list[Event] = []
        self._busy: set[int] = set()
        self.in_name = {i for b, e, _ in tree.names for i in range(b, e)}

    def events(self) -> list[Event]:
        found = self._found = []
        used: set[int] = set()
        for v in range(len(self.tree)):
            if self.tree.pos[v] in ("VERB", "AUX") or (self.tree.pos[v] == "ADJ" and self.tree.tags[v] in ("VBN", "VBG")):
                event = self.verb(v)
                if event:
                    found.append(event)
                    used.update(w for w in event.words if not self._is_judged(w, event))
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
        """The act that a verb reports, with both ends."""
        self._busy.add(v)
        try:
            return self._verb(v)
        finally:
            self._busy.discard(v)

    def _verb(self, v: int) -> Event | None:
        tree = self.tree
        parts = roles(tree, v)
        objects = [meant(tree, c) for p in (*parts.patients, *tree.kids(v, "xcomp")) for c in tree.conjuncts(p)]
        obliques = [meant(tree, c) for k in tree.kids(v, "obl") for c in tree.conjuncts(k)]
        lemmas = {n for o in objects for n in self._names_of(o)}
        for act in self.lexicon.acts_of(tree.lemmas[v].lower(), "VERB", particles(tree, v), lemmas, self._complements(v)):
            words = (v, *(o for o in (*objects, *obliques) if tree.lemmas[o].lower() in act.objects))
            event = self._filled(v, act, parts, words)
            if event:
                return event
            if "final" in act.flags:
                break
        return self._light(v, parts, objects) or (self.adjective(v) if tree.tags[v] in ("VBN", "VBG") else None)

    def _complements(self, i: int) -> dict[str, set[str]]:
        """The prepositions after a word with the names of the nouns that they bring."""
        found: dict[str, set[str]] = {}
        tree = self.tree
        adverbs = tree.kids(i, "compound:prt", "advmod")
        for k in (*tree.kids(i, "obl", "nmod"), *(o for a in adverbs for o in tree.kids(a, "obl"))):  # "walked away from talks"
            if self.tree.lemmas[k].lower() in DAYS or self.tree.pos[k] == "NUM":
                continue  # "blamed Iran on Friday" has no "on" that says whom
            for a in adverbs:
                found.setdefault(f"{tree.words[a].lower()} {tree.case(k)}", set()).update(self._names_of(meant(tree, k)))
            found.setdefault(self.tree.case(k), set()).update(
                n for c in self.tree.conjuncts(k) for n in self._names_of(meant(self.tree, c))
            )
        return found

    def _noun_acts(self, n: int) -> list[Act]:
        """Rows that a noun fits; its premodifiers count as objects ("trade war")."""
        before = {self.tree.lemmas[k].lower() for k in self.tree.kids(n, "compound", "amod") if k < n}
        for lemma in (*self._hyphenated(n), self.tree.lemmas[n].lower()):
            rows = self.lexicon.acts_of(lemma, "NOUN", (), before, self._complements(n))
            if rows:
                return rows
        return []

    def _hyphenated(self, n: int) -> tuple[str, ...]:
        """A noun that the tokenizer has split at its hyphen, as it was and as one word: "cease-fire", "ceasefire"."""
        tree = self.tree
        if n < 2 or tree.words[n - 1] != "-" or tree.heads[n - 2] != n:
            return ()
        return (f"{tree.words[n - 2].lower()}-{tree.lemmas[n].lower()}", f"{tree.words[n - 2].lower()}{tree.lemmas[n].lower()}")

    def _names_of(self, token: int) -> set[str]:
        """What a row's object may call a noun: its lemma, and for a named organisation of states "organisation"."""
        return {self.tree.lemmas[token].lower(), *(("organisation",) if "igo" in self.cast.kinds(token) else ())}

    def _filled(self, v: int, act: Act, parts: Roles, words: tuple[int, ...]) -> Event | None:
        self._reaches_place = act.relation in LOCAL_ACTS
        self._act_reaches_owner = act.relation not in NEVER_OWNERS  # one meets Kenyans, not Kenya's exports
        if "swap" in act.flags:  # the subject is who suffers the act: "came under fire from"
            sources = self._affected(parts.agents, owners=True)
        elif "patient" in act.flags or (act.relation == "MOBILIZE" and parts.passive and not parts.agents):
            sources = self._sources(parts.patients, act)  # "was admitted to the bloc", "troops were massed"
        else:
            sources = self._sources(parts.agents, act)
        if not self._has_infinitive(v) and act.relation == "REQUEST" and {"weak", "inner-requested"} <= act.flags:
            return None  # "told Chad to" asks, "told Chad that" informs
        if "person" in act.flags and ((parts.patients and not act.objects) or not self._travelled(parts, sources)):
            return None
        sources += [m for k in self.tree.kids(v, "obl") if self.tree.case(k) in TOGETHER for m in self.cast.agents(k) if m not in sources]
        targets = self._targets(v, act, parts, words, sources)
        if not targets and "inner-requested" in act.flags:  # "demands that Chad leave"
            targets = [t for t in self._slot(v, act, "ccomp-subj", parts, words) if t not in sources]
        mutual = "reciprocal" in act.flags
        if mutual and not targets and len(sources) > 1:
            return Event(v, act, tuple(sources), tuple(sources), words, mutual=True)
        if not mutual and not targets and len(sources) > 1 and self._each_other(v):
            return Event(v, act, tuple(sources), tuple(sources), words, mutual=True)
        targets = self._fitting(act, targets)
        if not sources or not targets:
            return None
        if "swap" in act.flags:
            sources, targets = targets, sources
        return Event(v, act, tuple(sources), tuple(targets), words, mutual and act.relation == "RIVAL")

    def _sources(self, tokens: Iterable[int], act: Act) -> list[int]:
        """Who acts; for words only speaking actors and their statements, for deeds their things too ("Chadian jets")."""
        if not RELATIONS[act.relation].quad.startswith("verbal"):
            return self._all(tokens, owners=True)
        found: list[int] = []
        for t in tokens:
            found.extend(self.cast.agents(t) or (self._authors(t) if self.tree.lemmas[t].lower() in SPEAKING else []))
        return list(dict.fromkeys(found)) or self._they(tokens)

    def _authors(self, n: int) -> list[int]:
        """Whose statement it is: its owner's, else of who made it ("adopted a resolution calling on Oman")."""
        owners = self.cast.owners(n)
        if owners or self.tree.base(n) != "obj":
            return owners
        return [m for s in surface_subjects(self.tree, self.tree.heads[n]) for m in self.cast.agents(s)]

    def _they(self, tokens: Iterable[int]) -> list[int]:
        """ "They" after a joint act of several stands for all of them."""
        return [m for t in tokens if self.tree.words[t].lower() == "they" or self._is_both(t) for m in self._joint()]

    def _is_both(self, token: int) -> bool:
        """ "Both sides", "the two countries"."""
        words = {self.tree.words[k].lower() for k in self.tree.kids(token, "det", "nummod", "amod")}
        return self.tree.lemmas[token].lower() in PARTIES and bool(words & {"both", "two", "three", "four"})

    def _joint(self) -> list[int]:
        """Several who did something together just before, with whom they did it."""
        last = self._found[-1] if self._found else None
        joint = list(dict.fromkeys((*last.sources, *last.targets))) if last else list(self.before)
        return joint if len(joint) > 1 else []

    def _travelled(self, parts: Roles, sources: list[int]) -> bool:
        """Persons and delegations travel and hold office; states do not, and troops do not pay visits."""
        nouns = {self.tree.lemmas[c].lower() for t in parts.agents for c in self.tree.conjuncts(t)}
        persons = any(self.cast.kind(m) in ("person", "unknown", "") for m in sources)
        return persons or bool(sources and nouns & DELEGATES)

    def _has_infinitive(self, v: int) -> bool:
        tree = self.tree
        clauses = [k for k in tree.kids(v, "xcomp", "advcl", "ccomp") if tree.tags[k] == "VB" or tree.kids(k, "cop", "aux")]
        return any(tree.words[m].lower() == "to" for k in clauses for m in tree.kids(k, "mark"))

    def _fitting(self, act: Act, targets: list[int]) -> list[int]:
        """One is a member of a body, not of a state or person."""
        if act.relation not in ("MEMBER", "CANDIDATE"):
            return targets
        return [t for t in targets if self.cast.kind(t) not in ("state", "person", "place", "territory")]

    def _each_other(self, v: int) -> bool:
        tree = self.tree
        inside = [i for k in (*tree.kids(v, "obj", "obl", "iobj"), *tree.kids(v, "advmod")) for i in tree.subtree(k)]
        return any(tree.lemmas[i].lower() in MUTUAL_WORDS and i > 0 and tree.words[i - 1].lower() in ("each", "one") for i in inside)

    def _all(self, tokens: Iterable[int], *, owners: bool) -> list[int]:
        found: list[int] = []
        for t in tokens:
            found.extend(self.cast.anyone(t) if owners else self.cast.agents(t))
        return list(dict.fromkeys(found))

    def _targets(self, v: int, act: Act, parts: Roles, words: tuple[int, ...], sources: list[int]) -> list[int]:
        """The first slot that holds somebody else than the sources: "rushed troops to its border with Oman"."""
        own = {self.cast.actor(m) for m in sources}
        for slot in act.slots:
            found = [t for t in self._slot(v, act, slot, parts, words) if self.cast.actor(t) not in own]
            if found:
                return found
        if (
            act.objects and self._act_reaches_owner
        ):  # "lifted its ban on Chadian cattle", "recalled the envoy to Peru" with the owner in front
            found = [m for w in words[1:] for m in self.cast.modifiers(w) if m not in self._all(parts.agents, owners=True)]
            if found:
                return found
        if act.relation in VERDICTS:  # "denied the allegations"
            return [m for w in words[1:] for m in self._meant_before(w) if self.cast.actor(m) not in own]
        return []

    def _slot(self, v: int, act: Act, slot: str, parts: Roles, words: tuple[int, ...]) -> list[int]:
        tree = self.tree
        match slot:
            case "obj":
                found = self._affected((p for p in parts.patients if p not in words or self.cast.agents(p)), owners=self._act_reaches_owner)
                # "asked Chad to", "warned Peru that": the addressee of a verb with a clause
                return found or ([] if parts.passive else self._affected(parts.recipients, owners=True))
            case "iobj":
                return self._all(parts.recipients, owners=False)
            case "poss":
                things = [c for p in parts.patients for c in tree.conjuncts(p)]
                suffered = {c for c in things if act.relation in VERDICTS and self._is_suffered(c, "of")}
                return [m for c in things for m in (self._doers(c) if c in suffered else self.cast.owners(c))]
            case "ccomp-subj":
                return self._all((s for c in tree.kids(v, "ccomp") for s in surface_subjects(tree, c)), owners=True)
            case "xcomp-obj":
                return self._all((o for c in tree.kids(v, "xcomp") for o in roles(tree, c).patients), owners=True)
        things = [*words[1:], *(p for p in parts.patients if p not in words)]
        clauses = [c for t in things for c in tree.kids(t, "acl")]  # "lift the sanctions that it imposed on Oman"
        hosts = list(dict.fromkeys([v, *things, *tree.kids(v, "xcomp", "compound:prt", "advmod"), *clauses]))
        first, _, rest = slot.partition(" ")
        if rest and first in particles(tree, v):  # "pulled out of Mali", with the first word parsed as a particle
            slot = rest
        if act.relation in VERDICTS and "final" not in act.flags:  # "blamed the raid on Chad" is about Chad
            hosts = [h for h in hosts if not self._is_suffered(h, slot)]
            things = [t for t in things if not self._is_suffered(t, slot)]
        found = self._affected((k for h in hosts for k in prepositional(tree, h, slot)), owners=self._act_reaches_owner)
        if not found:  # "announced a suspension of aid to Chad"
            inner = [n for t in things for n in tree.kids(t, "nmod") if tree.case(n) in ("of", "in", "for")]
            found = self._affected((k for n in inner for k in prepositional(tree, n, slot)), owners=self._act_reaches_owner)
        return found

    def _affected(self, tokens: Iterable[int], *, owners: bool) -> list[int]:
        """Actors at tokens; of a noun that reports an act, who did it: "condemned Chad's raid on Mali" is about Chad."""
        found: list[int] = []
        for t in tokens:
            here = self.cast.agents(t)
            if not here and owners:
                for c in self.tree.conjuncts(t):
                    here = here + (self._doers(c) if self._is_act_on(c) else self.cast.owners(c))
            if not here and self._reaches_place:
                here = [m for c in self.tree.conjuncts(t) for m in self.cast.located(c)]
            found.extend(here or self._meant_before(t) or (self._joint() if self._is_both(t) else []))
        return list(dict.fromkeys(found))

    def _meant_before(self, token: int) -> list[int]:
        """ "denounced the move", "an attack that Sudan called a crime": whoever did what was reported just before."""
        tree = self.tree
        lemma = tree.lemmas[token].lower()
        if not (lemma in ANAPHORIC or self.lexicon.acts_of(lemma, "NOUN")) or tree.kids(token, "nmod:poss", "nmod"):
            return []
        definite = any(tree.words[k].lower() in ("the", "this", "that", "these") for k in tree.kids(token, "det"))
        if not definite and tree.base(token) not in ("appos", "parataxis", "dep", "obl"):
            return []
        before = [e for e in self._found if e.trigger < token]
        named = {act.relation for act in self.lexicon.acts_of(lemma, "NOUN")}  # "accused Oman of spying, a charge that Oman denied"
        before = [e for e in before if e.act.relation in named] or before
        return list(before[-1].sources) if before else list(self.before)

    def _is_act_on(self, n: int) -> bool:
        """Whether "of" after this noun names who suffers the act."""
        return any("of" in act.slots for act in self.lexicon.acts_of(self.tree.lemmas[n].lower(), "NOUN"))

    def _is_judged(self, n: int, event: Event) -> bool:
        """Whether a noun reports an act of its own, of which the event speaks: "condemned Chad's raid on Mali" has two acts."""
        is_verdict = event.act.relation in VERDICTS and self.tree.pos[n] == "NOUN"
        return is_verdict and any(self._is_suffered(n, preposition) for preposition in ("of", "on", "against"))

    def _is_suffered(self, n: int, preposition: str) -> bool:
        """Whether the preposition after this noun brings who suffers a hostile act: "condemned the raid on Mali" is not about Mali."""
        acts = self.lexicon.acts_of(self.tree.lemmas[n].lower(), "NOUN")
        return any(preposition in act.slots and _is_hostile(act) for act in acts)

    def _is_harm(self, v: int) -> bool:
        return any(_is_hostile(act) for act in self.lexicon.acts_of(self.tree.lemmas[v].lower(), "VERB"))

    def _doers(self, n: int) -> list[int]:
        return [m for act in self.lexicon.acts_of(self.tree.lemmas[n].lower(), "NOUN")[:1] for m in self._noun_sources(n, act)]

    def _light(self, v: int, parts: Roles, objects: list[int]) -> Event | None:
        """ "launched an attack on", "gave support to": the noun says what was done, the verb who did it."""
        tree = self.tree
        if tree.lemmas[v].lower() not in self.lexicon.light:
            return None
        sources = self._all(parts.agents, owners=True)
        for o in objects:
            for act in self._noun_acts(o):
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
        if tree.base(n) in ("compound", "flat") or (tree.base(n) == "obj" and tree.lemmas[tree.heads[n]] in REVERSING):
            return None
        for act in self._noun_acts(n):
            event = self._predicate_noun(n, act) if act.relation in PREDICATIVE else None
            event = event or self._noun_event(n, act)
            if event:
                return event
        return None

    def _predicate_noun(self, n: int, act: Act) -> Event | None:
        """ "is a member of", "became an ally of", "took office as president of"."""
        tree, g = self.tree, self.tree.heads[n]
        if tree.kids(n, "cop"):
            subjects = surface_subjects(tree, n)
        elif g >= 0 and tree.lemmas[g] in COPULAR and tree.base(n) in ("xcomp", "obj", "obl"):
            subjects = surface_subjects(tree, g)
        elif g >= 0 and act.relation == "OFFICE":
            subjects = self._office_holder(n, g)
        elif g >= 0 and tree.base(n) == "appos" and act.relation != "OFFICE":
            subjects = [g]  # "Togo, a member of the bloc"
        elif g >= 0 and tree.lemmas[g].lower() == "one" and tree.base(g) == "appos" and act.relation != "OFFICE":
            subjects = [tree.heads[g]]  # "Jordan, one of its closest allies"
        else:
            return None
        sources = self._all(subjects, owners=False)
        targets = (
            self._noun_targets(n, act, ()) or [m for k in tree.kids(n, "nmod:poss") for m in self.cast.agents(k)] or self.cast.modifiers(n)
        )
        targets = [t for t in targets if t not in sources]
        if sources and targets:
            return Event(n, act, tuple(sources), tuple(targets), (n,), mutual=act.relation == "RIVAL")
        if len(sources) > 1 and ("reciprocal" in act.flags or act.relation in ("ALLY", "RIVAL")):
            return Event(n, act, tuple(sources), tuple(sources), (n,), mutual=True)
        return None

    def _office_holder(self, n: int, g: int) -> list[int]:
        """ "was elected president", "took office as president", "named him ambassador", "began his term as chief"."""
        tree = self.tree
        if tree.case(n) == "as" and tree.pos[g] in ("NOUN", "PROPN") and tree.heads[g] >= 0:
            g = tree.heads[g]
        if tree.pos[g] != "VERB" or not (tree.case(n) == "as" or tree.lemmas[g] in OFFICE_VERBS):
            return []
        parts = roles(tree, g)
        if tree.lemmas[g] in OFFICE_VERBS:
            return [p for p in (*parts.recipients, *parts.patients) if p != n]
        return list(parts.agents)

    def _noun_event(self, n: int, act: Act) -> Event | None:
        tree = self.tree
        between = [m for k in prepositional(tree, n, "between") for m in self.cast.anyone(k)]
        if len(between) > 1:
            return Event(n, act, tuple(between), tuple(between), (n,), mutual=True)
        sources = self._noun_sources(n, act)
        mutual = "reciprocal" in act.flags
        targets = [t for t in self._noun_targets(n, act, ()) if t not in sources]
        if not sources and act.relation == "RIVAL":
            sources = [m for m in self._topic(n) if m not in targets]
        if sources and not targets and _is_hostile(act):
            targets = [m for m in self._suffering(n) if m not in sources]
        if mutual and len(sources) > 1 and not targets:
            return Event(n, act, tuple(sources), tuple(sources), (n,), mutual=True)
        if not sources or not targets:
            return None
        if "swap" in act.flags:
            sources, targets = targets, sources
        return Event(n, act, tuple(sources), tuple(targets), (n,), mutual and act.relation == "RIVAL")

    def _topic(self, n: int) -> list[int]:
        """The first subject of the sentence that is an actor: whose dispute "the dispute with Peru" is."""
        for s in range(n):
            if self.tree.base(s) == "nsubj" and self.cast.agents(s):
                return self.cast.agents(s)
        return []

    def _suffering(self, n: int) -> list[int]:
        """ "Cyprus has been divided since Turkey's incursion": the subject of the clause that the act explains."""
        tree, g = self.tree, self.tree.heads[n]
        if g >= 0 and tree.pos[g] in ("VERB", "ADJ") and tree.case(n) in ("since", "after", "following", "before"):
            return [m for s in surface_subjects(tree, g) for m in self.cast.agents(s)]
        if g >= 0 and tree.pos[g] == "VERB" and tree.case(n) in ("in", "by", "during") and is_passive(tree, g) and self._is_harm(g):
            return self._all(roles(tree, g).patients, owners=True)  # "two Malians died, killed in a raid by Chad"
        return []

    def _noun_sources(self, n: int, act: Act) -> list[int]:
        tree = self.tree
        found = [m for k in tree.kids(n, "nmod:poss") for m in self._possessors(n, k)]
        found = found or self.cast.modifiers(n)
        if not found:
            for preposition in ("by", "from", *(() if "of" in act.slots else ("of",))):
                if preposition not in act.slots:
                    found = [m for k in prepositional(tree, n, preposition) for m in self.cast.anyone(k)]
                if found:
                    break
        return found or self._agents_of_governor(n, act)

    def _possessors(self, n: int, k: int) -> list[int]:
        """Who an act noun belongs to; "its" after a verb of blame or punishment is who is blamed."""
        if self.tree.pos[k] == "PRON":
            blamed = self._blamed(n)
            if blamed:
                return blamed
        return self.cast.anyone(k)

    def _agents_of_governor(self, n: int, act: Act) -> list[int]:
        """ "condemned Chad for the raid on Mali": who is blamed did it."""
        tree, g = self.tree, self.tree.heads[n]
        if act.relation == "CONSULT" and tree.case(n) in ("on", "during", "after", "before") and g >= 0 and tree.pos[g] == "VERB":
            return [m for s in surface_subjects(tree, g) for m in self.cast.agents(s)]  # "on a visit to Mali, he urged"
        return self._blamed(n) if tree.case(n) in ("for", "over") else []

    def _blamed(self, n: int) -> list[int]:
        """The target of a hostile verb that an act noun is the reason or occasion for."""
        tree, g = self.tree, self.tree.heads[n]
        if g >= 0 and tree.pos[g] == "NOUN" and tree.base(g) in ("obj", "obl"):
            g = tree.heads[g]
        if g < 0 or tree.pos[g] != "VERB" or tree.base(n) not in ("obl", "nmod"):
            return []
        event = self.verb(g) if g not in self._busy else None
        if event is None or event.act.relation not in BLAMING:
            return []
        return list(event.targets)

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
                doers = prepositional(tree, n, "by")  # "the seizure by Oman of a tanker" may hang the tanker on Oman
                found = [m for h in (n, *doers, *around) for k in prepositional(tree, h, slot) for m in self.cast.anyone(k)]
            if found:
                return list(dict.fromkeys(found))
        return []

    # adjectives

    def adjective(self, a: int) -> Event | None:
        tree = self.tree
        word = tree.words[a].lower() if tree.pos[a] == "VERB" else tree.lemmas[a].lower()
        for act in self.lexicon.acts_of(word, "ADJ", (), (), self._complements(a)):
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


def _is_hostile(act: Act) -> bool:
    return RELATIONS[act.relation].quad == "material conflict"
