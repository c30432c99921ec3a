"""Near-duplicate texts by MinHash: which pairs are worth comparing, and which groups the like ones make.

A text is the set of its shingles (runs of words). The share of two texts' MinHash places that agree estimates the Jaccard index
of those sets, and texts that agree in all rows of a band are candidates to compare.
"""

from __future__ import annotations

import re
import zlib
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from itertools import combinations, pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

SHINGLE: Final = 4
"""Words of a shingle."""
FEWEST: Final = 8
"""Shingles that a text must have to be told a copy: two short ones may agree by chance."""

_BANDS, _ROWS = 32, 4
_CROWD = 50
_WORD = re.compile(r"\w+")
_RANDOM = np.random.default_rng(1997)
# Multiply-shift hashing (Dietzfelbinger et al. 1997): odd factors of 64 bits, the upper half of the product.
_FACTORS = _RANDOM.integers(0, 2**63, size=_BANDS * _ROWS, dtype=np.uint64) * np.uint64(2) + np.uint64(1)


def shingles_of(text: str) -> frozenset[int]:
    """The text's shingles, each as its CRC-32; case and punctuation are of no matter."""
    words = _WORD.findall(text.casefold())
    return frozenset(zlib.crc32(" ".join(words[at : at + SHINGLE]).encode()) for at in range(len(words) - SHINGLE + 1))


def minima_of(shingles: AbstractSet[int]) -> NDArray[np.uint64]:
    """The MinHash signature of a set: the least of its values under each of 128 hash functions, 32 bits a place."""
    values = np.fromiter(shingles, dtype=np.uint64, count=len(shingles))
    least = np.full(len(_FACTORS), 2**64 - 1, dtype=np.uint64)
    for begin in range(0, len(values), 1024):  # so that a book does not become a gigabyte
        hashed = (values[begin : begin + 1024, None] * _FACTORS[None, :]) >> np.uint64(32)
        least = np.minimum(least, hashed.min(axis=0))
    return least


def first_of_groups(minima: Mapping[str, NDArray[np.unsignedinteger]], alike: Callable[[str, str], bool]) -> dict[str, str]:
    """For each text the first, by name, of the group that it belongs to: itself where it is like no other.

    Parameters
    ----------
    minima
        The signature of each text by its name, all of one type, whole or cut to fewer bits.
    alike
        Whether two texts are copies; asked of candidate pairs that are not of one group yet. Copies of copies are copies.

    References
    ----------
    Broder, A. (1997). On the resemblance and containment of documents. Proceedings of SEQUENCES 1997, 21-29.
    """
    leader = {name: name for name in sorted(minima)}

    def first_of(name: str) -> str:
        while leader[name] != name:
            leader[name] = leader[leader[name]]
            name = leader[name]
        return name

    for one, other in _candidates({name: minima[name] for name in leader}):
        first, second = sorted((first_of(one), first_of(other)))
        if first != second and alike(one, other):
            leader[second] = first
    return {name: first_of(name) for name in leader}


def _candidates(minima: Mapping[str, NDArray[np.unsignedinteger]]) -> Iterator[tuple[str, str]]:
    """Pairs that agree in all rows of some band, each once."""
    buckets: dict[tuple[int, bytes], list[str]] = defaultdict(list)
    for name, places in minima.items():
        for band in range(_BANDS):
            buckets[band, places[band * _ROWS : (band + 1) * _ROWS].tobytes()].append(name)
    seen: set[tuple[str, str]] = set()
    for members in buckets.values():
        # In a big bucket (thousands of one wire) neighbours are enough: groups are joined through any chain of pairs.
        for pair in combinations(members, 2) if len(members) <= _CROWD else pairwise(members):
            if pair not in seen:
                seen.add(pair)
                yield pair
