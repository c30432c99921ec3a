"""Train the relation model: `python -m training.relations.train patterns --patterns FILE --out DIR`, then `sentences`, `folds`, `final`.

`patterns` trains on pairs made from the lexicon and from patterns, `sentences` goes on with our own annotated sentences. `folds`
goes on from there for each of five folds of PLV with the other four and a sample of our own, and writes every pair's held-out
scores; `final` does so with all of PLV. With `--hold` a fifth of the sentences is left out, on which `training.relations.weigh`
fits how rules and model are weighed.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np
import torch
from tokenizers import Tokenizer
from torch import Tensor
from torch.nn import functional as F

from kg.codebook import RELATIONS
from kg.nlp.relations import Marked, Spans, arrays, marked, open_tokenizer
from training.english.train import minilm_folder
from training.relations.examples import Pair, read
from training.relations.network import CLASSES, PLV_CLASSES, STATUSES, RelationNetwork
from training.relations.sentences import FOLDER, IGNORED, read_sentences

FOLDS = 5
HELD = 0
"""The fold of our own sentences on which the weighing of rules and model is fitted."""
NOTHING = 0.4
"""Weight of a pair that holds nothing: most pairs of a sentence do."""
ONLY = 3.0
"""Weight of a pair of PLV, which annotates one a sentence where our own annotate all."""


MOST_OF_ONE = 8
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Item:
    """A sentence's input with, for each of its pairs, the relations that are right (none: not trained on), the status, and its rows."""

    marked: Marked
    relations: list[tuple[str, ...]]
    statuses: list[str]
    rows: list[list[int]]
    is_plv: bool


def prepared(tokenizer: Tokenizer, pairs: list[Pair]) -> list[Item]:
    """Pairs of one text in one item; `rows` are their places in the list given."""
    texts: dict[tuple[str, str], dict[Spans, list[int]]] = {}
    for row, pair in enumerate(pairs):
        texts.setdefault((pair.text, pair.origin), {}).setdefault((pair.source, pair.target), []).append(row)
    found = []
    for (text, origin), spans in texts.items():
        rows = list(spans.values())
        for x, indices in marked(tokenizer, text, list(spans)):
            chosen = [rows[i] for i in indices]
            relations = [tuple(dict.fromkeys(a for row in some for a in answers(pairs[row].relation))) for some in chosen]
            statuses = [pairs[some[0]].status if len({pairs[row].status for row in some}) == 1 else "" for some in chosen]
            found.append(Item(x, relations, statuses, chosen, origin == "plv"))
    return found


def answers(relation: str) -> list[str]:
    return {"YIELD": ["CONCEDE", "RETREAT"], IGNORED: []}.get(relation, [relation])


def batch_of(items: list[Item]) -> tuple[dict[str, Tensor], dict[str, Tensor]]:
    """Padded inputs; and what is right: `open` (batch, pairs, classes) are the classes that the annotation chose among,
    `gold` those that are right, `weight` (batch, pairs) is 0 where nothing is known, `status` -100."""
    longest, most = max(len(i.marked.ids) for i in items), max(len(i.rows) for i in items)
    size = longest + 4 * most
    x = {name: torch.zeros(len(items), size, dtype=torch.long) for name in ("ids", "shapes", "places")}
    x["seen"], x["text"] = torch.zeros(len(items), size, size), torch.zeros(len(items), 1, size)
    x["marks"] = torch.arange(longest, size).reshape(1, most, 4).expand(len(items), -1, -1)
    gold = torch.zeros(len(items), most, len(CLASSES), dtype=torch.bool)
    y = {
        "gold": gold,
        "open": torch.ones_like(gold),
        "weight": torch.zeros(len(items), most),
        "status": torch.full((len(items), most), -100),
    }
    x["seen"][:, torch.arange(size), torch.arange(size)] = 1  # so that no row of a pad sees nothing
    for row, item in enumerate(items):
        n, end = len(item.marked.ids), longest + 4 * len(item.rows)
        one = arrays(item.marked)
        for name in ("ids", "shapes", "places"):
            values = torch.from_numpy(one[name])
            x[name][row, :n], x[name][row, longest:end] = values[:n], values[n:]
        seen = torch.from_numpy(one["seen"][0]).float()
        x["seen"][row, :n, :n], x["seen"][row, longest:end, :n] = seen[:n, :n], seen[n:, :n]
        x["seen"][row, longest:end, longest:end] = seen[n:, n:]
        x["text"][row, 0, :n] = 1 / n
        for k, (relations, status) in enumerate(zip(item.relations, item.statuses, strict=True)):
            y["gold"][row, k, [CLASSES.index(c) for c in relations]] = True
            y["weight"][row, k] = 0.0 if not relations else NOTHING if relations == ("NONE",) else ONLY if item.is_plv else 1.0
            if item.is_plv:
                y["open"][row, k] = torch.tensor([c in PLV_CLASSES for c in CLASSES])
            elif relations and relations != ("NONE",) and status:
                y["status"][row, k] = STATUSES.index(status)
    return x, y


