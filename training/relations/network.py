"""The relation model: the English model's encoder on a marked sentence; mean and both opening marks are pooled."""

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


class RelationNetwork(nn.Module):
    """Inputs: ids, shapes, mask (batch, pieces), marks (batch, 2). Outputs: relations (batch, classes), statuses (batch, statuses)."""

    def __init__(self, dropout: float = 0.2) -> None:
        super().__init__()
        self.encoder, width = Encoder(), 384
        self.dropout = dropout
        self.pooled = nn.Linear(3 * width, width)
        self.relations, self.statuses = nn.Linear(width, len(CLASSES)), nn.Linear(width, len(STATUSES))

    def forward(self, ids: Tensor, shapes: Tensor, mask: Tensor, marks: Tensor) -> tuple[Tensor, Tensor]:
        pieces = self.encoder(ids, shapes, mask)
        weight = mask.to(pieces.dtype)[..., None]
        mean = (pieces * weight).sum(1) / weight.sum(1)
        chosen = torch.gather(pieces, 1, marks[..., None].expand(-1, -1, pieces.shape[2])).flatten(1)
        pooled = torch.tanh(self.pooled(F.dropout(torch.cat([mean, chosen], -1), self.dropout, self.training)))
        pooled = F.dropout(pooled, self.dropout, self.training)
        return self.relations(pooled), self.statuses(pooled)

    def load_encoder(self, path: Path) -> None:
        """Weights of MiniLM (safetensors) or of the English model's checkpoint (pt)."""
        if path.suffix == ".safetensors":
            self.encoder.load_minilm(path)
            return
        state = torch.load(path, weights_only=True, map_location="cpu")["model"]
        own = {k.removeprefix("encoder."): v for k, v in state.items() if k.startswith("encoder.")}
        self.encoder.load_state_dict(own)
