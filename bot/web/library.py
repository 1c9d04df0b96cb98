"""What programs may look up: passages found, documents and their sections, the exact text of a place."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from bot.schema import Document, Hit, Place


@dataclass(frozen=True, slots=True)
class FoundPassage:
    """A passage found by some words; `score` is the probability (0 to 1) that it is meant."""

    document: str
    title: str
    section: tuple[str, ...]
    start: int
    end: int
    text: str
    language: str
    score: float


@dataclass(frozen=True, slots=True)
class Heading:
    """A section's headings, outermost first, and where it stands in the document's text."""

    path: tuple[str, ...]
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class DocumentEntry:
    """What is known of a document; `characters` is the length of the text that offsets refer to."""

    name: str
    title: str
    language: str
    characters: int
    publisher: str | None
    kind: str | None
    adopted: str | None
    source: str | None
    sections: tuple[Heading, ...]


@dataclass(frozen=True, slots=True)
class PassageText:
    """The exact characters of a document from `start` to `end`, and the headings they stand under."""

    document: str
    title: str
    section: tuple[str, ...]
    start: int
    end: int
    text: str
    language: str


def found_passages(hits: Iterable[Hit], document: str | None = None) -> list[FoundPassage]:
    """Hits as they are handed out, each at the place in `document` if one is named."""
    found = []
    for hit in hits:
        passage = hit.passage
        place = _place(passage.places, document)
        found.append(
            FoundPassage(
                place.document,
                passage.title,
                place.section,
                place.start,
                place.end,
                passage.text,
                passage.language,
                round(hit.score, 4),
            )
        )
    return found


def document_entry(document: Document) -> DocumentEntry:
    """What is known of a document."""
    return DocumentEntry(
        name=document.name,
        title=document.title,
        language=document.language,
        characters=len(document.text),
        publisher=document.publisher,
        kind=document.kind,
        adopted=document.adopted,
        source=document.source,
        sections=tuple(Heading(section.path, section.start, section.end) for section in document.sections),
    )


def passage_text(document: Document, start: int, end: int) -> PassageText | None:
    """The text of a place; None where the document has no such place."""
    if not 0 <= start < end <= len(document.text):
        return None
    above = [b.section for b in document.blocks if b.start <= start and b.section is not None]
    section = document.sections[above[-1]].path if above else ()
    text = document.quote(start, end)
    return PassageText(document.name, document.title, section, start, end, text, document.language)


def _place(places: tuple[Place, ...], document: str | None) -> Place:
    return next((place for place in places if place.document == document), places[0])
