"""What people judged of statements, kept beside what was extracted: nothing is overwritten, and everything can be said again.

A correction accepts a statement, rejects it, or puts a revised one in its place. It is written as PROV: an activity that used
the statement, may have generated the revised one, and is associated with somebody at some time, with the reason as comment.
The statements it is about are kept whole, so that it can be applied anew whenever a document is extracted again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from math import sqrt
from typing import Final, Literal, cast, get_args
from urllib.parse import quote

from rdflib import RDF, RDFS, XSD, URIRef
from rdflib import Literal as RdfLiteral

from kg import codebook
from kg.errors import InputError
from kg.model import Actor, Document, Participant, Span, Statement, Status
from kg.rdf import Triple, graph_iri
from kg.store.graphs import BASE
from kg.vocabulary import PREFIXES, VERSION

Verdict = Literal["accept", "reject", "change"]
VERDICTS: Final[tuple[Verdict, ...]] = get_args(Verdict)

PROV: Final = "http://www.w3.org/ns/prov#"
EXTRACTOR: Final = f"kg-correction/{VERSION}"
"""What a revised statement names as its extractor."""

_CORRECTION = f"{BASE}correction/"
_PERSON = f"{BASE}person/"
_VERDICT = URIRef("http://purl.org/dc/terms/type")
_DOCUMENT = URIRef("http://purl.org/dc/terms/source")
_ACTIVITY, _AGENT = URIRef(f"{PROV}Activity"), URIRef(f"{PROV}Agent")
_USED, _GENERATED, _BY, _AT = (URIRef(PROV + name) for name in ("used", "generated", "wasAssociatedWith", "endedAtTime"))
_REVISION_OF, _INVALIDATED_BY = URIRef(f"{PROV}wasRevisionOf"), URIRef(f"{PROV}wasInvalidatedBy")

Key = tuple[str, str, str, str, str, str]


@dataclass(frozen=True, slots=True)
class Correction:
    """One judgement. `at` is a UTC time such as 2025-03-20T10:00:00Z, `by` a name or an IRI (of ORCID, for example).

    `revised` stands in the place of `original` where the verdict is "change". Of two corrections of one statement the later counts.
    """

    original: Statement
    verdict: Verdict
    by: str
    at: str
    why: str = ""
    revised: Statement | None = None

    def __post_init__(self) -> None:
        if not self.by.strip():
            raise InputError("a correction says who made it; give a name or an ORCID iD")
        if (self.revised is not None) != (self.verdict == "change"):
            raise InputError(f"the verdict {self.verdict!r} and a revised statement do not go together; 'change' has one, the others none")
        try:
            datetime.strptime(self.at, "%Y-%m-%dT%H:%M:%SZ")
        except ValueError:
            raise InputError(f"{self.at!r} is no time; write it in UTC, as 2025-03-20T10:00:00Z") from None

    @property
    def id(self) -> str:
        """IRI of the activity, from all that it says."""
        revised = self.revised.id if self.revised else ""
        return _CORRECTION + _digest(self.original.id, self.verdict, revised, self.by, self.at, self.why)

    @property
    def order(self) -> tuple[str, str]:
        """What corrections are sorted by: when they were made."""
        return self.at, self.id


def revised(
    original: Statement,
    *,
    source: Actor | None = None,
    relation: str | None = None,
    target: Actor | None = None,
    status: Status | None = None,
    swap: bool = False,
) -> Statement:
    """The statement as somebody says that it should be; what is left out stays. `swap` turns its direction round first.

    Raises InputError where nothing would change, UnknownNameError for a relation that the codebook has not.
    """
    ends = (original.target, original.source) if swap else (original.source, original.target)
    if ends[0] is None:
        raise InputError(f"{original.id} has no target, so that its direction cannot be turned round")
    changed = replace(
        original,
        source=_with_actor(ends[0], source),
        relation=codebook.relation(relation) if relation else original.relation,
        target=_with_target(original, ends[1], target),
        status=status or original.status,
        evidence=replace(original.evidence, extractor=EXTRACTOR, confidence=1.0),
    )
    if key(changed) == key(original):
        raise InputError(f"{original.id}: the correction changes nothing; accept the statement instead")
    return replace(changed, id=PREFIXES["kgs"] + _digest(original.id, *key(changed)))


def key(statement: Statement) -> Key:
    """What a statement says, in which sentence: equal wherever in the document the sentence stands."""
    target, speaker = statement.target, statement.speaker
    return (
        statement.evidence.text, statement.source.actor.id, statement.relation.code,
        target.actor.id if target else "", statement.status, speaker.actor.id if speaker else "",
    )  # fmt: skip


def in_force(document: Document, extracted: Iterable[Statement], corrections: Iterable[Correction]) -> list[Statement]:
    """The statements that hold once people's judgements are applied, the earliest first.

    What somebody accepted or revised holds for as long as its sentence stands in the document, whether or not the extraction
    finds it again; its offsets follow the sentence. A document of which the text is not known counts as unchanged.
    """
    held = list(extracted)
    last = {one.original.id: one for one in sorted(corrections, key=lambda one: one.order)}
    for correction in sorted(last.values(), key=lambda one: one.order):
        original, replacement = correction.original, correction.revised
        meant = [s for s in held if s.id == original.id or key(s) == key(original)]
        stands = not document.text or original.evidence.text in document.text
        if correction.verdict == "accept":
            held += [_moved(original, document)] if stands and not meant else []
            continue
        held = [s for s in held if s not in meant and (replacement is None or key(s) != key(replacement))]
        if replacement is not None and stands:
            held.append(_moved(replacement, document))
    return held


def correction_triples(correction: Correction) -> list[Triple]:
    """The judgement as PROV. The statements themselves are not described here."""
    node, statement = URIRef(correction.id), URIRef(correction.original.id)
    person = _person(correction.by)
    triples: list[Triple] = [
        (node, RDF.type, _ACTIVITY),
        (node, _VERDICT, RdfLiteral(correction.verdict)),
        (node, _DOCUMENT, URIRef(graph_iri(correction.original.document))),
        (node, _USED, statement),
        (node, _BY, person),
        (node, _AT, RdfLiteral(correction.at, datatype=XSD.dateTime, normalize=False)),
        (person, RDF.type, _AGENT),
        (person, RDFS.label, RdfLiteral(correction.by)),
    ]
    if correction.why:
        triples.append((node, RDFS.comment, RdfLiteral(correction.why)))
    if correction.verdict != "accept":
        triples.append((statement, _INVALIDATED_BY, node))
    if correction.revised is not None:
        new = URIRef(correction.revised.id)
        triples += [(node, _GENERATED, new), (new, _REVISION_OF, statement)]
    return triples


def corrections_from(triples: Iterable[tuple[str, str, str]], statements: Mapping[str, Statement]) -> list[Correction]:
    """The corrections in triples of `correction_triples`, in their order; `statements` are those that they judge or made, by id."""
    found: dict[str, dict[str, str]] = {}
    for subject, predicate, value in triples:
        found.setdefault(subject, {})[predicate] = value
    read = [_read(node, found, statements) for node in found if node.startswith(_CORRECTION)]
    return sorted(read, key=lambda one: one.order)


@dataclass(frozen=True, slots=True)
class Accuracy:
    """How many of the judged statements were right as extracted, with a 95 % interval (Wilson) for the share."""

    judged: int
    right: int
    low: float
    high: float


def accuracy(corrections: Sequence[Correction]) -> Accuracy:
    """What corrections say of the extraction: the last verdict on each statement that was extracted, "accept" being right."""
    made = {one.revised.id for one in corrections if one.revised}
    last = {one.original.id: one for one in sorted(corrections, key=lambda one: one.order) if one.original.id not in made}
    right = sum(one.verdict == "accept" for one in last.values())
    return Accuracy(len(last), right, *_wilson(right, len(last)))


def wrong_parts(corrections: Iterable[Correction]) -> Counter[str]:
    """How often source, relation, target, status or all of a statement was wrong."""
    counts: Counter[str] = Counter()
    for one in corrections:
        if one.verdict == "reject":
            counts["all of it"] += 1
        if one.revised is not None:
            pairs = zip(("source", "relation", "target", "status"), key(one.original)[1:5], key(one.revised)[1:5], strict=True)
            counts.update(part for part, before, after in pairs if before != after)
    return counts


def _wilson(right: int, judged: int) -> tuple[float, float]:
    if not judged:
        return 0.0, 1.0
    z, share = 1.959964, right / judged
    middle = (share + z * z / (2 * judged)) / (1 + z * z / judged)
    width = z * sqrt(share * (1 - share) / judged + z * z / (4 * judged * judged)) / (1 + z * z / judged)
    return max(0.0, middle - width), min(1.0, middle + width)


def _with_actor(participant: Participant, actor: Actor | None) -> Participant:
    if actor is None or actor == participant.actor:
        return participant
    return Participant(actor, participant.span, participant.mention)


def _with_target(original: Statement, end: Participant | None, actor: Actor | None) -> Participant | None:
    if end is not None or actor is None:
        return end if end is None else _with_actor(end, actor)
    trigger = original.evidence.trigger  # nothing in the sentence names it: the trigger stands for the place
    return Participant(actor, trigger, original.evidence.predicate)


def _moved(statement: Statement, document: Document) -> Statement:
    """The statement with the offsets that its sentence has in the document now."""
    evidence = statement.evidence
    begin = evidence.sentence.begin
    if not document.text or document.text.startswith(evidence.text, begin):
        return statement
    shift = document.text.index(evidence.text) - begin
    return replace(
        statement,
        source=_shifted(statement.source, shift),
        target=statement.target and _shifted(statement.target, shift),
        speaker=statement.speaker and _shifted(statement.speaker, shift),
        evidence=replace(evidence, sentence=_shift(evidence.sentence, shift), trigger=_shift(evidence.trigger, shift)),
    )


def _shifted(participant: Participant, by: int) -> Participant:
    return replace(participant, span=_shift(participant.span, by))


def _shift(span: Span, by: int) -> Span:
    """A mention may stand in another sentence, whose move nobody knows: none is put before the text's begin."""
    begin = max(0, span.begin + by)
    return Span(begin, begin + span.end - span.begin)


def _person(by: str) -> URIRef:
    if by.startswith(("https://", "http://")):
        return URIRef(graph_iri(by))
    return URIRef(_PERSON + quote(by.strip(), safe=""))


def _read(node: str, found: Mapping[str, Mapping[str, str]], statements: Mapping[str, Statement]) -> Correction:
    has = found[node]
    try:
        generated = has.get(str(_GENERATED))
        return Correction(
            statements[has[str(_USED)]],
            cast(Verdict, has[str(_VERDICT)]),
            found[has[str(_BY)]][str(RDFS.label)],
            has[str(_AT)],
            has.get(str(RDFS.comment), ""),
            statements[generated] if generated else None,
        )
    except KeyError as error:
        raise InputError(f"{node}: the correction lacks {error}; import it again from the file that it was exported to") from None


def _digest(*parts: str) -> str:
    return sha256("\x1f".join(parts).encode()).hexdigest()[:20]
