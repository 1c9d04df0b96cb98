"""Learns the weights that ranking.json and intents.json hold: listwise ranking, and logistic regressions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

from bot.retrieval.ranking import Logistic

Floats = NDArray[np.float64]
RIDGE = 1e-3
"""Holds the ranking weights small; learned on a thousand questions it hardly matters."""


@dataclass(frozen=True, slots=True, eq=False)
class Example:
    """The candidates of one question: `features` (candidates, features), and which of them answer it."""

    features: Floats
    right: NDArray[np.bool_]
    weight: float = 1.0


def learn_ranking(examples: Sequence[Example]) -> Floats:
    """Weights (features,) that make a right candidate the most probable one, by listwise maximum likelihood.

    Examples without a right candidate do not count.
    """
    useful = [e for e in examples if e.right.any()]
    total = sum(e.weight for e in useful)

    def loss(weights: Floats) -> tuple[float, Floats]:
        value, gradient = RIDGE * float(weights @ weights), 2 * RIDGE * weights
        for example in useful:
            scores = example.features @ weights
            all_odds = np.exp(scores - scores.max())
            everywhere = all_odds / all_odds.sum()
            there = np.where(example.right, everywhere, 0.0)
            share = there.sum()
            value -= example.weight / total * float(np.log(max(share, 1e-12)))
            gradient = gradient + example.weight / total * ((everywhere - there / max(share, 1e-12)) @ example.features)
        return value, gradient

    found: Floats = minimize(loss, np.zeros(useful[0].features.shape[1]), jac=True, method="L-BFGS-B").x
    return found


def learn_logistic(
    names: Sequence[str],
    values: Floats,
    truth: NDArray[np.bool_],
    weights: Floats | None = None,
    strength: float = 1.0,
    unscaled: int | None = None,
) -> Logistic:
    """A logistic regression on (rows, features), its scaling folded into the weights.

    Columns from `unscaled` on are only centred: a question's vector must keep its directions.
    """
    scaler = StandardScaler().fit(values)
    scale = scaler.scale_.copy()
    if unscaled is not None:
        scale[unscaled:] = 1.0
    scaled = (values - scaler.mean_) / scale
    model = LogisticRegression(C=strength, max_iter=2000).fit(scaled, truth, sample_weight=weights)
    folded = model.coef_[0] / scale
    bias = float(model.intercept_[0] - (scaler.mean_ * folded).sum())
    return Logistic(features=tuple(names), weights=tuple(round(float(w), 5) for w in folded), bias=round(bias, 5))


def choose_threshold(probabilities: Floats, answerable: NDArray[np.bool_], wrongly_refused: float) -> float:
    """The highest threshold that refuses at most the share `wrongly_refused` of the answerable questions."""
    kept = np.sort(probabilities[answerable])
    return float(kept[int(wrongly_refused * len(kept))]) if len(kept) else 0.5
