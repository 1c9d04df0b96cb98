"""The encoder's upper layers with low-rank changes beside their weights, as LoRA has them (arXiv 2106.09685)."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from bot.models.adaptation import DOWN, UP

MATRICES = (
    "attention.self.query",
    "attention.self.key",
    "attention.self.value",
    "attention.output.dense",
    "intermediate.dense",
    "output.dense",
)
NORMS = ("attention.output.LayerNorm", "output.LayerNorm")
EPSILON = 1e-12
BATCH = 32


@dataclass(frozen=True, slots=True, eq=False)
class Text:
    """A text on its way: the lower layers' output (tokens, hidden) in half precision, and which tokens count."""

    hidden: Tensor
    kept: Tensor


class Layer(nn.Module):
    """One transformer layer; its weights stay as they are, only the changes are learned."""

    def __init__(self, weights: Mapping[str, Tensor], number: int, heads: int, rank: int) -> None:
        super().__init__()
        self.prefix = f"encoder.layer.{number}."
        self.heads = heads
        self.frozen = {
            name: (weights[f"{self.prefix}{name}.weight"], weights[f"{self.prefix}{name}.bias"])
            for name in (*MATRICES, *NORMS)
        }
        self.down = nn.ParameterList()
        self.up = nn.ParameterList()
        for name in MATRICES:
            rows, columns = self.frozen[name][0].shape
            self.down.append(nn.Parameter(torch.randn(rank, columns) / math.sqrt(columns)))
            self.up.append(nn.Parameter(torch.zeros(rows, rank)))

    def forward(self, hidden: Tensor, mask: Tensor) -> Tensor:
        """(texts, tokens, hidden) and which tokens are there -> (texts, tokens, hidden)."""
        texts, tokens, width = hidden.shape
        shape = (texts, tokens, self.heads, width // self.heads)
        query, key, value = (self._linear(n, hidden).view(shape).transpose(1, 2) for n in range(3))
        mixed = functional.scaled_dot_product_attention(query, key, value, attn_mask=mask[:, None, None, :])
        attended = self._norm(NORMS[0], self._linear(3, mixed.transpose(1, 2).reshape(texts, tokens, width)) + hidden)
        return self._norm(NORMS[1], self._linear(5, functional.gelu(self._linear(4, attended))) + attended)

    def _linear(self, number: int, values: Tensor) -> Tensor:
        changed = functional.linear(functional.linear(values, self.down[number]), self.up[number])
        return functional.linear(values, *self.frozen[MATRICES[number]]) + changed

    def _norm(self, name: str, values: Tensor) -> Tensor:
        return functional.layer_norm(values, values.shape[-1:], *self.frozen[name], EPSILON)

    def changes(self) -> Iterator[tuple[str, Tensor]]:
        """The learned matrices, by the name of the weight they change."""
        for name, down, up in zip(MATRICES, self.down, self.up, strict=True):
            yield f"{self.prefix}{name}.weight{DOWN}", down.detach()
            yield f"{self.prefix}{name}.weight{UP}", up.detach()


class UpperLayers(nn.Module):
    """The layers from `first` to the last."""

    def __init__(self, weights: Mapping[str, Tensor], first: int, layers: int, heads: int, rank: int) -> None:
        super().__init__()
        self.layers = nn.ModuleList(Layer(weights, number, heads, rank) for number in range(first, layers))

    def forward(self, texts: Sequence[Text]) -> tuple[Tensor, Tensor]:
        """Token vectors of length 1, one after another, and the number of the text each belongs to."""
        longest = max(len(text.hidden) for text in texts)
        hidden = torch.zeros(len(texts), longest, texts[0].hidden.shape[1])
        mask = torch.zeros(len(texts), longest, dtype=torch.bool)
        kept = torch.zeros(len(texts), longest, dtype=torch.bool)
        for number, text in enumerate(texts):
            size = len(text.hidden)
            hidden[number, :size] = text.hidden.float()
            mask[number, :size] = True
            kept[number, :size] = text.kept
        for layer in self.layers:
            hidden = layer(hidden, mask)
        owners = torch.arange(len(texts))[:, None].expand(kept.shape)[kept]
        return functional.normalize(hidden[kept], dim=-1), owners

    def changes(self) -> dict[str, Tensor]:
        """Everything that was learned, by name."""
        return {name: tensor for layer in self.layers for name, tensor in layer.changes()}  # type: ignore[operator]


def late_interaction(questions: tuple[Tensor, Tensor], passages: tuple[Tensor, Tensor]) -> Tensor:
    """MaxSim of each question with each passage, (questions, passages)."""
    (asked, asked_by), (said, said_by) = questions, passages
    count = int(asked_by.max()) + 1
    places = said_by[None].expand(len(asked), -1)
    nearest = torch.full((len(asked), int(said_by.max()) + 1), -2.0)
    nearest = nearest.scatter_reduce(1, places, asked @ said.T, "amax")
    total = torch.zeros(count, nearest.shape[1]).index_add(0, asked_by, nearest)
    return total / torch.bincount(asked_by, minlength=count)[:, None].float()


@torch.no_grad()
def score_all(model: UpperLayers, questions: Sequence[Text], passages: Sequence[Text]) -> Tensor:
    """`late_interaction` of many, in batches; (questions, passages)."""
    rows = []
    columns = [model(passages[start : start + BATCH]) for start in range(0, len(passages), BATCH)]
    for start in range(0, len(questions), BATCH):
        asked = model(questions[start : start + BATCH])
        rows.append(torch.cat([late_interaction(asked, part) for part in columns], dim=1))
    return torch.cat(rows)
