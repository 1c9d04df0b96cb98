"""The learned weights that are measured: without the question they are measured on, and with parts left out."""

from __future__ import annotations

import random
from collections.abc import Collection, Mapping

import numpy as np

from benchmarks.collections import HERE
from benchmarks.learn import FOLDS, SEED, Material
from benchmarks.retrieval.baselines import PARTS, part_features
from bot.evaluation.gold import read_gold
from bot.evaluation.learning import Example, learn_ranking
from bot.retrieval.ranking import Ranking

WRITTEN = "written"
"""The group of the questions on the training corpora."""


def folded(material: Material) -> Mapping[str, Ranking]:
    """For each development question the weights that were learned without it, in the parts that learn.py makes."""
    texts = [question.question for question in read_gold(HERE / "data" / "development.jsonl")]
    order = list(range(len(texts)))
    random.Random(SEED).shuffle(order)
    found: dict[str, Ranking] = {}
    for fold in range(FOLDS):
        held = set(order[fold::FOLDS])
        ranking = material.learn([item for n, item in enumerate(material.development) if n not in held])
        found.update({texts[number]: ranking for number in held})
    return found


class TrainingExamples:
    """The questions on the training corpora with all PARTS, to learn the weights of some of them."""

    def __init__(self, material: Material) -> None:
        self._examples = [
            Example(part_features(item.snapshot, item.query, item.signals).astype(np.float64), item.right, item.weight)
            for item in material.without_bank
            if item.group == WRITTEN and item.asked.rows
        ]

    def __len__(self) -> int:
        return len(self._examples)

    def learn(self, parts: Collection[str]) -> dict[str, float]:
        """The weights of `parts`, with the others left out."""
        columns = [PARTS.index(part) for part in parts]
        examples = [Example(e.features[:, columns], e.right, e.weight) for e in self._examples]
        return {part: round(float(w), 3) for part, w in zip(parts, learn_ranking(examples), strict=True)}
