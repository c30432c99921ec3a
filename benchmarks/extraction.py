"""How well statements are coded: `python -m benchmarks.extraction --gold FILE... [--article GOLD TEXT --date D] [--plv FILE]`.

Gold files are in the notation of `kg evaluate`. PLV is the development split of Hu et al. (ACL 2024), of which no
sentence is kept here: a pair is given, the relation is judged among the codebook's 16 PLOVER roots, CONCEDE and
RETREAT counted as its YIELD. Also measures words a second of the whole extraction.
"""

from __future__ import annotations

import argparse
import csv
import time
from collections import Counter
from pathlib import Path

from kg.classifier import Classifier
from kg.codebook import RELATIONS
from kg.evaluate import RUNGS, read_gold, score_item, total
from kg.model import Document
from kg.pipeline import Extractor, Settings
from kg.read import document_id
from training.relations.examples import unmarked

EVENTS = tuple(code for code, r in RELATIONS.items() if r.quad != "standing" and code != "APPEAL")  # PLV has no APPEAL
PENTA = {"1": "verbal cooperation", "2": "material cooperation", "3": "verbal conflict", "4": "material conflict"}


def gold_rows(extractor: Extractor, path: Path, text: Path | None, date: str | None) -> list[str]:
    """Table rows of one gold file, one a rung."""
    results = []
    for item in read_gold(path, text):
        document = Document(document_id(item.id, item.text), item.text, published=item.date or date)
        results.append(score_item(item, extractor.extract(document), extractor.catalogue.aliases))
    sums = total(results)
    return [
        f"| {path.stem} | {rung} | {sums[rung].precision:.3f} | {sums[rung].recall:.3f} | {sums[rung].f1:.3f} | {sums[rung].gold} |"
        for rung in RUNGS
    ]


def plv_lines(path: Path) -> list[str]:
    """Macro-F1 of root, quad class and binary over the pairs of PLV that are fully marked."""
    classifier = Classifier(None, EVENTS)
    classifier.models = []  # the shipped model was trained on these pairs; benchmarks/relations.md has its held-out folds
    gold: list[tuple[str, str]] = []
    given: list[tuple[str, str]] = []
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
            text, spans = unmarked(row["marked_sentence"])
            if any(begin == end for begin, end in spans.values()):
                continue
            relation = str(classifier.classify(text, spans["s"], spans["t"])["relation"])
            root = "YIELD" if relation in ("CONCEDE", "RETREAT") else relation
            gold.append((row["gold_root"], PENTA[row["gold_penta"]]))
            given.append((root, "material cooperation" if root == "YIELD" else RELATIONS[relation].quad))  # as PLV has it
    levels = {
        "root": ([g for g, _ in gold], [p for p, _ in given]),
        "quad": ([q for _, q in gold], [q for _, q in given]),
        "binary": ([q.split()[1] for _, q in gold], [q.split()[1] for _, q in given]),
    }
    return [f"| {name} | {macro_f1(g, p):.1f} | {len(g)} |" for name, (g, p) in levels.items()]


def macro_f1(gold: list[str], given: list[str]) -> float:
    """Mean F1 of the classes of the gold, in per cent."""
    right = Counter(g for g, p in zip(gold, given, strict=True) if g == p)
    wanted, told = Counter(gold), Counter(given)
    return 100 * sum(2 * right[c] / (wanted[c] + told[c]) for c in wanted) / len(wanted)


def speed(extractor: Extractor, text: str) -> float:
    """Words a second of processor time of the whole extraction over a text, which it has seen once before."""
    document = Document(document_id("speed", text), text, published="2024-01-01")
    extractor.extract(document)
    started = time.process_time()
    extractor.extract(document)
    return len(text.split()) / (time.process_time() - started)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--gold", type=Path, nargs="+", required=True)
    parser.add_argument("--article", type=Path, nargs=2, metavar=("GOLD", "TEXT"), help="gold statements and text of one document")
    parser.add_argument("--date", default=None, help="date of gold files that name none")
    parser.add_argument("--plv", type=Path)
    parser.add_argument("--out", type=Path, default=Path("benchmarks/extraction.md"))
    args = parser.parse_args()
    lines = ["# Coding statements"]
    speeds = []
    for name, settings in (
        ("Rules and relation model (the default)", Settings()),
        ("Rules alone (`--rules-only`)", Settings(rules_only=True)),
    ):
        extractor = Extractor(settings)
        lines += ["", f"## {name}", "", "| gold | rung | precision | recall | F1 | statements |", "|---|---|---|---|---|---|"]
        for path in args.gold:
            lines += gold_rows(extractor, path, None, args.date)
        if args.article:
            lines += gold_rows(extractor, args.article[0], args.article[1], args.date)
        texts = ["\n\n".join(item.text for path in args.gold for item in read_gold(path))]
        texts += [args.article[1].read_text(encoding="utf-8")] if args.article else []
        speeds.append(f"| {name} | " + " | ".join(f"{speed(extractor, text):,.0f}" for text in texts) + " |")
    if args.plv:
        lines += [
            "",
            "## A marked pair",
            "",
            "| PLV development split, pair given, rules alone | macro-F1 | pairs |",
            "|---|---|---|",
            *plv_lines(args.plv),
        ]
    lines += ["", "## Speed of the whole extraction, words a second of processor time", ""]
    lines += ["| what | gold texts |" + (" article |" if args.article else ""), "|---|---|" + ("---|" if args.article else ""), *speeds]
    text = "\n".join(lines) + "\n"
    args.out.write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
