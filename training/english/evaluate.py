"""Score the exported English model: `python -m training.english.evaluate --data DIR --checkpoint F --out benchmarks/english`.

Writes OUT.json and OUT.md. Scores of trees are over all tokens, punctuation included, with universal labels (without subtypes);
of entities micro F of exact spans over PER, ORG, LOC and MISC. With --checkpoint the loss by quantisation is measured too;
with --choose-ner only the development sets are looked at, once for each way to mark entities.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from spacy.language import Language
from spacy.tokens import Doc
from spacy.tokens import Token as TokenOfDoc

from benchmarks.english import measure_speed
from kg.nlp import load_pipeline
from kg.nlp.english import SHIPPED
from kg.nlp.entities import EntityDecoder
from kg.nlp.network import FILES, LONGEST_INPUT, Network, Piece
from kg.nlp.trees import best_heads
from training.english.data import NER_TYPES, Example, read_development, read_gmb, read_tests

TREEBANKS = {
    "EWT test": "UD_English-EWT/ewt-test.conllu",
    "GUM test": "UD_English-GUM-free/gumfree-test.conllu",
    "PUD": "UD_English-PUD/en_pud-ud-test.conllu",
}
LAS_BARS = {"EWT test": 89, "GUM test": 88, "PUD": 87}
NER_BARS = {"GMB last 1,200": 72, "CrossNER-politics test": 75}
SPEED_BAR, SIZE_BAR = 5000, 30
ANNOTATED = {"ewt": ("PER", "ORG", "LOC")}
"""Types that a development set has, where not all."""
FIRST = np.zeros(1, np.int64)

Row = dict[str, float]


def universal(label: str) -> str:
    return label.split(":")[0]


def pieces_of(network: Network, words: Sequence[str]) -> list[Piece]:
    """Pieces of a gold sentence; one too long for the network loses pieces of its longest words."""
    pieces = [network.piece(word) for word in words]
    most = 32
    while sum(min(len(p.ids), most) for p in pieces) > LONGEST_INPUT:
        most -= 1
    return [p._replace(ids=p.ids[:most]) for p in pieces]


def score_gold(network: Network, examples: Sequence[Example]) -> Row:
    """Accuracy of tags and trees with the treebank's tokens and sentences."""
    right: Counter[str] = Counter()
    classes = network.vocabulary
    for example in examples:
        scores = network.scores(pieces_of(network, example.words))
        heads = best_heads(scores.arcs, FIRST)
        labels = network.labels(scores, heads)
        labels[:, classes.labels.index("root")] = np.where(heads == 0, np.inf, -np.inf)
        right["words"] += len(heads)
        for name, found in (("UPOS", scores.upos), ("XPOS", scores.xpos), ("FEATS", scores.feats)):
            gold = {"UPOS": example.upos, "XPOS": example.xpos, "FEATS": example.feats}[name]
            known = {"UPOS": classes.upos, "XPOS": classes.xpos, "FEATS": classes.feats}[name]
            right[name] += sum(known[i] == g for i, g in zip(found.argmax(1), gold or (), strict=True))
        for head, label, gold_head, gold_label in zip(heads, labels.argmax(1), example.heads or (), example.labels or (), strict=True):
            if head == gold_head:
                right["UAS"] += 1
                right["LAS"] += universal(classes.labels[label]) == universal(gold_label)
    return {k: round(100 * right[k] / right["words"], 2) for k in ("UPOS", "XPOS", "FEATS", "UAS", "LAS")}


def spans(tags: Sequence[str]) -> set[tuple[int, int, str]]:
    """(begin, end, type) of each entity of BIO tags."""
    found, begin = set(), 0
    for i, tag in enumerate([*tags, "O"]):
        if i and tags[i - 1] != "O" and not tag.startswith("I-"):
            found.add((begin, i, tags[i - 1][2:]))
        if tag.startswith("B-"):
            begin = i
    return found


def score_entities(network: Network, examples: Sequence[Example], types: Sequence[str] = NER_TYPES) -> Row:
    """Micro precision, recall and F of exact spans of these types, and F of each type."""
    found: Counter[str] = Counter()
    decoder = EntityDecoder(network.vocabulary)
    for example in examples:
        if example.ner is None:
            continue
        tags = decoder.tags(network.scores(pieces_of(network, example.words)), FIRST)
        gold, guess = spans(example.ner), spans([network.vocabulary.ner[i] for i in tags])
        for name, group in (("gold", gold), ("guess", guess), ("both", gold & guess)):
            for *_, kind in (span for span in group if span[2] in types):
                found[f"{name} {kind}"] += 1
                found[name] += 1
    row = {"P": found["both"] / max(found["guess"], 1), "R": found["both"] / max(found["gold"], 1)}
    row["F"] = 2 * found["both"] / max(found["gold"] + found["guess"], 1)
    for kind in types:
        row[kind] = 2 * found[f"both {kind}"] / max(found[f"gold {kind}"] + found[f"guess {kind}"], 1)
    return {k: round(100 * v, 2) for k, v in row.items()}


