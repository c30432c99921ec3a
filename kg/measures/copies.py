"""Near-duplicate documents: wire copy that many publishers print is one source, not many."""

from __future__ import annotations

import re
import zlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from itertools import combinations, pairwise

import numpy as np
from numpy.typing import NDArray

from kg.graph import sorted_statements
from kg.model import Statement

SHINGLE = 4
"""Words of a shingle."""

FEWEST = 8
"""Shingles that a text must have to be told a copy: two short sentences may agree by chance."""

_BANDS, _ROWS = 32, 4
_CROWD = 50
_WORD = re.compile(r"\w+")


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

    References
    ----------
    Broder, A. (1997). On the resemblance and containment of documents. Proceedings of SEQUENCES 1997, 21-29.
    """
    shingles = {document: _shingles(texts[document]) for document in sorted(texts)}
    leader = {document: document for document in shingles}

    def first_of(document: str) -> str:
        while leader[document] != document:
            leader[document] = leader[leader[document]]
            document = leader[document]
        return document

    for one, other in _candidates({document: found for document, found in shingles.items() if len(found) >= FEWEST}):
        first, second = sorted((first_of(one), first_of(other)))
        if first != second and _jaccard(shingles[one], shingles[other]) >= threshold:
            leader[second] = first
    return {document: first_of(document) for document in shingles}


def _shingles(text: str) -> frozenset[int]:
    words = _WORD.findall(text.casefold())
    return frozenset(zlib.crc32(" ".join(words[at : at + SHINGLE]).encode()) for at in range(len(words) - SHINGLE + 1))


def _jaccard(one: frozenset[int], other: frozenset[int]) -> float:
    return len(one & other) / len(one | other)


def _candidates(shingles: Mapping[str, frozenset[int]]) -> Iterator[tuple[str, str]]:
    """Pairs that agree in all rows of some band of their MinHash signatures, each once."""
    rng = np.random.default_rng(1997)
    # Multiply-shift hashing (Dietzfelbinger et al. 1997): odd factors of 64 bits, the upper half of the product.
    factors = rng.integers(0, 2**63, size=_BANDS * _ROWS, dtype=np.uint64) * np.uint64(2) + np.uint64(1)
    buckets: dict[tuple[int, bytes], list[str]] = defaultdict(list)
    for document, found in shingles.items():
        signature = _signature(np.fromiter(found, dtype=np.uint64, count=len(found)), factors)
        for band in range(_BANDS):
            buckets[band, signature[band * _ROWS : (band + 1) * _ROWS].tobytes()].append(document)
    seen: set[tuple[str, str]] = set()
    for members in buckets.values():
        # In a big bucket (thousands of one wire) neighbours are enough: groups are joined through any chain of pairs.
        for pair in combinations(members, 2) if len(members) <= _CROWD else pairwise(members):
            if pair not in seen:
                seen.add(pair)
                yield pair


def _signature(values: NDArray[np.uint64], factors: NDArray[np.uint64]) -> NDArray[np.uint64]:
    hashed: NDArray[np.uint64] = (values[:, None] * factors[None, :]) >> np.uint64(32)
    least: NDArray[np.uint64] = hashed.min(axis=0)
    return least
