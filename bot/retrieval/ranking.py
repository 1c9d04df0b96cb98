"""From signals to probabilities, by weights that were learned and are kept in ranking.json.

`ranking.json` says what it was learned on and by which command; no number in it was set by hand.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from importlib import resources

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict

from bot.retrieval.signals import FEATURES, Signals

Floats = NDArray[np.float64]
ANSWERABLE_FEATURES = ("top", "lead", "interaction", "bank", "ngrams", "stems", "strong", "smalltalk", "instruction")


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
    """One for each of FEATURES: the ranking score is their sum."""
    passage: Logistic
    """Score -> probability that the passage answers the question."""
    answerable: Logistic
    """ANSWERABLE_FEATURES -> probability that the documents answer the question at all."""
    threshold: float
    """Below this probability the question is not answered."""


class Ranking(BaseModel):
    """ranking.json."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    learned_on: str
    command: str
    with_bank: Model
    without_bank: Model


@dataclass(frozen=True, slots=True, eq=False)
class Ranked:
    """Passage rows best first, with ranking scores and probabilities, (rows,) each."""

    rows: NDArray[np.int64]
    scores: Floats
    probabilities: Floats
    answerable: float
    """Probability that the documents answer the question at all."""
    threshold: float
    signals: Signals


@lru_cache(maxsize=1)
def load_ranking() -> Ranking:
    """The learned weights that the package carries."""
    return Ranking.model_validate_json(resources.files("bot.retrieval").joinpath("ranking.json").read_text("utf-8"))


def rank(signals: Signals, model: Model) -> Ranked:
    """Weigh the signals."""
    scores = signals.features.astype(np.float64) @ np.asarray(model.weights)
    order = np.argsort(-scores, kind="stable")
    ranked = scores[order]
    return Ranked(
        rows=signals.rows[order],
        scores=ranked,
        probabilities=model.passage.probability(ranked[:, None]),
        answerable=float(model.answerable.probability(answerable_features(signals, ranked, order)[None])[0]),
        threshold=model.threshold,
        signals=signals,
    )


def answerable_features(signals: Signals, ranked: Floats, order: NDArray[np.int64]) -> Floats:
    """ANSWERABLE_FEATURES of one question: how good the best passage is, how far ahead, and how near in itself."""
    if not len(order):
        return np.zeros(len(ANSWERABLE_FEATURES))
    top = signals.features[order[0]]
    rest = ranked[1:6].mean() if len(ranked) > 1 else 0.0
    column = {name: number for number, name in enumerate(FEATURES)}
    return np.array(
        [
            ranked[0],
            ranked[0] - rest,
            signals.interaction,
            signals.bank,
            top[column["ngrams"]],
            top[column["stems"]],
            top[column["interaction"]],
        ]
    )
