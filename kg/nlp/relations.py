"""The relation model: a text with a marked source and target in, a probability for each relation and the status out.

The network is a MiniLM of its own (int8, onnxruntime). One pair a call, so that no answer depends on its company.
"""

from __future__ import annotations

import json
import os
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import onnxruntime
from tokenizers import Tokenizer

from kg.codebook import RELATIONS
from kg.model import Status
from kg.nlp.network import shape_of

FOLDER = Path(__file__).resolve().parent.parent / "data" / "relations"
FILES = ("relations.onnx", "tokenizer.json", "meta.json")
MARKS = (1, 2, 3, 4)
"""Unused entries of the vocabulary: begin and end of the source, begin and end of the target."""
LONGEST = 128
"""Pieces of one input, marks counted."""
BEGIN, END = 101, 102
YIELDS = ("CONCEDE", "RETREAT")


class Marked(NamedTuple):
    """Piece ids and letter shapes (pieces), and where the source's and the target's opening marks stand (0 where none)."""

    ids: list[int]
    shapes: list[int]
    marks: tuple[int, int]


def open_tokenizer(path: Path) -> Tokenizer:
    """The tokenizer of a model folder, without padding and truncation."""
    tokenizer = Tokenizer.from_file(str(path))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    return tokenizer


def marked(tokenizer: Tokenizer, text: str, source: tuple[int, int], target: tuple[int, int], longest: int = LONGEST) -> Marked:
    """The input of the network: pieces with marks around both spans, cut to `longest` pieces around the pair.

    An empty span gets no marks.
    """
    cuts: list[tuple[int, int, int]] = []
    for (begin, end), opening in ((source, MARKS[0]), (target, MARKS[2])):
        if begin < end:
            cuts += [(begin, 1, opening), (end, 0, opening + 1)]
    ids: list[int] = []
    shapes: list[int] = []
    done = 0
    for place, _, mark in [*sorted(cuts), (len(text), 2, 0)]:
        _append(tokenizer, text[done:place], ids, shapes)
        if mark:
            ids.append(mark)
            shapes.append(0)
        done = place
    ids, shapes = _cut(ids, shapes, longest - 2)
    ids, shapes = [BEGIN, *ids, END], [0, *shapes, 0]
    return Marked(ids, shapes, (_at(ids, MARKS[0]), _at(ids, MARKS[2])))


def _append(tokenizer: Tokenizer, text: str, ids: list[int], shapes: list[int]) -> None:
    encoding = tokenizer.encode(text, add_special_tokens=False)
    words: dict[int | None, tuple[int, int]] = {}
    for word, (begin, end) in zip(encoding.word_ids, encoding.offsets, strict=True):
        words[word] = (words.get(word, (begin, end))[0], end)
    ids += encoding.ids
    shapes += [shape_of(text[slice(*words[word])]) for word in encoding.word_ids]


def _cut(ids: list[int], shapes: list[int], longest: int) -> tuple[list[int], list[int]]:
    """The window of `longest` pieces whose middle is the pair's; of a pair that is wider, its beginning."""
    if len(ids) <= longest:
        return ids, shapes
    places = [i for i, piece in enumerate(ids) if piece in MARKS] or [0]
    middle = (places[0] + places[-1]) // 2
    start = min(max(0, middle - longest // 2), len(ids) - longest, places[0])
    return ids[start : start + longest], shapes[start : start + longest]


def _at(ids: list[int], mark: int) -> int:
    return ids.index(mark) if mark in ids else 0


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
        self.temperature = float(meta["temperature"])
        self.weights: tuple[float, ...] = tuple(meta["combination"])
        self.limits: tuple[float, ...] = tuple(meta["limits"])
        self._tokenizer = open_tokenizer(self.folder / "tokenizer.json")
        self._session: tuple[int, onnxruntime.InferenceSession] | None = None

    def __getstate__(self) -> tuple[Path, int]:
        return self.folder, self.threads

    def __setstate__(self, state: tuple[Path, int]) -> None:
        self.folder, self.threads = state
        self._read()

    def judge(self, text: str, source: tuple[int, int], target: tuple[int, int]) -> tuple[dict[str, float], Status]:
        """Calibrated probability of each relation and "NONE" from source to target, and the likeliest status.

        Spans are half-open code points of `text`, which should be the sentence or little more.
        """
        x = marked(self._tokenizer, text, source, target)
        scores, statuses = self._open().run(
            ["relations", "statuses"],
            {"ids": np.array(x.ids, np.int64), "shapes": np.array(x.shapes, np.int64), "marks": np.array(x.marks, np.int64)},
        )
        given = probabilities(scores / self.temperature)
        return dict(zip(self.relations, given.tolist(), strict=True)), self.statuses[int(np.argmax(statuses))]

    def combined(
        self, given: Mapping[str, float], rule: str, confidence: float, allowed: Collection[str] | None = None
    ) -> dict[str, float]:
        """What `judge` gives together with the rules' answer: probabilities of the `allowed` relations, best first.

        `confidence` is the rules' own. The weights were fitted on held-out folds: the model's log-probability counts
        `weights[0]` times, the rules' relation gains by how sure they are, and so does its quad class.
        """
        model, exact, near = self.weights[0] * self.temperature, self.weights[1:4], self.weights[4:6]
        level = sum(confidence >= limit for limit in self.limits)
        relations = [r for r in given if allowed is None or r in allowed]
        scores = np.array([model * float(np.log(max(given[r], 1e-9))) for r in relations])
        for i, relation in enumerate(relations):
            scores[i] += exact[level] * (relation == rule) + near[min(level, 1)] * (_quad(relation) == _quad(rule))
        found = zip(relations, probabilities(scores).tolist(), strict=True)
        return dict(sorted(found, key=lambda pair: (-pair[1], pair[0])))

    def decide(self, given: Mapping[str, float], rule: str, confidence: float, allowed: Collection[str] | None = None) -> tuple[str, float]:
        """The relation that `combined` finds likeliest, and its probability.

        CONCEDE and RETREAT stand together against the others, as announcing and doing the same is hard to tell apart: the
        likelier of the two answers, with the probability of both.
        """
        found = self.combined(given, rule, confidence, allowed)
        yields = sum(found.get(r, 0.0) for r in YIELDS)
        best = next(iter(found))
        if yields > found[best] or best in YIELDS:
            return max((r for r in found if r in YIELDS), key=lambda r: found[r]), yields
        return best, found[best]

    def _open(self) -> onnxruntime.InferenceSession:
        if self._session is None or self._session[0] != os.getpid():
            options = onnxruntime.SessionOptions()
            options.intra_op_num_threads, options.inter_op_num_threads = self.threads, 1
            options.log_severity_level = 3
            session = onnxruntime.InferenceSession(str(self.folder / "relations.onnx"), options, providers=["CPUExecutionProvider"])
            self._session = (os.getpid(), session)
        return self._session[1]


def _quad(relation: str) -> str:
    return RELATIONS[relation].quad if relation in RELATIONS else relation


def probabilities(scores: npt.NDArray[np.floating]) -> npt.NDArray[np.float64]:
    """Softmax of a row of scores."""
    raised = np.exp(scores.astype(np.float64) - float(np.max(scores)))
    result: npt.NDArray[np.float64] = raised / raised.sum()
    return result
