"""Train the relation model: `python -m training.relations.train own --own FILE --out DIR`, then `folds` and `final` from its checkpoint.

`own` trains on our own sentences alone. `folds` goes on from there for each of five folds of PLV with the other four
and a sample of our own, and writes every pair's held-out scores; `final` does so with all of PLV.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch
from tokenizers import Tokenizer
from torch import Tensor
from torch.nn import functional as F

from kg.nlp.relations import Marked, marked, open_tokenizer
from training.english.train import minilm_folder
from training.relations.examples import Pair, read
from training.relations.network import CLASSES, PLV_CLASSES, STATUSES, RelationNetwork

FOLDS = 5
Item = tuple[Marked, Pair]


def prepared(tokenizer: Tokenizer, pairs: list[Pair]) -> list[Item]:
    return [(marked(tokenizer, p.text, p.source, p.target), p) for p in pairs]


def answers(relation: str) -> list[str]:
    return ["CONCEDE", "RETREAT"] if relation == "YIELD" else [relation]


def batch_of(items: list[Item]) -> dict[str, Tensor]:
    """Padded tensors; `open` (batch, classes) are the classes that the annotation chose among, `gold` those that are right."""
    width = max(len(x.ids) for x, _ in items)
    ids = torch.zeros(len(items), width, dtype=torch.long)
    shapes, mask = torch.zeros_like(ids), torch.zeros_like(ids)
    gold, free = torch.zeros(len(items), len(CLASSES), dtype=torch.bool), torch.ones(len(items), len(CLASSES), dtype=torch.bool)
    status = torch.full((len(items),), -100)
    for row, (x, pair) in enumerate(items):
        ids[row, : len(x.ids)], shapes[row, : len(x.ids)], mask[row, : len(x.ids)] = torch.tensor(x.ids), torch.tensor(x.shapes), 1
        gold[row, [CLASSES.index(c) for c in answers(pair.relation)]] = True
        if pair.origin == "plv":
            free[row] = torch.tensor([c in PLV_CLASSES for c in CLASSES])
        elif pair.relation != "NONE":
            status[row] = STATUSES.index(pair.status)
    marks = torch.tensor([x.marks for x, _ in items])
    return {"ids": ids, "shapes": shapes, "mask": mask, "marks": marks, "gold": gold, "open": free, "status": status}


def batches(items: list[Item], size: int, rng: random.Random) -> Iterator[dict[str, Tensor]]:
    """Batches of pairs of like length, in random order."""
    order = sorted(rng.sample(items, len(items)), key=lambda item: len(item[0].ids) + rng.random() * 4)
    groups = [order[i : i + size] for i in range(0, len(order), size)]
    rng.shuffle(groups)
    for group in groups:
        yield batch_of(group)


def loss_of(network: RelationNetwork, x: dict[str, Tensor]) -> Tensor:
    with torch.autocast("cpu", dtype=torch.bfloat16):
        relations, statuses = network(x["ids"], x["shapes"], x["mask"], x["marks"])
    scores = F.log_softmax(relations.float().masked_fill(~x["open"], -1e4), -1)
    loss = -torch.logsumexp(scores.masked_fill(~x["gold"], -1e4), -1).mean()
    if (x["status"] >= 0).any():
        loss = loss + 0.3 * F.cross_entropy(statuses.float(), x["status"])
    return loss


def fit(network: RelationNetwork, epochs: list[list[Item]], *, rate: float, seed: int, size: int = 32) -> None:
    """Trains on one list of items an epoch. The tables of words and places stay as they are, the marks' rows too."""
    torch.manual_seed(seed)
    rng = random.Random(seed)
    network.train()
    network.encoder.words.weight.requires_grad = network.encoder.positions.weight.requires_grad = False
    encoder = [p for p in network.encoder.parameters() if p.requires_grad]
    heads = [p for n, p in network.named_parameters() if not n.startswith("encoder.")]
    groups = [{"params": encoder, "lr": rate}, {"params": heads, "lr": 5 * rate}]
    optimizer = torch.optim.AdamW(groups, weight_decay=0.01, fused=True)
    steps = sum(-(-len(items) // size) for items in epochs)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, [rate, 5 * rate], total_steps=steps + 1, pct_start=0.1, anneal_strategy="linear"
    )
    for epoch, items in enumerate(epochs):
        started, total = time.monotonic(), 0.0
        for x in batches(items, size, rng):
            loss = loss_of(network, x)
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimizer.step()
            schedule.step()
            total += float(loss.detach())
        print(f"epoch {epoch} loss {total / -(-len(items) // size):.3f} {time.monotonic() - started:.0f} s", flush=True)


@torch.no_grad()
def scores_of(network: RelationNetwork, items: list[Item]) -> tuple[np.ndarray, np.ndarray]:
    """Raw scores (pairs, classes) and (pairs, statuses) in the order given, in float32."""
    network.eval()
    relations, statuses = np.zeros((len(items), len(CLASSES)), np.float32), np.zeros((len(items), len(STATUSES)), np.float32)
    order = sorted(range(len(items)), key=lambda i: len(items[i][0].ids))
    for start in range(0, len(order), 64):
        rows = order[start : start + 64]
        x = batch_of([items[i] for i in rows])
        given = network(x["ids"], x["shapes"], x["mask"], x["marks"])
        relations[rows], statuses[rows] = given[0].numpy(), given[1].numpy()
    return relations, statuses


def folds_of(pairs: list[Pair], seed: int = 0) -> list[int]:
    """The fold of each pair; pairs of one sentence share theirs, relations are spread evenly."""
    groups: dict[str, str] = {}
    for pair in pairs:
        groups.setdefault(pair.group, pair.relation)
    names = sorted(groups)
    random.Random(seed).shuffle(names)
    names.sort(key=lambda name: groups[name])
    fold = {name: i % FOLDS for i, name in enumerate(names)}
    return [fold[pair.group] for pair in pairs]


def mixed(own: list[Item], plv: list[Item], epochs: int, seed: int, sample: int) -> list[list[Item]]:
    rng = random.Random(seed)
    return [[*plv, *rng.sample(own, min(sample, len(own)))] for _ in range(epochs)]


def averaged(runs: list[RelationNetwork]) -> RelationNetwork:
    """The first network with the mean of all weights: runs from one checkpoint lie close enough for that."""
    states = [network.state_dict() for network in runs]
    runs[0].load_state_dict({k: torch.stack([state[k] for state in states]).mean(0) for k in states[0]})
    return runs[0]


def accuracy(scores: np.ndarray, items: list[Item]) -> float:
    """Share of PLV pairs whose relation is right, among PLV's classes."""
    free = [CLASSES.index(c) for c in PLV_CLASSES]
    given = [PLV_CLASSES[i] for i in scores[:, free].argmax(1)]
    return float(np.mean([g in answers(p.relation) for g, (_, p) in zip(given, items, strict=True)]))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("stage", choices=("own", "folds", "final"))
    parser.add_argument("--own", type=Path, required=True)
    parser.add_argument("--plv", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--start", type=Path, help="own: encoder weights (default MiniLM); folds, final: checkpoint of own")
    parser.add_argument("--epochs", type=int, default=4)
    parser.add_argument("--rate", type=float, default=1e-4)
    parser.add_argument("--sample", type=int, default=1200, help="folds, final: own pairs an epoch")
    parser.add_argument("--only", type=int, nargs="*", default=range(FOLDS))
    parser.add_argument("--seeds", type=int, nargs="+", default=[5], help="one run each; the mean of their weights is kept")
    parser.add_argument("--threads", type=int, default=2)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    args.out.mkdir(parents=True, exist_ok=True)
    tokenizer = open_tokenizer(minilm_folder() / "tokenizer.json")
    own = prepared(tokenizer, read(args.own))
    plv = prepared(tokenizer, read(args.plv)) if args.plv else []

    def fresh() -> RelationNetwork:
        torch.manual_seed(args.seeds[0])
        network = RelationNetwork()
        if args.stage == "own":
            network.load_encoder(args.start or minilm_folder() / "model.safetensors")
        elif args.start:
            network.load_state_dict(torch.load(args.start, weights_only=True))
        else:
            network.load_encoder(minilm_folder() / "model.safetensors")
        return network

    def tuned(plv: list[Item]) -> RelationNetwork:
        runs = []
        for seed in args.seeds:
            network = fresh()
            fit(network, mixed(own, plv, args.epochs, seed, args.sample), rate=args.rate, seed=seed)
            runs.append(network)
        return averaged(runs)

    if args.stage == "own":
        network = fresh()
        fit(network, [own] * args.epochs, rate=args.rate, seed=args.seeds[0])
        torch.save(network.state_dict(), args.out / "own.pt")
        if plv:
            scores, _ = scores_of(network, plv)
            np.save(args.out / "own.npy", scores)
            print(json.dumps({"plv accuracy": accuracy(scores, plv)}), flush=True)
    elif args.stage == "final":
        torch.save(tuned(plv).state_dict(), args.out / "final.pt")
    else:
        fold = folds_of([p for _, p in plv])
        for k in args.only:
            train = [item for item, f in zip(plv, fold, strict=True) if f != k]
            held = [item for item, f in zip(plv, fold, strict=True) if f == k]
            network = tuned(train)
            torch.save(network.state_dict(), args.out / f"fold{k}.pt")
            scores, _ = scores_of(network, held)
            np.save(args.out / f"fold{k}.npy", scores)
            print(json.dumps({"fold": k, "plv accuracy": accuracy(scores, held)}), flush=True)


if __name__ == "__main__":
    main()
