"""Documents -> passages: what is embedded, found and cited."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from datetime import date

from bot.documents.sentences import has_open_end, sentence_spans, strip_span
from bot.schema import Block, BlockKind, Document, Passage, Place

MAX_PASSAGE_CHARACTERS = 900
"""A longer paragraph becomes several passages, cut between sentences, so that it fits the encoder's 512 tokens."""
MAX_SENTENCE_CHARACTERS = 1800
"""A longer sentence is none: a table without its rules, a file without line ends. It is cut all the same."""
SPACE = re.compile(r"\s+")
SHORT_CHARACTERS = 60
"""A shorter text ("Trygghet") means something only together with the headings above it."""


def squeeze(text: str) -> str:
    """`text` with every run of white space as one space: how a passage is read, embedded and compared."""
    return " ".join(text.split())


def passages_of(documents: Iterable[Document]) -> tuple[Passage, ...]:
    """All passages of the documents in reading order; one that occurs several times is kept once with its places.

    Its first place is in the document that is longest in force.
    """
    found: dict[str, tuple[Document, BlockKind, list[Place]]] = {}
    for document in longest_in_force_first(documents):
        for kind, place in _places(document):
            identity = passage_id(document, kind, place)
            found.setdefault(identity, (document, kind, []))[2].append(place)
    return tuple(
        Passage(
            id=identity,
            text=document.text[places[0].start : places[0].end],
            kind=kind,
            title=document.title,
            language=document.language,
            places=tuple(places),
            publisher=document.publisher,
        )
        for identity, (document, kind, places) in found.items()
    )


def longest_in_force_first(documents: Iterable[Document]) -> list[Document]:
    """The documents in their order, but those that are replaced last, and before them those that end first.

    What several of them say is then cited where it stays in force.
    """
    return sorted(documents, key=lambda d: (bool(d.replaced_by), -(d.valid_until or date.max).toordinal()))


def passage_id(document: Document, kind: BlockKind, place: Place) -> str:
    """A hash of what a passage says; with the headings above it where it is too short to mean one thing."""
    words = squeeze(document.text[place.start : place.end])
    parts = [words] if len(words) >= SHORT_CHARACTERS else [document.title, *place.section, kind.value, words]
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:20]


def context_of(passage: Passage) -> str:
    """What the encoder reads before a passage's text: "Publisher. Title. Heading. Lead-in: ".

    A question names the school or club it is about, a passage hardly ever does: with its source and headings in
    front, every passage of a document meets that name equally well, and the other words decide.
    """
    return source_line(passage.publisher, passage.title, passage.place.section)


def source_line(publisher: str | None, title: str, path: tuple[str, ...]) -> str:
    """Publisher, title and headings in one line; capitals become small letters, which the encoder reads better."""
    parts = [part for part in (publisher, title, *(p for p in path if p != title)) if part]
    return ". ".join(_calm(squeeze(part)).rstrip(".:") for part in parts) + ": "


def _calm(text: str) -> str:
    return text[:1] + text[1:].lower() if text.isupper() else text


def _places(document: Document) -> Iterator[tuple[BlockKind, Place]]:
    lead_ins: dict[int | None, list[str]] = {}
    for block in document.blocks:
        if block.kind is BlockKind.LEAD_IN:
            lead_ins.setdefault(block.list_number, []).append(squeeze(document.text[block.start : block.end]))
    for block in document.blocks:
        if not is_cited(document, block):
            continue
        for start, end in cuts(document, block):
            yield (
                block.kind,
                Place(
                    document=document.name,
                    start=start,
                    end=end,
                    section=_path(document, block, lead_ins.get(block.list_number, [])),
                    list_number=block.list_number,
                    page=block.page,
                ),
            )


def _path(document: Document, block: Block, lead_in: list[str]) -> tuple[str, ...]:
    path = document.sections[block.section].path if block.section is not None else ()
    if lead_in and block.kind is BlockKind.LIST_ITEM:
        return (*path, " ".join(lead_in))
    return path


def is_cited(document: Document, block: Block) -> bool:
    """Is the block a passage? Headings and unfinished lead-ins ("Det er Byrådets mål at") say nothing alone."""
    if block.kind is BlockKind.LEAD_IN:
        return not has_open_end(document.text[block.start : block.end])
    return block.kind is not BlockKind.HEADING


def cuts(document: Document, block: Block) -> Iterator[tuple[int, int]]:
    """Where a block is cut into passages: nowhere, or between groups of sentences of MAX_PASSAGE_CHARACTERS.

    A sentence that is longer stays whole, up to MAX_SENTENCE_CHARACTERS.
    """
    if block.end - block.start <= MAX_PASSAGE_CHARACTERS:
        yield block.start, block.end
        return
    first: int | None = None
    last = block.start
    for sentence in sentence_spans(document.text, block.start, block.end):
        for start, end in _pieces(document.text, *sentence):
            if first is not None and end - first > MAX_PASSAGE_CHARACTERS:
                yield first, last
                first = None
            first = start if first is None else first
            last = end
    if first is not None:
        yield first, last


def _pieces(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """A sentence, or pieces of one that is endless, cut between words where there are any."""
    while end - start > MAX_SENTENCE_CHARACTERS:
        spaces = [match.start() for match in SPACE.finditer(text, start, start + MAX_PASSAGE_CHARACTERS)]
        at = spaces[-1] if spaces else start + MAX_PASSAGE_CHARACTERS
        yield start, at
        following = strip_span(text, at, end)
        start = following[0] if following else end
    if start < end:
        yield start, end
