"""Documents that are replaced, out of force or not yet in force stand behind those that are in force."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import date

import numpy as np
from numpy.typing import NDArray

from bot.retrieval.ranking import Model, Ranked, passage_features
from bot.store.snapshot import Snapshot


def not_in_force(snapshot: Snapshot, day: date) -> frozenset[str]:
    """The names of the documents that are not in force on a day."""
    return frozenset(name for name, document in snapshot.documents.items() if not document.is_in_force(day))


def split(snapshot: Snapshot, ranked: Ranked, old: Collection[str], model: Model) -> tuple[Ranked, Ranked]:
    """The ranked passages that stand in a document in force, as if there were no others; and those others."""
    only_old = np.array([all(p.document in old for p in snapshot.passages[row].places) for row in ranked.rows.tolist()])
    current = _taken(ranked, ~only_old)
    probabilities = model.passage.probability(passage_features(current.scores))
    return replace(current, probabilities=probabilities), _taken(ranked, only_old)


def joined(first: Ranked, then: Ranked) -> Ranked:
    """Two parts of a ranking, one behind the other."""
    return replace(
        first,
        rows=np.concatenate([first.rows, then.rows]),
        scores=np.concatenate([first.scores, then.scores]),
        probabilities=np.concatenate([first.probabilities, then.probabilities]),
        order=np.concatenate([first.order, then.order]),
    )


def _taken(ranked: Ranked, wanted: NDArray[np.bool_]) -> Ranked:
    return replace(
        ranked,
        rows=ranked.rows[wanted],
        scores=ranked.scores[wanted],
        probabilities=ranked.probabilities[wanted],
        order=ranked.order[wanted],
    )
