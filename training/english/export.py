"""Export a trained checkpoint as what the package ships: `python -m training.english.export --checkpoint F --out kg/data/english`.

Writes `english.onnx` (encoder, tags, entities, sentence starts, arcs; int8), `labels.onnx` (labels of chosen arcs; int8),
`tokenizer.json`, `vocabulary.json`, `lemmas.json` (with the notice of WordNet) and `meta.json`. The same checkpoint gives the same bytes.

The graph is written here operator by operator with onnxruntime's fused operators, and takes one window at a time: dynamic
quantisation scales activations by the whole input, so a window padded into a batch would come out differently in
other company. One window a call costs nothing on a core and makes every document's analysis its own.
"""

from __future__ import annotations

import argparse
import gzip
import json
import shutil
import tempfile
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnx
import onnxruntime
import torch
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import QuantType, quantize_dynamic

from training.english.network import CORPORA, EnglishModel, Vocabulary
from training.english.train import minilm_folder

Array = npt.NDArray[np.float32]
Weights = dict[str, Array]
FUSED = "com.microsoft"
HEADS, LAYERS, EPSILON = 12, 6, 1e-12
TAGS = ("upos", "xpos", "feats", "ner", "sent")
KEPT_FLOAT = TAGS  # a few hundred kilobytes that decide directly
VERSION = "1.0.0"


class Graph:
    """An ONNX graph under construction; every method that adds a node returns the name of its output."""

    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.constants: dict[str, onnx.TensorProto] = {}

    def constant(self, name: str, value: npt.NDArray[np.generic]) -> str:
        self.constants[name] = numpy_helper.from_array(np.ascontiguousarray(value), name)
        return name

    def node(self, op: str, inputs: list[str], output: str, *, domain: str = "", **attributes: object) -> str:
        self.nodes.append(helper.make_node(op, inputs, [output], name=output, domain=domain, **attributes))
        return output

    def linear(self, x: str, name: str, weight: Array, bias: Array, output: str | None = None) -> str:
        """x @ weight.T + bias."""
        product = self.node("MatMul", [x, self.constant(f"{name}.weight", weight.T)], f"{name}.product")
        return self.node("Add", [product, self.constant(f"{name}.bias", bias)], output or f"{name}.sum")

    def product(self, x: str, weights: Weights, name: str) -> str:
        """x @ weight.T of the layer `name`."""
        return self.node("MatMul", [x, self.constant(f"{name}.weight", weights[f"{name}.weight"].T)], name)

    def with_one(self, x: str, name: str) -> str:
        """A column of ones after the last column of x (rows, columns)."""
        first = self.node("Slice", [x, self.constant("0", np.array([0])), self.constant("1", np.array([1])), "1"], f"{name}.first")
        zeros = self.node("Mul", [first, self.constant("zero", np.zeros(1, np.float32))], f"{name}.zeros")
        ones = self.node("Add", [zeros, self.constant("one", np.ones(1, np.float32))], f"{name}.ones")
        return self.node("Concat", [x, ones], f"{name}.extended", axis=1)

    def model(self, inputs: dict[str, tuple[int, list[str | int]]], outputs: dict[str, list[str | int]]) -> onnx.ModelProto:
        graph = helper.make_graph(
            self.nodes, "english",
            [helper.make_tensor_value_info(k, kind, shape) for k, (kind, shape) in inputs.items()],
            [helper.make_tensor_value_info(k, TensorProto.FLOAT, shape) for k, shape in outputs.items()],
            list(self.constants.values()),
        )  # fmt: skip
        versions = [helper.make_opsetid("", 18), helper.make_opsetid(FUSED, 1)]
        model = helper.make_model(graph, opset_imports=versions, ir_version=9, producer_name="kg")
        onnx.checker.check_model(model)
        return model