def same_quad() -> Tensor:
    """(classes, classes): 1 where two classes are of one quad class, so that the loss can ask for that too. CONCEDE counts as RETREAT."""
    quads = [RELATIONS["RETREAT"].quad if c == "CONCEDE" else RELATIONS[c].quad if c in RELATIONS else c for c in CLASSES]
    return torch.tensor([[float(a == b) for b in quads] for a in quads])


QUADS = same_quad()


def batches(items: list[Item], size: int, rng: random.Random) -> Iterator[list[Item]]:
    """Groups of items of like length, in random order."""
    order = sorted(rng.sample(items, len(items)), key=lambda item: len(item.marked.ids) + 4 * len(item.rows) + rng.random() * 4)
    groups = [order[i : i + size] for i in range(0, len(order), size)]
    rng.shuffle(groups)
    yield from groups


def loss_of(network: RelationNetwork, items: list[Item]) -> Tensor:
    x, y = batch_of(items)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        relations, statuses = network(**x)
    scores = F.log_softmax(relations.float().masked_fill(~y["open"], -1e4), -1)
    near = (y["gold"].float() @ QUADS) > 0
    losses = -torch.logsumexp(scores.masked_fill(~y["gold"], -1e4), -1) - 0.5 * torch.logsumexp(scores.masked_fill(~near, -1e4), -1)
    loss = (losses * y["weight"]).sum() / y["weight"].sum().clamp(min=1)
    if (y["status"] >= 0).any():
        loss = loss + 0.3 * F.cross_entropy(statuses.float().flatten(0, 1), y["status"].flatten())
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
        for group in batches(items, size, rng):
            loss = loss_of(network, group)
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimizer.step()
            schedule.step()
            total += float(loss.detach())
        print(f"epoch {epoch} loss {total / -(-len(items) // size):.3f} {time.monotonic() - started:.0f} s", flush=True)


@torch.no_grad()
def scores_of(network: RelationNetwork, items: list[Item], rows: int) -> tuple[np.ndarray, np.ndarray]:
    """Raw scores (rows, classes) and (rows, statuses) in the order of the pairs that the items were prepared from, in float32."""
    network.eval()
    relations, statuses = np.zeros((rows, len(CLASSES)), np.float32), np.zeros((rows, len(STATUSES)), np.float32)
    order = sorted(items, key=lambda item: len(item.marked.ids) + 4 * len(item.rows))
    for start in range(0, len(order), 32):
        group = order[start : start + 32]
        x, _ = batch_of(group)
        given = network(**x)
        for i, item in enumerate(group):
            for k, some in enumerate(item.rows):
                relations[some], statuses[some] = given[0][i, k].numpy(), given[1][i, k].numpy()
    return relations, statuses


def folds_of(pairs: list[Pair], seed: int = 0) -> list[int]:
    """The fold of each pair of PLV; pairs of one sentence share theirs, relations are spread evenly."""
    groups: dict[str, str] = {}
    for pair in pairs:
        groups.setdefault(pair.group, pair.relation)
    names = sorted(groups)
    random.Random(seed).shuffle(names)
    names.sort(key=lambda name: groups[name])
    fold = {name: i % FOLDS for i, name in enumerate(names)}
    return [fold[pair.group] for pair in pairs]


