"""The weights can be learned again: what learns them keeps step with what answers by them."""

from __future__ import annotations

import numpy as np

from benchmarks import collections
from benchmarks.learn import gather, learn_model
from bot.answering.intents import load_intents
from bot.models.encoder import Encoder
from bot.retrieval.answerable import answerable_features
from bot.retrieval.ranking import rank
from bot.store.snapshot import Snapshot

LISTS = 6


def test_a_model_is_learned_from_a_few_questions(snapshot: Snapshot, encoder: Encoder) -> None:
    asked = collections.development(snapshot)
    lists = [question for question in asked if question.whole_list][:LISTS]
    others = [question for question in asked if question.pieces and not question.whole_list][:20]
    items = gather([*lists, *others], snapshot, encoder, "development")
    items += gather(collections.unanswerable()[:20], snapshot, encoder, "unanswerable")

    model = learn_model(items, load_intents(), np.zeros(encoder.dimension))

    right = [item.right[rank(item.signals, model).order[0]] for item in items if item.asked.rows]
    assert np.mean(right) > 0.7
    probable = {True: [], False: []}
    for item in items:
        features = answerable_features(snapshot, item.query, rank(item.signals, model))
        probable[bool(item.asked.rows)].append(float(model.answerable.probability(features[None])[0]))
    assert np.mean(probable[True]) > model.threshold > np.mean(probable[False])
    assert len(model.whole_list.weights) == len(model.whole_list.features)
