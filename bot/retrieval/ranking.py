"""From signals to ranked passages and probabilities, by weights that were learned and are kept in ranking.json.

`ranking.json` says what it was learned on and by which command; no number in it was set by hand.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from importlib import resources

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict

from bot.retrieval.signals import Signals

Floats = NDArray[np.float64]


class Logistic(BaseModel):
    """A logistic regression: probability = 1 / (1 + exp(-(weights . x + bias)))."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    features: tuple[str, ...]
    weights: tuple[float, ...]
    bias: float

    def probability(self, values: Floats) -> Floats:
        """Probabilities for rows of feature values, (rows, features) -> (rows,)."""
        logits = np.clip(values @ np.asarray(self.weights) + self.bias, -30, 30)
        found: Floats = 1 / (1 + np.exp(-logits))
        return found


class Model(BaseModel):
    """The learned part of one way of searching: with a question bank, or without."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    weights: tuple[float, ...]
    """One for each of signals.FEATURES: the ranking score is their weighted sum."""
    passage: Logistic
    """Score, and the score's distance to the best -> probability that the passage answers the question."""
    answerable: Logistic
    """answerable.FEATURES, then the question's vector -> probability that the documents answer it at all."""
    threshold: float
    """Below this probability the question is not answered."""
    whole_list: Logistic
    """Features of a list (answering/lists.py) -> probability that the question asks for all of it."""


class Ranking(BaseModel):
    """ranking.json. `dimension` is the length of the encoder's vectors that it was learned with."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    learned_on: str
    command: str
    encoder: str
    dimension: int
    with_bank: Model
    without_bank: Model


@dataclass(frozen=True, slots=True, eq=False)
class Ranked:
    """Passage rows best first, with ranking scores and probabilities, (rows,) each.

    `order` (rows,) are the positions of the ranked rows in `signals`.
    """

    rows: NDArray[np.int64]
    scores: Floats
    probabilities: Floats
    order: NDArray[np.int64]
    signals: Signals


@lru_cache(maxsize=1)
def load_ranking() -> Ranking:
    """The learned weights that the package carries."""
    return Ranking.model_validate_json(resources.files("bot.retrieval").joinpath("ranking.json").read_text("utf-8"))


def rank(signals: Signals, model: Model) -> Ranked:
    """Weigh the signals; best first, equals in reading order."""
    scores = signals.features.astype(np.float64) @ np.asarray(model.weights)
    order = np.argsort(-scores, kind="stable")
    ranked = scores[order]
    return Ranked(
        rows=signals.rows[order],
        scores=ranked,
        probabilities=model.passage.probability(passage_features(ranked)),
        order=order,
        signals=signals,
    )


def passage_features(scores: Floats) -> Floats:
    """What a passage's probability is told by: its score, and how far it lies behind the best, (rows, 2)."""
    if not len(scores):
        return np.zeros((0, 2))
    return np.stack([scores, scores - scores[0]], axis=1)