def _embedded(graph: Graph, weights: Weights, *, quantised: bool, places: str | None = None) -> str:
    """Pieces (1, pieces, width): word, place and letter shape; the word table as int8 with a scale for each row.

    `places` names an input (pieces); by default pieces are counted.
    """
    zero = graph.constant("0", np.array([0]))
    ids = graph.node("Unsqueeze", ["ids", zero], "ids.batch")
    table = weights["encoder.words.weight"]
    if quantised:
        scale = np.abs(table).max(1, keepdims=True) / 127
        scale[scale == 0] = 1
        rows = graph.node("Gather", [graph.constant("words", np.round(table / scale).astype(np.int8)), ids], "words.rows")
        scales = graph.node("Gather", [graph.constant("words.scale", scale.astype(np.float32)), ids], "words.scales")
        x = graph.node("Mul", [graph.node("Cast", [rows], "words.float", to=TensorProto.FLOAT), scales], "words.found")
    else:
        x = graph.node("Gather", [graph.constant("words", table), ids], "words.found")
    table_of_places = graph.constant("positions", weights["encoder.positions.weight"])
    if places is None:
        length = graph.node("Shape", ["ids"], "length")
        used = graph.node("Slice", [table_of_places, zero, length, zero], "positions.used")
    else:
        used = graph.node("Gather", [table_of_places, places], "positions.used", axis=0)
    placed = graph.node("Add", [x, graph.node("Unsqueeze", [used, zero], "positions.batch")], "placed")
    shapes = graph.node("Unsqueeze", ["shapes", zero], "shapes.batch")
    shaped = graph.node("Gather", [graph.constant("shapes.table", weights["encoder.shapes.weight"]), shapes], "shapes.found")
    return _normed(graph, placed, shaped, weights, "encoder.norm")


def _normed(graph: Graph, x: str, skip: str, weights: Weights, name: str, bias: str = "") -> str:
    """LayerNorm(x + skip + bias)."""
    parts = [graph.constant(f"{name}.{part}", weights[f"{name}.{part}"]) for part in ("weight", "bias")]
    extra = [graph.constant(f"{bias}.bias", weights[f"{bias}.bias"])] if bias else []
    return graph.node("SkipLayerNormalization", [x, skip, *parts, *extra], f"{name}.out", domain=FUSED, epsilon=EPSILON)


def _encoded(graph: Graph, x: str, weights: Weights, seen: str | None = None) -> str:
    """Pieces (pieces, width) after all layers. `seen` names an input (1, pieces, pieces), int32: 1 where a row sees a column."""
    for i in range(LAYERS):
        layer = f"encoder.layers.{i}"
        three = [f"{layer}.{part}" for part in ("query", "key", "value")]
        weight = graph.constant(f"{layer}.attention.weight", np.concatenate([weights[f"{t}.weight"].T for t in three], 1))
        bias = graph.constant(f"{layer}.attention.bias", np.concatenate([weights[f"{t}.bias"] for t in three]))
        mixed = graph.node("Attention", [x, weight, bias, *([seen] if seen else [])], f"{layer}.mixed", domain=FUSED, num_heads=HEADS)
        x = _normed(graph, graph.product(mixed, weights, f"{layer}.attended"), x, weights, f"{layer}.norm_attended", f"{layer}.attended")
        inner = graph.product(x, weights, f"{layer}.inner")
        inner_bias = graph.constant(f"{layer}.inner.bias", weights[f"{layer}.inner.bias"])
        active = graph.node("BiasGelu", [inner, inner_bias], f"{layer}.gelu", domain=FUSED)
        x = _normed(graph, graph.product(active, weights, f"{layer}.outer"), x, weights, f"{layer}.norm", f"{layer}.outer")
    return graph.node("Squeeze", [x, graph.constant("0", np.array([0]))], "pieces")


def _projected(graph: Graph, x: str, weights: Weights, name: str, output: str | None = None) -> str:
    summed = graph.linear(x, name, weights[f"{name}.weight"], weights[f"{name}.bias"])
    return graph.node("LeakyRelu", [summed], output or f"{name}.active", alpha=0.1)


def ner_weights(weights: Weights, habits: str | None) -> Weights:
    """The entity head as it is exported: what all corpora share, or that plus the habits of one corpus."""
    if habits is None:
        return weights
    return weights | {"ner.weight": weights["ner.weight"] + weights["ner_habits"][CORPORA.index(habits)]}


