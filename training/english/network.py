"""The English model: MiniLM with a word-shape embedding, and heads for tags, morphology, tree, sentences and entities."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import Tensor, nn
from torch.nn import functional as F

SHAPES = ("none", "lower", "title", "upper", "mixed")
CORPORA = ("ewt", "gum", "crossner", "redocred", "wikigold", "silver")


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The classes of each head, in the order of its outputs."""

    upos: tuple[str, ...]
    xpos: tuple[str, ...]
    feats: tuple[str, ...]
    labels: tuple[str, ...]
    ner: tuple[str, ...]

    def write(self, path: Path) -> None:
        path.write_text(json.dumps(asdict(self), ensure_ascii=False, indent=0) + "\n", encoding="utf-8")


class Layer(nn.Module):
    """One BERT encoder layer (post-norm)."""

    def __init__(self, width: int, heads: int, inner: int, dropout: float) -> None:
        super().__init__()
        self.heads, self.dropout = heads, dropout
        self.query, self.key, self.value = nn.Linear(width, width), nn.Linear(width, width), nn.Linear(width, width)
        self.attended = nn.Linear(width, width)
        self.norm_attended = nn.LayerNorm(width, eps=1e-12)
        self.inner, self.outer = nn.Linear(width, inner), nn.Linear(inner, width)
        self.norm = nn.LayerNorm(width, eps=1e-12)

    def forward(self, x: Tensor, bias: Tensor) -> Tensor:
        batch, length, width = x.shape

        def split(y: Tensor) -> Tensor:
            return y.view(batch, length, self.heads, width // self.heads).transpose(1, 2)

        q, k, v = split(self.query(x)), split(self.key(x)), split(self.value(x))
        weights = torch.softmax(q @ k.transpose(-1, -2) / (width // self.heads) ** 0.5 + bias, dim=-1)
        mixed = (weights @ v).transpose(1, 2).reshape(batch, length, width)
        x = self.norm_attended(x + F.dropout(self.attended(mixed), self.dropout, self.training))
        return self.norm(x + F.dropout(self.outer(F.gelu(self.inner(x))), self.dropout, self.training))


class Encoder(nn.Module):
    """MiniLM-L6; a word's letter shape, which the uncased vocabulary loses, is added to its input."""

    def __init__(self, width: int = 384, layers: int = 6, heads: int = 12, inner: int = 1536, dropout: float = 0.1) -> None:
        super().__init__()
        self.dropout = dropout
        self.words, self.positions = nn.Embedding(30522, width), nn.Embedding(512, width)
        self.shapes = nn.Embedding(len(SHAPES), width)
        nn.init.zeros_(self.shapes.weight)
        self.norm = nn.LayerNorm(width, eps=1e-12)
        self.layers = nn.ModuleList(Layer(width, heads, inner, dropout) for _ in range(layers))

    def forward(self, ids: Tensor, shapes: Tensor, mask: Tensor) -> Tensor:
        place = torch.arange(ids.shape[1], device=ids.device)
        x = self.norm(self.words(ids) + self.positions(place)[None] + self.shapes(shapes))
        x = F.dropout(x, self.dropout, self.training)
        bias = (1.0 - mask.to(x.dtype))[:, None, None, :] * -10000.0
        for layer in self.layers:
            x = layer(x, bias)
        return x

    def load_minilm(self, path: Path) -> None:
        """Take the published weights (safetensors in the layout of transformers)."""
        given = load_file(str(path))
        token_type = given["embeddings.token_type_embeddings.weight"][0]
        mine = {
            "words.weight": given["embeddings.word_embeddings.weight"],
            "positions.weight": given["embeddings.position_embeddings.weight"] + token_type,
            "norm.weight": given["embeddings.LayerNorm.weight"],
            "norm.bias": given["embeddings.LayerNorm.bias"],
        }
        names = {
            "query": "attention.self.query", "key": "attention.self.key", "value": "attention.self.value",
            "attended": "attention.output.dense", "norm_attended": "attention.output.LayerNorm",
            "inner": "intermediate.dense", "outer": "output.dense", "norm": "output.LayerNorm",
        }  # fmt: skip
        for i in range(len(self.layers)):
            for own, theirs in names.items():
                for part in ("weight", "bias"):
                    mine[f"layers.{i}.{own}.{part}"] = given[f"encoder.layer.{i}.{theirs}.{part}"]
        missing = self.load_state_dict(mine, strict=False)
        if missing.unexpected_keys or set(missing.missing_keys) != {"shapes.weight"}:
            raise ValueError(f"{path}: not the weights of MiniLM-L6: {missing}")


class Biaffine(nn.Module):
    """Scores of every (dependent, head) pair for each of `n` classes (Dozat & Manning 2017)."""

    def __init__(self, width: int, hidden: int, n: int, dropout: float) -> None:
        super().__init__()
        self.dependent, self.head = nn.Linear(width, hidden), nn.Linear(width, hidden)
        self.weight = nn.Parameter(torch.zeros(n, hidden + 1, hidden + 1))
        self.dropout = dropout

    def forward(self, words: Tensor, heads: Tensor, chosen: Tensor | None = None) -> Tensor:
        """Scores (batch, words, classes, heads); with `chosen` heads (batch, words), (batch, words, classes)."""
        d = F.dropout(F.leaky_relu(self.dependent(words), 0.1), self.dropout, self.training)
        h = F.dropout(F.leaky_relu(self.head(heads), 0.1), self.dropout, self.training)
        d = torch.cat([d, torch.ones_like(d[..., :1])], -1)
        h = torch.cat([h, torch.ones_like(h[..., :1])], -1)
        n, rows, columns = self.weight.shape
        mixed = d @ self.weight.permute(1, 0, 2).reshape(rows, n * columns)
        if chosen is not None:
            picked = torch.gather(h, 1, chosen[..., None].expand(-1, -1, columns))
            return (mixed.view(d.shape[0], d.shape[1], n, columns) * picked[:, :, None]).sum(-1)
        mixed = mixed.view(d.shape[0], -1, columns)
        return (mixed @ h.transpose(1, 2)).view(d.shape[0], d.shape[1], n, h.shape[1])


class EnglishModel(nn.Module):
    """Encoder and heads.

    Inputs: ids, shapes, mask (batch, pieces); first (batch, words): where each word's first piece stands.
    Outputs: upos, xpos, feats, ner (batch, words, classes); sent (batch, words); arcs (batch, words, 1 + words);
    labels (batch, words, classes, 1 + words), or of the `chosen` heads alone (batch, words, classes). Head 0 is the root.
    """

    def __init__(self, vocabulary: Vocabulary, *, arc: int = 256, label: int = 100, dropout: float = 0.2) -> None:
        super().__init__()
        self.encoder, width = Encoder(), 384
        self.dropout = dropout
        self.upos, self.xpos = nn.Linear(width, len(vocabulary.upos)), nn.Linear(width, len(vocabulary.xpos))
        self.feats, self.sent = nn.Linear(width, len(vocabulary.feats)), nn.Linear(width, 1)
        self.ner = nn.Linear(width, len(vocabulary.ner))
        # How each corpus annotates differs; what they share is what the exported model uses.
        self.ner_habits = nn.Parameter(torch.zeros(len(CORPORA), len(vocabulary.ner), width))
        self.arcs, self.labels = Biaffine(width, arc, 1, dropout), Biaffine(width, label, len(vocabulary.labels), dropout)

    def forward(
        self, ids: Tensor, shapes: Tensor, mask: Tensor, first: Tensor, corpus: Tensor | None = None, chosen: Tensor | None = None
    ) -> dict[str, Tensor]:
        pieces = F.dropout(self.encoder(ids, shapes, mask), self.dropout, self.training)
        words = torch.gather(pieces, 1, first[..., None].expand(-1, -1, pieces.shape[2]))
        heads = torch.cat([pieces[:, :1], words], 1)
        ner = self.ner(words)
        if corpus is not None:
            ner = ner + words @ self.ner_habits[corpus].transpose(1, 2)
        return {
            "upos": self.upos(words), "xpos": self.xpos(words), "feats": self.feats(words),
            "sent": self.sent(words).squeeze(-1), "ner": ner,
            "arcs": self.arcs(words, heads).squeeze(2), "labels": self.labels(words, heads, chosen),
        }  # fmt: skip