def fold_of_sentence(text: str) -> int:
    """The fold of one of our own sentences, by its text alone, so that more sentences move none."""
    return int(hashlib.sha256(text.encode()).hexdigest(), 16) % FOLDS


def mixed(kept: list[Item], patterns: list[Item], epochs: int, seed: int, sample: int) -> list[list[Item]]:
    """An epoch's items: all that are kept and a sample of the patterns."""
    rng = random.Random(seed)
    return [[*(thinned(item, rng) for item in kept), *rng.sample(patterns, min(sample, len(patterns)))] for _ in range(epochs)]


def thinned(item: Item, rng: random.Random) -> Item:
    """The item with at most MOST_OF_ONE pairs, those that hold something first: most hold nothing and teach little more."""
    if len(item.rows) <= MOST_OF_ONE:
        return item
    order = sorted(range(len(item.rows)), key=lambda i: (item.relations[i] in (("NONE",), ()), rng.random()))
    kept = sorted(order[:MOST_OF_ONE])

    def chosen(values: list[T]) -> list[T]:
        return [values[i] for i in kept]

    x = Marked(item.marked.ids, item.marked.shapes, chosen(item.marked.places))
    return Item(x, chosen(item.relations), chosen(item.statuses), chosen(item.rows), item.is_plv)


def averaged(runs: list[RelationNetwork]) -> RelationNetwork:
    """The first network with the mean of all weights: runs from one checkpoint lie close enough for that."""
    states = [network.state_dict() for network in runs]
    runs[0].load_state_dict({k: torch.stack([state[k] for state in states]).mean(0) for k in states[0]})
    return runs[0]


def accuracy(scores: np.ndarray, pairs: list[Pair]) -> float:
    """Share of PLV pairs whose relation is right, among PLV's classes."""
    free = [CLASSES.index(c) for c in PLV_CLASSES]
    given = [PLV_CLASSES[i] for i in scores[:, free].argmax(1)]
    return float(np.mean([g in answers(p.relation) for g, p in zip(given, pairs, strict=True)]))


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("stage", choices=("patterns", "sentences", "folds", "final"))
    parser.add_argument("--patterns", type=Path, required=True, help="pairs as training.relations.examples writes them")
    parser.add_argument("--sentences", type=Path, nargs="*", default=sorted(FOLDER.glob("*.txt")))
    parser.add_argument("--hold", action="store_true", help="leave the held-out sentences out, and score them")
    parser.add_argument("--plv", type=Path, help="pairs of PLV")
    parser.add_argument("--start", type=Path, help="checkpoint of the stage before (default MiniLM)")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--epochs", type=int, default=4)
    parser.add_argument("--rate", type=float, default=1e-4)
    parser.add_argument(
        "--sample", type=int, default=1200, help="sentences: patterns an epoch; folds, final: sentences and patterns, half each"
    )
    parser.add_argument("--only", type=int, nargs="*", default=range(FOLDS))
    parser.add_argument("--seeds", type=int, nargs="+", default=[5], help="folds, final: one run each; the mean of their weights is kept")
    parser.add_argument("--threads", type=int, default=2)
    return parser.parse_args()


def fresh(start: Path | None, seed: int) -> RelationNetwork:
    torch.manual_seed(seed)
    network = RelationNetwork()
    if start:
        network.load_state_dict(torch.load(start, weights_only=True))
    else:
        network.load_encoder(minilm_folder() / "model.safetensors")
    return network


