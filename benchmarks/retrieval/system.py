"""What is measured: something that takes a question and gives ranked passages, and perhaps an answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from bot.schema import Answer
from bot.store.snapshot import Snapshot

DEPTH = 200
"""So many ranked units are kept: ten pages are always among them."""

Span = tuple[str, int, int]
"""Document, start, end."""
Unit = tuple[Span, ...]
"""A passage or chunk: every place where it stands."""


@dataclass(frozen=True, slots=True)
class Result:
    """Units best first with their scores; `answer` where the system ends in one."""

    units: tuple[Unit, ...]
    scores: tuple[float, ...]
    answer: Answer | None = None


class System(Protocol):
    """One line of the table."""

    name: str
    units: tuple[Unit, ...]
    """Everything that it could find."""

    def search(self, question: str, history: Sequence[str]) -> Result:
        """What is found for a question after earlier ones; this is what is timed."""
        ...


def best_of(units: Sequence[Unit], rows: NDArray[np.int64], scores: NDArray[np.floating]) -> Result:
    """The result of scoring `rows` of `units`; equals in reading order."""
    order = np.argsort(-scores, kind="stable")[:DEPTH]
    return Result(tuple(units[row] for row in rows[order].tolist()), tuple(scores[order].tolist()))


def units_of(snapshot: Snapshot) -> tuple[Unit, ...]:
    """The passages of a snapshot as units."""
    return tuple(tuple((p.document, p.start, p.end) for p in passage.places) for passage in snapshot.passages)
