"""A noun phrase taken apart: whose it is, which office or agent it names, and which person.

"Turkey's Foreign Minister Hakan Fidan" has the owner Turkey, the role "Foreign Minister" and the name "Hakan Fidan".
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from kg.link.catalogue import Candidate, Catalogue
from kg.link.keys import without_article
from kg.link.lexicon import Lexicon

_TOKEN = re.compile(r"'s\b|’s\b|[,;:()\"“”]|[^\s,;:()\"“”]+?(?='s\b|’s\b)|[^\s,;:()\"“”]+")
_OWNING = re.compile(r"^(.{2,})-(?:flagged|owned|registered|led|made|built|controlled|run|supplied|operated|occupied|held|commanded)$")
_PREFIX = re.compile(r"^(ex-|then-|Ex-|Then-)(.+)$")
_SUFFIX = re.compile(r"^(\w{4,})-(designate|elect|in-waiting)$")
_PARTICLES = frozenset(  # lower-case words inside names
    "van von der den de del della la le di da dos do al el bin bint ibn abu ul vel af av zu und y e".split()
)
_CUT = frozenset("to in at on from with against over about during after before who which that whose".split())


@dataclass(frozen=True, slots=True)
class Segment:
    """A run of words of one sort: "name" (the catalogue knows it), "role", "modifier", "honorific" or "word"."""

    sort: str
    text: str
    begin: int
    possessive: bool = False
    candidates: tuple[Candidate, ...] = ()


@dataclass(frozen=True, slots=True)
class Phrase:
    """The parts of a noun phrase; `role` as written, `office` in lower case where it is a known role phrase."""

    text: str
    owner: Segment | None = None
    role: str | None = None
    office: str | None = None
    head: str = ""
    name: str | None = None
    titled: bool = False
    effects: frozenset[str] = field(default_factory=frozenset)
    gender: str = ""
    segments: tuple[Segment, ...] = ()


def split_words(text: str) -> list[str]:
    """The words of a phrase; "'s", "ex-" and "-flagged" stand apart so that the name before or after them shows."""
    words: list[str] = []
    for token in _TOKEN.findall(text):
        prefix, owning, suffix = _PREFIX.match(token), _OWNING.match(token), _SUFFIX.match(token)
        if prefix:
            words += [prefix[1], prefix[2]]
        elif owning:
            words.append(owning[1])
        elif suffix:
            words += [suffix[1], suffix[2]]
        elif len(token) > 2 and token.endswith(("s'", "s’")):
            words += [token[:-1], "'s"]
        else:
            words.append(token)
    return words


def bare(text: str) -> str:
    """The phrase without article, surrounding quotes, final full stop of a sentence, parenthesis and possessive ending."""
    inner = re.sub(r"\s*\([^()]*\)?\s*$", "", text.strip()).strip("\"“”'‘ ")
    return re.sub(r"(?:'s|’s|(?<=s)['’])$", "", without_article(inner)).rstrip(",;:").strip()


def parenthesis(text: str) -> str | None:
    """The short form that a phrase introduces: "SNJ" in "Syrian Network for Justice (SNJ)"."""
    found = re.search(r"\(([A-Z][\w&.-]{1,9})\)?\s*$", text.strip())
    return found[1] if found else None


def parse(text: str, catalogue: Catalogue, lexicon: Lexicon, *, name: str | None = None) -> Phrase:
    """Take a noun phrase apart.

    Args:
        text: the phrase, with or without its article.
        name: the person's name within it, where the entity recogniser found one.
    """
    words = split_words(bare(text))
    words, of_owner = _owner_after_of(words, catalogue, lexicon)
    segments = _segments(words, catalogue, lexicon, frozenset(_untitled(name, lexicon)) if name else frozenset())
    return _phrase(text, segments, of_owner, name)


def _untitled(name: str, lexicon: Lexicon) -> list[str]:
    """The words of a name without the title that the recogniser may have taken in ("President Erdogan")."""
    words = split_words(name)
    while len(words) > 1:
        title = lexicon.role_length([word.lower() for word in words], 0) or (words[0].lower() in lexicon.honorifics)
        if not title or title >= len(words):
            break
        words = words[title:]
    return words


def _phrase(text: str, segments: list[Segment], of_owner: Segment | None, name: str | None) -> Phrase:
    person, rest = _person_part(segments, name)
    owner = of_owner or _owner(rest)
    kept = [segment for segment in rest if segment is not owner and segment.sort != "modifier"]
    effects = frozenset(segment.candidates[0].actor for segment in rest if segment.sort == "modifier")
    offices = [segment for segment in rest if segment.sort == "role"]
    role = " ".join(segment.text for segment in rest if _tells_role(segment, owner)).replace("- ", "-").strip() or None
    gender = next((segment.candidates[0].actor for segment in segments if segment.sort == "honorific" and segment.candidates[0].actor), "")
    last = kept[-1] if kept else None
    return Phrase(
        text=text,
        owner=owner,
        role=role if last else None,
        office=offices[-1].text.lower() if offices and last is not None and last.sort in ("role", "honorific") else None,
        head=last.text.split()[-1] if last else "",
        name=person,
        titled=bool(offices) or any(segment.sort == "honorific" for segment in segments) or bool(rest),
        effects=effects - {"plain"},
        gender=gender,
        segments=tuple(segments),
    )


def _tells_role(segment: Segment, owner: Segment | None) -> bool:
    """Whether a segment belongs to the role as written: not the owner, what owns the owner, honorifics or "senior"."""
    if segment is owner or segment.possessive or segment.sort == "honorific":
        return False
    if owner is not None and owner.possessive and segment.begin < owner.begin:
        return False
    return segment.sort != "modifier" or segment.candidates[0].actor != "plain"


def _owner_after_of(words: list[str], catalogue: Catalogue, lexicon: Lexicon) -> tuple[list[str], Segment | None]:
    """Cut "of X" and "for X" where X is a name to the end, and any later prepositional phrase."""
    lowered = [word.lower() for word in words]
    for index in range(1, len(words)):
        inside = any(start < index < start + lexicon.role_length(lowered, start) for start in range(max(0, index - 4), index))
        if inside or _inside_name(words, index, catalogue):
            continue
        if lowered[index] in ("of", "for"):
            rest = words[index + 1 :]
            if rest and rest[0].lower() == "the":
                rest = rest[1:]
            length = catalogue.longest_name(rest, 0) if rest else 0
            joined = " ".join(rest)
            if rest and (length == len(rest) or catalogue.find(joined)):
                return words[:index], Segment("name", joined, index, candidates=tuple(catalogue.find(joined)))
        elif lowered[index] in _CUT:
            return words[:index], None
    return words, None


def _inside_name(words: list[str], index: int, catalogue: Catalogue) -> bool:
    return any(start + catalogue.longest_name(words, start) > index for start in range(max(0, index - 4), index))


def _segments(words: list[str], catalogue: Catalogue, lexicon: Lexicon, named: frozenset[str]) -> list[Segment]:
    lowered = [word.lower() for word in words]
    segments: list[Segment] = []
    index = 0
    while index < len(words):
        segment, length = _segment(words, lowered, index, catalogue, lexicon, named)
        index += length
        if index < len(words) and words[index] in ("'s", "’s"):
            segment = Segment(segment.sort, segment.text, segment.begin, True, segment.candidates or tuple(catalogue.find(segment.text)))
            index += 1
        if segment.text not in ("'s", "’s", ",", ";", ":", "(", ")", '"', "“", "”"):
            segments.append(segment)
    return segments


def _segment(
    words: list[str], lowered: list[str], index: int, catalogue: Catalogue, lexicon: Lexicon, named: frozenset[str]
) -> tuple[Segment, int]:
    length = catalogue.longest_name(words, index)
    role = lexicon.role_length(lowered, index)
    if length and length >= role:
        text = " ".join(words[index : index + length]).replace(" 's", "'s")
        return Segment("name", text, index, candidates=tuple(catalogue.find(text))), length
    word = words[index]
    if role and word not in named:
        text = " ".join(words[index : index + role])
        return Segment("role", text, index), role
    if lowered[index] in lexicon.modifiers and word not in named:
        return Segment("modifier", word, index, candidates=(Candidate(lexicon.modifiers[lowered[index]], "name"),)), 1
    if lowered[index] in lexicon.honorifics and word[:1].isupper() and word not in named:
        return Segment("honorific", word, index, candidates=(Candidate(lexicon.honorifics[lowered[index]], "name"),)), 1
    if word[:1].isupper() and index + 1 < len(words) and words[index + 1][:1].islower() and words[index + 1] not in _PARTICLES:
        return _surname_owner(word, index, catalogue), 1
    return Segment("word", word, index), 1


def _surname_owner(word: str, index: int, catalogue: Catalogue) -> Segment:
    """A surname before a common noun owns it: "the Trump administration"."""
    found = tuple(catalogue.find(word))
    return Segment("name" if found else "word", word, index, candidates=found)


def _person_part(segments: list[Segment], name: str | None) -> tuple[str | None, list[Segment]]:
    """The person's name at the end of the phrase, and what stands before it."""
    if name:
        words = set(split_words(name))
        inside = [segment for segment in segments if set(segment.text.split()) & words and segment.sort not in ("role", "honorific")]
        if not inside:
            return name, segments
        return " ".join(segment.text for segment in inside), [segment for segment in segments if segment.begin < inside[0].begin]
    if segments and segments[-1].sort == "name" and any("/person/" in candidate.actor for candidate in segments[-1].candidates):
        return segments[-1].text, segments[:-1]
    start = len(segments)
    while start and _may_be_name(segments[start - 1]):
        start -= 1
    while start < len(segments) and segments[start].text in _PARTICLES:
        start += 1
    tail = segments[start:]
    if not tail or not _is_person(tail, segments[:start]):
        return None, segments
    return " ".join(segment.text for segment in tail), segments[:start]


def _may_be_name(segment: Segment) -> bool:
    if segment.possessive:
        return False
    return segment.sort == "word" and (segment.text[:1].isupper() or segment.text.lower() in _PARTICLES) and not segment.text.isdigit()


def _is_person(tail: list[Segment], before: list[Segment]) -> bool:
    """A name follows a title ("analyst Nikos Karas"); alone it needs two words."""
    titled = bool(before) and before[-1].sort in ("role", "honorific")
    return titled or (not before and len(tail) >= 2)


def _owner(segments: list[Segment]) -> Segment | None:
    """The name that the head belongs to: the last in the possessive, else the last that something follows."""
    names = [segment for segment in segments if segment.sort == "name" or (segment.possessive and segment.candidates)]
    owning = [segment for segment in names if segment.possessive]
    if owning:
        return owning[-1]
    followed = [segment for segment in names if segment is not segments[-1]]
    if followed:
        return followed[-1]
    return names[-1] if names and len(segments) == 1 else None
