"""Export a checkpoint: `python -m training.relations.export --checkpoint F --trained-on WHAT --out kg/data/relations`.

Writes `relations.onnx` (int8), `tokenizer.json` and `meta.json`. The same checkpoint gives the same bytes.
"""

from __future__ import annotations

import argparse
import shutil
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch
from onnx import TensorProto

from kg.nlp.relations import LONGEST, Marked, arrays
from training.english.export import Graph, Weights, _embedded, _encoded, quantised, write_json
from training.english.train import minilm_folder
from training.relations.network import CLASSES, STATUSES, WIDTH, RelationNetwork

VERSION = "2.0.0"


def relation_graph(weights: Weights, *, small: bool) -> onnx.ModelProto:
    """The inputs of `kg.nlp.relations.arrays` to scores (pairs, classes) of relations and of statuses."""
    graph = Graph()
    pieces = _encoded(graph, _embedded(graph, weights, quantised=small, places="places"), weights, seen="seen")
    chosen = graph.node("Gather", [pieces, "marks"], "chosen", axis=0)
    flat = graph.node("Reshape", [chosen, graph.constant("rows", np.array([0, -1]))], "chosen.flat")
    mean = graph.node("MatMul", ["text", pieces], "mean")
    pairs = graph.node("Slice", [graph.node("Shape", ["marks"], "size"), "0", graph.constant("1", np.array([1]))], "pairs")
    wanted = graph.node("Concat", [pairs, graph.constant("width", np.array([WIDTH]))], "mean.size", axis=0)
    both = graph.node("Concat", [flat, graph.node("Expand", [mean, wanted], "mean.repeated")], "both", axis=1)
    pooled = graph.node("Tanh", [graph.linear(both, "pooled", weights["pooled.weight"], weights["pooled.bias"])], "pooled.active")
    for name in ("relations", "statuses"):
        graph.linear(pooled, name, weights[f"{name}.weight"], weights[f"{name}.bias"], output=name)
    whole = TensorProto.INT64
    return graph.model(
        {
            "ids": (whole, ["pieces"]), "shapes": (whole, ["pieces"]), "places": (whole, ["pieces"]),
            "seen": (TensorProto.INT32, [1, "pieces", "pieces"]), "text": (TensorProto.FLOAT, [1, "pieces"]),
            "marks": (whole, ["pairs", 4]),
        },
        {"relations": ["pairs", len(CLASSES)], "statuses": ["pairs", len(STATUSES)]},
    )  # fmt: skip


def largest_difference(network: RelationNetwork, weights: Weights) -> float:
    """Largest difference of any score between torch and the float graph, on random pieces and pairs."""
    rng = np.random.default_rng(0)
    ids, shapes = rng.integers(1000, 20000, 60).tolist(), rng.integers(0, 5, 60).tolist()
    x = arrays(Marked(ids, shapes, [(3, 4, 40, 41), (40, 41, 3, 4), (10, 10, 59, 59)]))
    session = onnxruntime.InferenceSession(relation_graph(weights, small=False).SerializeToString(), providers=["CPUExecutionProvider"])
    given = session.run(["relations", "statuses"], x)
    network.eval()
    with torch.no_grad():
        batch = {k: torch.from_numpy(v) if k in ("seen",) else torch.from_numpy(v)[None] for k, v in x.items()}
        truth = network(**batch)
    return max(float(np.abs(t[0].numpy() - g).max()) for t, g in zip(truth, given, strict=True))


def export(checkpoint: Path, out: Path, trained_on: str = "") -> float:
    """Write the files of a relation model; the largest difference between the float graph and the network."""
    network = RelationNetwork()
    network.load_state_dict(torch.load(checkpoint, weights_only=True))
    weights: Weights = {k: v.float().numpy() for k, v in network.state_dict().items()}
    weights["encoder.positions.weight"] = weights["encoder.positions.weight"][:LONGEST]
    difference = largest_difference(network, weights)
    if difference > 0.01:
        raise SystemExit(f"the exported graph is not the trained network: scores differ by up to {difference}")
    out.mkdir(parents=True, exist_ok=True)
    (out / "relations.onnx").write_bytes(quantised(relation_graph(weights, small=True)).SerializeToString(deterministic=True))
    shutil.copyfile(minilm_folder() / "tokenizer.json", out / "tokenizer.json")
    write_json(out / "meta.json", {
        "name": "kg_relations", "version": VERSION, "card": "docs/model-card-relations.md", "trained_on": trained_on,
        "relations": CLASSES, "statuses": STATUSES,
    })  # fmt: skip
    return difference


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--checkpoint", type=Path, required=True)
    parser.add_argument("--trained-on", required=True, help="what the card says of the data, for meta.json")
    parser.add_argument("--out", type=Path, default=Path("kg/data/relations"))
    args = parser.parse_args()
    difference = export(args.checkpoint, args.out, args.trained_on)
    size = sum(f.stat().st_size for f in args.out.iterdir())
    print(f"{args.out}: {size / 1e6:.1f} MB; float graph differs from torch by at most {difference:.4f}")


if __name__ == "__main__":
    main()