def window_graph(weights: Weights, vocabulary: Vocabulary, *, quantised: bool) -> onnx.ModelProto:
    """ids, shapes (pieces), first (words) to scores of every word, and of every word for each head (0 is the root)."""
    graph = Graph()
    pieces = _encoded(graph, _embedded(graph, weights, quantised=quantised), weights)
    words = graph.node("Gather", [pieces, "first"], "words.encoded")
    root = graph.node("Slice", [pieces, "0", graph.constant("1", np.array([1])), "0"], "root.encoded")
    heads = graph.node("Concat", [root, words], "heads.encoded", axis=0)
    for name in TAGS:
        graph.linear(words, name, weights[f"{name}.weight"], weights[f"{name}.bias"], output=f"{name}.scores" if name == "sent" else name)
    graph.node("Squeeze", ["sent.scores", graph.constant("1", np.array([1]))], "sent")
    dependents = graph.with_one(_projected(graph, words, weights, "arcs.dependent"), "arcs.dependent")
    governors = graph.with_one(_projected(graph, heads, weights, "arcs.head"), "arcs.head")
    mixed = graph.node("MatMul", [dependents, graph.constant("arcs.weight", weights["arcs.weight"][0])], "arcs.mixed")
    graph.node("MatMul", [mixed, graph.node("Transpose", [governors], "arcs.turned", perm=[1, 0])], "arcs")
    _projected(graph, words, weights, "labels.dependent", "dependents")
    _projected(graph, heads, weights, "labels.head", "governors")
    hidden = int(weights["labels.dependent.weight"].shape[0])
    outputs: dict[str, list[str | int]] = {name: ["words", len(getattr(vocabulary, name))] for name in TAGS if name != "sent"}
    outputs |= {"sent": ["words"], "arcs": ["words", "heads"], "dependents": ["words", hidden], "governors": ["heads", hidden]}
    whole = TensorProto.INT64
    return graph.model({"ids": (whole, ["pieces"]), "shapes": (whole, ["pieces"]), "first": (whole, ["words"])}, outputs)


def label_graph(weights: Weights) -> onnx.ModelProto:
    """dependents, governors (arcs, hidden) to label scores (arcs, labels): only for arcs that were chosen."""
    graph = Graph()
    weight = weights["labels.weight"]
    n, rows, columns = weight.shape
    dependents, governors = graph.with_one("dependents", "dependents"), graph.with_one("governors", "governors")
    flat = graph.constant("labels.weight", weight.transpose(1, 0, 2).reshape(rows, n * columns))
    mixed = graph.node("MatMul", [dependents, flat], "mixed")
    split = graph.node("Reshape", [mixed, graph.constant("split", np.array([-1, n, columns]))], "mixed.split")
    turned = graph.node("Unsqueeze", [governors, graph.constant("2", np.array([2]))], "governors.turned")
    graph.node("Squeeze", [graph.node("MatMul", [split, turned], "labels.column"), "2"], "labels")
    real = TensorProto.FLOAT
    return graph.model({"dependents": (real, ["arcs", rows - 1]), "governors": (real, ["arcs", columns - 1])}, {"labels": ["arcs", n]})


def quantised(model: onnx.ModelProto, *, reduce_range: bool = True, per_channel: bool = True) -> onnx.ModelProto:
    """Weights int8, activations at run time. The reduced range keeps processors without VNNI from overflowing."""
    with tempfile.TemporaryDirectory() as folder:
        before, after = Path(folder) / "float.onnx", Path(folder) / "int8.onnx"
        onnx.save(model, before)
        quantize_dynamic(
            before, after, op_types_to_quantize=["MatMul", "Attention"], per_channel=per_channel, reduce_range=reduce_range,
            weight_type=QuantType.QInt8, nodes_to_exclude=[f"{name}.product" for name in KEPT_FLOAT],
            extra_options={"DefaultTensorType": TensorProto.FLOAT, "MatMulConstBOnly": True},
        )  # fmt: skip
        return onnx.load(after)


def read_checkpoint(path: Path) -> tuple[Weights, Vocabulary]:
    """Weights of `checkpoint.pt` and the classes of the `vocabulary.json` beside it."""
    state = torch.load(path, weights_only=True, map_location="cpu")["model"]
    classes = json.loads((path.parent / "vocabulary.json").read_text(encoding="utf-8"))
    return {k: v.float().numpy() for k, v in state.items()}, Vocabulary(**{k: tuple(v) for k, v in classes.items()})


