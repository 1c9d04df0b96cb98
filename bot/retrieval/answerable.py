"""Do the documents answer the question at all? The signals of the best passages, and the kind of question."""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import NDArray

from bot.retrieval.query import Query
from bot.retrieval.ranking import Ranked
from bot.retrieval.signals import FEATURES as SIGNALS
from bot.retrieval.terms import only_named
from bot.store.lexical import ngrams
from bot.store.snapshot import Snapshot

FEATURES = (
    "top",
    "lead",
    "interaction",
    "bank",
    "stems",
    "ngrams",
    "best_interaction",
    "unknown_name",
    "weakest",
    "weaker_half",
    "only_named",
)
QUESTION_SCALE = 8.0
"""The question's vector is stretched so that its parts weigh like the features: e5's vectors lie close together."""
NEXT = 5
"""The lead is measured to the mean of so many passages after the best."""
BEST = 3
WEAKEST = 3
NAME = re.compile(r"[A-ZÆØÅÄÖÉÜ][\wæøåäöéü-]{3,}")
SENTENCE_START = ".?!:;\"“”»«„'’(["

Floats = NDArray[np.float64]


def answerable_features(snapshot: Snapshot, query: Query, ranked: Ranked) -> Floats:
    """FEATURES of one question, then its vector: (len(FEATURES) + dimension,)."""
    question = query.vector.astype(np.float64) * QUESTION_SCALE
    if not len(ranked.rows):
        return np.concatenate([np.zeros(len(FEATURES)), question])
    best = ranked.signals.features[ranked.order[0]]
    column = {name: number for number, name in enumerate(SIGNALS)}
    scores = ranked.scores
    weakest, half = _weakest_tokens(snapshot, query, ranked)
    known = [
        scores[0],
        scores[0] - scores[1 : 1 + NEXT].mean() if len(scores) > 1 else 0.0,
        ranked.signals.interaction,
        ranked.signals.bank,
        best[column["stems"]],
        best[column["ngrams"]],
        best[column["interaction"]],
        unknown_name(query.text, snapshot),
        weakest,
        half,
        only_named(snapshot, query.text),
    ]
    return np.concatenate([np.asarray(known, dtype=np.float64), question])


def unknown_name(question: str, snapshot: Snapshot) -> float:
    """How foreign the most foreign name in a question is: 0, its letters are in the documents, to 1, none are.

    A name is a capitalised word inside a sentence, so German questions, with all nouns capitalised, may score too
    high; the other features outweigh that.
    """
    vocabulary = snapshot.lexical["ngrams"].vocabulary
    worst = 0.0
    for match in NAME.finditer(question):
        before = question[: match.start()].rstrip()
        if not before or before[-1] in SENTENCE_START:
            continue
        grams = ngrams(match.group())
        worst = max(worst, 1 - sum(gram in vocabulary for gram in grams) / len(grams))
    return worst


def _weakest_tokens(snapshot: Snapshot, query: Query, ranked: Ranked) -> tuple[float, float]:
    """How near the question's worst met tokens come to the best passages: the few weakest, and the weaker half."""
    table = snapshot.tables["passages"]
    tokens, begins = table.tokens_of(ranked.rows[:BEST])
    nearest = np.sort(np.maximum.reduceat(table.project(query.tokens) @ tokens.T, begins, axis=1), axis=0)
    half = max(1, len(nearest) // 2)
    return float(nearest[:WEAKEST].mean(axis=0).max()), float(nearest[:half].mean(axis=0).max())
