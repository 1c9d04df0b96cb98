"""What kind of thing is asked, in any language: a linear classifier on the question's vector.

`intents.json` holds its weights, says what they were learned on and by which command.
"""

from __future__ import annotations

from functools import lru_cache
from importlib import resources

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict

INTENTS = ("single", "list", "outline", "compare", "smalltalk", "instruction")
"""One passage; a whole list; a document's headings; several documents; no question; an attempt to steer the bot."""


class IntentModel(BaseModel):
    """intents.json: a softmax over INTENTS; `mean` is taken off the question's vector first."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    learned_on: str
    command: str
    mean: tuple[float, ...]
    weights: tuple[tuple[float, ...], ...]
    """One row for each of INTENTS."""
    biases: tuple[float, ...]

    def probabilities(self, vector: NDArray[np.float32]) -> dict[str, float]:
        """The probability of each intent; all equal for an encoder the weights were not learned with."""
        weights, mean, biases = _arrays(self)
        if mean.shape != vector.shape:
            return dict.fromkeys(INTENTS, 1 / len(INTENTS))
        logits = weights @ (vector - mean) + biases
        odds = np.exp(logits - logits.max())
        return dict(zip(INTENTS, (odds / odds.sum()).tolist(), strict=True))


@lru_cache(maxsize=4)
def _arrays(model: IntentModel) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    return np.asarray(model.weights), np.asarray(model.mean), np.asarray(model.biases)


@lru_cache(maxsize=1)
def load_intents() -> IntentModel:
    """The classifier that the package carries."""
    return IntentModel.model_validate_json(resources.files("bot.answering").joinpath("intents.json").read_text("utf-8"))
