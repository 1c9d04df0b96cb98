"""Which passages an answer shows: one or a few, a whole list, the headings of a document, or one of each document."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from bot.answering.quotes import Quote
from bot.answering.trimming import trim
from bot.documents.passages import squeeze
from bot.retrieval.ranking import Ranked
from bot.retrieval.retriever import Found
from bot.schema import BlockKind, Group, GroupKind
from bot.store.snapshot import Snapshot

COMPARED = 2
GUIDE_WORD_CHARACTERS = 40
EXPLANATIONS = 2
MAX_QUOTES = 4
"""An ordinary answer shows at most this many passages."""
SHARE_OF_BEST = 0.25
"""A further passage must be at least this probable beside the best."""
OF_EACH = 2
SHARE_OF_FIRST = 0.5
"""The same for the second passage of a document that is compared with others."""


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


def select_passages(snapshot: Snapshot, found: Found) -> Selection:
    """The best passage, and those nearly as probable."""
    quotes = [trim(snapshot, found.query, row) for row in _best_rows(found.ranked)]
    return Selection(Shape.PASSAGES, tuple(in_reading_order(quotes)))


def select_list(snapshot: Snapshot, found: Found, group: Group, *, alone: bool) -> Selection:
    """Every item of a list. Guide words are one quote, and unless the list `alone` is asked for, what explains them."""
    if not is_guide_words(snapshot, group):
        return Selection(Shape.LIST, tuple(_items(snapshot, group)))
    words = _one_quote(snapshot, group)
    if alone:
        return Selection(Shape.LIST, (words,))
    return Selection(Shape.PASSAGES, (*_explanations(snapshot, found, group), words))


def select_guide_words(snapshot: Snapshot, found: Found) -> Selection | None:
    """A guide word that is found ("Trygghet") says nothing alone: its list, and what explains it; else None."""
    row = int(found.ranked.rows[0])
    for number in snapshot.memberships.of([row]):
        group = snapshot.groups[number]
        if group.kind is GroupKind.LIST and is_guide_words(snapshot, group):
            return Selection(Shape.PASSAGES, (_one_quote(snapshot, group), *_explanations(snapshot, found, group)))
    return None


def select_comparison(snapshot: Snapshot, found: Found, named: Sequence[str]) -> Selection | None:
    """The best passage of each document that is compared, and one nearly as probable; None where only one has any.

    The documents that the question names, in its order, and if it names fewer than two those that rank best.
    """
    best: dict[str, list[tuple[int, float]]] = {}
    for row, probability in zip(found.ranked.rows.tolist(), found.ranked.probabilities.tolist(), strict=True):
        # A passage may stand in one document more than once.
        for name in dict.fromkeys(place.document for place in snapshot.passages[row].places):
            best.setdefault(name, []).append((row, probability))
    wanted = list(named) if len(named) >= COMPARED else list(dict.fromkeys([*named, *best]))[:COMPARED]
    rows = {name: best[name][:OF_EACH] for name in wanted if name in best}
    if len(rows) < COMPARED:
        return None
    quotes = [
        trim(snapshot, found.query, row, name)
        for name, ranked in rows.items()
        for row, probability in ranked
        if probability >= SHARE_OF_FIRST * ranked[0][1]
    ]
    return Selection(Shape.COMPARISON, tuple(quotes))


def is_guide_words(snapshot: Snapshot, group: Group) -> bool:
    """Are a list's items single words or names, in this document's own run of lines?"""
    texts = [snapshot.passages[row].text for row in group.members]
    return max(len(text) for text in texts) <= GUIDE_WORD_CHARACTERS


def _best_rows(ranked: Ranked) -> list[int]:
    best = ranked.probabilities[0]
    pairs = zip(ranked.rows[:MAX_QUOTES].tolist(), ranked.probabilities[:MAX_QUOTES].tolist(), strict=True)
    return [row for row, probability in pairs if probability >= SHARE_OF_BEST * best]


def _items(snapshot: Snapshot, group: Group) -> Iterator[Quote]:
    places = [
        next(
            p
            for p in snapshot.passages[row].places
            if p.document == group.document and group.start <= p.start < group.end
        )
        for row in group.members
    ]
    # An item that leads the others in stands in their section already: "Udarbejde strategier for følgende områder:".
    headings = [place.section[-1] for place in places if place.section]
    for row, place in zip(group.members, places, strict=True):
        passage = snapshot.passages[row]
        if not any(heading.endswith(squeeze(passage.text)) for heading in headings):
            yield Quote.of_place(place, bullet=passage.kind is BlockKind.LIST_ITEM)


def _one_quote(snapshot: Snapshot, group: Group) -> Quote:
    quotes = list(_items(snapshot, group))
    return Quote(group.document, quotes[0].start, quotes[-1].end, quotes[0].section, quotes[0].page)


def _explanations(snapshot: Snapshot, found: Found, group: Group) -> Iterator[Quote]:
    """The best paragraphs under the same heading as a list."""
    places = {int(row): n for n, row in enumerate(found.ranked.rows)}
    around = (snapshot.groups[number] for number in snapshot.memberships.of(group.members[:1]))
    section = next((g for g in around if g.kind is GroupKind.SECTION and set(group.members) < set(g.members)), None)
    others = [row for row in (section.members if section else ()) if row not in group.members and row in places]
    for row in sorted(others, key=places.__getitem__)[:EXPLANATIONS]:
        yield trim(snapshot, found.query, row)


def in_reading_order(quotes: Sequence[Quote]) -> Iterable[Quote]:
    """The best quote's document and section first; within a section by place."""
    order: dict[tuple[str, tuple[str, ...]], int] = {}
    for quote in quotes:
        order.setdefault((quote.document, quote.section), len(order))
    return sorted(quotes, key=lambda q: order[q.document, q.section])
