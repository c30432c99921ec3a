"""What confidences are worth on gold files: `python -m training.relations.scale --gold FILE... --out kg/data/weighing.json`.

The weights of `training.relations.weigh` come from sentences in which all actors are admitted. Here the statements among known actors in
gold files are judged one by one on the root rung, and a line through the log odds is fitted, for rules and model apart. The calibration
error is of held-out fifths of the items, and of other gold files with `--check`.
"""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch

from kg.evaluate import Item, read_gold, score_item
from kg.model import Document
from kg.pipeline import EXTRACTOR_OF_MODEL, Extractor
from kg.read import document_id
from training.relations.evaluate import update
from training.relations.train import FOLDS
from training.relations.weigh import calibration_error

Told = tuple[int, str, float, bool]
"""Item, kind ("rule" or "model"), log odds of the confidence, and whether the statement is right."""


def told(extractor: Extractor, items: list[Item]) -> list[Told]:
    """The statements of gold items; those that count neither way are left out."""
    found = []
    for number, item in enumerate(items):
        for s in extractor.extract(Document(document_id(item.id, item.text), item.text, published=item.date)):
            score = score_item(item, [s], extractor.catalogue.aliases).scores["root"]
            if score.predicted:
                confidence = min(max(s.evidence.confidence, 0.005), 0.995)
                kind = "model" if s.evidence.extractor.startswith(EXTRACTOR_OF_MODEL) else "rule"
                found.append((number, kind, float(np.log(confidence / (1 - confidence))), bool(score.hit)))
    return found


def line(rows: list[Told]) -> tuple[float, float]:
    """Offset and slope by maximum likelihood, drawn a little towards (0, 1)."""
    x = torch.tensor([odds for _, _, odds, _ in rows], dtype=torch.double)
    y = torch.tensor([float(right) for *_, right in rows], dtype=torch.double)
    w = torch.tensor([0.0, 1.0], dtype=torch.double, requires_grad=True)
    optimizer = torch.optim.LBFGS([w], max_iter=100, line_search_fn="strong_wolfe")

    def closure() -> torch.Tensor:
        optimizer.zero_grad()
        loss = torch.nn.functional.binary_cross_entropy_with_logits(w[0] + w[1] * x, y, reduction="sum")
        loss = loss + 0.1 * (w[0] ** 2 + (w[1] - 1) ** 2)
        loss.backward()
        return loss

    optimizer.step(closure)
    offset, slope = w.detach().tolist()
    return round(offset, 4), round(slope, 4)


def lines(rows: list[Told]) -> dict[str, tuple[float, float]]:
    return {kind: line([r for r in rows if r[1] == kind]) for kind in ("rule", "model")}


def sure(rows: list[Told], fitted: dict[str, tuple[float, float]]) -> list[tuple[float, bool]]:
    """Scaled confidence and whether it was right."""
    return [(float(1 / (1 + np.exp(-fitted[kind][0] - fitted[kind][1] * odds))), right) for _, kind, odds, right in rows]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--gold", type=Path, nargs="+", required=True)
    parser.add_argument("--check", type=Path, nargs="*", default=[], help="gold files that nothing is fitted on")
    parser.add_argument("--out", type=Path)
    args = parser.parse_args()
    extractor = Extractor()
    extractor.weights = replace(extractor.weights, scale={})
    rows = told(extractor, [item for path in args.gold for item in read_gold(path)])
    held: list[tuple[float, bool]] = []
    for k in range(FOLDS):
        held += sure([r for r in rows if r[0] % FOLDS == k], lines([r for r in rows if r[0] % FOLDS != k]))
    fitted = lines(rows)
    print(f"{len(rows)} statements of {sum(r[1] == 'model' for r in rows)} by the model; {fitted}")
    before = calibration_error(sure(rows, {"rule": (0.0, 1.0), "model": (0.0, 1.0)}))
    print(f"calibration error: {before:.3f} unscaled, {calibration_error(held):.3f} scaled, on held-out fifths")
    for path in args.check:
        other = sure(told(extractor, list(read_gold(path))), fitted)
        print(f"calibration error on {path.name}: {calibration_error(other):.3f} of {len(other)} statements")
    if args.out:
        update(args.out, {"scale": fitted})


if __name__ == "__main__":
    main()
