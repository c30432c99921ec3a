"""Near-duplicate documents: wire copy that many publishers print is one source, not many."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from kg.graph import sorted_statements
from kg.minhash import FEWEST, SHINGLE, first_of_groups, minima_of, shingles_of
from kg.model import Statement

__all__ = ["FEWEST", "SHINGLE", "find_copies", "texts_of"]


def texts_of(statements: Iterable[Statement], texts: Mapping[str, str] | None = None) -> dict[str, str]:
    """The text by which each document of the statements is compared.

    Parameters
    ----------
    statements
        In any order.
    texts
        Whole texts by document id, where they are known. For the others (a store keeps no texts) the sentences of
        their statements stand in.
    """
    known = texts or {}
    sentences: dict[str, dict[str, None]] = defaultdict(dict)
    for statement in sorted_statements(statements):
        sentences[statement.document].setdefault(statement.evidence.text)
    return {document: known.get(document) or "\n".join(own) for document, own in sorted(sentences.items())}


def find_copies(texts: Mapping[str, str], *, threshold: float = 0.6) -> dict[str, str]:
    """The document that stands for each one: itself, or the first of the near-duplicates that it belongs to.

    Parameters
    ----------
    texts
        By document id.
    threshold
        Least Jaccard similarity of the sets of four-word shingles; copies of copies are copies. MinHash only finds
        the pairs to look at (at 0.6 it misses one in a hundred); each is then compared exactly.

    Returns
    -------
    dict
        Every id of `texts`, and the least id (in sorted order) of its group.

    Examples
    --------
    >>> wire = "Ghana and Togo signed a treaty on fishing in the gulf on Monday, their ministers said in a joint statement."
    >>> find_copies({"b": wire, "a": wire + " More soon.", "c": "Peru and Chile quarrelled about copper."})
    {'a': 'a', 'b': 'a', 'c': 'c'}
    """
    shingles = {document: shingles_of(texts[document]) for document in sorted(texts)}
    minima = {document: minima_of(found) for document, found in shingles.items() if len(found) >= FEWEST}
    groups = first_of_groups(minima, lambda one, other: _jaccard(shingles[one], shingles[other]) >= threshold)
    return {document: groups.get(document, document) for document in shingles}


def _jaccard(one: frozenset[int], other: frozenset[int]) -> float:
    return len(one & other) / len(one | other)