@dataclass(frozen=True, slots=True)
class Token:
    """A word of a text by its characters, and its analysis; `head` is the head's span, None at the root."""

    span: tuple[int, int]
    upos: str
    xpos: str
    lemma: str
    head: tuple[int, int] | None
    label: str


def read_texts(path: Path) -> Iterator[tuple[str, list[Token], set[tuple[int, int]]]]:
    """Each document of a treebank as running text, its words, and the spans of its sentences. Paragraphs are parted by empty lines."""
    text, tokens, sentences = "", [], set()
    for block in path.read_text(encoding="utf-8").split("\n\n"):
        lines = block.split("\n")
        if any(line.startswith("# newdoc") for line in lines) and text:
            yield text, tokens, sentences
            text, tokens, sentences = "", [], set()
        written = next((line.removeprefix("# text = ") for line in lines if line.startswith("# text = ")), None)
        if written is None:
            continue
        if text:
            text += "\n\n" if any(line.startswith("# newpar") for line in lines) else " "
        begin = len(text)
        text += written
        sentences.add((begin, len(text)))
        tokens += _tokens([line.split("\t") for line in lines if line and line[0].isdigit()], text, begin)
    if text:
        yield text, tokens, sentences


def _tokens(rows: list[list[str]], text: str, begin: int) -> list[Token]:
    places, at = {}, begin
    words = [row for row in rows if row[0].isdigit()]
    for row in words:
        found = text.find(row[1], at)
        near = found >= 0 and not text[at:found].strip()
        places[row[0]] = (found, found + len(row[1])) if near else (at, at)
        at = places[row[0]][1]
    return [Token(places[r[0]], r[3], r[4], r[2], places.get(r[6]), universal(r[7])) for r in words]


def score_raw(nlp: Language, path: Path) -> Row:
    """F of words, sentences, tags, lemmas and trees from running text; a token is right where its characters are (and its head's)."""
    right: Counter[str] = Counter()
    gold_words = found_words = gold_sentences = found_sentences = 0
    for text, gold, sentences in read_texts(path):
        doc = nlp(text)
        spans_found = {(s[0].idx, s[-1].idx + len(s[-1])) for s in _trimmed(doc)}
        right["sentences"] += len(sentences & spans_found)
        gold_sentences, found_sentences = gold_sentences + len(sentences), found_sentences + len(spans_found)
        system = {(t.idx, t.idx + len(t)): t for t in doc if not t.is_space}
        gold_words, found_words = gold_words + len(gold), found_words + len(system)
        for token in gold:
            twin = system.get(token.span)
            if twin is None:
                continue
            head = None if twin.head.i == twin.i else (twin.head.idx, twin.head.idx + len(twin.head))
            attached = head == token.head
            right.update({
                "words": 1, "UPOS": twin.pos_ == token.upos, "XPOS": twin.tag_ == token.xpos, "lemmas": twin.lemma_ == token.lemma,
                "UAS": attached, "LAS": attached and universal(twin.dep_) == token.label,
            })  # fmt: skip
    row = {"sentences": round(200 * right["sentences"] / (gold_sentences + found_sentences), 2)}
    row |= {k: round(200 * right[k] / (gold_words + found_words), 2) for k in ("words", "UPOS", "XPOS", "lemmas", "UAS", "LAS")}
    return row | {"lemma accuracy of aligned words": round(100 * right["lemmas"] / right["words"], 2)}


def _trimmed(doc: Doc) -> Iterator[list[TokenOfDoc]]:
    """The words of each sentence."""
    for sentence in doc.sents:
        words = [t for t in sentence if not t.is_space]
        if words:
            yield words


def news_text(data: Path, words: int) -> list[str]:
    """Running text of about so many words from the GMB extract, in documents of twenty sentences."""
    documents: list[str] = []
    sentences: list[str] = []
    for example in read_gmb(data / "GMB-ner/ner_dataset.csv.zip"):
        line = " ".join(example.words)
        for mark in (",", ".", "'s", ";", ":", "?", "!", "n't", ")", "%"):
            line = line.replace(f" {mark}", mark)
        sentences.append(line.replace("( ", "("))
        words -= len(example.words)
        if len(sentences) == 20:
            documents.append(" ".join(sentences))
            sentences = []
        if words <= 0:
            return documents
    return documents


def float_folder(checkpoint: Path, shipped: Path, target: Path) -> Path:
    """The shipped folder with float graphs in place of the quantised ones."""
    from training.english.export import label_graph, ner_weights, read_checkpoint, window_graph

    weights, vocabulary = read_checkpoint(checkpoint)
    meta = json.loads((shipped / "meta.json").read_text(encoding="utf-8"))
    for name in FILES:
        (target / name).write_bytes((shipped / name).read_bytes())
    vocabulary.write(target / "vocabulary.json")
    graph = window_graph(ner_weights(weights, meta["ner_habits"]), vocabulary, quantised=False)
    (target / "english.onnx").write_bytes(graph.SerializeToString())
    (target / "labels.onnx").write_bytes(label_graph(weights).SerializeToString())
    return target


