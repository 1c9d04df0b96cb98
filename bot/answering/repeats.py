"""Passages that stand in several documents: where else a quote of one is to be found."""

from __future__ import annotations

import re

from bot.answering.quotes import Quote
from bot.documents.passages import squeeze
from bot.schema import Document, Elsewhere, Passage, Place
from bot.store.snapshot import Snapshot


class Repeats:
    """Knows the other places of a quote, on one snapshot."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._documents = snapshot.documents
        self._passages: dict[str, list[tuple[Place, Passage]]] = {}
        for passage in snapshot.passages:
            if len({place.document for place in passage.places}) > 1:
                for place in passage.places:
                    self._passages.setdefault(place.document, []).append((place, passage))

    def elsewhere(self, quote: Quote) -> tuple[Elsewhere, ...]:
        """Where other documents say the same, each named once; a quote of more than one passage stands alone."""
        for place, passage in self._passages.get(quote.document, ()):
            if place.start <= quote.start and quote.end <= place.end:
                words = self._documents[quote.document].quote(quote.start, quote.end)
                others = {p.document: p for p in reversed(passage.places) if p.document != quote.document}
                found = (_found(words, place, self._documents[place.document]) for place in reversed(others.values()))
                return tuple(other for other in found if other is not None)
        return ()


def _found(words: str, place: Place, document: Document) -> Elsewhere | None:
    """The stretch of a passage at `place` that has these words, however they are broken into lines there."""
    pattern = r"\s+".join(re.escape(word) for word in squeeze(words).split(" "))
    found = re.compile(pattern).search(document.text, place.start, place.end)
    if found is None:
        return None
    return Elsewhere(document.name, document.title, place.section, found.start(), found.end(), place.page)
