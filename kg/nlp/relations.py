"""The relation model: a sentence and marked pairs of mentions in, for each pair a probability of each relation and the status out.

The network is a MiniLM of its own (int8, onnxruntime). The sentence is read once; four marks a pair stand behind it, take the
places of the two spans' ends, and see the sentence and their own pair alone (after the packed and levitated markers of Ye
et al. 2022 and Zhong & Chen 2021), so that all pairs of a sentence cost little more than one.
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import onnxruntime
from tokenizers import Tokenizer

from kg.model import Status
from kg.nlp.network import shape_of

FOLDER = Path(__file__).resolve().parent.parent / "data" / "relations"
FOLDER_OF_PAIRS = FOLDER.parent / "pairs"
"""A second model, made for pairs that somebody has marked; it does not know of pairs that hold nothing."""
FILES = ("relations.onnx", "tokenizer.json", "meta.json")
MARKS = (1, 2, 3, 4)
"""Unused entries of the vocabulary: begin and end of the source, begin and end of the target."""
LONGEST = 128
"""Pieces of text of one input; of a longer sentence, a window around the pair."""
MOST = 16
"""Pairs of one input."""
BEGIN, END = 101, 102

Spans = tuple[tuple[int, int], tuple[int, int]]
"""Source and target of a pair as half-open code points of the sentence."""


class Marked(NamedTuple):
    """One input: piece ids and letter shapes of the text, and for each pair the places of its four marks."""

    ids: list[int]
    shapes: list[int]
    places: list[tuple[int, int, int, int]]


def open_tokenizer(path: Path) -> Tokenizer:
    """The tokenizer of a model folder, without padding and truncation."""
    tokenizer = Tokenizer.from_file(str(path))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    return tokenizer


def marked(tokenizer: Tokenizer, text: str, pairs: Sequence[Spans]) -> list[tuple[Marked, list[int]]]:
    """The inputs for all pairs of a sentence, each with the indices of its pairs; one unless text or list is long."""
    encoding = tokenizer.encode(text, add_special_tokens=False)
    ids, shapes = encoding.ids, _shapes(text, encoding.word_ids, encoding.offsets)
    places = [(*_ends(encoding.offsets, s), *_ends(encoding.offsets, t)) for s, t in pairs]
    windows: dict[int, list[int]] = {}
    for i, place in enumerate(places):
        windows.setdefault(_window(len(ids), place), []).append(i)
    found = []
    for start, group in sorted(windows.items()):
        cut = slice(start, start + LONGEST - 2)
        for first in range(0, len(group), MOST):
            chosen = group[first : first + MOST]
            moved = [_moved(places[i], start) for i in chosen]
            found.append((Marked([BEGIN, *ids[cut], END], [0, *shapes[cut], 0], moved), chosen))
    return found


def _shapes(text: str, word_ids: Sequence[int | None], offsets: Sequence[tuple[int, int]]) -> list[int]:
    words: dict[int | None, tuple[int, int]] = {}
    for word, (begin, end) in zip(word_ids, offsets, strict=True):
        words[word] = (words.get(word, (begin, end))[0], end)
    return [shape_of(text[slice(*words[word])]) for word in word_ids]


def _ends(offsets: Sequence[tuple[int, int]], span: tuple[int, int]) -> tuple[int, int]:
    """First and last piece of a span, counted from 1 (0 is the opening piece, and stands for an empty span)."""
    inside = [i for i, (begin, end) in enumerate(offsets, 1) if begin < span[1] and span[0] < end]
    return (inside[0], inside[-1]) if inside else (0, 0)


def _window(pieces: int, place: tuple[int, int, int, int]) -> int:
    """Where the window of a pair begins: its middle is the pair's; of a pair that is wider, it holds the beginning."""
    longest = LONGEST - 2
    if pieces <= longest:
        return 0
    inside = [p - 1 for p in place if p] or [0]
    middle = (min(inside) + max(inside)) // 2
    start = min(max(0, middle - longest // 2), pieces - longest, min(inside))
    return start - start % 32 if start < pieces - longest else start  # few windows, so that pairs share them


def _moved(place: tuple[int, int, int, int], start: int) -> tuple[int, int, int, int]:
    a, b, c, d = (min(max(p - start, 0), LONGEST - 1) if p else 0 for p in place)
    return a, b, c, d


class RelationModel:
    """The model folder, opened on first use in each process."""

    def __init__(self, folder: Path, threads: int = 1) -> None:
        """`folder` holds FILES."""
        self.folder, self.threads = folder, threads
        self._read()

    @classmethod
    def load(cls, folder: Path = FOLDER, threads: int = 1) -> RelationModel | None:
        """The model of `folder`, or None where a file of it is missing: then the rules judge alone."""
        return cls(folder, threads) if all((folder / name).is_file() for name in FILES) else None

    def _read(self) -> None:
        meta = json.loads((self.folder / "meta.json").read_text(encoding="utf-8"))
        self.relations: tuple[str, ...] = tuple(meta["relations"])
        self.statuses: tuple[Status, ...] = tuple(meta["statuses"])
        self._tokenizer = open_tokenizer(self.folder / "tokenizer.json")
        self._session: tuple[int, onnxruntime.InferenceSession] | None = None

    def __getstate__(self) -> tuple[Path, int]:
        return self.folder, self.threads

    def __setstate__(self, state: tuple[Path, int]) -> None:
        self.folder, self.threads = state
        self._read()

    def judge(self, text: str, pairs: Sequence[Spans]) -> list[tuple[dict[str, float], Status]]:
        """For each pair the network's probability of each relation and "NONE" from source to target, and the likeliest status.

        The probabilities are too sure of themselves; those who use them calibrate what they make of them. Spans are half-open code
        points of `text`, which should be the sentence or little more.
        """
        found: list[tuple[dict[str, float], Status] | None] = [None] * len(pairs)
        for x, indices in marked(self._tokenizer, text, pairs):
            relations, statuses = self._open().run(["relations", "statuses"], arrays(x))
            for i, scores, status in zip(indices, relations, statuses, strict=True):
                given = probabilities(scores)
                found[i] = dict(zip(self.relations, given.tolist(), strict=True)), self.statuses[int(np.argmax(status))]
        return [judged for judged in found if judged is not None]

    def _open(self) -> onnxruntime.InferenceSession:
        if self._session is None or self._session[0] != os.getpid():
            options = onnxruntime.SessionOptions()
            options.intra_op_num_threads, options.inter_op_num_threads = self.threads, 1
            options.log_severity_level = 3
            session = onnxruntime.InferenceSession(str(self.folder / "relations.onnx"), options, providers=["CPUExecutionProvider"])
            self._session = (os.getpid(), session)
        return self._session[1]


def arrays(x: Marked) -> dict[str, npt.NDArray[np.generic]]:
    """The network's inputs: ids, shapes, places (pieces), seen (1, pieces, pieces), text (1, pieces), marks (pairs, 4)."""
    n, pairs = len(x.ids), len(x.places)
    seen = np.zeros((n + 4 * pairs, n + 4 * pairs), np.int32)
    seen[:, :n] = 1
    for i in range(pairs):
        seen[n + 4 * i : n + 4 * i + 4, n + 4 * i : n + 4 * i + 4] = 1
    return {
        "ids": np.array([*x.ids, *(MARKS * pairs)], np.int64),
        "shapes": np.array([*x.shapes, *([0] * 4 * pairs)], np.int64),
        "places": np.array([*range(n), *(p for place in x.places for p in place)], np.int64),
        "seen": seen[None],
        "text": np.array([[1 / n] * n + [0.0] * (4 * pairs)], np.float32),
        "marks": np.arange(n, n + 4 * pairs, dtype=np.int64).reshape(pairs, 4),
    }


def probabilities(scores: npt.NDArray[np.floating]) -> npt.NDArray[np.float64]:
    """Softmax of a row of scores."""
    raised = np.exp(scores.astype(np.float64) - float(np.max(scores)))
    result: npt.NDArray[np.float64] = raised / raised.sum()
    return result
