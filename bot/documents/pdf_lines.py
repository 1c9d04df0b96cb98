"""Letters of a page -> stretches of a line: words that follow one another on one base line, without a wide gap."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from bot.documents.lines import BULLET, NUMBERED_ITEM
from bot.documents.pdf_glyphs import Glyph

WORD_GAP = 0.17
"""Letters further apart than this share of their size have a space between them."""
WIDE_GAP = 1.6
"""... and further apart than this they belong to another column or cell."""
BACK = 0.4
RAISED = 0.45
"""A small letter that stands this much higher or lower is a note's number or an index."""
LEVEL = 0.2
CLOSE = 0.6
LABEL_GAP = 6.0
LABEL_CHARACTERS = 5


@dataclass(frozen=True, slots=True)
class Stretch:
    """Words from `x0` to `x1` on the base line `y`; `size` and `bold` are those of most of its letters."""

    text: str
    x0: float
    x1: float
    y: float
    size: float
    bold: bool
    page: int


def stretches_of(glyphs: Iterable[Glyph], page: int) -> list[Stretch]:
    """The stretches of a page: first as the file writes them one after the other, then joined where they touch."""
    runs: list[list[Glyph]] = []
    for glyph in glyphs:
        if runs and _follows(runs[-1], glyph):
            runs[-1].append(glyph)
        else:
            runs.append([glyph])
    found = [stretch for run in runs if (stretch := _stretch(run, page))]
    return _joined(sorted(found, key=lambda s: (round(s.y, 1), s.x0)))


def _follows(run: Sequence[Glyph], glyph: Glyph) -> bool:
    last = run[-1]
    if (glyph.x0, glyph.x1) == (last.x0, last.x1) and not last.text.isspace():
        return True  # one shape for two letters, such as "fi"
    size = max(run[0].size, glyph.size)
    level = RAISED if min(last.size, glyph.size) < 0.85 * size else LEVEL
    return abs(glyph.y - run[0].y) <= level * size and -BACK * size <= glyph.x0 - last.x1 <= WIDE_GAP * size


def _stretch(run: Sequence[Glyph], page: int) -> Stretch | None:
    text = ""
    last: Glyph | None = None
    for glyph in run:
        if last is not None and glyph.x0 - last.x1 > WORD_GAP * glyph.size and not text.endswith(" "):
            text += " "
        text += glyph.text
        last = glyph
    inked = [glyph for glyph in run if not glyph.text.isspace()]
    text = " ".join(text.split())
    if not inked or not text:
        return None
    sizes = sorted(glyph.size for glyph in inked)
    bold = 2 * sum(glyph.bold for glyph in inked) > len(inked)
    base = sorted(glyph.y for glyph in inked)[len(inked) // 2]
    return Stretch(text, inked[0].x0, inked[-1].x1, base, sizes[len(sizes) // 2], bold, page)


def _joined(stretches: list[Stretch]) -> list[Stretch]:
    """Join what the file wrote apart: the pieces of a word, and a bullet or number with what it stands before."""
    done: list[Stretch] = []
    for stretch in stretches:
        for i in range(len(done) - 1, max(len(done) - 8, -1), -1):
            before = done[i]
            size = max(before.size, stretch.size)
            gap = stretch.x0 - before.x1
            level = abs(stretch.y - before.y) <= LEVEL * size
            if level and (
                -BACK * size <= gap <= CLOSE * size or (is_label(before.text) and 0 <= gap <= LABEL_GAP * size)
            ):
                space = " " if gap > WORD_GAP * size else ""
                longer = stretch if len(stretch.text) > len(before.text) else before
                done[i] = replace(longer, text=f"{before.text}{space}{stretch.text}", x0=before.x0, x1=stretch.x1)
                break
        else:
            done.append(stretch)
    return done


def is_label(text: str) -> bool:
    """Is it a bullet or number that stands before an item or heading?"""
    if len(text) > LABEL_CHARACTERS:
        return False
    return any(pattern.fullmatch(f"{text} ") or pattern.match(f"{text} x") for pattern in (BULLET, NUMBERED_ITEM))
