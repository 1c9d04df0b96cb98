"""Learns whether the documents answer a question at all, from what was found and from what kind of question it is."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from benchmarks import collections as sets
from bot.evaluation.learning import learn_logistic
from bot.models.encoder import Encoder
from bot.retrieval.answerable import FEATURES, QUESTION_SCALE, answerable_features
from bot.retrieval.query import Query
from bot.retrieval.ranking import Logistic, Ranked
from bot.store.snapshot import Snapshot

KINDS = ("a", "b", "c", "d", "e", "f", "g", "h", "i", "j")
"""Corpora that the encoder was adapted on: their passages look nearer than others', their questions are as good."""
STRENGTH = 0.5
"""Inverse ridge of the answerable model."""
KIND_STRENGTH = 0.2

Floats = NDArray[np.float64]
Kind = Floats
"""How much each number of a question's stretched vector speaks for a question that such documents answer."""


def learn_kind(encoder: Encoder) -> Kind:
    """What tells "when do you open?" from "what matters to you?", from the questions alone; (dimension,)."""
    folders = [sets.HERE / "training" / name for name in KINDS]
    questions = [question for folder in folders if folder.is_dir() for question in sets.answerable_or_not(folder)]
    vectors = np.array([e.vector for e in encoder.encode_queries([text for text, _ in questions])], dtype=np.float64)
    scaled = (vectors - vectors.mean(axis=0)) * QUESTION_SCALE
    model = LogisticRegression(C=KIND_STRENGTH, max_iter=3000).fit(scaled, [answered for _, answered in questions])
    weights: Kind = model.coef_[0]
    return weights


def answerable_inputs(found: Iterable[tuple[Snapshot, Query, Ranked]]) -> Floats:
    """The features and vectors of questions, (questions, len(FEATURES) + dimension)."""
    return np.array([answerable_features(snapshot, query, ranked) for snapshot, query, ranked in found])


def learn_answerable(inputs: Floats, truth: NDArray[np.bool_], weights: Floats, kind: Kind) -> Logistic:
    """The model over `answerable_inputs`.

    The kind of question is one more feature while learning. As it is a sum over the question's vector, its weight is
    added to those of the vector in the end.
    """
    known, questions = inputs[:, : len(FEATURES)], inputs[:, len(FEATURES) :]
    names = (*FEATURES, "kind", *(f"question{number}" for number in range(questions.shape[1])))
    learned = learn_logistic(
        names,
        np.column_stack([known, questions @ kind, questions]),
        truth,
        weights,
        strength=STRENGTH,
        unscaled=len(FEATURES) + 1,
    )
    at = len(FEATURES)
    by_kind, own = learned.weights[at], np.asarray(learned.weights[at + 1 :])
    folded = tuple(round(float(weight), 5) for weight in own + by_kind * kind)
    return Logistic(features=names[:at] + names[at + 1 :], weights=learned.weights[:at] + folded, bias=learned.bias)
