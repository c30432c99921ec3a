"""Where a text may be cut: paragraphs and plain sentence ends first, the network's word for the rest."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import IntEnum
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

LONGEST_STRETCH = 200
"""Words between cuts where nothing in the text offers one; the network has seen no more at a time."""
WRAPPED = range(45, 101)
"""Lengths of a line, in characters, that may have been broken by its width instead of by its writer."""

TERMINALS = frozenset((".", "!", "?", "...", "…", "..", "?!", "!?", "!!", "??"))
STOPS = (*TERMINALS, ":", ";", "。")
CLOSERS = frozenset(('"', "”", "’", "'", ")", "]", "»", "''", "’’"))
OPENERS = frozenset(('"', "“", "‘", "'", "(", "[", "«", "``", "-"))
UNFINISHED = frozenset((
    "mr", "mrs", "ms", "dr", "prof", "st", "jr", "sr", "gen", "sen", "rep", "gov", "lt", "col", "maj", "capt", "sgt", "cmdr",
    "adm", "amb", "sec", "pres", "hon", "rev", "no", "nos", "art", "vs", "etc", "al", "fig", "jan", "feb", "mar", "apr", "jun",
    "jul", "aug", "sep", "sept", "oct", "nov", "dec", "co", "corp", "inc", "ltd", "cf", "approx", "est",
))  # fmt: skip


class Border(IntEnum):
    """What may begin at a word."""

    NONE = 0
    POSSIBLE = 1  # a sentence, if the network says so
    CERTAIN = 2  # a sentence, whatever the network says


class Word(NamedTuple):
    """A word that is not white space, with the white space before it ("" where there is none)."""

    text: str
    gap: str


def borders(words: Sequence[Word]) -> npt.NDArray[np.int64]:
    """The Border before each of n words."""
    found = np.zeros(len(words), np.int64)
    line = 0
    for i, word in enumerate(words):
        if i == 0 or "\n" in word.gap or "\r" in word.gap or "\u2029" in word.gap:
            found[i] = Border.CERTAIN if i == 0 else _line_break(words, i, line)
            line = 0
        elif word.gap or word.text not in CLOSERS:
            found[i] = _inline(words, i)
        line += len(word.text) + len(word.gap)
    return found


def _line_break(words: Sequence[Word], i: int, line: int) -> Border:
    """Empty lines part paragraphs; a single break may only be where a line was full."""
    gap = words[i].gap.replace("\r\n", "\n").replace("\r", "\n")
    if gap.count("\n") > 1 or "\u2029" in gap:
        return Border.CERTAIN
    ended = _stop_before(words, i) is not None
    if words[i].text[:1].islower() and not ended:
        return Border.NONE
    if line in WRAPPED:
        return Border(max(Border.POSSIBLE, _inline(words, i)))
    return Border.CERTAIN


def _inline(words: Sequence[Word], i: int) -> Border:
    stop = _stop_before(words, i)
    if stop is None:
        return Border.NONE
    return Border.CERTAIN if _is_safe(words, i, stop) else Border.POSSIBLE


def _stop_before(words: Sequence[Word], i: int) -> int | None:
    """Index of the word that ends a sentence right before word i, closing quotes and brackets passed over."""
    j = i - 1
    while j > 0 and words[j].text in CLOSERS and i - j <= 3:
        j -= 1
    text = words[j].text
    return j if text in STOPS or text[-1] in ".!?…:;" else None


def _is_safe(words: Sequence[Word], i: int, stop: int) -> bool:
    """A full stop of its own after a whole word, white space, and a capital."""
    if words[stop].text not in TERMINALS or stop == 0 or not words[i].gap or words[stop].gap:
        return False
    before = words[stop - 1].text
    if words[stop].text == "." and (len(before) == 1 or before.lower() in UNFINISHED):
        return False
    following = words[i].text
    if following in OPENERS and i + 1 < len(words) and not words[i + 1].gap:
        following = words[i + 1].text
    return following[:1].isupper()


def windows(places: npt.NDArray[np.int64], pieces: npt.NDArray[np.int64], longest: int) -> Iterator[tuple[int, int]]:
    """Half-open ranges of words for the network, in order, covering all: from one certain border to the next.

    `places` (n) holds Borders, `pieces` (n) each word's number of word pieces, `longest` how many of those fit at most.
    Only what exceeds LONGEST_STRETCH words or `longest` pieces is cut elsewhere. Joining short stretches into longer windows was
    measured and is worse: 1.2 points of LAS on running text at 100 words, for a twentieth more speed and no better entities.
    """
    upto = np.append(0, np.cumsum(pieces))
    begin = 0
    for cut in map(int, np.append(np.flatnonzero(places == Border.CERTAIN), len(places))):
        while cut - begin > LONGEST_STRETCH or upto[cut] - upto[begin] > longest:
            middle = _forced_cut(places, upto, begin, cut, longest)
            yield begin, middle
            begin = middle
        if cut > begin:
            yield begin, cut
            begin = cut


def _forced_cut(places: npt.NDArray[np.int64], upto: npt.NDArray[np.int64], begin: int, end: int, longest: int) -> int:
    """The last place in reach where a sentence may begin, or simply the last place in reach."""
    limit = min(begin + LONGEST_STRETCH, end - 1, int(np.searchsorted(upto, upto[begin] + longest, side="right")) - 1)
    offered = np.flatnonzero(places[begin + 1 : limit + 1] >= Border.POSSIBLE)
    return begin + 1 + int(offered[-1]) if len(offered) else max(limit, begin + 1)


def starts(places: npt.NDArray[np.int64], scores: npt.NDArray[np.float32], threshold: float) -> npt.NDArray[np.int64]:
    """Indices of the first words of a window's sentences: the window's first word, and where both text and network agree.

    `places` and `scores` (n) are the window's; `threshold` is a log odds.
    """
    begun = (places == Border.POSSIBLE) & (scores > threshold)
    begun[0] = True
    return np.flatnonzero(begun)
