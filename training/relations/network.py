"""The relation model: MiniLM on a sentence with four marks a pair behind it; a pair's marks and the sentence's mean are pooled."""

from __future__ import annotations

from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from kg.codebook import RELATIONS
from training.english.network import Encoder

CLASSES = (*RELATIONS, "NONE")
STATUSES = ("asserted", "negated", "requested", "planned", "possible")
PLV_CLASSES = tuple(c for c in CLASSES if c in RELATIONS and RELATIONS[c].quad != "standing" and c != "APPEAL")
"""What PLV's annotators chose among; its YIELD is CONCEDE or RETREAT."""
WIDTH = 384


class RelationNetwork(nn.Module):
    """Inputs as of `kg.nlp.relations.arrays`, with a batch axis; outputs: relations (batch, pairs, classes), statuses likewise."""

    def __init__(self, dropout: float = 0.2) -> None:
        super().__init__()
        self.encoder = Encoder()
        self.dropout = dropout
        self.pooled = nn.Linear(5 * WIDTH, WIDTH)
        self.relations, self.statuses = nn.Linear(WIDTH, len(CLASSES)), nn.Linear(WIDTH, len(STATUSES))

    def forward(self, ids: Tensor, shapes: Tensor, places: Tensor, seen: Tensor, text: Tensor, marks: Tensor) -> tuple[Tensor, Tensor]:
        pieces = self._encoded(ids, shapes, places, seen)
        mean = text.to(pieces.dtype) @ pieces  # (batch, 1, width)
        batch, pairs, four = marks.shape
        index = marks.reshape(batch, pairs * four, 1).expand(-1, -1, WIDTH)
        chosen = torch.gather(pieces, 1, index).reshape(batch, pairs, four * WIDTH)
        both = torch.cat([chosen, mean.expand(-1, pairs, -1)], -1)
        pooled = torch.tanh(self.pooled(F.dropout(both, self.dropout, self.training)))
        pooled = F.dropout(pooled, self.dropout, self.training)
        return self.relations(pooled), self.statuses(pooled)

    def _encoded(self, ids: Tensor, shapes: Tensor, places: Tensor, seen: Tensor) -> Tensor:
        encoder = self.encoder
        x = encoder.norm(encoder.words(ids) + encoder.positions(places) + encoder.shapes(shapes))
        x = F.dropout(x, encoder.dropout, self.training)
        bias = (1.0 - seen.to(x.dtype))[:, None] * -10000.0
        for layer in encoder.layers:
            x = layer(x, bias)
        return x

    def load_encoder(self, path: Path) -> None:
        """Weights of MiniLM (safetensors) or of the English model's checkpoint (pt)."""
        if path.suffix == ".safetensors":
            self.encoder.load_minilm(path)
            return
        state = torch.load(path, weights_only=True, map_location="cpu")["model"]
        own = {k.removeprefix("encoder."): v for k, v in state.items() if k.startswith("encoder.")}
        self.encoder.load_state_dict(own)
