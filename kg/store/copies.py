"""Near-duplicate documents of a store: wire copy that many publishers print is one source, not many.

A store keeps no texts, so each document's MinHash signature is kept in their place, and the similarity of two documents (the
Jaccard index of their four-word shingles) is estimated from the share of its places that agree.
"""

from __future__ import annotations

import base64
import re
import zlib
from collections import defaultdict
from collections.abc import Iterator, Mapping
from itertools import combinations, pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

SHINGLE: Final = 4
"""Words of a shingle."""
FEWEST: Final = 8
"""Shingles that a text must have to be told a copy: two short notes may agree by chance."""
THRESHOLD: Final = 0.6
"""Least estimated similarity of copies. 128 places tell 0.6 from 0.5 or 0.7 with two standard errors."""

_BANDS, _ROWS = 32, 4
_CROWD = 50
_WORD = re.compile(r"\w+")
_RANDOM = np.random.default_rng(1997)
# Multiply-shift hashing (Dietzfelbinger et al. 1997): odd factors of 64 bits, the upper half of the product.
_FACTORS = _RANDOM.integers(0, 2**63, size=_BANDS * _ROWS, dtype=np.uint64) * np.uint64(2) + np.uint64(1)


def signature(text: str) -> str:
    """The MinHash signature of a text, 16 bits a place, in base 64; empty where the text is too short to be told a copy."""
    words = _WORD.findall(text.casefold())
    found = {zlib.crc32(" ".join(words[at : at + SHINGLE]).encode()) for at in range(len(words) - SHINGLE + 1)}
    if len(found) < FEWEST:
        return ""
    values = np.fromiter(sorted(found), dtype=np.uint64, count=len(found))
    least = np.full(len(_FACTORS), 2**64 - 1, dtype=np.uint64)
    for begin in range(0, len(values), 1024):  # so that a book does not become a gigabyte
        hashed = (values[begin : begin + 1024, None] * _FACTORS[None, :]) >> np.uint64(32)
        least = np.minimum(least, hashed.min(axis=0))
    return base64.b64encode((least & np.uint64(0xFFFF)).astype("<u2").tobytes()).decode("ascii")


def find_copies(signatures: Mapping[str, str]) -> dict[str, str]:
    """For each document that is a copy, the first (by id) of its group.

    Parameters
    ----------
    signatures
        By document id; empty ones are nobody's copies. Copies of copies are copies.

    References
    ----------
    Broder, A. (1997). On the resemblance and containment of documents. Proceedings of SEQUENCES 1997, 21-29.
    """
    known = {document: _places(signatures[document]) for document in sorted(signatures) if signatures[document]}
    leader = {document: document for document in known}

    def first_of(document: str) -> str:
        while leader[document] != document:
            leader[document] = leader[leader[document]]
            document = leader[document]
        return document

    for one, other in _candidates(known):
        first, second = sorted((first_of(one), first_of(other)))
        if first != second and float(np.mean(known[one] == known[other])) >= THRESHOLD:
            leader[second] = first
    return {document: first_of(document) for document in known if first_of(document) != document}


def _places(written: str) -> NDArray[np.uint16]:
    return np.frombuffer(base64.b64decode(written), dtype="<u2")


def _candidates(known: Mapping[str, NDArray[np.uint16]]) -> Iterator[tuple[str, str]]:
    """Pairs that agree in all rows of some band, each once."""
    buckets: dict[tuple[int, bytes], list[str]] = defaultdict(list)
    for document, places in known.items():
        for band in range(_BANDS):
            buckets[band, places[band * _ROWS : (band + 1) * _ROWS].tobytes()].append(document)
    seen: set[tuple[str, str]] = set()
    for members in buckets.values():
        # In a big bucket (thousands of one wire) neighbours are enough: groups are joined through any chain of pairs.
        for pair in combinations(members, 2) if len(members) <= _CROWD else pairwise(members):
            if pair not in seen:
                seen.add(pair)
                yield pair
