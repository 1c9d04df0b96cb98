"""Which passages an answer shows: one or a few, a whole list, the headings of a document, or one of each document."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from bot.answering.quotes import Quote
from bot.answering.trimming import trim
from bot.retrieval.query import Query
from bot.retrieval.ranking import Ranked
from bot.retrieval.retriever import Found
from bot.schema import BlockKind, Group
from bot.store.snapshot import Snapshot

COMPARED = 2
MAX_QUOTES = 3
"""An ordinary answer shows at most this many passages."""
SHARE_OF_BEST = 0.55
"""A further passage must be at least this probable beside the best."""


class Shape(StrEnum):
    """What kind of answer a question wants."""

    PASSAGES = "passages"
    LIST = "list"
    OUTLINE = "outline"
    COMPARISON = "comparison"


@dataclass(frozen=True, slots=True)
class Selection:
    """The quotes of an answer in order, and the shape they are worded in."""

    shape: Shape
    quotes: tuple[Quote, ...]


def select_passages(snapshot: Snapshot, query: Query, ranked: Ranked) -> Selection:
    """The best passage, and those nearly as probable."""
    best = ranked.probabilities[0]
    rows = [
        int(row)
        for row, probability in zip(ranked.rows[:MAX_QUOTES], ranked.probabilities[:MAX_QUOTES], strict=True)
        if probability >= SHARE_OF_BEST * best
    ]
    quotes = [trim(snapshot, query, row) for row in rows]
    return Selection(Shape.PASSAGES, tuple(in_reading_order(quotes)))


def select_list(snapshot: Snapshot, group: Group) -> Selection:
    """Every item of a list."""
    quotes = []
    for row in group.members:
        passage = snapshot.passages[row]
        place = next(p for p in passage.places if p.document == group.document and group.start <= p.start < group.end)
        quotes.append(Quote.of_place(place, bullet=passage.kind is BlockKind.LIST_ITEM))
    return Selection(Shape.LIST, tuple(quotes))


def select_comparison(snapshot: Snapshot, found: Found, named: Sequence[str]) -> Selection | None:
    """The best passage of each document that is compared; None where only one has anything.

    Documents that the question names come in its order; otherwise the two whose passages rank best.
    """
    best: dict[str, int] = {}
    for row in found.ranked.rows.tolist():
        for place in snapshot.passages[row].places:
            best.setdefault(place.document, row)
    wanted = list(named) if len(named) > 1 else list(best)[:COMPARED]
    rows = {name: best[name] for name in wanted if name in best}
    if len(rows) < COMPARED:
        return None
    quotes = [trim(snapshot, found.query, row, name) for name, row in rows.items()]
    return Selection(Shape.COMPARISON, tuple(quotes))


def in_reading_order(quotes: Sequence[Quote]) -> Iterable[Quote]:
    """The best quote's document and section first; within a section by place."""
    order: dict[tuple[str, tuple[str, ...]], int] = {}
    for quote in quotes:
        order.setdefault((quote.document, quote.section), len(order))
    return sorted(quotes, key=lambda q: order[q.document, q.section])
