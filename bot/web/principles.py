"""The principles of the documents: every list item, by document and section, in reading order."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from bot.schema import Block, BlockKind, Document
from bot.web.sources import shown_path


@dataclass(frozen=True, slots=True)
class Principle:
    """A list item word for word, and its place as a link's `at`."""

    text: str
    at: str


@dataclass(frozen=True, slots=True)
class Topic:
    """The principles of one list: the section it stands in, and the line that introduces it.

    `at` is where its name stands: the section's heading, or the lead-in; empty for a list without either.
    """

    path: tuple[str, ...]
    lead_in: str
    at: str
    principles: tuple[Principle, ...]

    @property
    def name(self) -> str:
        """What the list is about, in a word or two: its own heading."""
        return self.path[-1] if self.path else self.lead_in


def topics(document: Document) -> list[Topic]:
    """The lists of a document."""
    listed = (b for b in document.blocks if b.kind in {BlockKind.LIST_ITEM, BlockKind.LEAD_IN})
    found = []
    for _, group in groupby(listed, key=lambda b: (b.section, b.list_number)):
        blocks = list(group)
        items = tuple(_principle(document, b) for b in blocks if b.kind is BlockKind.LIST_ITEM)
        if items:
            path = shown_path(document.title, _path(document, blocks[0]))
            found.append(Topic(path, _lead_in(document, blocks), _at(document, blocks), items))
    return found


def _at(document: Document, blocks: Iterable[Block]) -> str:
    """The heading that the list stands under, unless it is the document's own; else the first line before it."""
    listed = list(blocks)
    headings = [b for b in document.blocks if b.kind is BlockKind.HEADING and b.section == listed[0].section]
    named = headings if shown_path(document.title, _path(document, listed[0])) else []
    lead_ins = [b for b in listed if b.kind is BlockKind.LEAD_IN]
    return next((f"{b.start}-{b.end}" for b in (*named, *lead_ins)), "")


def _principle(document: Document, block: Block) -> Principle:
    return Principle(" ".join(document.quote(block.start, block.end).split()), f"{block.start}-{block.end}")


def _lead_in(document: Document, blocks: Iterable[Block]) -> str:
    lines = [document.quote(b.start, b.end) for b in blocks if b.kind is BlockKind.LEAD_IN]
    return " ".join(" ".join(lines).split())


def _path(document: Document, block: Block) -> tuple[str, ...]:
    return document.sections[block.section].path if block.section is not None else ()
