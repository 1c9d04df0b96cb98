"""Lines of a PDF in reading order -> headings by size and weight, paragraphs with their lines joined, lists."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from bot.documents.draft import BULLET_SIGN, Part
from bot.documents.lines import BULLET, HEADING_CHARACTERS, NARROWEST_WRAP, NUMBERED_ITEM, SENTENCE_STOPS
from bot.documents.pdf_lines import Stretch
from bot.documents.pdf_order import Column
from bot.documents.sentences import ends_with_abbreviation

LARGER = 1.1
"""A heading is set this much larger than the text, or in bold."""
HALF_POINTS = 2
MOST_HEADING_LINES = 5
LEADING = 1.45
"""Lines of one paragraph are no further apart than this share of the usual distance."""
LIKE = 0.1
"""Lines of one part have sizes that differ by no more than this share."""
RECOGNISED_LIKE = 0.15
"""So do those within a sentence of a text that was recognised in a picture, whose sizes are estimates."""
SAME_LEVEL = 0.06
"""Headings whose sizes differ by no more than this share, and whose weight is the same, are of one level."""
WIDE_WORD = 1.2
"""Letters are of different widths: a word may be this much wider than one of usual letters."""
NEARLY_FULL = 0.75
INDENT = 0.8
"""The first line of a paragraph is moved in by at least this share of a letter's size."""
HANGING = 0.4
USUAL_LEADING = 1.2
NARROWEST, WIDEST = 0.9, 2.5
KEPT_HYPHEN = re.compile(r"(?:og|och|eller|samt|and|or|til|till|men|und)\b", re.IGNORECASE)
"""Before these a hyphen stands for the rest of a word: "børne- og ungepolitik"."""
WORDS = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
NUMBER = re.compile(r"(\d{1,2})\.\s")


@dataclass(slots=True)
class _Open:
    """A part that is being read, with its last line and the column that stands in."""

    kind: str
    lines: list[Stretch]
    column: Column
    label: str = ""
    text: str = ""
    level_style: tuple[float, bool] | None = None


@dataclass(slots=True)
class Setting:
    """What is usual in a document: size, weight and distance of the lines of its text, and the words it uses."""

    size: float
    bold: bool
    leading: float
    words: Counter[str] = field(default_factory=Counter)

    def style(self, line: Stretch) -> tuple[float, bool]:
        """The size, to half a point, and weight of a line."""
        return round(line.size * HALF_POINTS) / HALF_POINTS, line.bold

    def is_heading(self, line: Stretch) -> bool:
        """Does a line stand out from the text as a heading does?"""
        text = line.text
        if not any(c.isalpha() for c in text) or len(text) > 2 * HEADING_CHARACTERS:
            return False
        if line.size >= LARGER * self.size:
            return True
        stands_out = line.bold and not self.bold and line.size >= self.size / LARGER
        return stands_out and len(text) <= HEADING_CHARACTERS and not text.endswith((*SENTENCE_STOPS, "”", '"'))


def setting_of(lines: Sequence[Stretch]) -> Setting:
    """What most letters of a document are set in."""
    if not lines:
        return Setting(1.0, bold=False, leading=USUAL_LEADING)
    styles: Counter[tuple[float, bool]] = Counter()
    for line in lines:
        styles[round(line.size * HALF_POINTS) / HALF_POINTS, line.bold] += len(line.text)
    (size, bold), _ = styles.most_common(1)[0]
    # A line that goes on with a small letter was broken by the width: its distance is that of lines in a paragraph.
    steps = Counter(
        round(below.y - above.y, 1)
        for above, below in pairwise(lines)
        if above.page == below.page
        and NARROWEST * size < below.y - above.y < WIDEST * size
        and below.text[0].islower()
        and not above.text.endswith((*SENTENCE_STOPS[:3], ":"))
    )
    leading = steps.most_common(1)[0][0] if steps else USUAL_LEADING * size
    words = Counter(word.casefold() for line in lines for word in WORDS.findall(line.text.rstrip("-")))
    return Setting(size, bold, leading, words)


