"""The spaCy component that writes tags, morphology, lemmas, tree, sentences and entities of the shipped English model."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from math import log
from pathlib import Path
from typing import cast

import numpy as np
import numpy.typing as npt
from spacy.language import Language
from spacy.tokens import Doc
from spacy.vocab import Vocab
from thinc.types import Ints2d

from kg.nlp.entities import EntityDecoder
from kg.nlp.lemmas import Lemmas
from kg.nlp.network import FILES, LONGEST_INPUT, Network
from kg.nlp.sentences import Word, borders, starts, windows
from kg.nlp.trees import best_heads

SHIPPED = Path(__file__).parent.parent / "data" / "english"
ATTRIBUTES: list[int | str] = ["TAG", "POS", "MORPH", "LEMMA", "DEP", "HEAD", "ENT_IOB", "ENT_TYPE"]
WRITES = [
    "token.tag", "token.pos", "token.morph", "token.lemma", "token.dep", "token.head", "token.is_sent_start",
    "token.ent_iob", "token.ent_type", "doc.ents", "doc.sents",
]  # fmt: skip
INSIDE, OUTSIDE, BEGUN = 1, 2, 3
"""Values of spaCy's ENT_IOB."""
CACHED_LEMMAS = 200_000

Integers = npt.NDArray[np.int64]


class EnglishAnnotator:
    """Doc in, the same Doc annotated out. A Doc's annotation depends on its text alone, whatever else a batch or process holds."""

    def __init__(self, vocab: Vocab, name: str = "kg_english", *, folder: Path = SHIPPED, threads: int = 1) -> None:
        """`folder` holds the exported model; `threads` are onnxruntime's per process. Raises ModelError if a file is missing."""
        self.vocab, self.name = vocab, name
        self._open(folder, threads)

    def _open(self, folder: Path, threads: int) -> None:
        self.network = Network(folder, threads)
        self.lemmas = Lemmas.read(folder / "lemmas.json")
        classes, strings = self.network.vocabulary, self.vocab.strings
        probability = float(self.network.meta["sentence_threshold"] or 0.5)
        self._threshold = log(probability / (1 - probability))
        self._decoder = EntityDecoder(classes)
        self._tags = _hashes(strings.add(tag) for tag in classes.xpos)
        self._parts = _hashes(strings.add(part) for part in classes.upos)
        self._feats = ["" if bundle == "_" else bundle for bundle in classes.feats]
        self._morphs = _hashes(self.vocab.morphology.add(bundle) for bundle in self._feats)
        self._labels = _hashes(strings.add(label) for label in classes.labels)
        self._root = classes.labels.index("root")
        self._types = _hashes(0 if tag == "O" else strings.add(tag[2:]) for tag in classes.ner)
        self._iob = np.array([OUTSIDE if tag == "O" else BEGUN if tag[0] == "B" else INSIDE for tag in classes.ner], np.uint64)
        self._remembered: dict[tuple[str, int, int, int, bool], int] = {}

    def __call__(self, doc: Doc) -> Doc:
        places = [i for i, token in enumerate(doc) if not token.is_space]
        values = np.zeros((len(doc), len(ATTRIBUTES)), np.uint64)
        if places:
            values[places] = self._annotated(doc, places)
        _fill_white_space(doc, values, np.array(places, np.int64))
        if len(doc):
            doc.from_array(ATTRIBUTES, cast(Ints2d, values))
        return doc

    def _annotated(self, doc: Doc, places: list[int]) -> npt.NDArray[np.uint64]:
        """Attribute values (words, ATTRIBUTES) of the tokens at `places`; heads relative in tokens of the Doc."""
        words = _words(doc, places)
        pieces = [self.network.piece(word.text) for word in words]
        cuts = borders(words)
        where = np.array(places, np.int64)
        values = np.empty((len(words), len(ATTRIBUTES)), np.uint64)
        for begin, end in windows(cuts, np.array([len(p.ids) for p in pieces]), LONGEST_INPUT):
            scores = self.network.scores(pieces[begin:end])
            first = starts(cuts[begin:end], scores.sent, self._threshold)
            heads = best_heads(scores.arcs, first)
            labels = self._chosen_labels(self.network.labels(scores, heads), heads)
            upos, xpos, feats = scores.upos.argmax(1), scores.xpos.argmax(1), scores.feats.argmax(1)
            entities = self._decoder.tags(scores, first)
            here = where[begin:end]
            above = np.where(heads > 0, here[heads - 1], here) - here
            initial = np.zeros(end - begin, bool)
            initial[first] = True
            rows = values[begin:end]
            rows[:, 0], rows[:, 1], rows[:, 2] = self._tags[xpos], self._parts[upos], self._morphs[feats]
            tagged = zip(words[begin:end], upos.tolist(), xpos.tolist(), feats.tolist(), initial.tolist(), strict=True)
            rows[:, 3] = [self._lemma(word.text, *tags) for word, *tags in tagged]
            rows[:, 4], rows[:, 5] = self._labels[labels], above.astype(np.uint64)
            rows[:, 6], rows[:, 7] = self._iob[entities], self._types[entities]
        return values

    def _chosen_labels(self, scores: npt.NDArray[np.float32], heads: Integers) -> Integers:
        """The best label of each arc: `root` at the root and nowhere else."""
        scores[:, self._root] = np.where(heads == 0, np.inf, -np.inf)
        best: Integers = scores.argmax(1)
        return best

    def _lemma(self, form: str, upos: int, xpos: int, feats: int, initial: bool) -> int:
        key = (form, upos, xpos, feats, initial)
        found = self._remembered.get(key)
        if found is None:
            if len(self._remembered) >= CACHED_LEMMAS:
                self._remembered.clear()
            classes = self.network.vocabulary
            lemma = self.lemmas.lemma(form, classes.upos[upos], classes.xpos[xpos], self._feats[feats], initial=initial)
            found = self._remembered[key] = self.vocab.strings.add(lemma)
        return found

    def to_disk(self, path: str | Path, *, exclude: Iterable[str] = ()) -> None:
        """Copy the model's files into the folder `path`; nothing of it can be excluded."""
        target = Path(path)
        target.mkdir(parents=True, exist_ok=True)
        for name in FILES:
            if target.resolve() == self.network.folder.resolve():
                break
            shutil.copyfile(self.network.folder / name, target / name)

    def from_disk(self, path: str | Path, *, exclude: Iterable[str] = ()) -> EnglishAnnotator:
        """Go on with the model in the folder `path`."""
        self._open(Path(path), self.network.threads)
        return self


