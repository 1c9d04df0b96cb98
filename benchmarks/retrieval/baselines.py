"""The parts of the search, each alone and summed without thought; and weighed sums, to see what each part is worth."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from benchmarks.retrieval.system import Result, best_of, units_of
from bot.models.encoder import Encoder
from bot.retrieval.follow_ups import leans_on_earlier
from bot.retrieval.query import Query, follow_up, query_of
from bot.retrieval.signals import FEATURES, Signals, signals_for, standardised
from bot.store.snapshot import Snapshot

Floats = NDArray[np.float32]
PARTS = ("interaction", "stems", "ngrams", "pooled")
"""What can be weighed: signals of the search, and the pooled vectors, which only find candidates there."""


def asked_text(question: str, history: Sequence[str]) -> str:
    """A question with the earlier ones in front where it leans on them."""
    return " ".join([*history, question]) if history and leans_on_earlier(question) else question


def asked_query(encoder: Encoder, question: str, history: Sequence[str]) -> Query:
    """The same as a query of ours."""
    query = query_of(encoder, question)
    if history and leans_on_earlier(question):
        return follow_up(query, [query_of(encoder, text) for text in history])
    return query


def part_features(snapshot: Snapshot, query: Query, signals: Signals) -> Floats:
    """PARTS of the candidates of a question, (candidates, parts)."""
    columns = [signals.features[:, FEATURES.index(name)] for name in PARTS[:-1]]
    return np.stack([*columns, _pooled(snapshot, query)[signals.rows]], axis=1)


class Scored:
    """Ranks all passages of a snapshot by one score."""

    def __init__(self, name: str, snapshot: Snapshot, score: Callable[[str, Sequence[str]], Floats]) -> None:
        self.name = name
        self.units = units_of(snapshot)
        self._snapshot = snapshot
        self._score = score

    def search(self, question: str, history: Sequence[str]) -> Result:
        scores = self._score(question, history)
        return best_of(self.units, np.arange(len(scores)), scores)


def bm25(name: str, snapshot: Snapshot, index: str) -> Scored:
    """One lexical index alone."""
    return Scored(name, snapshot, lambda q, history: snapshot.lexical[index].scores(asked_text(q, history)))


def pooled(name: str, snapshot: Snapshot, encoder: Encoder) -> Scored:
    """The encoder alone: cosine of question and passage."""
    return Scored(name, snapshot, lambda q, history: _pooled(snapshot, asked_query(encoder, q, history)))


def plain_sum(name: str, snapshot: Snapshot, encoder: Encoder) -> Scored:
    """Pooled vectors and both lexical indexes, each standardised over all passages, added up."""

    def score(question: str, history: Sequence[str]) -> Floats:
        query = asked_query(encoder, question, history)
        lexical = [index.scores(query.text) for index in snapshot.lexical.values()]
        total: Floats = np.sum([_pooled(snapshot, query), *(standardised(s, s) for s in lexical)], axis=0)
        return total

    return Scored(name, snapshot, score)


class Weighed:
    """Ranks by a weighted sum of PARTS; what has no weight is not computed."""

    def __init__(self, name: str, snapshot: Snapshot, encoder: Encoder, weights: Mapping[str, float]) -> None:
        self.name = name
        self.units = units_of(snapshot)
        self._snapshot = snapshot
        self._encoder = encoder
        self._weights = weights

    def search(self, question: str, history: Sequence[str]) -> Result:
        query = asked_query(self._encoder, question, history)
        rows, scores = self._candidates(query) if "interaction" in self._weights else self._all(query)
        return best_of(self.units, rows, scores)

    def _candidates(self, query: Query) -> tuple[NDArray[np.int64], Floats]:
        signals = signals_for(self._snapshot, query)
        weights = np.array([self._weights.get(part, 0.0) for part in PARTS], dtype=np.float32)
        return signals.rows, part_features(self._snapshot, query, signals) @ weights

    def _all(self, query: Query) -> tuple[NDArray[np.int64], Floats]:
        scores = self._weights.get("pooled", 0.0) * _pooled(self._snapshot, query)
        for name, index in self._snapshot.lexical.items():
            scores = scores + self._weights.get(name, 0.0) * index.scores(query.text)
        return np.arange(len(scores)), scores


def _pooled(snapshot: Snapshot, query: Query) -> Floats:
    similarity = snapshot.tables["passages"].vectors @ query.vector
    return standardised(similarity, similarity)
