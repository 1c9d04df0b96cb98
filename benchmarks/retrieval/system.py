"""What is measured: something that takes a question and gives ranked passages, and perhaps an answer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

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
    """Units best first; `answer` where the system ends in one."""

    units: tuple[Unit, ...]
    answer: Answer | None = None


class System(Protocol):
    """One line of the table."""

    name: str
    units: tuple[Unit, ...]
    """Everything that it could find."""

    def search(self, question: str, history: Sequence[str]) -> Result:
        """What is found for a question after earlier ones; this is what is timed."""
        ...


def units_of(snapshot: Snapshot, rows: Iterable[int] | None = None) -> tuple[Unit, ...]:
    """Passages of a snapshot as units; all of them where no rows are named."""
    rows = range(len(snapshot.passages)) if rows is None else rows
    return tuple(
        tuple((place.document, place.start, place.end) for place in snapshot.passages[row].places) for row in rows
    )
