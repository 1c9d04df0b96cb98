"""Plain text -> headings, paragraphs, lists and their lead-ins, each with exact offsets.

Plain text has no markup, so structure is read from form, in three steps: lines become *chunks* (a heading-like
line, a paragraph with its wrapped lines joined, a list item with its continuation); chunks are told apart by what
stands around them; headings get levels. Every character that is not white space ends up in exactly one block.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.documents.assembly import NUMBERED_HEADING, assemble
from bot.documents.lines import HEADING_CHARACTERS, Chunk, chunks_of
from bot.documents.sentences import has_open_end, sentence_spans
from bot.schema import Block, BlockKind, Section

WORD = re.compile(r"\w+")
HEADING_WORDS = 12
GUIDE_WORDS = 4
"""A list without bullets has items of at most this many words."""
GUIDE_ITEMS = 3
"""... and at least this many of them, after their heading."""


@dataclass(frozen=True, slots=True)
class Structure:
    """What was read from a text's form; `title` and `subtitle` (whose text it is) are None where there is none."""

    title: str | None
    subtitle: str | None
    sections: tuple[Section, ...]
    blocks: tuple[Block, ...]


def parse_structure(text: str) -> Structure:
    """The title, sections and blocks of a plain text."""
    return structure_of(list(chunks_of(text)))


def structure_of(chunks: list[Chunk]) -> Structure:
    """The title, sections and blocks of a text that is cut into chunks already."""
    kinds = _kinds(chunks)
    has_title = kinds[:1] == [BlockKind.HEADING] and not _is_one_of_several(chunks, kinds)
    has_subtitle = has_title and kinds[1:2] == [BlockKind.PARAGRAPH] and _is_short_line(chunks[1])
    sections, blocks = assemble(chunks, kinds, has_title)
    return Structure(
        title=chunks[0].text.rstrip(": ") if has_title else None,
        subtitle=chunks[1].text.strip("*_ ") if has_subtitle else None,
        sections=sections,
        blocks=blocks,
    )


def _is_one_of_several(chunks: list[Chunk], kinds: list[BlockKind]) -> bool:
    """Is the first heading marked like others below it? Then it heads a section, not the document."""
    first = chunks[0]
    return first.marked and any(
        kind is BlockKind.HEADING and chunk.level <= first.level
        for chunk, kind in zip(chunks[1:], kinds[1:], strict=True)
    )


def _is_short_line(chunk: Chunk) -> bool:
    """A single line of a few words that ends no sentence: a heading, or an item of a list without bullets."""
    return (
        chunk.lines == 1
        and not chunk.bullet
        and len(chunk.text) <= HEADING_CHARACTERS
        and 0 < len(WORD.findall(chunk.text)) <= HEADING_WORDS
        and any(c.isalpha() for c in chunk.text)
        and not chunk.text.endswith((".", ",", ";", "!", "”", '"', "»"))
    )


def looks_like_heading(chunk: Chunk) -> bool:
    """Marked as a heading, or a short line that begins like one."""
    if chunk.level or chunk.underlined or chunk.marked:
        return bool(chunk.level or chunk.underlined)
    return _is_short_line(chunk) and (chunk.text[0].isupper() or chunk.text[0].isdigit() or chunk.text[0] == "§")


def _kinds(chunks: list[Chunk]) -> list[BlockKind]:
    """What each chunk is, from its form and its neighbours."""
    kinds = [
        BlockKind.LIST_ITEM if c.bullet else BlockKind.HEADING if looks_like_heading(c) else BlockKind.PARAGRAPH
        for c in chunks
    ]
    _mark_plain_lists(chunks, kinds)
    for i in range(len(chunks) - 2, -1, -1):
        above_list = kinds[i + 1] is BlockKind.LIST_ITEM and kinds[i] is not BlockKind.LIST_ITEM
        if above_list and _is_lead_in(chunks[i]):
            kinds[i] = BlockKind.LEAD_IN
        # "Det vil Byrådet arbejde for ved, at / Udarbejde strategier for:" is one lead-in in two lines.
        loose = kinds[i] is BlockKind.HEADING or (chunks[i].marked and kinds[i] is BlockKind.PARAGRAPH)
        if kinds[i + 1] is BlockKind.LEAD_IN and loose and has_open_end(chunks[i].text):
            kinds[i] = BlockKind.LEAD_IN
    _mark_subtitle(chunks, kinds)
    if len(kinds) > 1 and kinds[-1] is BlockKind.HEADING and not chunks[-1].level:
        kinds[-1] = BlockKind.PARAGRAPH  # a heading has something below it
    return kinds