class Composer:
    """Joins lines to parts."""

    def __init__(self, setting: Setting) -> None:
        self._setting = setting
        self._open: _Open | None = None
        self._parts: list[tuple[Part, tuple[float, bool] | None]] = []
        self._listing = 0

    def read(self, column: Column) -> None:
        """Read the lines of the next column; a paragraph may go on from the one before."""
        for line in column.lines:
            self._read(line, column)

    def table(self, rows: Iterable[str], page: int) -> None:
        """A table stands here."""
        self._close()
        self._listing += 1
        for text in rows:
            self._parts.append((Part(text, listing=self._listing, label=BULLET_SIGN, page=page), None))
        self._listing += 1

    def parts(self) -> list[Part]:
        """All that was read, with the levels of its headings."""
        self._close()
        levels = _levels(style for _, style in self._parts if style)
        return _numbered([replace(part, level=levels[style]) if style else part for part, style in self._parts])

    def _read(self, line: Stretch, column: Column) -> None:
        is_open = self._open
        if is_open is not None and self._continues(is_open, line, column):
            is_open.text = self._joined(is_open.text, line.text)
            is_open.lines.append(line)
            is_open.column = column
            return
        self._close()
        if self._setting.is_heading(line) and not _bullet(line.text):
            self._open = _Open("heading", [line], column, text=line.text, level_style=self._setting.style(line))
        elif bullet := _bullet(line.text):
            label = bullet[0].strip()
            text = line.text[bullet.end() :]
            self._open = _Open("item", [line], column, label if label[0].isalnum() else BULLET_SIGN, text)
        else:
            self._open = _Open("paragraph", [line], column, text=line.text)

    def _continues(self, is_open: _Open, line: Stretch, column: Column) -> bool:
        last = is_open.lines[-1]
        below = line.page == last.page and column is is_open.column
        step = line.y - last.y if below else 0.0
        if is_open.kind == "heading":
            same = self._setting.style(line) == is_open.level_style
            return same and 0 < step <= LEADING * USUAL_LEADING * line.size and len(is_open.lines) < MOST_HEADING_LINES
        within = line.text[0].islower() and not last.text.endswith(SENTENCE_STOPS)
        like = RECOGNISED_LIKE if within else LIKE
        if _bullet(line.text) or abs(line.size - last.size) > like * last.size:
            return False
        if self._setting.is_heading(line) and not within:
            return False
        if not below:
            return self._goes_on(is_open, line)
        return 0 < step <= LEADING * self._setting.leading and self._goes_on_below(is_open, line)

    def _goes_on_below(self, is_open: _Open, line: Stretch) -> bool:
        """Does a part go on in the next line of its column?"""
        first, last = is_open.lines[0], is_open.lines[-1]
        if is_open.kind == "item" and line.x0 > first.x0 + HANGING * line.size:
            return True
        moved_in = line.x0 > last.x0 + INDENT * line.size
        return not moved_in and _is_full(last, line, is_open.column)

    def _goes_on(self, is_open: _Open, line: Stretch) -> bool:
        """Does a part go on in the next column or on the next page?"""
        if is_open.text.endswith("-"):
            return True
        ended = is_open.text.endswith((".", "!", "?", ":", "”", ";")) and not ends_with_abbreviation(is_open.text)
        full = _is_full(is_open.lines[-1], line, is_open.column)
        return not ended and (line.text[0].islower() or full)

    def _joined(self, text: str, line: str) -> str:
        """Two lines as one; a word that was broken is whole again, a hyphen that belongs to it stays."""
        if len(text) < 2 or not text.endswith("-") or not text[-2].isalpha():  # noqa: PLR2004 - a letter and its hyphen
            return f"{text} {line}"
        first = WORDS.match(line)
        if first is None or KEPT_HYPHEN.match(line):
            return f"{text} {line}"
        head = WORDS.findall(text[:-1])[-1]
        whole, hyphened = f"{head}{first[0]}".casefold(), f"{head}-{first[0]}".casefold()
        words = self._setting.words
        kept = words[hyphened] > words[whole] or not line[0].islower()
        return text + line if kept else text[:-1] + line

    def _close(self) -> None:
        done = self._open
        self._open = None
        if done is None:
            return
        item = done.kind == "item"
        if not item:
            self._listing += 1
        page = done.lines[0].page
        bold = all(line.bold for line in done.lines) and not self._setting.bold
        part = Part(done.text, listing=self._listing if item else None, label=done.label, page=page, bold=bold)
        self._parts.append((part, done.level_style))


def _levels(styles: Iterable[tuple[float, bool]]) -> dict[tuple[float, bool], int]:
    """The level of each style of heading, the largest first."""
    levels: dict[tuple[float, bool], int] = {}
    first: tuple[float, bool] | None = None
    for style in sorted(set(styles), reverse=True):
        if first is None or style[1] != first[1] or style[0] < (1 - SAME_LEVEL) * first[0]:
            first = style
        levels[style] = levels.get(first, len(set(levels.values())) + 1)
    return levels


def _is_full(last: Stretch, line: Stretch, column: Column) -> bool:
    """Would the first word of `line` not have fitted behind `last`? Then the width broke the line, not the writer.

    A line that ends no sentence need not be as full: nobody breaks it by hand near its end.
    """
    if last.text.endswith("-") and last.text[-2:-1].isalpha():
        return True
    word = line.text.split(None, 1)[0]
    letter = (line.x1 - line.x0) / max(len(line.text), 1)
    if last.x1 + (len(word) + 1) * letter * WIDE_WORD > column.x1:
        return True
    if last.text.endswith((*SENTENCE_STOPS, ":")):
        return last.text.endswith(",") and _is_inside(last, line)
    return last.x1 - last.x0 > NEARLY_FULL * (column.x1 - column.x0) or _is_inside(last, line)


def _is_inside(last: Stretch, line: Stretch) -> bool:
    """Does a line go on inside the sentence of one that is as long as lines of prose are?"""
    return line.text[0].islower() and len(last.text) >= NARROWEST_WRAP


def _bullet(text: str) -> re.Match[str] | None:
    return BULLET.match(text)


def _numbered(parts: list[Part]) -> list[Part]:
    """Paragraphs that count from one to the next ("1. ...", "2. ...") are items of a list."""
    numbers = {i: int(m[1]) for i, part in enumerate(parts) if not part.level and (m := NUMBER.match(part.text))}
    for i, number in numbers.items():
        if parts[i].listing is None and (numbers.get(i + 1) == number + 1 or numbers.get(i - 1) == number - 1):
            match = NUMBERED_ITEM.match(parts[i].text)
            first = numbers.get(i - 1) != number - 1
            listing = -i if first else parts[i - 1].listing
            if match:
                parts[i] = replace(parts[i], text=parts[i].text[match.end() :], label=match[0].strip(), listing=listing)
    return parts
