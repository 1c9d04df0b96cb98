"""Which passages an answer shows: one or a few, a whole list, the headings of a document, or one of each document."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from bot.answering.quotes import Quote
from bot.answering.trimming import trim
from bot.retrieval.query import Query
from bot.retrieval.ranking import Ranked
from bot.schema import BlockKind, Group, GroupKind
from bot.store.snapshot import Snapshot

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


def select_outline(snapshot: Snapshot, name: str) -> Selection:
    """The headings of a document, each once."""
    document = snapshot.documents[name]
    seen: set[tuple[str, ...]] = set()
    quotes = []
    for section in document.sections:
        if section.level == 0 and not any(b.section == document.sections.index(section) for b in document.blocks[1:]):
            continue
        if section.path not in seen:
            seen.add(section.path)
            quotes.append(Quote(name, section.start, section.end, section.path[:-1], bullet=True))
    return Selection(Shape.OUTLINE, tuple(quotes))


def in_reading_order(quotes: Sequence[Quote]) -> Iterable[Quote]:
    """The best quote's document and section first; within a section by place."""
    order: dict[tuple[str, tuple[str, ...]], int] = {}
    for quote in quotes:
        order.setdefault((quote.document, quote.section), len(order))
    return sorted(quotes, key=lambda q: order[q.document, q.section])


def lists_with(snapshot: Snapshot, row: int) -> list[Group]:
    """The lists that a passage is an item of."""
    return [group for group in snapshot.groups if group.kind is GroupKind.LIST and row in group.members]