class Data:
    """The pairs that the options name, and the items made of them."""

    def __init__(self, args: argparse.Namespace) -> None:
        self.tokenizer = open_tokenizer(minilm_folder() / "tokenizer.json")
        self.patterns = self.items(read(args.patterns))
        pairs = [p for path in args.sentences for x in read_sentences(path) for p in x.pairs()]
        self.held = [p for p in pairs if fold_of_sentence(p.text) == HELD]
        self.sentences = self.items([p for p in pairs if not args.hold or fold_of_sentence(p.text) != HELD])
        self.plv = read(args.plv) if args.plv else []

    def items(self, pairs: list[Pair]) -> list[Item]:
        return prepared(self.tokenizer, pairs)

    def mixture(self, plv: list[Pair], args: argparse.Namespace, seed: int) -> list[list[Item]]:
        """An epoch's items of the last stage: PLV, and a sample of our own sentences and patterns."""
        rng = random.Random(seed)
        kept, half = self.items(plv), min(args.sample // 2, len(self.sentences))
        return [
            [*kept, *(thinned(x, rng) for x in rng.sample(self.sentences, half)), *rng.sample(self.patterns, args.sample - half)]
            for _ in range(args.epochs)
        ]


def tuned(args: argparse.Namespace, data: Data, plv: list[Pair]) -> RelationNetwork:
    runs = []
    for seed in args.seeds:
        network = fresh(args.start, args.seeds[0])
        fit(network, data.mixture(plv, args, seed), rate=args.rate, seed=seed)
        runs.append(network)
    return averaged(runs)


def run_folds(args: argparse.Namespace, data: Data) -> None:
    """Train without each fold of PLV, and score it."""
    fold = folds_of(data.plv)
    for k in args.only:
        network = tuned(args, data, [p for p, f in zip(data.plv, fold, strict=True) if f != k])
        held = [p for p, f in zip(data.plv, fold, strict=True) if f == k]
        save(network, args.out / f"fold{k}", data, held)
        print(json.dumps({"fold": k, "plv accuracy": accuracy(np.load(args.out / f"fold{k}.npz")["relations"], held)}), flush=True)


def save(network: RelationNetwork, path: Path, data: Data, pairs: list[Pair]) -> None:
    """Weights as `path`.pt, scores of the pairs as `path`.npz."""
    torch.save(network.state_dict(), path.with_suffix(".pt"))
    relations, statuses = scores_of(network, data.items(pairs), len(pairs))
    np.savez(path.with_suffix(".npz"), relations=relations, statuses=statuses)


def detection(scores: np.ndarray, pairs: list[Pair]) -> dict[str, float]:
    """How well statements are told from pairs that hold nothing: precision, recall and F1 of the likeliest relation."""
    best = [CLASSES[i] for i in scores.argmax(1)]
    told = sum(b != "NONE" and p.relation != IGNORED for b, p in zip(best, pairs, strict=True))
    wanted = sum(p.relation not in ("NONE", IGNORED) for p in pairs)
    right = sum(b == p.relation != "NONE" for b, p in zip(best, pairs, strict=True))
    return {
        "precision": round(right / max(told, 1), 3),
        "recall": round(right / max(wanted, 1), 3),
        "f1": round(2 * right / max(told + wanted, 1), 3),
    }


def main() -> None:
    args = options()
    torch.set_num_threads(args.threads)
    args.out.mkdir(parents=True, exist_ok=True)
    data = Data(args)
    if args.stage == "folds":
        run_folds(args, data)
        return
    if args.stage == "final":
        network = tuned(args, data, data.plv)
    else:
        network = fresh(args.start, args.seeds[0])
        whole = [data.patterns] * args.epochs
        sampled = mixed(data.sentences, data.patterns, args.epochs, args.seeds[0], args.sample)
        mixture = whole if args.stage == "patterns" else sampled
        fit(network, mixture, rate=args.rate, seed=args.seeds[0])
    save(network, args.out / args.stage, data, data.held)
    if not data.held:
        return
    print(json.dumps(detection(np.load(args.out / f"{args.stage}.npz")["relations"], data.held)), flush=True)
    if data.plv and args.stage == "sentences":
        save(network, args.out / "plv", data, data.plv)
        print(json.dumps({"plv accuracy": accuracy(np.load(args.out / "plv.npz")["relations"], data.plv)}), flush=True)


if __name__ == "__main__":
    main()
