"""Which date belongs to which act: that of its own words before that of the clause in which it stands.

A date inside a nominal belongs to what the nominal reports ("Monday's attack", "the 2015 accord"), that of a verb of
saying to the saying. A date that may be somebody else's is nobody's: no act is dated by guess.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal

from kg.extract.dates import Dated
from kg.extract.lexicon import Lexicon
from kg.extract.reading import operator_at
from kg.extract.roles import QUANTITIES, is_headline_future
from kg.extract.tree import Tree
from kg.extract.words import word_set

Tense = Literal["past", "ahead", "near"]

NOUNS = frozenset(("NOUN", "PROPN", "PRON"))
CLAUSES = frozenset(("ccomp", "advcl", "acl", "parataxis", "csubj", "xcomp"))
SHARING = frozenset(("transparent", "fail", "refuse", "cause", "stop", "allow", "prevent"))
"""Operators that stand at the time of the act below them: who began, failed or refused to on Monday did it then."""
OCCASIONS = frozenset(("at", "during", "in", "amid", "with", "on", "following"))
"""Prepositions of what an act is done at: "at a summit in March", "in a speech on Monday"."""
FUTURE = frozenset(("will", "shall", "'ll", "’ll", "wo", "would", "may", "might", "must", "should", "ought", "can", "could"))
COMING = frozenset(("upcoming", "planned", "forthcoming", "scheduled", "future", "coming", "next", "looming", "proposed"))
CIRCUMSTANCES = frozenset(("while", "as", "when", "by", "to", ""))
"""What an adverbial clause begins with that is of the same time as its main clause; "" is a participle."""
HAPPENING = word_set("happening")
"""Verbs that say what an act did or that it went on, so that their time is its time."""
OCCASION_NOUNS = word_set("occasion")


def date_of(tree: Tree, trigger: int, dates: Sequence[Dated], lexicon: Lexicon) -> str | None:
    """The date of the act that a trigger reports, None where the sentence does not tell it."""
    if not dates:
        return None
    return Dating(tree, dates, lexicon).of(trigger)


class Dating:
    """The dates of one sentence by the tokens that they belong to."""

    def __init__(self, tree: Tree, dates: Sequence[Dated], lexicon: Lexicon) -> None:
        self.tree, self.lexicon = tree, lexicon
        self.owned: dict[int, list[Dated]] = {}
        for date in dates:
            owner = self._owner(date)
            if owner is not None:
                self.owned.setdefault(owner, []).append(date)

    def of(self, trigger: int) -> str | None:
        for node in (trigger, *self._shared(trigger)):
            found = self._at(node)
            if found:
                tense = self.tense(trigger)
                for date in sorted(found, key=lambda d: abs(d.begin - self.tree.begins[trigger])):
                    value = {"past": date.value, "ahead": date.ahead, "near": date.near}[tense]
                    if value:
                        return value
        return None

    # whose a date is

    def _owner(self, date: Dated) -> int | None:
        """The act or thing that a date says the time of: what it hangs on, past the names that it hangs on by mistake."""
        tree = self.tree
        inside = [i for i in range(len(tree)) if tree.begins[i] < date.end and date.begin < tree.ends[i]]
        inside = [i for i in inside if tree.base(i) not in ("case", "fixed", "punct", "det", "mark")] or inside
        top = next((i for i in inside if tree.heads[i] not in inside), None)
        if top is None:
            return None
        node = tree.heads[top]
        if node < 0:
            return top
        before = top < node and tree.pos[node] in NOUNS and not self._is_predicate(node)
        if before or date.noun:
            return node
        while tree.heads[node] >= 0 and (tree.pos[node] == "ADV" or self._is_undated(node)):
            node = tree.heads[node]
        return self._repaired(node, top, date)

    def _is_undated(self, node: int) -> bool:
        """A name or a thing, which a date after it does not date: "attacked Chile in March"."""
        tree = self.tree
        is_noun = tree.pos[node] in NOUNS and not self._is_predicate(node)
        return is_noun and not self._reports(node) and tree.base(node) not in ("conj", "appos")

    def _repaired(self, node: int, top: int, date: Dated) -> int:
        """The owner where parsers take the wrong one of two verbs, or the verb for its object.

        "..., Peru said on Monday" is the day of saying; in "condemned the invasion of Ukraine in 2022" who condemns would
        be given a day.
        """
        tree = self.tree
        up = tree.heads[node]
        if tree.base(node) == "ccomp" and node < up < top:
            return up
        rows = self.lexicon.acts.get((tree.lemmas[node].lower(), "VERB"), ())
        blaming = any(act.relation == "ACCUSE" and not act.objects and not act.particle for act in rows)
        if blaming and len(date.value.split("/")[0]) < len("2022-02-24"):
            return next((k for k in tree.kids(node, "obj") if k < top and self._reports(k)), node)
        return node

    def _is_predicate(self, node: int) -> bool:
        return bool(self.tree.kids(node, "cop", "nsubj"))

    def _reports(self, node: int) -> bool:
        """Whether a noun is the name of an act or of an occasion that is known; "signed a deal in May" dates the signing."""
        if self.tree.base(node) == "obj" and not self._is_definite(node):
            return False
        lemma = self.tree.lemmas[node].lower()
        return (lemma, "NOUN") in self.lexicon.acts or lemma in OCCASION_NOUNS or lemma.endswith(("tion", "sion", "ment"))

    def _is_definite(self, node: int) -> bool:
        determiners = {self.tree.words[k].lower() for k in self.tree.kids(node, "det")}
        owners = [k for k in self.tree.kids(node, "nmod:poss") if self.tree.pos[k] != "PRON"]  # "cut its aid in May"
        return bool(determiners & {"the", "this", "that", "these", "those"} or owners)

    # what a trigger may take

    def _at(self, node: int) -> list[Dated]:
        """The dates of a word itself, else those of the occasion that a verb names."""
        found = self.owned.get(node, [])
        if found or self.tree.pos[node] in NOUNS:
            return found
        occasions = [k for k in self.tree.kids(node, "obl") if self.tree.case(k) in OCCASIONS]
        rows = self.lexicon.acts.get((self.tree.lemmas[node].lower(), "VERB"), ())
        if any(act.relation == "CONSULT" for act in rows):  # "will attend Saturday's meeting"
            occasions += [k for k in self.tree.kids(node, "obj") if self.tree.lemmas[k].lower() in OCCASION_NOUNS]
        return [d for k in occasions for d in self.owned.get(k, [])]

    def _shared(self, node: int) -> Iterator[int]:
        """The words above an act that are of its time, from below."""
        tree = self.tree
        while (up := tree.heads[node]) >= 0:
            shares = (
                self._noun_shares(node, up) if tree.pos[node] in NOUNS and not self._is_predicate(node) else self._verb_shares(node, up)
            )
            if not shares:
                return
            node = up
            yield node

    def _noun_shares(self, node: int, up: int) -> bool:
        """Whether an act noun is of the time of the word above it: "launched a raid on Sunday", "were killed in a raid on Sunday"."""
        tree = self.tree
        base, verb = tree.base(node), tree.pos[up] in ("VERB", "AUX")
        if base == "conj" or (base == "nmod" and tree.lemmas[up] in QUANTITIES):  # "a wave of attacks on Sunday"
            return True
        if not verb:
            return False
        lemma = tree.lemmas[up].lower()
        if base in ("obj", "nsubj"):
            return lemma in self.lexicon.light or lemma in HAPPENING
        return base == "obl" and tree.case(node) in ("in", "during", "by", "at")

    def _verb_shares(self, node: int, up: int) -> bool:
        """Whether a verb is of the time of the verb above it: "refused on Monday to meet", not "said on Monday that"."""
        tree = self.tree
        match tree.base(node):
            case "conj":
                return self._is_before_all(up, node)
            case "xcomp":
                operator = operator_at(tree, self.lexicon, up)
                return operator.kind in SHARING if operator else not tree.kids(up, "obj", "iobj")
            case "advcl":
                marks = [tree.words[k].lower() for k in tree.children[node] if tree.base(k) in ("mark", "case", "advmod") and k < node]
                return next((m for m in marks), "") in CIRCUMSTANCES or (tree.tags[node] in ("VBG", "VBN") and not marks)
        return False

    def _is_before_all(self, first: int, node: int) -> bool:
        """Whether the first of coordinated verbs is dated before it: "In 1990 Iraq invaded Kuwait and annexed it"."""
        own = self._at(first)
        return bool(own) and all(d.begin < self.tree.begins[first] for d in own)

    # tense

    def tense(self, node: int) -> Tense:
        """Whether what a word reports is over, to come, or told in the present."""
        tree = self.tree
        if tree.pos[node] in NOUNS and not self._is_predicate(node):
            return self._noun_tense(node)
        auxiliaries = {tree.words[k].lower() for k in tree.children[node] if tree.base(k) in ("aux", "cop")}
        to = any(tree.words[k].lower() == "to" for k in tree.children[node] if tree.base(k) in ("mark", "aux") and k < node)
        if auxiliaries & FUTURE:
            return "past" if auxiliaries & {"have", "had"} else "ahead"
        if to:
            return self._infinitive_tense(node, bool(auxiliaries & {"is", "are", "was", "were", "be"}))
        if auxiliaries & {"has", "have", "had", "'ve", "did", "was", "were", "been"}:
            return "past"
        if auxiliaries & {"is", "are", "do", "does", "'s", "'re"}:
            return "past" if tree.tags[node] == "VBN" else "near"
        return self._bare_tense(node)

    def _noun_tense(self, node: int) -> Tense:
        tree = self.tree
        words = {tree.words[k].lower() for k in tree.children[node]}
        if words & COMING or tree.case(node) in ("ahead of", "before"):
            return "ahead"
        up = tree.heads[node]
        if up >= 0 and tree.words[up].lower() == "ahead":
            return "ahead"
        return self.tense(up) if up >= 0 and tree.pos[up] in ("VERB", "AUX") and self._noun_shares(node, up) else "past"

    def _infinitive_tense(self, node: int, is_to: bool) -> Tense:
        tree = self.tree
        up = tree.heads[node]
        if is_to or up < 0 or is_headline_future(tree, node):
            return "ahead"
        operator = operator_at(tree, self.lexicon, up)
        if tree.base(node) == "advcl" or (operator is not None and operator.kind in SHARING):
            return self.tense(up)
        return "ahead"

    def _bare_tense(self, node: int) -> Tense:
        tree = self.tree
        up, tag = tree.heads[node], tree.tags[node]
        if tag in ("VBZ", "VBP"):
            return "near"
        if tag == "VBD" or up < 0:
            return "past"
        if tree.base(node) in ("conj", "xcomp") or (tag == "VBG" and tree.base(node) == "advcl"):
            return self.tense(up)
        return "ahead" if tag == "VB" else "past"
