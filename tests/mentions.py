"""The mentions of cases/mentions.txt, and how an answer to one is judged."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from kg.link import Catalogue
from kg.model import Link, Span
from kg.pipeline import Extractor, Settings

FILE = Path(__file__).parent / "cases" / "mentions.txt"
_MARK = re.compile(r"\[([^\]]+)\]\{(\w+): ([^}]+)\}")
_ARTICLE = re.compile(r"^(?:the|a|an)\s+", re.IGNORECASE)

Verdict = Literal["right", "wrong", "missed"]
"""wrong: linked to somebody else, or to somebody where nobody is meant; missed: linked to nobody or without its side."""


@dataclass(frozen=True, slots=True)
class Case:
    """A marked mention: where it stands in its text, of which kind it is, and the answer as the file writes it."""

    line: int
    date: str
    text: str
    span: Span
    kind: str
    answer: str

    @property
    def words(self) -> str:
        """The mention as written."""
        return self.text[self.span.begin : self.span.end]


def read_cases(path: Path = FILE) -> list[Case]:
    """All marked mentions of a file, in its order."""
    found: list[Case] = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if line.startswith("#"):
            continue
        date, _, marked = line.partition(" | ")
        text, spans, at = "", [], 0
        for mark in _MARK.finditer(marked):
            text += marked[at : mark.start()]
            spans.append((Span(len(text), len(text) + len(mark[1])), mark[2], mark[3]))
            text, at = text + mark[1], mark.end()
        text += marked[at:]
        found += [Case(number, date, text, span, kind, answer) for span, kind, answer in spans]
    return found


def answers(cases: Sequence[Case]) -> Iterator[tuple[Case, Link | None, Verdict]]:
    """Each case with the link that the extractor gives to it, as in extraction, and the verdict."""
    extractor = Extractor(Settings(actors="all"))
    links: dict[tuple[str, str], Sequence[Link]] = {}
    for case in cases:
        document = (case.date, case.text)
        if document not in links:
            links[document] = extractor.link(extractor.parse(case.text), case.date)[1]
        link = at(case.span, case.text, links[document])
        yield case, link, judged(case, link, extractor.catalogue)


def at(span: Span, text: str, links: Sequence[Link]) -> Link | None:
    """The link of the phrase that covers a span best, articles left out."""
    article = _ARTICLE.match(text[span.begin : span.end])
    begin, end = span.begin + (article.end() if article else 0), span.end

    def overlap(link: Link) -> float:
        other = link.mention.span
        start = other.begin + (found.end() if (found := _ARTICLE.match(text[other.begin : other.end])) else 0)
        shared = min(end, other.end) - max(begin, start)
        return shared / (max(end, other.end) - min(begin, start)) if shared > 0 else 0.0

    best = max(links, key=lambda link: (overlap(link), link.actor is not None), default=None)
    return best if best is not None and overlap(best) > 0 else None


def judged(case: Case, link: Link | None, catalogue: Catalogue) -> Verdict:
    """Whether a link answers a case."""
    acts = link is not None and link.actor is not None and link.agent and link.actor.kind != "place"
    if case.answer == "place":
        return "wrong" if acts else "right"
    if case.answer in ("-", "-~"):
        return "wrong" if acts and link is not None and not (link.local and case.answer == "-~") else "right"
    if link is None or link.actor is None:
        return "missed"
    who, _, side = (part.strip() for part in case.answer.partition("@"))
    if who and link.actor.label != who.removeprefix("~"):
        return "wrong" if acts else "missed"
    if who and (link.local != who.startswith("~") or not (acts or case.kind == "demonym")):
        return "wrong" if acts else "missed"
    sides = {link.actor.label, link.affiliation.label if link.affiliation else ""}
    if link.actor.id in catalogue and (parent := catalogue.parent(link.actor.id)):
        sides.add(catalogue.actor(parent).label)
    if side and side not in sides:
        return "wrong" if link.affiliation is not None or (not who and link.agent) else "missed"
    return "right"
