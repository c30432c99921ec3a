"""Scores on PLV by cross-validation: `python -m training.relations.evaluate --plv FILE --penta FILE --folds DIR`.

Compares the rules, the model without PLV, the model with the other folds of PLV, and each with the rules. What weighs the
model against the rules is fitted on the other folds too.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import torch

from benchmarks.extraction import PENTA, macro_f1
from kg.classifier import LIMITS, SHARE
from kg.codebook import RELATIONS
from kg.extract.lexicon import load_lexicon
from kg.extract.pairs import judge_pair
from kg.extract.tree import trees
from kg.model import Span
from kg.nlp import load_pipeline
from training.relations.examples import Pair, read
from training.relations.network import CLASSES, PLV_CLASSES
from training.relations.sentences import FOLDER, IGNORED, read_sentences
from training.relations.train import FOLDS, HELD, fold_of_sentence, folds_of

ROOTS = tuple(dict.fromkeys("YIELD" if c in ("CONCEDE", "RETREAT") else c for c in PLV_CLASSES))
QUADS = tuple("material cooperation" if r == "YIELD" else RELATIONS[r].quad for r in ROOTS)
"""PLV counts YIELD as material cooperation."""


def root_of(relation: str) -> str:
    return "YIELD" if relation in ("CONCEDE", "RETREAT") else relation


def merged(scores: np.ndarray) -> np.ndarray:
    """Log-probabilities (pairs, roots) from scores (pairs, classes)."""
    free = torch.log_softmax(torch.from_numpy(scores[:, [CLASSES.index(c) for c in PLV_CLASSES]]).double(), -1)
    columns = [torch.logsumexp(free[:, [i for i, c in enumerate(PLV_CLASSES) if root_of(c) == r]], -1) for r in ROOTS]
    return torch.stack(columns, -1).numpy()


def features(logs: np.ndarray, rules: list[tuple[str, float]], classes: Sequence[str], quads: Sequence[str]) -> np.ndarray:
    """(pairs, classes, 6): the model's log-probability; whether the rules say this class or its quad class, and how surely."""
    found = np.zeros((*logs.shape, 6))
    found[:, :, 0] = logs
    for row, (rule, confidence) in enumerate(rules):
        if rule not in classes:
            continue
        level = sum(confidence >= limit for limit in LIMITS)
        found[row, classes.index(rule), 1 + level] = 1
        same = [i for i, q in enumerate(quads) if q == quads[classes.index(rule)]]
        found[row, same, 4] = level == 0
        found[row, same, 5] = level > 0
    return found


def fitted(x: np.ndarray, gold: np.ndarray, used: list[int]) -> np.ndarray:
    """Weights of the features that `used` names, by maximum likelihood with a small penalty."""
    weight = torch.zeros(len(used), dtype=torch.double, requires_grad=True)
    given, wanted = torch.from_numpy(x[:, :, used]), torch.from_numpy(gold)
    optimizer = torch.optim.LBFGS([weight], max_iter=200, line_search_fn="strong_wolfe")

    def closure() -> torch.Tensor:
        optimizer.zero_grad()
        loss = torch.nn.functional.cross_entropy(given @ weight, wanted) + 1e-3 * (weight**2).sum()
        loss.backward()
        return loss

    optimizer.step(closure)
    full = np.zeros(x.shape[2])
    full[used] = weight.detach().numpy()
    return full


def held_out(x: np.ndarray, gold: np.ndarray, fold: np.ndarray, used: list[int]) -> np.ndarray:
    """Probabilities (pairs, roots), each fold's weights fitted on the others."""
    found = np.zeros(x.shape[:2])
    for k in range(FOLDS):
        weight = fitted(x[fold != k], gold[fold != k], used)
        found[fold == k] = torch.softmax(torch.from_numpy(x[fold == k] @ weight), -1).numpy()
    return found


def calibration_error(given: np.ndarray, gold: np.ndarray, bins: int = 10) -> float:
    """Expected calibration error of the likeliest class over bins of equal width."""
    sure, right = given.max(1), given.argmax(1) == gold
    place = np.minimum((sure * bins).astype(int), bins - 1)
    return float(
        sum(np.mean(place == b) * abs(sure[place == b].mean() - right[place == b].mean()) for b in range(bins) if (place == b).any())
    )


def line(name: str, given: list[str], pairs: list[Pair], quads: list[str], ece: float | None) -> str:
    told = [QUADS[ROOTS.index(g)] if g in ROOTS else RELATIONS[g].quad for g in given]
    figures = (
        macro_f1([p.relation for p in pairs], given), macro_f1(quads, told),
        macro_f1([q.split()[1] for q in quads], [q.split()[1] for q in told]),
    )  # fmt: skip
    return f"| {name} | " + " | ".join(f"{f:.1f}" for f in figures) + f" | {'' if ece is None else f'{ece:.3f}'} |"


