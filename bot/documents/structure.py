"""Plain text -> headings, paragraphs, lists and their lead-ins, each with exact offsets.

Plain text has no markup, so structure is read from form, in three steps: lines become *chunks* (a heading-like
line, a paragraph with its wrapped lines joined, a list item with its continuation); chunks are told apart by what
stands around them; headings get levels. Every character that is not white space ends up in exactly one block.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

from bot.documents.sentences import ends_with_abbreviation, sentence_spans
from bot.schema import Block, BlockKind, Section

BULLET = re.compile(r"[ \t]*(?:[•●◦▪■‣⁃∙·○➢✓*+]|[-–—](?=\s)|(?:\d{1,2}|[a-zA-ZæøåäöÆØÅÄÖ])\))\s*(?=\S)")
NUMBERED_ITEM = re.compile(r"[ \t]*\d{1,2}\.\s+(?=\S)")
NUMBERED_HEADING = re.compile(
    r"(?:kapitel|kap\.|afsnit|avsnitt|del|bilag|bilaga|§)?\s*(\d+(?:\.\d+)*)\.?\s+\S", re.IGNORECASE
)
MARKDOWN_HEADING = re.compile(r"(#{1,6})\s+(?=\S)")
RULE = re.compile(r"\s*(?:={3,}|-{3,}|_{3,}|\*{3,}|~{3,})\s*$")
WORD = re.compile(r"\w+")

# A short line that ends in one of these goes on in the list below it.
OPEN_ENDS = frozenset(
    [
        "at",
        "att",
        "som",
        "ved",
        "med",
        "for",
        "för",
        "til",
        "till",
        "är",
        "er",
        "om",
        "og",
        "och",
        "å",
        "att:",
        "that",
        "to",
        "by",
        "ved,",
        "for,",
        "som:",
    ]
)

HEADING_CHARACTERS = 90
HEADING_WORDS = 12
GUIDE_WORDS = 4
"""A list without bullets has items of at most this many words."""
GUIDE_ITEMS = 3
"""... and at least this many of them, after their heading."""
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
    """Joined lines, before it is known what they are. `body` is where the words begin, behind a bullet."""

    text: str
    start: int
    body: int
    end: int
    gap: int
    bullet: bool = False
    lines: int = 1
    markdown_level: int = 0
    underlined: str = ""


@dataclass(frozen=True, slots=True)
class Structure:
    """What was read from a text's form; `title` and `subtitle` (whose text it is) are None where there is none."""

    title: str | None
    subtitle: str | None
    sections: tuple[Section, ...]
    blocks: tuple[Block, ...]


def parse_structure(text: str) -> Structure:
    """The title, sections and blocks of a plain text."""
    chunks = list(_chunks(text))
    kinds = _kinds(chunks)
    has_title = kinds[:1] == [BlockKind.HEADING]
    has_subtitle = has_title and kinds[1:2] == [BlockKind.PARAGRAPH] and _is_short_line(chunks[1])
    sections, blocks = _assemble(chunks, kinds, has_title)
    return Structure(
        title=chunks[0].text.rstrip(": ") if has_title else None,
        subtitle=chunks[1].text if has_subtitle else None,
        sections=sections,
        blocks=blocks,
    )


def _lines(text: str) -> Iterator[Line]:
    at, gap = 0, 0
    for raw in re.split(r"[\n\f\x0b\u2028\u2029]", text):
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


def _chunks(text: str) -> Iterator[Chunk]:
    lines = list(_lines(text))
    width = _full_width(lines)
    numbered_list = _numbered_items(lines)
    current: Chunk | None = None
    previous: Line | None = None
    for index, line in enumerate(lines):
        if line.is_rule:
            if current is not None and line.gap == 0 and current.lines == 1 and line.text[0] in "=-~":
                current = replace(current, underlined=line.text[0])
            elif current is not None:
                yield current
                current = None
            previous = None
            if current is None:
                continue
            yield current
            current = None
            continue
        bullet = BULLET.match(line.text) or (NUMBERED_ITEM.match(line.text) if index in numbered_list else None)
        if current is not None and previous is not None and not bullet and _continues(current, previous, line, width):
            current = replace(current, end=line.end, text=text[current.body : line.end], lines=current.lines + 1)
        else:
            if current is not None:
                yield current
            current = _new_chunk(line, bullet)
        previous = line
    if current is not None:
        yield current


def _new_chunk(line: Line, bullet: re.Match[str] | None) -> Chunk:
    if bullet:
        body = line.start + bullet.end()
        return Chunk(line.text[bullet.end() :], line.start, body, line.end, line.gap, bullet=True)
    markdown = MARKDOWN_HEADING.match(line.text)
    if markdown:
        body = line.start + markdown.end()
        level = len(markdown.group(1))
        return Chunk(line.text[markdown.end() :], line.start, body, line.end, line.gap, markdown_level=level)
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
    if current.markdown_level or MARKDOWN_HEADING.match(line.text):
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


