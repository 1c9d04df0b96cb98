"""A document as it is drawn: its blocks in order, lists put together, cited stretches marked."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from bot.schema import Block, BlockKind, Document

PARAGRAPH = re.compile(r"\S(?:.|\n(?!\s*\n))*")


@dataclass(frozen=True, slots=True)
class Stretch:
    """A run of a block's text; `numbers` are those of the citations that cover it, empty if none does."""

    text: str
    numbers: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Line:
    """One block as it is drawn; `level` is that of a heading."""

    kind: BlockKind
    start: int
    end: int
    stretches: tuple[Stretch, ...]
    level: int = 0
    list_number: int | None = None

    @property
    def marked(self) -> bool:
        """Whether any of it is cited."""
        return any(stretch.numbers for stretch in self.stretches)


@dataclass(frozen=True, slots=True)
class Cut:
    """A cited stretch of the document, `start` inclusive, `end` exclusive."""

    start: int
    end: int
    number: int = 1


def document_blocks(document: Document) -> tuple[Block, ...]:
    """The blocks of a document; one without any is cut at its blank lines."""
    if document.blocks:
        return document.blocks
    return tuple(Block(BlockKind.PARAGRAPH, m.start(), m.end()) for m in PARAGRAPH.finditer(document.text))


def document_lines(document: Document, cuts: Sequence[Cut] = ()) -> list[Line]:
    """Every block of the document, with the cited stretches set apart."""
    return [draw_block(document, block, cuts) for block in document_blocks(document)]


def page_starts(document: Document, lines: Sequence[Line]) -> dict[int, int]:
    """The pages by where the first of `lines` on each starts; none where the format has no pages."""
    drawn = {line.start for line in lines}
    found: dict[int, int] = {}
    last: int | None = None
    for block in document.blocks:
        if block.start in drawn and block.page is not None and block.page != last:
            found[block.start] = last = block.page
    return found


def draw_block(document: Document, block: Block, cuts: Sequence[Cut] = ()) -> Line:
    """One block with the cited stretches set apart."""
    heading = block.kind is BlockKind.HEADING and block.section is not None
    level = document.sections[block.section].level if heading and block.section is not None else 1
    stretches = tuple(_stretches(document.text, block, cuts))
    return Line(block.kind, block.start, block.end, stretches, level, block.list_number)


def _stretches(text: str, block: Block, cuts: Sequence[Cut]) -> Iterator[Stretch]:
    edges = {block.start, block.end}
    for cut in cuts:
        edges |= {edge for edge in (cut.start, cut.end) if block.start < edge < block.end}
    points = sorted(edges)
    for start, end in pairwise(points):
        yield Stretch(text[start:end], tuple(cut.number for cut in cuts if cut.start <= start and end <= cut.end))


def parse_cuts(at: str, length: int) -> tuple[Cut, ...]:
    """The stretches named by a link's `at`, such as "120-180" or "120-180,300-340".

    What does not lie within a text of `length` characters is left out.
    """
    cuts = []
    for part in at.split(",")[:50]:
        match = re.fullmatch(r"\s*([0-9]{1,9})-([0-9]{1,9})\s*", part)
        if match and int(match[1]) < int(match[2]) <= length:
            cuts.append(Cut(int(match[1]), int(match[2])))
    return tuple(cuts)
