"""Chunks of known kinds -> sections with their levels, and blocks."""

from __future__ import annotations

import re

from bot.documents.lines import Chunk
from bot.schema import Block, BlockKind, Section

NUMBERED_HEADING = re.compile(
    r"(?:kapitel|kap\.|afsnit|avsnitt|del|bilag|bilaga|§)?\s*(\d+(?:\.\d+)*)\.?\s+\S", re.IGNORECASE
)


def assemble(
    chunks: list[Chunk], kinds: list[BlockKind], has_title: bool
) -> tuple[tuple[Section, ...], tuple[Block, ...]]:
    """The sections and blocks of a document; with `has_title` its first chunk is its title, at level 0.

    A list takes the lead-in above it along; a paragraph or heading ends it.
    """
    levels = _Levels()
    sections: list[Section] = []
    blocks: list[Block] = []
    open_path: list[tuple[int, str]] = []
    section: int | None = None
    previous: BlockKind | None = None
    list_number, in_list = -1, False
    listing: int | None = None
    for i, (chunk, kind) in enumerate(zip(chunks, kinds, strict=True)):
        if kind is BlockKind.HEADING:
            level = 0 if i == 0 and has_title else levels.of(chunk)
            words = chunk.text.rstrip(": ").rstrip("#").strip()
            open_path = [(lv, t) for lv, t in open_path if 0 < lv < level] + [(level, words)]
            sections.append(Section(tuple(t for _, t in open_path), level, chunk.start, chunk.end))
            section, in_list, previous = len(sections) - 1, False, kind
            blocks.append(Block(kind, chunk.start, chunk.end, section, page=chunk.page))
            continue
        if kind is BlockKind.LIST_ITEM:
            in_list = in_list and (previous is BlockKind.LEAD_IN or chunk.listing == listing)
            listing = chunk.listing
        number = None
        if (kind is BlockKind.LEAD_IN and previous is not BlockKind.LEAD_IN) or (
            kind is BlockKind.LIST_ITEM and not in_list
        ):
            list_number, in_list = list_number + 1, True
        previous = kind
        if kind is BlockKind.PARAGRAPH:
            in_list = False
        else:
            number = list_number
        start = chunk.body if kind is BlockKind.LIST_ITEM else chunk.start
        blocks.append(Block(kind, start, chunk.end, section, number, chunk.page))
    return tuple(sections), tuple(blocks)


class _Levels:
    """Heading levels from form, 1 for the outermost below the title.

    Markup and numbering say their level. Otherwise a form (capitals, mixed case) is one level deeper than the form
    it first appears below, so that capitals can be the outer or the inner headings of a text.
    """

    def __init__(self) -> None:
        self._forms: list[str] = []

    def of(self, chunk: Chunk) -> int:
        """The level of a heading chunk."""
        if chunk.level:
            return chunk.level
        if chunk.underlined:
            return 1 if chunk.underlined == "=" else 2
        numbered = NUMBERED_HEADING.match(chunk.text)
        if numbered:
            return numbered.group(1).count(".") + 1
        form = "capitals" if chunk.text.isupper() else "mixed"
        if form not in self._forms:
            self._forms.append(form)
        return self._forms.index(form) + 1