def _mark_subtitle(chunks: list[Chunk], kinds: list[BlockKind]) -> None:
    """A second line that says whose document it is ("Egelund Kommune") heads no section; "Uddybning:" does."""
    if kinds[:2] != [BlockKind.HEADING] * 2 or _is_marked(chunks[1]):
        return
    if chunks[1].text.endswith(":") or (chunks[1].gap > 0 and chunks[1].text.isupper()):
        return
    if chunks[1].gap == 0 or kinds[2:3] == [BlockKind.HEADING]:
        followers = sum(1 for kind in kinds[2:] if kind is BlockKind.HEADING)
        run = next((i for i, kind in enumerate(kinds) if kind is not BlockKind.HEADING), len(kinds))
        if followers and run <= GUIDE_ITEMS + 1:
            kinds[1] = BlockKind.PARAGRAPH


def _is_marked(chunk: Chunk) -> bool:
    """Is the chunk a heading by markup or number, whatever stands around it?"""
    return bool(chunk.level or chunk.underlined or NUMBERED_HEADING.match(chunk.text))


def _is_lead_in(chunk: Chunk) -> bool:
    """Does a line before a list begin the sentence that the items end?"""
    if chunk.level or chunk.underlined or len(sentence_spans(chunk.text)) > 1:
        return False
    if has_open_end(chunk.text):
        return True
    if chunk.marked:
        return chunk.text.endswith(":")
    # "Formål:" is a heading with a colon, "Vi lægger vægt på:" begins a sentence.
    return chunk.text.endswith(":") and len(WORD.findall(chunk.text)) >= 3 and not chunk.text.isupper()  # noqa: PLR2004


def _mark_plain_lists(chunks: list[Chunk], kinds: list[BlockKind]) -> None:
    """Find lists without bullets: runs of short lines, where headings would not follow one another like that.

    "Bemöta / Inkludering / Likvärdighet / Trygghet / a paragraph": a heading with guide words below it.
    "Vi tilbyder følgende samtaler: / Velkomstsamtale / Årlig samtale": what follows a colon is a list.
    """
    i = 0
    while i < len(chunks):
        j = i
        while j < len(chunks) and _is_short_line(chunks[j]) and not _is_marked(chunks[j]):
            if j > i and chunks[j - 1].text[0].islower() and chunks[j].text[0].isupper():
                break  # items in small letters are over, the next heading begins
            j += 1
        colon = next((k for k in range(i, j) if _is_lead_in(chunks[k])), None)
        if colon is None and i > 0 and j > i and _is_lead_in(chunks[i - 1]) and kinds[i - 1] is BlockKind.PARAGRAPH:
            colon = i - 1
        if colon is not None:
            items = range(colon + 1, j)
            found = len(items) > 1
        else:
            # The heading of the list comes first; at the start of the document its title comes before that.
            marked_above = i > 0 and kinds[i - 1] is BlockKind.HEADING
            items = range(i + (0 if marked_above else 2 if i == 0 and j - i > GUIDE_ITEMS + 1 else 1), j)
            found = len(items) >= GUIDE_ITEMS and (
                all(len(WORD.findall(chunks[k].text)) <= GUIDE_WORDS for k in items)
                or all(chunks[k].gap == 0 for k in items[1:])
                or all(chunks[k].text[0].islower() for k in items)
            )
            if found and chunks[j - 1].text in {chunks[k].text for k in items[:-1]}:
                items = items[:-1]  # the word list is over: its first word now heads its own section
        if found:
            for k in items:
                kinds[k] = BlockKind.LIST_ITEM
        i = max(j, i + 1)