def over_held(path: Path, sentences: list[Path]) -> list[float]:
    """Weights for where NONE may be answered, fitted on the sentences held out; prints how well they do, on halves."""
    held = [x for file in sentences for x in read_sentences(file) if fold_of_sentence(x.text) == HELD]
    pairs = [p for x in held for p in x.pairs()]
    scores = np.load(path)["relations"]
    if len(scores) != len(pairs):
        raise SystemExit(f"{path}: {len(scores)} scores for {len(pairs)} pairs; train again after a change of the sentences")
    nlp, lexicon = load_pipeline(), load_lexicon()
    parsed = {x.text: trees(nlp(x.text)) for x in held}
    rules = []
    for p in pairs:
        given = judge_pair(parsed[p.text], lexicon, Span(*p.source), Span(*p.target), None)
        rules.append((given.relation, given.confidence))
    keep = np.array([p.relation != IGNORED for p in pairs])
    logs = torch.log_softmax(torch.from_numpy(scores).double(), -1).numpy()[keep]
    x = features(
        logs, [r for r, k in zip(rules, keep, strict=True) if k], CLASSES, [RELATIONS[c].quad if c in RELATIONS else c for c in CLASSES]
    )
    gold = np.array([CLASSES.index(p.relation) for p, k in zip(pairs, keep, strict=True) if k])
    half = np.arange(len(gold)) % 2 == 0
    given = np.zeros(len(gold), int)
    for fold in (half, ~half):
        given[fold] = (x[fold] @ fitted(x[~fold], gold[~fold], list(range(6)))).argmax(1)
    nothing = CLASSES.index("NONE")
    told = {
        "rules": np.array([CLASSES.index(r) for (r, _), k in zip(rules, keep, strict=True) if k]),
        "model": logs.argmax(1),
        "both": given,
    }
    for name, answers in told.items():
        right = int(((answers == gold) & (gold != nothing)).sum())
        p, r = right / max(int((answers != nothing).sum()), 1), right / int((gold != nothing).sum())
        print(f"held-out sentences, pair or NONE, {name}: precision {p:.3f} recall {r:.3f} F1 {2 * p * r / (p + r):.3f}")
    weights: list[float] = fitted(x, gold, list(range(6))).round(4).tolist()
    return weights


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--plv", type=Path, required=True, help="pairs with the rules' answers, as training.relations.examples writes them")
    parser.add_argument("--penta", type=Path, required=True, help="the table of PLV, for the quad classes")
    parser.add_argument("--unseen", type=Path, nargs="*", default=[], help="scores (npz) of models without PLV")
    parser.add_argument("--folds", type=Path, nargs="*", default=[], help="folders with the scores of the folds")
    parser.add_argument("--only", type=int, nargs="*", default=range(FOLDS))
    parser.add_argument("--held", type=Path, help="scores (npz) of the held-out sentences")
    parser.add_argument("--sentences", type=Path, nargs="*", default=sorted(FOLDER.glob("*.txt")))
    parser.add_argument("--write", type=Path, help="JSON file whose weights for a marked pair are set, fitted on all held-out scores")
    args = parser.parse_args()
    pairs = read(args.plv)
    fold = np.array(folds_of(pairs))
    rows = args.penta.read_text(encoding="utf-8").splitlines()[1:]
    quads = [PENTA[row.split("\t")[-1]] for row in rows]
    keep = np.array([p.source != (0, 0) and p.target != (0, 0) for p in pairs]) & np.isin(fold, list(args.only))
    pairs, quads = [p for p, k in zip(pairs, keep, strict=True) if k], [q for q, k in zip(quads, keep, strict=True) if k]
    gold = np.array([ROOTS.index(p.relation) for p in pairs])
    print(f"{len(pairs)} pairs\n| what | root | quad | binary | calibration error |\n|---|---|---|---|---|")
    print(line("rules", [root_of(p.rule) for p in pairs], pairs, quads, None))
    weight: dict[str, object] = {}
    for name, scores in read_scores(args, fold, keep):
        logs = merged(scores)
        print(line(name, [ROOTS[i] for i in logs.argmax(1)], pairs, quads, calibration_error(np.exp(logs), gold)))
        x = features(logs, [(root_of(p.rule), p.rule_confidence) for p in pairs], ROOTS, QUADS)
        for what, used in (("temperature", [0]), ("with rules", list(range(6)))):
            given = held_out(x, gold, fold[keep], used)
            print(line(f"{name}, {what}", [ROOTS[i] for i in given.argmax(1)], pairs, quads, calibration_error(given, gold)))
        weight = {
            "pair": fitted(x, gold, [0] if name == "both" else list(range(6))).round(4).tolist()
        }  # to two models the rules add nothing
    if args.held:
        weight["pair_or_none"] = over_held(args.held, args.sentences)
    if args.write and weight:
        update(args.write, weight)


def update(path: Path, fields: Mapping[str, object]) -> None:
    """Set fields of a JSON file, and leave its others as they are."""
    row = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    path.write_text(json.dumps(row | dict(fields), indent=1, sort_keys=True) + "\n", encoding="utf-8")


def read_scores(args: argparse.Namespace, fold: np.ndarray, keep: np.ndarray) -> list[tuple[str, np.ndarray]]:
    """Named scores (pairs, classes) of the pairs kept."""
    found = [(f"without PLV ({path.parent.name})", np.load(path)["relations"][keep]) for path in args.unseen]
    several = []
    for folder in args.folds:
        scores = np.zeros((len(fold), len(CLASSES)), np.float32)
        for k in args.only:
            scores[fold == k] = np.load(folder / f"fold{k}.npz")["relations"]
        several.append((f"with PLV ({folder.name})", scores[keep]))
    found += several
    if len(several) == 2:
        found.append(("both", several[0][1] + SHARE * several[1][1]))
    return found


if __name__ == "__main__":
    main()
