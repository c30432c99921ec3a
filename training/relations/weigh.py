"""Fit how rules and relation model are weighed: `python -m training.relations.weigh --checkpoint FILE --out kg/data/weighing.json`.

The annotated sentences that the checkpoint has not seen go through the whole extraction. A candidate is right if the sentence lists
its pair and relation. The printed figures are of weights fitted on the other four fifths; what is written is fitted on all.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
import torch

from kg.extract.proposals import Proposal
from kg.extract.weighing import MODEL_RULE, Candidate, Features, Weights, weighed
from kg.model import Document, Link
from kg.nlp.relations import RelationModel
from kg.pipeline import Extractor, Settings
from kg.read import document_id
from training.relations.evaluate import update
from training.relations.export import export
from training.relations.sentences import BOTH_WAYS, FOLDER, Annotated, read_sentences
from training.relations.train import FOLDS, HELD, fold_of_sentence

EVERY = Weights({}, {}, {"known": 2.0, "all": 2.0})
"""Keeps all that the rules propose."""
KNOWN = 0.5
"""The floor where only known actors are admitted: there precision counts more; the best of the development files, in steps of a tenth."""
FLOORS = tuple(round(0.2 + 0.025 * i, 3) for i in range(21))


@dataclass(slots=True)
class Judged:
    """Candidates of one sentence, and which are right (None: not known); `wanted` counts the statements listed."""

    found: list[Candidate]
    right: list[bool | None]
    links: list[Link]
    wanted: int


def judge(extractor: Extractor, x: Annotated) -> Judged:
    """The candidates of an annotated sentence, judged by its marks."""
    document = Document(document_id(x.place, x.text), x.text, published="2015-06-01")
    found: list[Candidate] = []
    right: list[bool | None] = []
    every: list[Link] = []
    listed = {(s, r, t) for s, r, t, _ in x.statements}
    hit: set[tuple[int, str, int]] = set()
    for seen in extractor.examined(document):
        links = seen.links
        ends = actors_of(x, links)
        for c in seen.candidates:
            s, t = (ends.get(links[i].actor.id if links[i].actor else "") for i in (c.proposal.source, c.proposal.target))
            r = c.proposal.relation
            if s == t and s is not None:
                known: bool | None = None
            elif s is None or t is None:
                known = False
            elif (s, r, t) in listed:
                known = True
                hit.add((s, r, t))
            else:
                known = None if r in BOTH_WAYS and (t, r, s) in listed else False
            offset = len(every)
            found.append(shifted(c, offset))
            right.append(known)
        every.extend(links)
    return Judged(found, right, every, len(x.statements))


def shifted(c: Candidate, offset: int) -> Candidate:
    p = c.proposal
    moved = Proposal(p.tree, p.source + offset, p.relation, p.target + offset, p.status, None, p.trigger, p.words, p.rule, p.confidence)
    return Candidate(moved, c.features)


def actors_of(x: Annotated, links: list[Link]) -> dict[str, int]:
    """The mark of each actor whose mention overlaps it; an actor under two marks has the first."""
    found: dict[str, int] = {}
    for link in links:
        for k, (begin, end) in enumerate(x.actors):
            if link.actor and link.rule != "pronoun" and link.mention.span.begin < end and begin < link.mention.span.end:
                found.setdefault(link.actor.id, k)
    return found


def fitted(rows: list[tuple[Features, bool]]) -> Features:
    """Weights of a logistic regression, by maximum likelihood with a small penalty."""
    names = sorted({name for features, _ in rows for name in features})
    x = torch.tensor([[features.get(name, 0.0) for name in names] for features, _ in rows], dtype=torch.double)
    y = torch.tensor([float(r) for _, r in rows], dtype=torch.double)
    weight = torch.zeros(x.shape[1], dtype=torch.double, requires_grad=True)
    optimizer = torch.optim.LBFGS([weight], max_iter=300, line_search_fn="strong_wolfe")

    def closure() -> torch.Tensor:
        optimizer.zero_grad()
        loss = torch.nn.functional.binary_cross_entropy_with_logits(x @ weight, y) + 1e-5 * (weight**2).sum()
        loss.backward()
        return loss

    optimizer.step(closure)
    return {name: round(float(w), 4) for name, w in zip(names, weight.detach(), strict=True)}


def weights_of(judged: list[Judged]) -> Weights:
    rows: dict[bool, list[tuple[Features, bool]]] = {True: [], False: []}
    for j in judged:
        for c, r in zip(j.found, j.right, strict=True):
            if r is not None:
                rows[c.proposal.rule == MODEL_RULE].append((c.features, r))
    return Weights(fitted(rows[False]), fitted(rows[True]), {})


@dataclass(slots=True)
class Counts:
    told: int = 0
    right: int = 0
    wanted: int = 0

    def add(self, other: Counts) -> None:
        self.told, self.right, self.wanted = self.told + other.told, self.right + other.right, self.wanted + other.wanted

    def line(self) -> str:
        p, r = self.right / max(self.told, 1), self.right / max(self.wanted, 1)
        return f"precision {p:.3f} recall {r:.3f} F1 {2 * self.right / max(self.told + self.wanted, 1):.3f}"


def counted(judged: list[Judged], weights: Weights, floor: float) -> tuple[Counts, list[tuple[float, bool]]]:
    """Statements told, right and wanted; and the confidence of each told with whether it is right."""
    counts, sure = Counts(), []
    for j in judged:
        known = {id(c): r for c, r in zip(j.found, j.right, strict=True)}
        by = {
            (c.proposal.source, c.proposal.relation, c.proposal.target, c.proposal.status, c.proposal.rule): known[id(c)] for c in j.found
        }
        counts.wanted += j.wanted
        told = set()
        ids = [link.actor.id if link.actor else "" for link in j.links]
        for p in weighed(j.found, j.links, weights, floor):
            r = by[p.source, p.relation, p.target, p.status, p.rule]
            key = (ids[p.source], p.relation, ids[p.target])
            if r is None or key in told:
                continue
            told.add(key)
            counts.told += 1
            counts.right += r
            sure.append((p.confidence, r))
    return counts, sure


def calibration_error(sure: list[tuple[float, bool]], bins: int = 10) -> float:
    """Expected calibration error over bins of equal width."""
    place = [min(int(c * bins), bins - 1) for c, _ in sure]
    error = 0.0
    for b in set(place):
        inside = [s for s, k in zip(sure, place, strict=True) if k == b]
        error += len(inside) / len(sure) * abs(np.mean([c for c, _ in inside]) - np.mean([r for _, r in inside]))
    return float(error)


def collect(args: argparse.Namespace) -> list[Judged]:
    """The sentences that the model has not seen, judged."""
    sentences = [x for path in args.sentences for x in read_sentences(path)]
    held = [x for x in sentences if args.whole or fold_of_sentence(x.text) == HELD]
    with tempfile.TemporaryDirectory() as folder:
        export(args.checkpoint, Path(folder))
        extractor = Extractor(Settings(actors="all"))
        extractor.relations = RelationModel.load(Path(folder))
        extractor.weights = EVERY
        return [judge(extractor, x) for x in held]


def best_floor(judged: list[Judged], weights: Weights) -> float:
    """The confidence asked of the model's own statements that gives the best F1."""

    def f1(floor: float) -> float:
        counts, _ = counted(judged, weights, floor)
        return 2 * counts.right / max(counts.told + counts.wanted, 1)

    return max(FLOORS, key=lambda floor: (f1(floor), -floor))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--checkpoint", type=Path, required=True, help="weights trained with --hold")
    parser.add_argument("--sentences", type=Path, nargs="*", default=sorted(FOLDER.glob("*.txt")))
    parser.add_argument("--whole", action="store_true", help="take all sentences: none was trained on")
    parser.add_argument("--out", type=Path)
    args = parser.parse_args()
    every = collect(args)
    names = ("rules alone", "rules and model", f"at {KNOWN}")
    total = {name: Counts() for name in names}
    sure: dict[str, list[tuple[float, bool]]] = {name: [] for name in names}
    for k in range(FOLDS):
        others = [j for i, j in enumerate(every) if i % FOLDS != k]
        weights = weights_of(others)
        for name, floor in (("rules alone", 2.0), ("rules and model", best_floor(others, weights)), (f"at {KNOWN}", KNOWN)):
            counts, own = counted([j for i, j in enumerate(every) if i % FOLDS == k], weights, floor)
            total[name].add(counts)
            sure[name] += own
    print(f"{len(every)} sentences")
    for name, counts in total.items():
        print(f"{name}: {counts.line()}; calibration error {calibration_error(sure[name]):.3f} of {len(sure[name])} statements")
    weights = weights_of(every)
    weights = replace(weights, floors={"known": KNOWN, "all": best_floor(every, weights)})
    print(json.dumps(asdict(weights)))
    if args.out:
        update(args.out, asdict(weights))


if __name__ == "__main__":
    main()