@Language.factory("kg_english", assigns=WRITES, default_config={"threads": 1})
def make_english(nlp: Language, name: str, threads: int) -> EnglishAnnotator:
    """The component under spaCy's name for it; `threads` are onnxruntime's in each process."""
    return EnglishAnnotator(nlp.vocab, name, threads=threads)


def _hashes(values: Iterable[int]) -> npt.NDArray[np.uint64]:
    return np.array(list(values), np.uint64)


def _words(doc: Doc, places: list[int]) -> list[Word]:
    """The tokens at `places` with the white space before each, be it spaces after a token or tokens of their own."""
    text, end = doc.text, 0
    known: dict[Word, Word] = {}  # equal words share their memory, which tells in a text of millions
    found = []
    for i in places:
        token = doc[i]
        begin = token.idx
        word = Word(token.text, text[end:begin])
        found.append(known.setdefault(word, word))
        end = begin + len(word.text)
    return found


def _fill_white_space(doc: Doc, values: npt.NDArray[np.uint64], places: Integers) -> None:
    """Tokens of white space hang on the word before them (at the beginning, on the first one) and break neither sentence nor entity."""
    blank = np.setdiff1d(np.arange(len(doc)), places, assume_unique=True)
    if not len(blank):
        return
    strings = doc.vocab.strings
    nearest = np.searchsorted(places, blank) - 1
    heads = places[np.maximum(nearest, 0)] if len(places) else np.zeros(len(blank), np.int64)
    values[blank, 0], values[blank, 1] = strings.add("_SP"), strings.add("SPACE")
    values[blank, 2] = doc.vocab.morphology.add("")
    values[blank, 3] = [strings.add(doc[int(i)].text) for i in blank]
    values[blank, 4] = strings.add("dep")
    values[blank, 5] = (heads - blank).astype(np.uint64)
    values[blank, 6] = OUTSIDE
    following = places[np.minimum(nearest + 1, len(places) - 1)] if len(places) else blank
    inside = (following > blank) & (values[following, 6] == INSIDE)
    values[blank[inside], 6], values[blank[inside], 7] = INSIDE, values[following[inside], 7]