def largest_difference(weights: Weights, vocabulary: Vocabulary) -> float:
    """Largest difference of any score between the network in torch and the float graphs, on an input of random words."""
    network = EnglishModel(vocabulary)
    network.load_state_dict({k: torch.from_numpy(v) for k, v in weights.items()})
    network.eval()
    rng = np.random.default_rng(0)
    first = np.sort(rng.choice(np.arange(1, 59), 40, replace=False))
    x = {"ids": rng.integers(1000, 20000, 60), "shapes": rng.integers(0, 5, 60), "first": first}
    chosen = rng.integers(0, 41, 40)
    with torch.no_grad():
        batch = {k: torch.from_numpy(v)[None] for k, v in x.items()}
        truth = network(**batch, mask=torch.ones(1, 60, dtype=torch.long), chosen=torch.from_numpy(chosen)[None])
    found = _run(window_graph(weights, vocabulary, quantised=False), x)
    found |= _run(label_graph(weights), {"dependents": found.pop("dependents"), "governors": found.pop("governors")[chosen]})
    return max(float(np.abs(truth[k][0].numpy() - v).max()) for k, v in found.items())


def _run(model: onnx.ModelProto, x: dict[str, npt.NDArray[np.generic]]) -> dict[str, npt.NDArray[np.float32]]:
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    return dict(zip([o.name for o in session.get_outputs()], session.run(None, x), strict=True))


def lookups_folder() -> Path:
    """Where the package spacy-lookups-data (MIT; tables from WordNet) keeps its files."""
    spec = find_spec("spacy_lookups_data")
    if spec is None or not spec.submodule_search_locations:
        raise SystemExit("pip install spacy-lookups-data first: it carries the lemma tables")
    return Path(spec.submodule_search_locations[0]) / "data"


def lemma_tables() -> dict[str, dict[str, object]]:
    """Rules, exceptions and known base forms of verbs, nouns, adjectives and adverbs."""
    folder = lookups_folder()

    def read(name: str) -> dict[str, dict[str, list[str]] | list[list[str]] | list[str]]:
        return dict(json.loads(gzip.decompress((folder / f"en_lemma_{name}.json.gz").read_bytes())))

    rules, exceptions, index = read("rules"), read("exc"), read("index")
    return {
        part: {
            "rules": rules[part],
            "exceptions": {form: lemmas[0] for form, lemmas in sorted(dict(exceptions[part]).items())},
            "known": " ".join(sorted(word for word in index[part] if isinstance(word, str) and word.isalpha())),
        }
        for part in ("adj", "adv", "noun", "verb")
    }


def write_json(path: Path, value: object) -> None:
    path.write_text(json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")) + "\n", encoding="utf-8")


def export(checkpoint: Path, out: Path, *, ner_habits: str | None = None, threshold: float = 0.35) -> None:
    """Write the model folder. `ner_habits`: whose way to mark entities; `threshold`: probability that starts a sentence."""
    weights, vocabulary = read_checkpoint(checkpoint)
    difference = largest_difference(weights, vocabulary)
    if difference > 0.01:
        raise SystemExit(f"the exported graph is not the trained network: scores differ by up to {difference}")
    out.mkdir(parents=True, exist_ok=True)
    final = ner_weights(weights, ner_habits)
    (out / "english.onnx").write_bytes(quantised(window_graph(final, vocabulary, quantised=True)).SerializeToString(deterministic=True))
    (out / "labels.onnx").write_bytes(quantised(label_graph(final)).SerializeToString(deterministic=True))
    vocabulary.write(out / "vocabulary.json")
    shutil.copyfile(minilm_folder() / "tokenizer.json", out / "tokenizer.json")
    write_json(out / "lemmas.json", lemma_tables())
    shutil.copyfile(lookups_folder() / "en_license.txt", out / "lemmas-license.txt")
    write_json(out / "meta.json", {
        "name": "kg_english", "version": VERSION, "language": "en", "license": "CC BY-SA 4.0", "card": "docs/model-card.md",
        "ner_habits": ner_habits, "sentence_threshold": threshold,
    })  # fmt: skip
    size = sum(f.stat().st_size for f in out.iterdir())
    print(f"{out}: {size / 1e6:.1f} MB; float graph differs from torch by at most {difference:.4f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--checkpoint", type=Path, required=True, help="checkpoint.pt, with vocabulary.json beside it")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--ner-habits", choices=CORPORA, help="mark entities as this corpus does (default: what all share)")
    parser.add_argument("--threshold", type=float, default=0.35, help="probability above which a word starts a sentence")
    args = parser.parse_args()
    export(args.checkpoint, args.out, ner_habits=args.ner_habits, threshold=args.threshold)


if __name__ == "__main__":
    main()
