"""Text -> lines -> chunks: a line that may be a heading, a paragraph with its wrapped lines, or a whole item."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

from bot.documents.sentences import ends_with_abbreviation

LINE_BREAK = re.compile(r"[\n\f\x0b\x1c-\x1e\x85\u2028\u2029]")
"""Every character that ends a line for `str.splitlines`; each is one character, so offsets are counted easily."""
BULLET = re.compile(r"[ \t]*(?:[•●◦▪■‣⁃∙·○➢✓]|[-–—*+](?=\s)|(?:\d{1,2}|[a-zA-ZæøåäöÆØÅÄÖ])\))\s*(?=\S)")
NUMBERED_ITEM = re.compile(r"[ \t]*\d{1,2}\.\s+(?=\S)")
MARKDOWN_HEADING = re.compile(r"(#{1,6})\s+(?=\S)")
RULE = re.compile(r"\s*(?:={3,}|-{3,}|_{3,}|\*{3,}|~{3,})\s*$")
HEADING_CHARACTERS = 90
SENTENCE_STOPS = (".", "!", "?", ",", ";")
NARROWEST_WRAP = 45
"""Nobody wraps prose at fewer characters; shorter lines are items of a list."""
WRAPPED_SHARE = 0.7
"""A line at least this share of the usual full width may have been broken by the width."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line that is not blank; `start:end` has no white space at its ends; `gap` is the blank lines before."""

    text: str
    start: int
    end: int
    gap: int

    @property
    def is_rule(self) -> bool:
        """Is it a row of dashes or the like?"""
        return RULE.match(self.text) is not None


@dataclass(frozen=True, slots=True)
class Chunk:
    """Joined lines, before it is known what they are. `body` is where the words begin, behind a bullet.

    `level` is a heading's, counted from 1, where markup tells it. `marked` says that markup tells whether this is a
    heading, so that its form does not; `listing` is the number of the list that markup puts it into.
    """

    text: str
    start: int
    body: int
    end: int
    gap: int
    bullet: bool = False
    lines: int = 1
    level: int = 0
    underlined: str = ""
    marked: bool = False
    listing: int | None = None
    page: int | None = None


def _lines(text: str) -> Iterator[Line]:
    at, gap = 0, 0
    for raw in LINE_BREAK.split(text):
        stripped = raw.strip()
        if stripped:
            start = at + len(raw) - len(raw.lstrip())
            yield Line(stripped, start, start + len(stripped), gap)
            gap = 0
        else:
            gap += 1
        at += len(raw) + 1


def _full_width(lines: list[Line]) -> int:
    """The width at which the text was wrapped, or 0 when its lines are not wrapped.

    Wrapped text has many lines that end inside a sentence, all about as long as the longest.
    """
    inside = sorted(
        len(line.text)
        for line, following in pairwise(lines)
        if not line.text.endswith((*SENTENCE_STOPS, ":"))
        and following.text[0].islower()
        and not BULLET.match(following.text)
    )
    width = inside[len(inside) // 2] if len(inside) > 1 else 0  # one such line is chance
    return width if width >= NARROWEST_WRAP else 0


def chunks_of(text: str) -> Iterator[Chunk]:
    """The chunks of a text in order, each letter in one of them."""
    lines = list(_lines(text))
    width = _full_width(lines)
    numbered_list = _numbered_items(lines)
    current: Chunk | None = None
    previous: Line | None = None
    for index, line in enumerate(lines):
        if line.is_rule:
            if current is not None:
                underlines = line.gap == 0 and current.lines == 1 and line.text[0] in "=-~"
                yield _whole(text, replace(current, underlined=line.text[0] if underlines else ""))
            current = previous = None
            continue
        bullet = BULLET.match(line.text) or (NUMBERED_ITEM.match(line.text) if index in numbered_list else None)
        if current is not None and previous is not None and not bullet and _continues(current, previous, line, width):
            current = replace(current, end=line.end, lines=current.lines + 1)
        else:
            if current is not None:
                yield _whole(text, current)
            current = _new_chunk(line, bullet)
        previous = line
    if current is not None:
        yield _whole(text, current)


def _whole(text: str, chunk: Chunk) -> Chunk:
    """The chunk with its words: taken once, when its last line is known."""
    return replace(chunk, text=text[chunk.body : chunk.end])


def _new_chunk(line: Line, bullet: re.Match[str] | None) -> Chunk:
    if bullet:
        body = line.start + bullet.end()
        return Chunk(line.text[bullet.end() :], line.start, body, line.end, line.gap, bullet=True)
    markdown = MARKDOWN_HEADING.match(line.text)
    if markdown:
        body = line.start + markdown.end()
        return Chunk(line.text[markdown.end() :], line.start, body, line.end, line.gap, level=len(markdown.group(1)))
    return Chunk(line.text, line.start, line.start, line.end, line.gap)


def _numbered_items(lines: list[Line]) -> set[int]:
    """Lines like "2. Vi lytter" that are list items: consecutive numbers on neighbouring lines."""
    numbers = {i: int(m.group()) for i, line in enumerate(lines) if (m := re.match(r"\d{1,2}(?=\.\s+\S)", line.text))}
    items = set()
    for i, number in numbers.items():
        if (numbers.get(i + 1) == number + 1 and lines[i + 1].gap == 0) or (
            numbers.get(i - 1) == number - 1 and lines[i].gap == 0
        ):
            items.add(i)
    return items


def _continues(current: Chunk, previous: Line, line: Line, width: int) -> bool:
    """Does `line` carry on the sentence or paragraph that `previous` is part of?"""
    if current.level or MARKDOWN_HEADING.match(line.text):
        return False
    long_enough = width > 0 and len(previous.text) >= WRAPPED_SHARE * width
    open_end = not previous.text.endswith((*SENTENCE_STOPS, ":")) or ends_with_abbreviation(previous.text)
    open_end = open_end or previous.text.endswith(",")
    if line.gap:
        # Text copied out of a PDF has blank lines inside sentences: only an open end and a small letter join.
        return line.gap <= 1 and open_end and long_enough and line.text[0].islower()
    if line.text[0].islower() and open_end:
        return current.bullet or long_enough or len(previous.text) > HEADING_CHARACTERS
    if not long_enough:
        return False
    # The next word would not have fitted: the width broke the line, not the writer.
    first_word = line.text.split(None, 1)[0]
    return len(previous.text) + 1 + len(first_word) > WRAPPED_SHARE * max(width, len(previous.text)) and (
        current.lines > 1 or len(previous.text) > HEADING_CHARACTERS // 2
    )
