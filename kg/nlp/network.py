"""The shipped English network: words in, scores out. One window of words a call, so that no text depends on its company."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import onnxruntime
from tokenizers import Tokenizer

from kg.errors import ModelError

Floats = npt.NDArray[np.float32]
Integers = npt.NDArray[np.int64]

FILES = ("english.onnx", "labels.onnx", "tokenizer.json", "vocabulary.json", "lemmas.json", "lemmas-license.txt", "meta.json")
LONGEST_INPUT = 510
"""Word pieces that fit into one window beside the two marks at its ends."""
LONGEST_WORD = 32
"""Word pieces of one word that are looked at; the rest of a longer one is ignored."""
CACHED_WORDS = 200_000


class Vocabulary(NamedTuple):
    """The classes of each output, in its order."""

    upos: tuple[str, ...]
    xpos: tuple[str, ...]
    feats: tuple[str, ...]
    labels: tuple[str, ...]
    ner: tuple[str, ...]


class Piece(NamedTuple):
    """A word as the network reads it: ids of its word pieces and the class of its letters' case."""

    ids: tuple[int, ...]
    shape: int


@dataclass(frozen=True, slots=True)
class Scores:
    """Raw scores of a window of n words; column 0 of `arcs` (n, 1 + n) and row 0 of `governors` are the root."""

    upos: Floats
    xpos: Floats
    feats: Floats
    ner: Floats
    sent: Floats
    arcs: Floats
    dependents: Floats
    governors: Floats


def shape_of(word: str) -> int:
    """0 no letter, 1 lower case, 2 Title or a single capital, 3 UPPER, 4 miXed; the same rule as in training."""
    if not any(c.isalpha() for c in word):
        return 0
    if word.islower():
        return 1
    if word.isupper():
        return 3 if sum(c.isalpha() for c in word) > 1 else 2
    return 2 if word[:1].isupper() and word[1:].islower() else 4


class Network:
    """The model folder, opened on first use in each process."""

    def __init__(self, folder: Path, threads: int = 1) -> None:
        """`folder` holds FILES. Raises ModelError naming the first file that is missing."""
        missing = [name for name in FILES if not (folder / name).is_file()]
        if missing:
            raise ModelError(f"{folder} holds no English model: {missing[0]} is missing; reinstall the package or export the model again")
        self.folder, self.threads = folder, threads
        self._read(folder)

    def _read(self, folder: Path) -> None:
        classes = json.loads((folder / "vocabulary.json").read_text(encoding="utf-8"))
        self.vocabulary = Vocabulary(**{name: tuple(classes[name]) for name in Vocabulary._fields})
        self.meta: dict[str, str | float | None] = json.loads((folder / "meta.json").read_text(encoding="utf-8"))
        tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        tokenizer.no_padding()
        tokenizer.no_truncation()
        self._tokenizer = tokenizer
        self._begin, self._end, self._unknown = (tokenizer.token_to_id(mark) or 0 for mark in ("[CLS]", "[SEP]", "[UNK]"))
        self._pieces: dict[str, Piece] = {}
        self._sessions: tuple[int, onnxruntime.InferenceSession, onnxruntime.InferenceSession] | None = None

    def __getstate__(self) -> tuple[Path, int]:
        return self.folder, self.threads

    def __setstate__(self, state: tuple[Path, int]) -> None:
        self.folder, self.threads = state
        self._read(self.folder)

    def piece(self, word: str) -> Piece:
        """The word's pieces and shape, remembered."""
        found = self._pieces.get(word)
        if found is None:
            if len(self._pieces) >= CACHED_WORDS:
                self._pieces.clear()
            ids = self._tokenizer.encode(word[:1000], add_special_tokens=False).ids[:LONGEST_WORD]
            found = self._pieces[word] = Piece(tuple(ids) or (self._unknown,), shape_of(word))
        return found

    def scores(self, pieces: list[Piece]) -> Scores:
        """Scores of one window: at least one word and at most LONGEST_INPUT word pieces."""
        lengths = np.fromiter((len(p.ids) for p in pieces), np.int64, len(pieces))
        ids = [self._begin, *(i for p in pieces for i in p.ids), self._end]
        shapes = np.zeros(len(ids), np.int64)
        shapes[1:-1] = np.repeat(np.fromiter((p.shape for p in pieces), np.int64, len(pieces)), lengths)
        first = np.cumsum(lengths) - lengths + 1
        names = ["upos", "xpos", "feats", "ner", "sent", "arcs", "dependents", "governors"]
        return Scores(*self._session(0).run(names, {"ids": np.array(ids, np.int64), "shapes": shapes, "first": first}))

    def labels(self, scores: Scores, heads: Integers) -> Floats:
        """Scores (words, labels) of each word's arc to its head; `heads` (words) count from 1, 0 is the root."""
        found: Floats = self._session(1).run(["labels"], {"dependents": scores.dependents, "governors": scores.governors[heads]})[0]
        return found

    def _session(self, which: int) -> onnxruntime.InferenceSession:
        if self._sessions is None or self._sessions[0] != os.getpid():
            self._sessions = (os.getpid(), self._opened("english.onnx"), self._opened("labels.onnx"))
        return self._sessions[1 + which]

    def _opened(self, name: str) -> onnxruntime.InferenceSession:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads, options.inter_op_num_threads = self.threads, 1
        options.log_severity_level = 3
        return onnxruntime.InferenceSession(str(self.folder / name), options, providers=["CPUExecutionProvider"])
