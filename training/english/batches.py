"""Examples to tensors: windows of one to three sentences, word pieces, masks."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from tokenizers import Tokenizer
from torch import Tensor

from training.english.data import Example
from training.english.network import CORPORA, SHAPES, Vocabulary

IGNORED = -100
MAX_WORDS = 120


def shape_of(word: str) -> int:
    """Index into SHAPES; the run-time package has the same rule, checked by a test."""
    if not any(c.isalpha() for c in word):
        return 0
    if word.islower():
        return 1
    if word.isupper():
        return 3 if sum(c.isalpha() for c in word) > 1 else 2
    return 2 if word[:1].isupper() and word[1:].islower() else 4


@dataclass(frozen=True, slots=True)
class Window:
    """Consecutive sentences of one document as one input; heads stay within their sentence."""

    sentences: tuple[Example, ...]

    @property
    def words(self) -> list[str]:
        return [w for s in self.sentences for w in s.words]


def make_windows(examples: Sequence[Example], rng: random.Random) -> list[Window]:
    """Half of the windows hold one sentence, the others two or three of the same document."""
    windows, i = [], 0
    while i < len(examples):
        size, chosen = rng.choice((1, 1, 2, 3)), [examples[i]]
        joinable = examples[i].document != ""
        while joinable and len(chosen) < size and i + len(chosen) < len(examples):
            candidate = examples[i + len(chosen)]
            total = sum(len(e.words) for e in chosen) + len(candidate.words)
            if candidate.document != chosen[0].document or (candidate.ner is None) != (chosen[0].ner is None) or total > MAX_WORDS:
                break
            chosen.append(candidate)
        windows.append(Window(tuple(chosen)))
        i += len(chosen)
    return windows


def make_batches(windows: list[Window], pieces: int, rng: random.Random) -> list[list[Window]]:
    """Batches of windows of like length, at most `pieces` words when padded, in random order."""
    ordered = sorted(windows, key=lambda w: (len(w.words), rng.random()))
    batches: list[list[Window]] = [[]]
    for window in ordered:
        if batches[-1] and (len(batches[-1]) + 1) * len(window.words) > pieces:
            batches.append([])
        batches[-1].append(window)
    rng.shuffle(batches)
    return batches


def _altered(words: list[str], rng: random.Random) -> list[str]:
    """Now and then a headline's capitals or none, so that case is a hint and no crutch."""
    dice = rng.random()
    if dice < 0.03:
        return [w.upper() for w in words]
    if dice < 0.06:
        return [w.lower() for w in words]
    if dice < 0.10:
        return [w[:1].upper() + w[1:] for w in words]
    return words


class Tensors:
    """Turns windows into the model's inputs and gold classes."""

    def __init__(self, tokenizer: Tokenizer, vocabulary: Vocabulary) -> None:
        self.tokenizer, self.vocabulary = tokenizer, vocabulary
        self.index = {name: {c: i for i, c in enumerate(getattr(vocabulary, name))} for name in ("upos", "xpos", "feats", "labels", "ner")}

    def inputs(self, batch: Sequence[Window], rng: random.Random | None = None) -> dict[str, Tensor]:
        texts = [_altered(w.words, rng) if rng else w.words for w in batch]
        encoded = self.tokenizer.encode_batch(texts, is_pretokenized=True)
        pieces, words = max(len(e.ids) for e in encoded), max(len(t) for t in texts)
        ids, shapes, mask = (np.zeros((len(batch), pieces), np.int64) for _ in range(3))
        first = np.zeros((len(batch), words), np.int64)
        for row, (encoding, text) in enumerate(zip(encoded, texts, strict=True)):
            n = len(encoding.ids)
            ids[row, :n], mask[row, :n] = encoding.ids, 1
            for place, word in enumerate(encoding.word_ids):
                if word is not None:
                    shapes[row, place] = shape_of(text[word])
                    if first[row, word] == 0:
                        first[row, word] = place
        return {k: torch.from_numpy(v) for k, v in {"ids": ids, "shapes": shapes, "mask": mask, "first": first}.items()}

    def gold(self, batch: Sequence[Window]) -> dict[str, Tensor]:
        width = max(len(w.words) for w in batch)
        out = {k: np.full((len(batch), width), IGNORED, np.int64) for k in ("upos", "xpos", "feats", "heads", "labels", "ner", "sent")}
        for row, window in enumerate(batch):
            offset = 0
            for sentence in window.sentences:
                n = len(sentence.words)
                if sentence.document:
                    out["sent"][row, offset : offset + n] = [1] + [0] * (n - 1)
                self._layers(out, row, offset, sentence)
                if sentence.heads is not None:
                    out["heads"][row, offset : offset + n] = [h + offset if h else 0 for h in sentence.heads]
                offset += n
        corpus = [CORPORA.index(w.sentences[0].corpus) for w in batch]
        return {k: torch.from_numpy(v) for k, v in out.items()} | {"corpus": torch.tensor(corpus)}

    def _layers(self, out: dict[str, np.ndarray], row: int, offset: int, sentence: Example) -> None:
        for name in ("upos", "xpos", "feats", "labels", "ner"):
            values = getattr(sentence, name)
            if values is not None:
                index = self.index[name]
                out[name][row, offset : offset + len(values)] = [index.get(v, IGNORED) for v in values]


def make_vocabulary(examples: Sequence[Example], ner: tuple[str, ...]) -> Vocabulary:
    """Classes seen in training; a feature bundle or label seen fewer than five times is left to the nearest other."""

    def seen(name: str, least: int) -> tuple[str, ...]:
        counts: dict[str, int] = {}
        for e in examples:
            for v in getattr(e, name) or ():
                counts[v] = counts.get(v, 0) + 1
        return tuple(sorted(v for v, n in counts.items() if n >= least))

    return Vocabulary(seen("upos", 1), seen("xpos", 2), seen("feats", 5), seen("labels", 5), ner)


def iterate(
    batches: Sequence[Sequence[Window]], tensors: Tensors, rng: random.Random | None
) -> Iterator[tuple[dict[str, Tensor], dict[str, Tensor]]]:
    for batch in batches:
        yield tensors.inputs(batch, rng), tensors.gold(batch)


assert len(SHAPES) == 5  # shape_of's answers
