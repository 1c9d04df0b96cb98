"""Proven quotes: a stretch of a document, cited by offset and compared before it is shown."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from bot.errors import CitationError
from bot.schema import Citation, Document, Elsewhere, Place


@dataclass(frozen=True, slots=True)
class Quote:
    """A stretch to be cited. `bullet`: it is shown as an item of a list; `goes_on`: its sentence goes on."""

    document: str
    start: int
    end: int
    section: tuple[str, ...]
    page: int | None = None
    bullet: bool = False
    goes_on: bool = False

    @classmethod
    def of_place(cls, place: Place, *, bullet: bool = False) -> Quote:
        """The whole passage at `place`."""
        return cls(place.document, place.start, place.end, place.section, place.page, bullet)


def nowhere_else(quote: Quote) -> tuple[Elsewhere, ...]:
    """No other document is known to say the same."""
    return ()


def cite(
    quotes: Iterable[Quote],
    documents: Mapping[str, Document],
    elsewhere: Callable[[Quote], tuple[Elsewhere, ...]] = nowhere_else,
) -> tuple[Citation, ...]:
    """Numbered citations with the exact text of each quote; `elsewhere` knows which other documents say the same.

    What is cited itself is not named again as another place.
    """
    quotes = list(quotes)
    return tuple(
        Citation(
            number=number,
            document=quote.document,
            title=documents[quote.document].title,
            section=quote.section,
            start=quote.start,
            end=quote.end,
            quote=documents[quote.document].text[quote.start : quote.end],
            page=quote.page,
            also=tuple(other for other in elsewhere(quote) if not any(_covers(cited, other) for cited in quotes)),
        )
        for number, quote in enumerate(quotes, 1)
    )


def _covers(quote: Quote, other: Elsewhere) -> bool:
    return quote.document == other.document and quote.start <= other.start and other.end <= quote.end


def prove(citations: Sequence[Citation], text: str, documents: Mapping[str, Document]) -> None:
    """Check an answer's citations against the documents and its text.

    Raises CitationError unless they are numbered from 1 in order, every one is used in `text` as [n], and each quote
    is, character for character, what stands in its document, and but for white space what the others say.
    """
    for expected, citation in enumerate(citations, 1):
        document = documents.get(citation.document)
        if document is None or not 0 <= citation.start < citation.end <= len(document.text):
            raise CitationError(
                f"Citation {citation.number} points outside {citation.document}; the answer is withheld."
            )
        if document.text[citation.start : citation.end] != citation.quote or not citation.quote.strip():
            raise CitationError(
                f"Citation {citation.number} is not what {citation.document} says; the answer is withheld."
            )
        for other in citation.also:
            where = documents.get(other.document)
            if where is None or where.text[other.start : other.end].split() != citation.quote.split():
                raise CitationError(
                    f"Citation {citation.number} is not what {other.document} says; the answer is withheld."
                )
        if citation.number != expected or f"[{expected}]" not in text:
            raise CitationError(f"Citation {citation.number} is not used in the answer; the answer is withheld.")
