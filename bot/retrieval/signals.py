"""What speaks for a passage as the answer to a question: raw signals, before they are weighed.

Each signal but the lexical ones is standardised against a fixed background of passages (or bank questions), so that
it says how far a passage stands out for this question: cosines of e5 crowd into 0.8-0.9 and mean nothing alone.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bot.retrieval.query import Query
from bot.store.lexical import top_rows
from bot.store.snapshot import Snapshot
from bot.store.table import Sample, Table

SEARCHED_WHOLE = 512
"""A table of at most this many rows is scored whole; a larger one by its candidates."""
DENSE_CANDIDATES = 128
LEXICAL_CANDIDATES = 64
BANK_CANDIDATES = 192
BACKGROUND = 256
"""Rows that the signals are standardised against."""
NO_BANK_SIGNAL = -1.0
"""A passage for which the bank has no question near this one."""
FEATURES = ("interaction", "stems", "ngrams", "bank")
"""The columns of `Signals.features`."""

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Signals:
    """Candidates and their signals.

    `rows` (candidates,) are passage rows, `features` (candidates, len(FEATURES)). `interaction` is the best raw
    MaxSim (a mean cosine) and `bank` the best raw similarity to a bank question: they say how near anything comes
    at all. `bank_row` is, for each candidate, the bank question that spoke for it, or -1. The pooled vectors only
    find candidates: beside late interaction they add nothing to the order (benchmarks/retrieval.py).
    """

    rows: NDArray[np.int64]
    features: Floats
    interaction: float
    bank: float
    bank_row: NDArray[np.int64]


def signals_for(snapshot: Snapshot, query: Query, *, without: int | None = None) -> Signals:
    """All signals of a question on a snapshot; as if the bank did not have its question `without` (for learning)."""
    table = snapshot.tables["passages"]
    lexical = {name: index.scores(query.text) for name, index in snapshot.lexical.items()}
    bank_scores, bank_best = _bank(snapshot, query, without)
    rows = _candidates(snapshot, query, list(lexical.values()), sorted(bank_scores))
    raw = late_interaction(table, rows, query)
    reference = raw if len(rows) == len(table) else _met(table, *_tokens(table.sample(BACKGROUND)), query)
    bank = np.array([bank_scores.get(int(row), (NO_BANK_SIGNAL, -1))[0] for row in rows], dtype=np.float32)
    features = np.stack([standardised(raw, reference), lexical["stems"][rows], lexical["ngrams"][rows], bank], axis=1)
    return Signals(
        rows=rows,
        features=features.astype(np.float32),
        interaction=float(raw.max(initial=0.0)),
        bank=bank_best,
        bank_row=np.array([bank_scores.get(int(row), (0.0, -1))[1] for row in rows], dtype=np.int64),
    )


def late_interaction(table: Table, rows: NDArray[np.int64], query: Query) -> Floats:
    """MaxSim: for each question token the nearest token of the row, and their weighted mean; (rows,)."""
    if not len(rows):
        return np.zeros(0, dtype=np.float32)
    return _met(table, *table.tokens_of(rows), query)


def _met(table: Table, tokens: Floats, begins: NDArray[np.int64], query: Query) -> Floats:
    best = np.maximum.reduceat(table.project(query.tokens) @ tokens.T, begins, axis=1)
    scores: Floats = query.weights @ best
    return scores


def _tokens(sample: Sample) -> tuple[Floats, NDArray[np.int64]]:
    return sample.tokens, sample.begins


def _candidates(snapshot: Snapshot, query: Query, lexical: list[Floats], by_bank: list[int]) -> NDArray[np.int64]:
    size = len(snapshot.passages)
    if size <= SEARCHED_WHOLE:
        return np.arange(size)
    found = {*snapshot.nearest("passages", query.vector, DENSE_CANDIDATES), *by_bank}
    for scores in lexical:
        found.update(top_rows(scores, LEXICAL_CANDIDATES))
    return np.array(sorted(found), dtype=np.int64)


def _bank(snapshot: Snapshot, query: Query, without: int | None) -> tuple[dict[int, tuple[float, int]], float]:
    """For passages with a bank question near this question: standardised similarity and that question's row."""
    table = snapshot.tables["questions"]
    if not len(table):
        return {}, 0.0
    nearest = snapshot.nearest("questions", query.vector, BANK_CANDIDATES)
    near = np.array(sorted(row for row in nearest if row != without), dtype=np.int64)
    similarity = _question_similarity(table, *table.tokens_of(near), query)
    reference = _question_similarity(table, *_tokens(table.sample(BACKGROUND)), query)
    scores = standardised(similarity, reference)
    best: dict[int, tuple[float, int]] = {}
    for row, score in zip(near.tolist(), scores.tolist(), strict=True):
        passage = snapshot.bank.rows[row]
        if score > best.get(passage, (NO_BANK_SIGNAL, -1))[0]:
            best[passage] = (score, row)
    return best, float(similarity.max(initial=0.0))


def _question_similarity(table: Table, tokens: Floats, begins: NDArray[np.int64], query: Query) -> Floats:
    """Late interaction in both directions: questions are of like length, so neither may leave much unsaid."""
    if not len(begins):
        return np.zeros(0, dtype=np.float32)
    similarities = table.project(query.tokens) @ tokens.T
    forth = query.weights @ np.maximum.reduceat(similarities, begins, axis=1)
    lengths = np.diff(np.append(begins, len(tokens))).astype(np.float32)
    back = np.add.reduceat(similarities.max(axis=0), begins) / lengths
    mean: Floats = ((forth + back) / 2).astype(np.float32)
    return mean


def standardised(values: Floats, reference: Floats) -> Floats:
    """How many standard deviations `values` lie above the mean of `reference`."""
    spread = float(reference.std()) if len(reference) > 1 else 0.0
    scaled: Floats = (values - reference.mean()) / max(spread, 1e-6)
    return scaled
