"""Export a checkpoint: `python -m training.relations.export --checkpoint F --weights combination.json --out kg/data/relations`.

Writes `relations.onnx` (int8), `tokenizer.json` and `meta.json`. The same checkpoint gives the same bytes.
"""

from __future__ import annotations

import argparse
import json
import shutil
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch
from onnx import TensorProto

from kg.nlp.relations import LONGEST
from training.english.export import Graph, Weights, _embedded, _encoded, quantised, write_json
from training.english.train import minilm_folder
from training.relations.evaluate import LIMITS
from training.relations.network import CLASSES, STATUSES, RelationNetwork

VERSION = "1.0.0"


def relation_graph(weights: Weights, *, small: bool) -> onnx.ModelProto:
    """ids, shapes (pieces), marks (2) to scores of relations and statuses."""
    graph = Graph()
    pieces = _encoded(graph, _embedded(graph, weights, quantised=small), weights)
    mean = graph.node("ReduceMean", [pieces, "0"], "mean", keepdims=1)
    chosen = graph.node("Gather", [pieces, "marks"], "chosen", axis=0)
    flat = graph.node("Reshape", [chosen, graph.constant("row", np.array([1, -1]))], "chosen.flat")
    both = graph.node("Concat", [mean, flat], "both", axis=1)
    pooled = graph.node("Tanh", [graph.linear(both, "pooled", weights["pooled.weight"], weights["pooled.bias"])], "pooled.active")
    for name in ("relations", "statuses"):
        scores = graph.linear(pooled, name, weights[f"{name}.weight"], weights[f"{name}.bias"])
        graph.node("Squeeze", [scores, "0"], name)
    whole = TensorProto.INT64
    return graph.model(
        {"ids": (whole, ["pieces"]), "shapes": (whole, ["pieces"]), "marks": (whole, [2])},
        {"relations": [len(CLASSES)], "statuses": [len(STATUSES)]},
    )


def largest_difference(network: RelationNetwork, weights: Weights) -> float:
    """Largest difference of any score between torch and the float graph, on random pieces."""
    rng = np.random.default_rng(0)
    x = {"ids": rng.integers(1000, 20000, 60), "shapes": rng.integers(0, 5, 60), "marks": np.array([3, 40])}
    session = onnxruntime.InferenceSession(relation_graph(weights, small=False).SerializeToString(), providers=["CPUExecutionProvider"])
    given = session.run(["relations", "statuses"], x)
    network.eval()
    with torch.no_grad():
        batch = {k: torch.from_numpy(v)[None] for k, v in x.items()}
        truth = network(batch["ids"], batch["shapes"], torch.ones(1, 60, dtype=torch.long), batch["marks"])
    return max(float(np.abs(t[0].numpy() - g).max()) for t, g in zip(truth, given, strict=True))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--checkpoint", type=Path, required=True)
    parser.add_argument(
        "--weights", type=Path, required=True, help="temperature and combination, as training.relations.evaluate writes them"
    )
    parser.add_argument("--trained-on", required=True, help="what the card says of the data, for meta.json")
    parser.add_argument("--out", type=Path, default=Path("kg/data/relations"))
    args = parser.parse_args()
    network = RelationNetwork()
    network.load_state_dict(torch.load(args.checkpoint, weights_only=True))
    weights: Weights = {k: v.float().numpy() for k, v in network.state_dict().items()}
    weights["encoder.positions.weight"] = weights["encoder.positions.weight"][:LONGEST]
    difference = largest_difference(network, weights)
    if difference > 0.01:
        raise SystemExit(f"the exported graph is not the trained network: scores differ by up to {difference}")
    args.out.mkdir(parents=True, exist_ok=True)
    (args.out / "relations.onnx").write_bytes(quantised(relation_graph(weights, small=True)).SerializeToString(deterministic=True))
    shutil.copyfile(minilm_folder() / "tokenizer.json", args.out / "tokenizer.json")
    fitted = json.loads(args.weights.read_text(encoding="utf-8"))
    write_json(args.out / "meta.json", {
        "name": "kg_relations", "version": VERSION, "card": "docs/model-card-relations.md", "trained_on": args.trained_on,
        "relations": CLASSES, "statuses": STATUSES, "temperature": round(fitted["temperature"], 4), "combination": fitted["combination"],
        "limits": LIMITS,
    })  # fmt: skip
    size = sum(f.stat().st_size for f in args.out.iterdir())
    print(f"{args.out}: {size / 1e6:.1f} MB; float graph differs from torch by at most {difference:.4f}")


if __name__ == "__main__":
    main()
