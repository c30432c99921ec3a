"""What the news says of each pair in each period: how much, how friendly, from how many independent sources."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from kg.graph import end_of, sorted_statements
from kg.measures.periods import Period, period_of
from kg.model import Document, Statement, Status


@dataclass(frozen=True, slots=True)
class Dyad:
    """A pair of actors in a period. Only asserted statements are acts; the others are counted apart and have no score.

    `period` is "2024", "2024-Q1", "2024-03", "2024-03-05", or empty (no division, or no date of that precision).
    `acts` counts the asserted statements with a score, `cooperation` and `conflict` what they are, `standing` the
    asserted ones without (ALLY, MEMBER). `score` sums the acts' scores. `sources` counts the documents with an asserted
    statement, copies as one, and `publishers` theirs. `repeats` counts the statements that were left out of everything
    else because a copy said the same. `statements` are the ids of those counted.
    """

    source: str
    target: str
    period: str
    acts: int
    cooperation: int
    conflict: int
    standing: int
    score: float
    sources: int
    publishers: int
    negated: int
    requested: int
    planned: int
    possible: int
    repeats: int
    statements: tuple[str, ...]

    @property
    def mean(self) -> float | None:
        """Mean score of an act; None without acts."""
        return self.score / self.acts if self.acts else None


def family_of(statement: Statement) -> str:
    """cooperation, conflict or standing."""
    return statement.relation.quad.rsplit(" ", 1)[-1]


def date_of(statement: Statement, documents: Mapping[str, Document]) -> str | None:
    """When it happened, as far as is known: the date that the statement gives, else that of its document.

    An interval counts for its beginning, one that is open there for its end.
    """
    document = documents.get(statement.document)
    if statement.when is None:
        return document.published if document else None
    first, _, last = statement.when.partition("/")
    return last if first == ".." else first


def dyads(
    statements: Sequence[Statement],
    documents: Mapping[str, Document],
    *,
    period: Period = "all",
    directed: bool = True,
    roll_up: bool = False,
    copies: Mapping[str, str] | None = None,
) -> list[Dyad]:
    """What the statements of each pair and period add up to.

    Parameters
    ----------
    statements
        In any order; those without a target, and those of one actor with itself, belong to no pair.
    documents
        By id, for dates and publishers.
    period
        How time is divided.
    directed
        Without it a pair is one whatever the direction, `source` the lesser id.
    roll_up
        Persons are replaced by the actor they act for, as in `kg.graph.to_graph`.
    copies
        Which document stands for each (see `find_copies`); default is each for itself. Of copies that say the same of
        a pair (relation and status), one is counted: the one that says it most often, then the least id.

    Returns
    -------
    list of Dyad
        Sorted by source, target, period.

    References
    ----------
    Goldstein, J. (1992). A conflict-cooperation scale for WEIS events data. Journal of Conflict Resolution 36, 369-385
    (the scores; the codebook's are PLOVER's).
    """
    groups: dict[tuple[str, str, str], list[Statement]] = defaultdict(list)
    for statement in sorted_statements(statements):
        ends = _ends(statement, directed=directed, roll_up=roll_up)
        if ends is not None:
            groups[(*ends, period_of(date_of(statement, documents), period))].append(statement)
    return [_dyad(key, members, documents, copies or {}) for key, members in sorted(groups.items())]


def _ends(statement: Statement, *, directed: bool, roll_up: bool) -> tuple[str, str] | None:
    if statement.target is None:
        return None
    source, target = end_of(statement.source, roll_up=roll_up).id, end_of(statement.target, roll_up=roll_up).id
    if source == target:
        return None
    return (source, target) if directed or source < target else (target, source)


def without_repeats(statements: Iterable[Statement], copies: Mapping[str, str]) -> list[Statement]:
    """The statements of one pair, without what copies of a document say again."""
    said: dict[tuple[str, str, Status], dict[str, list[Statement]]] = defaultdict(lambda: defaultdict(list))
    for statement in statements:
        origin = copies.get(statement.document, statement.document)
        said[origin, statement.relation.code, statement.status][statement.document].append(statement)
    chosen = (min(own.items(), key=lambda item: (-len(item[1]), item[0]))[1] for own in said.values())
    return sorted_statements(statement for kept in chosen for statement in kept)


def collapse_copies(statements: Iterable[Statement], copies: Mapping[str, str], *, roll_up: bool = False) -> list[Statement]:
    """The statements without what copies of a document say again of a pair, for measures that count statements.

    Parameters
    ----------
    copies, roll_up
        As in `dyads`, whose counts over all time these statements add up to.
    """
    pairs: dict[tuple[str, str] | None, list[Statement]] = defaultdict(list)
    for statement in statements:
        pairs[_ends(statement, directed=True, roll_up=roll_up)].append(statement)
    apart = pairs.pop(None, [])
    return sorted_statements([*apart, *(one for members in pairs.values() for one in without_repeats(members, copies))])


def _dyad(key: tuple[str, str, str], members: Sequence[Statement], documents: Mapping[str, Document], copies: Mapping[str, str]) -> Dyad:
    kept = without_repeats(members, copies)
    asserted = [member for member in kept if member.status == "asserted"]
    statuses = Counter(member.status for member in kept)
    families = Counter(map(family_of, asserted))
    sources = {copies.get(member.document, member.document) for member in asserted}
    publishers = {document.publisher for source in sources if (document := documents.get(source)) and document.publisher}
    scores = [member.relation.score for member in asserted if member.relation.score is not None]
    return Dyad(
        *key,
        acts=len(scores),
        cooperation=families["cooperation"],
        conflict=families["conflict"],
        standing=families["standing"],
        score=math.fsum(scores),
        sources=len(sources),
        publishers=len(publishers),
        negated=statuses["negated"],
        requested=statuses["requested"],
        planned=statuses["planned"],
        possible=statuses["possible"],
        repeats=len(members) - len(kept),
        statements=tuple(member.id for member in kept),
    )