def choose_ner(data: Path, checkpoint: Path) -> dict[str, Row]:
    """F on each development set for each way to mark entities, with float weights."""
    from training.english.export import label_graph, ner_weights, read_checkpoint, window_graph
    from training.english.network import CORPORA

    weights, vocabulary = read_checkpoint(checkpoint)
    sets = {k: v for k, v in read_development(data).items() if any(e.ner for e in v)}
    rows = {}
    with tempfile.TemporaryDirectory() as folder:
        for name in FILES:
            (Path(folder) / name).write_bytes((SHIPPED / name).read_bytes())
        (Path(folder) / "labels.onnx").write_bytes(label_graph(weights).SerializeToString())
        for habits in (None, *CORPORA):
            graph = window_graph(ner_weights(weights, habits), vocabulary, quantised=False)
            (Path(folder) / "english.onnx").write_bytes(graph.SerializeToString())
            network = Network(Path(folder))
            rows[habits or "shared"] = {
                name: score_entities(network, examples, ANNOTATED.get(name, NER_TYPES))["F"] for name, examples in sets.items()
            }
            print(habits or "shared", rows[habits or "shared"], flush=True)
    return rows


def evaluate(data: Path, checkpoint: Path | None, model: Path, *, speed_words: int) -> dict[str, object]:
    """All figures, as they are written to the JSON file."""
    tests = read_tests(data)
    shipped = Network(model)
    size = round(sum(file.stat().st_size for file in model.iterdir()) / 1e6, 1)
    scores = _scores(shipped, tests, "")
    if checkpoint is not None:
        with tempfile.TemporaryDirectory() as folder:
            scores |= _scores(Network(float_folder(checkpoint, model, Path(folder))), tests, ", float")
    nlp = load_pipeline()
    scores["raw text"] = {name: score_raw(nlp, data / path) for name, path in TREEBANKS.items()}
    speed = measure_speed(nlp, news_text(data, speed_words)) if speed_words else {}
    return {"bars": against_bars(scores, size, speed), **scores, "speed": speed, "model": shipped.meta}


def _scores(network: Network, tests: dict[str, list[Example]], suffix: str) -> dict[str, dict[str, Row]]:
    return {
        f"gold tokens{suffix}": {name: score_gold(network, tests[name]) for name in TREEBANKS},
        f"entities{suffix}": {name: score_entities(network, tests[name]) for name in NER_BARS},
    }


def against_bars(result: dict[str, dict[str, Row]], size: float, speed: Row) -> dict[str, dict[str, float | str]]:
    """Each bar with what was reached."""
    rows = {f"LAS, {name}": (bar, result["gold tokens"][name]["LAS"]) for name, bar in LAS_BARS.items()}
    rows |= {f"entities F, {name}": (bar, result["entities"][name]["F"]) for name, bar in NER_BARS.items()}
    found: dict[str, dict[str, float | str]] = {
        name: {"bar": f">= {bar}", "reached": reached, "": "yes" if reached >= bar else "NO"} for name, (bar, reached) in rows.items()
    }
    found["model, MB"] = {"bar": f"<= {SIZE_BAR}", "reached": size, "": "yes" if size <= SIZE_BAR else "NO"}
    if speed:
        rate = speed["words/s of processor time"]
        found["words/s on one core"] = {"bar": f">= {SPEED_BAR}", "reached": rate, "": "yes" if rate >= SPEED_BAR else "NO"}
    return found


def table(result: dict[str, object]) -> str:
    """The figures as Markdown."""
    lines = ["# English model", "", "Written by `python -m training.english.evaluate`; do not edit.", ""]
    for title, value in result.items():
        rows = dict(value) if isinstance(value, dict) else {}
        lines += [f"## {title[:1].upper()}{title[1:]}", ""]
        if rows and all(isinstance(row, dict) for row in rows.values()):
            columns = list(next(iter(rows.values())))
            lines += [f"| | {' | '.join(columns)} |", "|---|" + "---|" * len(columns)]
            lines += [f"| {name} | {' | '.join(str(row[column]) for column in columns)} |" for name, row in rows.items()]
        else:
            lines += [f"- {name}: {row}" for name, row in rows.items()]
        lines.append("")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with the open corpora (see docs/model-card.md)")
    parser.add_argument("--checkpoint", type=Path, help="the checkpoint that was exported, to measure the loss by quantisation")
    parser.add_argument("--out", type=Path, help="path without suffix of the JSON and Markdown files")
    parser.add_argument("--speed-words", type=int, default=60_000, help="0 leaves speed out")
    parser.add_argument("--choose-ner", action="store_true", help="only compare ways to mark entities on the development sets")
    args = parser.parse_args()
    if args.choose_ner:
        if args.checkpoint is None:
            parser.error("--choose-ner needs --checkpoint")
        choose_ner(args.data, args.checkpoint)
        return
    result = evaluate(args.data, args.checkpoint, SHIPPED, speed_words=args.speed_words)
    if args.out:
        args.out.with_suffix(".json").write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
        args.out.with_suffix(".md").write_text(table(result), encoding="utf-8")
    print(table(result))


if __name__ == "__main__":
    main()
