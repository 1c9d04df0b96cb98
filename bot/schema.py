"""The nouns of the project: what flows between documents, store, retrieval, answering and the page.

Every class is frozen and holds plain values only. Offsets are counted in characters (code points) of
`Document.text`, start inclusive, end exclusive.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Annotated

from pydantic import Field


class BlockKind(StrEnum):
    """What a stretch of a document is."""

    HEADING = "heading"
    PARAGRAPH = "paragraph"
    LIST_ITEM = "list_item"
    LEAD_IN = "lead_in"
    """A line that introduces the list after it, such as "Det er Byrådets mål at"."""


class Status(StrEnum):
    """How a question ended."""

    ANSWERED = "answered"
    NOT_FOUND = "not_found"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and its place in the hierarchy; `path` ends with the section's own title."""

    path: tuple[str, ...]
    level: int
    start: int
    end: int

    @property
    def title(self) -> str:
        """The heading's own words."""
        return self.path[-1]


@dataclass(frozen=True, slots=True)
class Block:
    """One heading, paragraph, list item or lead-in of a document, in reading order.

    `section` is the index of the enclosing (for a heading: its own) `Section` in `Document.sections`, or None
    before the first heading. `list_number` counts the lists of a document from 0; a list's lead-in carries its
    number too. `page` counts from 1 where the format has pages.
    """

    kind: BlockKind
    start: int
    end: int
    section: int | None = None
    list_number: int | None = None
    page: int | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """A source document: the text that offsets refer to, and its structure.

    `name` is the path below the documents folder with forward slashes. The fields from `publisher` on say what the
    catalogue knows. `adopted` is as exact as it is known: "2013", "2013-05" or "2013-05-28". `valid_from` and
    `valid_until` are the first and last day in force; `replaced_by` is the name of another document, or a title.
    """

    name: str
    title: str
    text: str
    language: str
    sections: tuple[Section, ...] = ()
    blocks: tuple[Block, ...] = ()
    publisher: str | None = None
    kind: str | None = None
    also_called: tuple[str, ...] = ()
    contact: str | None = None
    adopted: str | None = None
    valid_from: date | None = None
    valid_until: date | None = None
    replaced_by: str | None = None
    audience: str | None = None
    source: str | None = None
    """The web address the document was taken from."""
    recognised: str | None = None
    """The SHA-256 of what a program recognised in pictures of the text; None where the file itself has text."""
    notes: tuple[str, ...] = ()
    """What a person who indexes should know: text that was hidden in the file and left out, and the like."""

    def is_in_force(self, day: date) -> bool:
        """Is the document in force on a day, and not replaced, as far as it is known?"""
        begun = self.valid_from is None or self.valid_from <= day
        return begun and (self.valid_until is None or day <= self.valid_until) and not self.replaced_by

    def quote(self, start: int, end: int) -> str:
        """The exact characters from `start` to `end`."""
        return self.text[start:end]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a passage stands: once for each occurrence.

    `section` is the path of headings above it, outermost first, followed by the lead-in of its list if any.
    """

    document: str
    start: int
    end: int
    section: tuple[str, ...] = ()
    list_number: int | None = None
    page: int | None = None


@dataclass(frozen=True, slots=True)
class Passage:
    """The smallest thing that is found and cited: a paragraph, a sentence group or a list item.

    `text` equals `document.text[start:end]` at every one of `places`, but for white space at repeated places.
    `id` is a hash of what the passage says and, where that is short, of the headings it stands under.
    """

    id: str
    text: str
    kind: BlockKind
    title: str
    language: str
    places: tuple[Place, ...]
    publisher: str | None = None

    @property
    def place(self) -> Place:
        """The first occurrence."""
        return self.places[0]


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage found for a question, and the calibrated probability (0 to 1) that it answers it."""

    passage: Passage
    score: float


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Where another document says the same: from `start` to `end` it has a quote's words, white space aside."""

    document: str
    title: str
    section: tuple[str, ...]
    start: int
    end: int
    page: int | None = None


@dataclass(frozen=True, slots=True)
class Citation:
    """A proven quote: `quote` equals `document.text[start:end]`. `number` counts from 1 in order of use.

    `also` names the other documents that have the same passage; it is no part of the record where there is none.
    """

    number: int
    document: str
    title: str
    section: tuple[str, ...]
    start: int
    end: int
    quote: str
    page: int | None = None
    also: Annotated[tuple[Elsewhere, ...], Field(exclude_if=lambda value: not value)] = ()


@dataclass(frozen=True, slots=True)
class RankedSpan:
    """One line of an answer's ranked passages."""

    document: str
    start: int
    end: int
    score: float


@dataclass(frozen=True, slots=True)
class Timing:
    """Milliseconds spent on a question, whole and by stage."""

    total: float
    encode: float
    retrieve: float
    compose: float


@dataclass(frozen=True, slots=True)
class Dropped:
    """A sentence that a chat model wrote and nobody was shown: `reason` names the first check that it failed."""

    statement: str
    reason: str


@dataclass(frozen=True, slots=True)
class PassageNote:
    """What a passage means in plain words, kept by a person; `quote` is all that the passage of `document` says."""

    document: str
    quote: str
    language: str
    text: str


@dataclass(frozen=True, slots=True)
class Note:
    """An explanation in plain words beside the citation `number`: never a quote, and no part of the answer's text."""

    number: int
    language: str
    text: str


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer record: what `ask --json`, the batch mode and the page show for one question.

    `text` is Markdown in the asker's language (ISO 639-1 code in `language`); every statement is followed by its
    [n]. `citations` are those that `text` uses and no others. `passages` are ranked best first, at most 20.
    `dropped` is None, and no part of the record, where no chat model is configured. `warning` is part of it only where
    the question named someone by number: that number was taken out before anything else, `question` has "[…]" for it.
    `notes` are part of it only where there are some on what is cited, in the language of the answer.
    """

    id: str
    question: str
    language: str
    status: Status
    text: str
    citations: tuple[Citation, ...]
    passages: tuple[RankedSpan, ...]
    confidence: float
    timing_ms: Timing
    index: str
    model: str
    dropped: Annotated[tuple[Dropped, ...] | None, Field(exclude_if=lambda value: value is None)] = None
    warning: Annotated[str | None, Field(exclude_if=lambda value: value is None)] = None
    notes: Annotated[tuple[Note, ...] | None, Field(exclude_if=lambda value: value is None)] = None


class GroupKind(StrEnum):
    """What holds passages together."""

    LIST = "list"
    SECTION = "section"


@dataclass(frozen=True, slots=True)
class Group:
    """Passages that are asked for together: the items of one list, or what stands under one heading.

    `members` are the positions of its passages in the snapshot, in reading order. `start:end` is the whole group in
    its document, the list's lead-in included; `path` are the headings it stands under, its own heading last.
    """

    kind: GroupKind
    document: str
    title: str
    path: tuple[str, ...]
    lead_in: str
    members: tuple[int, ...]
    start: int
    end: int
    publisher: str | None = None


@dataclass(frozen=True, slots=True)
class BankQuestion:
    """A question written beforehand for a passage: `quote` is an exact part of `document` that answers it."""

    question: str
    language: str
    document: str
    quote: str
    reader: str = ""
    list: bool = False
    """The whole list that the quote is the first item of is asked for."""