def _is_short_line(chunk: Chunk) -> bool:
    """A single line of a few words that ends no sentence: a heading, or an item of a list without bullets."""
    return (
        chunk.lines == 1
        and not chunk.bullet
        and 0 < len(WORD.findall(chunk.text)) <= HEADING_WORDS
        and len(chunk.text) <= HEADING_CHARACTERS
        and any(c.isalpha() for c in chunk.text)
        and not chunk.text.endswith((".", ",", ";", "!", "”", '"', "»"))
    )


def _looks_like_heading(chunk: Chunk) -> bool:
    """Marked as a heading, or a short line that begins like one."""
    if chunk.markdown_level or chunk.underlined:
        return True
    return _is_short_line(chunk) and (chunk.text[0].isupper() or chunk.text[0].isdigit() or chunk.text[0] == "§")


def _kinds(chunks: list[Chunk]) -> list[BlockKind]:
    """What each chunk is, from its form and its neighbours."""
    kinds = [
        BlockKind.LIST_ITEM if c.bullet else BlockKind.HEADING if _looks_like_heading(c) else BlockKind.PARAGRAPH
        for c in chunks
    ]
    _mark_plain_lists(chunks, kinds)
    for i in range(len(chunks) - 2, -1, -1):
        above_list = kinds[i + 1] is BlockKind.LIST_ITEM and kinds[i] is not BlockKind.LIST_ITEM
        if above_list and _is_lead_in(chunks[i]):
            kinds[i] = BlockKind.LEAD_IN
        # "Det vil Byrådet arbejde for ved, at / Udarbejde strategier for:" is one lead-in in two lines.
        if kinds[i + 1] is BlockKind.LEAD_IN and kinds[i] is BlockKind.HEADING and has_open_end(chunks[i].text):
            kinds[i] = BlockKind.LEAD_IN
    _mark_subtitle(chunks, kinds)
    if len(kinds) > 1 and kinds[-1] is BlockKind.HEADING and not chunks[-1].markdown_level:
        kinds[-1] = BlockKind.PARAGRAPH  # a heading has something below it
    return kinds


def _mark_subtitle(chunks: list[Chunk], kinds: list[BlockKind]) -> None:
    """A second line that says whose document it is ("Egelund Kommune") heads no section."""
    if kinds[:2] != [BlockKind.HEADING] * 2 or _is_marked(chunks[1]):
        return
    if chunks[1].gap == 0 or kinds[2:3] == [BlockKind.HEADING]:
        followers = sum(1 for kind in kinds[2:] if kind is BlockKind.HEADING)
        run = next((i for i, kind in enumerate(kinds) if kind is not BlockKind.HEADING), len(kinds))
        if followers and run <= GUIDE_ITEMS + 1:
            kinds[1] = BlockKind.PARAGRAPH


def _is_marked(chunk: Chunk) -> bool:
    """Is the chunk a heading by markup or number, whatever stands around it?"""
    return bool(chunk.markdown_level or chunk.underlined or NUMBERED_HEADING.match(chunk.text))


def _is_lead_in(chunk: Chunk) -> bool:
    """Does a line before a list begin the sentence that the items end?"""
    if chunk.markdown_level or chunk.underlined or len(sentence_spans(chunk.text)) > 1:
        return False
    words = WORD.findall(chunk.text)
    if has_open_end(chunk.text):
        return True
    # "Formål:" is a heading with a colon, "Vi lægger vægt på:" begins a sentence.
    return chunk.text.endswith(":") and len(words) >= 3 and not chunk.text.isupper()  # noqa: PLR2004


def has_open_end(text: str) -> bool:
    """Does a line end in a word that asks for more, such as "at"?"""
    words = text.rstrip(":,… ").rsplit(None, 1)
    return bool(words) and words[-1].lower() in OPEN_ENDS


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


def _assemble(
    chunks: list[Chunk], kinds: list[BlockKind], has_title: bool
) -> tuple[tuple[Section, ...], tuple[Block, ...]]:
    levels = _Levels()
    sections: list[Section] = []
    blocks: list[Block] = []
    open_path: list[tuple[int, str]] = []
    section: int | None = None
    previous: BlockKind | None = None
    list_number, in_list = -1, False
    for i, (chunk, kind) in enumerate(zip(chunks, kinds, strict=True)):
        if kind is BlockKind.HEADING:
            level = 0 if i == 0 and has_title else levels.of(chunk)
            words = chunk.text.rstrip(": ").rstrip("#").strip()
            open_path = [(lv, t) for lv, t in open_path if 0 < lv < level] + [(level, words)]
            sections.append(Section(tuple(t for _, t in open_path), level, chunk.start, chunk.end))
            section, in_list, previous = len(sections) - 1, False, kind
            blocks.append(Block(kind, chunk.start, chunk.end, section))
            continue
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
        blocks.append(Block(kind, start, chunk.end, section, number))
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
        if chunk.markdown_level:
            return chunk.markdown_level
        if chunk.underlined:
            return 1 if chunk.underlined == "=" else 2
        numbered = NUMBERED_HEADING.match(chunk.text)
        if numbered:
            return numbered.group(1).count(".") + 1
        form = "capitals" if chunk.text.isupper() else "mixed"
        if form not in self._forms:
            self._forms.append(form)
        return self._forms.index(form) + 1
