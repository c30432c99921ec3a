"""Near-duplicate documents of a store: wire copy that many publishers print is one source, not many.

A store keeps no texts, so each document's MinHash signature is kept in their place, and the similarity of two documents (the
Jaccard index of their four-word shingles) is estimated from the share of its places that agree.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Final

import numpy as np
from numpy.typing import NDArray

from kg.minhash import FEWEST, first_of_groups, minima_of, shingles_of

THRESHOLD: Final = 0.6
"""Least estimated similarity of copies. 128 places tell 0.6 from 0.5 or 0.7 with two standard errors."""


def signature(text: str) -> str:
    """The MinHash signature of a text, 16 bits a place, in base 64; empty where the text is too short to be told a copy."""
    shingles = shingles_of(text)
    if len(shingles) < FEWEST:
        return ""
    return base64.b64encode((minima_of(shingles) & np.uint64(0xFFFF)).astype("<u2").tobytes()).decode("ascii")


def find_copies(signatures: Mapping[str, str]) -> dict[str, str]:
    """For each document that is a copy, the first (by id) of its group.

    Parameters
    ----------
    signatures
        By document id; empty ones are nobody's copies. Copies of copies are copies.
    """
    known = {document: _places(signed) for document, signed in signatures.items() if signed}
    groups = first_of_groups(known, lambda one, other: float(np.mean(known[one] == known[other])) >= THRESHOLD)
    return {document: first for document, first in groups.items() if first != document}


def _places(written: str) -> NDArray[np.uint16]:
    return np.frombuffer(base64.b64decode(written), dtype="<u2")
