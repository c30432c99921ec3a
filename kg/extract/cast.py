"""Who stands where in a sentence: the linked phrases by the tokens that head them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from kg.extract.phrases import Phrase
from kg.extract.roles import antecedent, meant
from kg.extract.tree import Tree
from kg.model import Link

OWNING = ("of", "by", "from", "in", "inside", "across", "within", "near", "off", "around")
LOCATING = ("of", "in", "on", "near", "at", "outside", "around", "inside", "across", "to")
LOCATED = "located"
"""Rule of a link that stands for the state in which a place lies."""
HOLDING = frozenset(("employ", "own", "operate", "run", "control", "govern", "work"))
BORDERS = frozenset(("border", "frontier", "boundary"))
PREMODIFYING = frozenset(("amod", "compound", "nmod", "nummod", "flat", "obl", "conj", "advmod", "acl"))


class Cast:
    """Answers, for a token, which mentions it stands for. Mentions are indices into `phrases`."""

    def __init__(self, tree: Tree, phrases: Sequence[Phrase], links: Sequence[Link]) -> None:
        self.tree = tree
        self._agents: dict[int, list[int]] = defaultdict(list)
        self._things: dict[int, list[int]] = defaultdict(list)
        self._places: dict[int, list[int]] = defaultdict(list)
        self._kinds: dict[int, str] = {}
        self._ids = [link.actor.id if link.actor else "" for link in links]
        for i, (phrase, link) in enumerate(zip(phrases, links, strict=True)):
            if phrase.tree == tree.index and link.actor is not None:
                role = self._places if link.rule == LOCATED else self._agents if link.agent else self._things
                role[phrase.token].append(i)
                self._kinds[i] = link.actor.kind

    def at(self, token: int) -> list[int]:
        """Mentions that the phrase headed by this one token is; through an apposition where it says nothing itself."""
        token = antecedent(self.tree, token)
        found = self._agents.get(token, [])
        if found:
            return self._named_in_apposition(token) or found
        inner = meant(self.tree, token)
        if inner != token:
            return self.agents(inner)
        for k in self.tree.kids(token, "appos", "nmod:desc"):
            if self._agents.get(k):
                return self._agents[k]
        return []

    def _named_in_apposition(self, token: int) -> list[int]:
        """The person whom an unnamed agent turns out to be: "the US envoy, Ada Lovo"."""
        if any(self._kinds[m] == "person" for m in self._agents[token]):
            return []
        return [m for k in self.tree.kids(token, "appos") for m in self._agents.get(k, []) if self._kinds[m] == "person"]

    def located(self, token: int, depth: int = 0) -> list[int]:
        """The states in which a place lies, or a thing at a place: "a school in the town of Chibok"."""
        found = list(self._places.get(token, []))
        if not found and depth < 3:
            for k in self.tree.kids(token, "nmod"):
                if k > token and self.tree.case(k) in LOCATING:
                    found.extend(self.located(k, depth + 1))
        return _unique(found)

    def _speakers_of(self, token: int) -> int:
        """ "Oman and Chad said they would": who says it, where "they" are several."""
        tree = self.tree
        clause = tree.heads[token]
        if tree.words[token].lower() not in ("they", "we") or clause < 0 or tree.base(token) != "nsubj" or tree.base(clause) != "ccomp":
            return token
        subjects = [s for s in tree.kids(tree.heads[clause], "nsubj") if s < token and len(tree.conjuncts(s)) > 1]
        return subjects[0] if subjects else token

    def agents(self, token: int) -> list[int]:
        """Mentions of a phrase and of all that is coordinated with it."""
        token = self._speakers_of(token)
        return _unique(m for c in self.tree.conjuncts(antecedent(self.tree, token)) for m in self.at(c))

    def owners(self, token: int, depth: int = 0) -> list[int]:
        """Whose thing a phrase is: "Turkey's offer", "Russian airspace", "the exports of Chad", "villages in Mali"."""
        tree = self.tree
        found: list[int] = []
        if tree.lemmas[token] in BORDERS:  # "its border with Oman" is where Oman is threatened
            found = [m for k in tree.kids(token, "nmod", "obl") if tree.case(k) == "with" for m in self.agents(k)]
            if found:
                return _unique(found)
        for k in tree.kids(token, "nmod:poss"):
            found.extend(self.agents(k) or (self.owners(k, depth + 1) if depth < 3 else []))
        if not found:
            found = self.modifiers(token)
        if not found:  # "workers employed by the UN", "a tanker owned by Oman"
            held = [k for k in tree.kids(token, "acl") if tree.lemmas[k] in HOLDING]
            found = [m for k in held for o in tree.kids(k, "obl") if tree.case(o) in ("by", "for") for m in self.agents(o)]
        if not found and depth < 3:
            for preposition in OWNING:
                for k in tree.kids(token, "nmod"):
                    if k > token and tree.case(k) == preposition:
                        found.extend(self.agents(k) or self.owners(k, depth + 1))
                if found:
                    break
        return _unique(found or self._things.get(token, []))

    def actor(self, mention: int) -> str:
        """Id of a mention's actor; persons count as themselves."""
        return self._ids[mention]

    def kind(self, mention: int) -> str:
        """Kind of a mention's actor, "" if unknown."""
        return self._kinds.get(mention, "")

    def kinds(self, token: int) -> set[str]:
        """Kinds of the actors that a phrase is, such as {"igo"}."""
        return {self._kinds[m] for m in self.at(token) if m in self._kinds}

    def modifiers(self, token: int) -> list[int]:
        """Actors named in front of a noun: "EU-Turkey ties", "Portuguese-flagged tanker"."""
        tree, found = self.tree, []
        for k in tree.children[token]:
            if k < token and tree.base(k) in PREMODIFYING and tree.deps[k] != "nmod:poss":
                for node in tree.subtree(k):
                    found.extend(self._agents.get(node, []) or self._things.get(node, []))
        return _unique(found)

    def anyone(self, token: int) -> list[int]:
        """The phrase's actors, or else the owners of what it names."""
        found = self.agents(token)
        return found or _unique(m for c in self.tree.conjuncts(antecedent(self.tree, token)) for m in self.owners(c))


def _unique(items: object) -> list[int]:
    return list(dict.fromkeys(items))  # type: ignore[call-overload]
