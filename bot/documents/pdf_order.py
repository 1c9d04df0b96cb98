"""Stretches of a page -> the order in which they are read: whole lines from above, columns one after the other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.documents.pdf_lines import Stretch

NARROWEST_GUTTER = 0.7
"""A gap between columns is at least this many letters' sizes wide."""
FEWEST_ROWS = 3
CROSSING_SHARE = 0.4
"""Headings and pictures' captions may cross a gutter, but no more than this share of the lines."""
FULL_SHARE = 0.62
"""Lines of prose fill their column; cells of a table do not."""
FEWEST_CHARACTERS = 20
"""Nobody sets prose in lines that are shorter on average."""
MOST_DEEP = 6
LEVEL = 0.3


@dataclass(frozen=True, slots=True)
class Column:
    """Lines that are read one below the other; `x0` and `x1` are where its lines begin and end at most."""

    lines: tuple[Stretch, ...]
    x0: float
    x1: float


def columns_of(stretches: Sequence[Stretch], depth: int = 0) -> list[Column]:
    """The columns of a page, or of a part of it, in reading order."""
    rows = _rows(stretches)
    gutter = _gutter(rows) if depth < MOST_DEEP else None
    if gutter is None:
        lines = tuple(_line(row) for row in rows)
        return [Column(lines, min(s.x0 for s in lines), max(s.x1 for s in lines))] if lines else []
    columns: list[Column] = []
    band: list[Stretch] = []
    for row in [*rows, []]:
        if row and not any(s.x0 < gutter < s.x1 for s in row):
            band += row
            continue
        for side in ([s for s in band if s.x1 <= gutter], [s for s in band if s.x0 >= gutter]):
            columns += columns_of(side, depth + 1)
        band = []
        if row:
            line = _line(row)
            columns.append(Column((line,), line.x0, line.x1))
    return _merged(columns)


def _merged(columns: list[Column]) -> list[Column]:
    """Whole lines that follow one another are one column."""
    done: list[Column] = []
    for column in columns:
        if done and len(column.lines) == 1 and done[-1].x0 - 1 <= column.x0 and column.x1 <= done[-1].x1 + 1:
            last = done.pop()
            done.append(Column((*last.lines, *column.lines), last.x0, last.x1))
        else:
            done.append(column)
    return done


def _rows(stretches: Sequence[Stretch]) -> list[list[Stretch]]:
    """Stretches on one base line, from above; each row from the left."""
    rows: list[list[Stretch]] = []
    for stretch in sorted(stretches, key=lambda s: s.y):
        if rows and abs(stretch.y - rows[-1][0].y) <= LEVEL * min(stretch.size, rows[-1][0].size):
            rows[-1].append(stretch)
        else:
            rows.append([stretch])
    return [sorted(row, key=lambda s: s.x0) for row in rows]


def _line(row: Sequence[Stretch]) -> Stretch:
    """One line of what stands beside one another in a column."""
    longest = max(row, key=lambda s: len(s.text))
    text = " ".join(s.text for s in row)
    return Stretch(text, row[0].x0, row[-1].x1, longest.y, longest.size, all(s.bold for s in row), longest.page)


def _gutter(rows: Sequence[Sequence[Stretch]]) -> float | None:
    """The middle of the widest gap between two columns of prose, or None."""
    every = [s for row in rows for s in row]
    if len(every) < 2 * FEWEST_ROWS:
        return None
    size = sorted(s.size for s in every)[len(every) // 2]
    best: tuple[float, float] | None = None
    edges = sorted({round(s.x1, 1) for s in every})
    starts = sorted(s.x0 for s in every)
    for edge in edges:
        following = next((start for start in starts if start > edge), None)
        if following is None or following - edge < NARROWEST_GUTTER * size:
            continue
        middle = (edge + following) / 2
        crossing = sum(1 for row in rows if any(s.x0 < middle < s.x1 for s in row))
        if crossing > CROSSING_SHARE * len(rows) or not _is_prose(rows, middle):
            continue
        score = (following - edge) / (1 + crossing)
        if best is None or score > best[0]:
            best = (score, middle)
    return best[1] if best else None


def _is_prose(rows: Sequence[Sequence[Stretch]], middle: float) -> bool:
    """Is there a column of full lines on both sides?"""
    sides = ([s for row in rows for s in row if s.x1 <= middle], [s for row in rows for s in row if s.x0 >= middle])
    for side in sides:
        if len(_rows(side)) < FEWEST_ROWS:
            return False
        width = max(s.x1 for s in side) - min(s.x0 for s in side)
        lines = [_line(row) for row in _rows(side)]
        if sum(line.x1 - line.x0 for line in lines) < FULL_SHARE * width * len(lines):
            return False
        if sum(len(line.text) for line in lines) < FEWEST_CHARACTERS * len(lines):
            return False
    return True
