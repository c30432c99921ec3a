"""Speed, size and memory of the English pipeline: `python -m benchmarks.english [FILE...]` (default: the example articles, repeated).

One process, one core (onnxruntime on one thread); a word is a token that is not white space. The scores are in english.md,
written by `python -m training.english.evaluate`.
"""

from __future__ import annotations

import os
import resource
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from spacy.language import Language

from kg.nlp import load_pipeline
from kg.nlp.english import SHIPPED

EXAMPLES = Path(__file__).parent.parent / "examples"
LEAST_WORDS = 20_000


def measure_speed(nlp: Language, texts: Sequence[str]) -> dict[str, float]:
    """Words a second of the whole pipeline, by the clock and by processor time, after a warm-up."""
    for text in texts[:3]:
        nlp(text)
    began, used = time.perf_counter(), time.process_time()
    words = sum(not token.is_space for doc in nlp.pipe(texts) for token in doc)
    clock, processor = time.perf_counter() - began, time.process_time() - used
    return {
        "words": words,
        "words/s": round(words / clock),
        "words/s of processor time": round(words / processor),
        "load of the machine": round(os.getloadavg()[0], 1),
    }


def measure_all(texts: Sequence[str]) -> dict[str, float]:
    """Size of the model folder, time to load and read a first sentence, speed, and the most memory that was held."""
    began = time.perf_counter()
    nlp = load_pipeline()
    nlp("A first sentence opens the model.")
    ready = time.perf_counter() - began
    return {
        "model, MB": round(sum(file.stat().st_size for file in SHIPPED.iterdir()) / 1e6, 1),
        "ready after, s": round(ready, 2),
        **measure_speed(nlp, texts),
        "most memory, MB": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3),
    }


def main(paths: Sequence[str]) -> None:
    texts = [Path(path).read_text(encoding="utf-8") for path in paths or sorted(map(str, EXAMPLES.rglob("*.txt")))]
    if not texts:
        raise SystemExit("no text to read: name some files")
    rounds = -(-LEAST_WORDS // max(1, sum(len(text.split()) for text in texts)))
    print("| measure | value |\n|---|---|")
    for name, value in measure_all(list(texts) * rounds).items():
        print(f"| {name} | {value} |")


if __name__ == "__main__":
    main(sys.argv[1:])
