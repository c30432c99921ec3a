"""From mentions to actors: a chain of small rules, each of which gives a reason.

The rules are tried in the order of `Linker._rules`; the first that answers wins. A rule that cannot decide keeps its
candidates and links to nobody: a wrong actor costs more than none.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from kg.link.answers import Case, nobody, person_name
from kg.link.catalogue import Catalogue
from kg.link.context import Context
from kg.link.judgements import Judgements
from kg.link.lexicon import singulars
from kg.link.memory import Memory, Seen
from kg.link.names import NameRules
from kg.link.offices import OwnerRules
from kg.link.owners import Owners
from kg.link.persons import PersonRules
from kg.link.phrases import Phrase, bare, parenthesis, parse
from kg.link.references import ReferenceRules, pronoun_gender
from kg.link.strangers import StrangerRules
from kg.model import Link, Mention, Span

_SUBJECT = ("nsubj", "csubj")


class Linker:
    """Links the mentions of a document to actors.

    Args:
        catalogue: the actors known beforehand.
        profile: "careful" links nothing below 0.5; "eager" keeps every answer of the rules.
    """

    def __init__(self, catalogue: Catalogue, profile: str = "careful") -> None:
        """Build a linker over a catalogue."""
        if profile not in ("careful", "eager"):
            raise ValueError(f"profile is {profile!r}; it must be 'careful' or 'eager'")
        owners = Owners(catalogue)
        self.catalogue = catalogue
        self.lexicon = owners.lexicon
        self._people = owners.people
        self._floor = 0.5 if profile == "careful" else 0.0
        references, names, persons = ReferenceRules(owners), NameRules(owners), PersonRules(owners)
        offices, strangers = OwnerRules(owners), StrangerRules(owners)
        self._rules: tuple[Callable[[Case], Link | None], ...] = (
            references.pronoun,
            names.several,
            names.introduced,
            names.address,
            names.exact,
            references.description,
            persons.person,
            names.final_name,
            strangers.organisation,
            offices.office,
            offices.counterpart,
            offices.agent,
            offices.thing,
            offices.bare_office,
            strangers.unknown,
        )

    def longest_name(self, tokens: Sequence[str], start: int) -> int:
        """Number of tokens of the longest name of the catalogue that begins at `start`; 0 if none."""
        return self.catalogue.longest_name(tokens, start)

    def is_agent_noun(self, noun: str) -> bool:
        """Whether a noun (a lemma) names somebody who acts for an owner: "envoy", "troops", "president"."""
        return self.lexicon.agent_group(noun) is not None or noun.lower() in self.lexicon.roles

    def link(self, mentions: Sequence[Mention], *, date: str | None, document: str = "") -> list[Link]:
        """Link the mentions of one document, given in the order of the text.

        Args:
            mentions: all mentions, one document's.
            date: the document's date (ISO 8601 of any precision), by which offices are read; None reads the latest.
            document: its id, which makes the actors that the catalogue does not know its own.

        Returns:
            One link a mention, in the same order.
        """
        phrases = [self._parse(mention) for mention in mentions]
        memory = Memory(Context.of(mentions, phrases, self.catalogue, self.lexicon), document)
        links = []
        for mention, phrase in zip(mentions, phrases, strict=True):
            link = self._link(mention, phrase, date, memory)
            self._remember(link, phrase, memory)
            links.append(link)
        return links

    def resolve(self, text: str, *, date: str | None, document: str = "") -> Link:
        """Link a phrase that stands alone; a capital or a seat is then the state.

        Args:
            text: the phrase, such as "the Turkish president".
            date: the day on which it is said.
            document: the id of the document in which it is said, if any.
        """
        words = bare(text).split()
        head = singulars(words[-1])[-1] if words else ""
        mention = Mention(Span(0, len(text)), text, head)
        return self._link(mention, self._parse(mention), date, Memory(document=document))

    def judged(self, link: Link, judgements: Judgements, document: str, date: str | None) -> Link:
        """A link to a local actor as people have judged it; other links as they are.

        Args:
            link: what the rules answered.
            judgements: the decisions to replay.
            document: the id of the document in which the mention stands.
            date: the document's date, by which a person's side is read.
        """
        if link.actor is None or not link.local:
            return link
        actor = judgements.answer(link.actor, document, self.catalogue)
        if actor is None:
            return link
        known = actor.id in self.catalogue
        side = self._people.affiliation(actor.id, date)[0] if known and actor.kind == "person" else None
        return replace(
            link,
            actor=actor,
            rule="judgement",
            reason=f"“{link.actor.label}” was judged to be {actor.label}",
            score=0.95 if known else link.score,
            affiliation=self.catalogue.actor(side) if side else link.affiliation,
            local=not known,
            candidates=(actor.id,),
        )

    def _parse(self, mention: Mention) -> Phrase:
        return parse(mention.text, self.catalogue, self.lexicon, name=person_name(mention))

    def _link(self, mention: Mention, phrase: Phrase, date: str | None, memory: Memory) -> Link:
        text = bare(mention.text)
        case = Case(mention, text, phrase, date, memory)
        for rule in self._rules:
            link = rule(case)
            if link is None:
                continue
            if link.actor is not None and link.score < self._floor:
                considered = link.candidates or (link.actor.id,)
                return Link(mention, None, link.rule, f"too uncertain: {link.reason}", 0.0, agent=False, candidates=considered)
            return link
        return nobody(case, "unknown", f"nobody is known as “{text}”")

    def _remember(self, link: Link, phrase: Phrase, memory: Memory) -> None:
        actor, mention = link.actor, link.mention
        if actor is None:
            return
        text = bare(mention.text)
        gender = self.catalogue.gender(actor.id) if actor.id in self.catalogue else ""
        gender = gender or phrase.gender or {"spokeswoman": "f", "spokesman": "m"}.get(phrase.office or "", "")
        if link.rule == "pronoun":
            gender = pronoun_gender(text)
        entry = Seen(
            actor,
            mention.sentence,
            subject=mention.role.startswith(_SUBJECT) and link.agent,
            plural=_is_plural(link),
            gender=gender,
            affiliation=link.affiliation,
            role=link.role,
            offices=(phrase.office,) if phrase.office and actor.kind == "person" and not phrase.effects else _titles(phrase),
            local=link.local,
            named=link.rule not in ("pronoun", "description"),
            thing=not link.agent,
        )
        short = parenthesis(mention.text)
        surfaces = [text] if link.local or link.rule in ("alias", "person-name") else []
        memory.note(entry, *surfaces, *([short] if short else []), *([phrase.name] if phrase.name else []), *_initials(link))


def _titles(phrase: Phrase) -> tuple[str, ...]:
    """The offices that stand before a name ("Foreign Minister Hakan Fidan")."""
    return tuple(segment.text.lower() for segment in phrase.segments if segment.sort == "role")


def _is_plural(link: Link) -> bool:
    actor = link.actor
    if actor is None:
        return False
    if link.role and link.rule in ("agent", "local"):
        return link.role.endswith("s") or link.role.lower().endswith(("troops", "police", "men", "people"))
    if actor.kind == "people" or (link.rule == "alias" and link.mention.head.endswith("s") and actor.kind == "party"):
        return True
    return actor.kind in ("collective", "movement", "armed_group") and actor.label.endswith("s")  # "Nordic countries", not "Africa"


def _initials(link: Link) -> list[str]:
    """The short form that a name of several words may take later, for actors of the document."""
    if not link.local or link.actor is None or link.actor.kind == "person":
        return []
    capitals = re.findall(r"\b[A-Z]", link.actor.label)
    return ["".join(capitals)] if len(capitals) >= 3 else []
