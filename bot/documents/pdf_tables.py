"""Rules and letters of a page -> the tables that are ruled on it, cell by cell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.documents.pdf_glyphs import Glyph, Rule
from bot.documents.pdf_lines import stretches_of
from bot.documents.tables import Cell, rows_of

TOLERANCE = 3.0
"""Rules that meet are drawn this exactly, in points."""
MOST_RULES = 3000


@dataclass(frozen=True, slots=True)
class Grid:
    """A ruled table: the heights of its level rules and the places of its upright ones, from the top left."""

    xs: tuple[float, ...]
    ys: tuple[float, ...]

    def holds(self, glyph: Glyph) -> bool:
        """Does a letter stand in the table?"""
        x, y = (glyph.x0 + glyph.x1) / 2, glyph.y - glyph.size / 3
        return self.xs[0] <= x <= self.xs[-1] and self.ys[0] <= y <= self.ys[-1]


def grids_of(rules: Sequence[Rule]) -> list[Grid]:
    """The tables among the rules of a page: groups of rules that touch, with at least two columns and two rows."""
    if len(rules) > MOST_RULES:
        return []
    found = []
    for group in _groups(rules):
        xs = _places([rule.x0 for rule in group if rule.x1 - rule.x0 < TOLERANCE])
        ys = _places([rule.y0 for rule in group if rule.y1 - rule.y0 < TOLERANCE])
        if len(xs) > 2 and len(ys) > 2:  # noqa: PLR2004 - two columns and two rows have three rules each way
            found.append(Grid(xs, ys))
    return found


def table_rows(grid: Grid, glyphs: Sequence[Glyph], page: int) -> list[str]:
    """The rows of a table as text; the first is one of headers where it is set in bold and the others are not."""
    cells: dict[tuple[int, int], list[Glyph]] = {}
    for glyph in glyphs:
        x, y = (glyph.x0 + glyph.x1) / 2, glyph.y - glyph.size / 3
        row = sum(1 for at in grid.ys[1:-1] if y > at)
        column = sum(1 for at in grid.xs[1:-1] if x > at)
        cells.setdefault((row, column), []).append(glyph)
    bold = {
        row: all(g.bold for (r, _), gs in cells.items() if r == row for g in gs if g.text.strip()) for row, _ in cells
    }
    headed = bold.get(0, False) and not all(bold.values())
    table = []
    for row in range(len(grid.ys) - 1):
        words = [_words(cells.get((row, column), []), page) for column in range(len(grid.xs) - 1)]
        table.append([Cell(text, headed and row == 0) for text in words])
    return rows_of(table)


def _words(glyphs: list[Glyph], page: int) -> str:
    lines = sorted(stretches_of(glyphs, page), key=lambda s: (round(s.y), s.x0))
    text = ""
    for line in lines:
        broken = text.endswith("-") and line.text[0].islower()
        text = text[:-1] + line.text if broken else f"{text} {line.text}".strip()
    return text


def _groups(rules: Sequence[Rule]) -> list[list[Rule]]:
    groups: list[list[Rule]] = []
    for rule in sorted(rules, key=lambda r: (r.y0, r.x0)):
        touched = [group for group in groups if any(_touch(rule, other) for other in group)]
        groups = [group for group in groups if group not in touched]
        groups.append([rule, *(other for group in touched for other in group)])
    return groups


def _touch(one: Rule, other: Rule) -> bool:
    return (
        one.x0 - TOLERANCE <= other.x1
        and other.x0 - TOLERANCE <= one.x1
        and one.y0 - TOLERANCE <= other.y1
        and other.y0 - TOLERANCE <= one.y1
    )


def _places(values: list[float]) -> tuple[float, ...]:
    """The places of parallel rules, those that are drawn twice once."""
    places: list[float] = []
    for at in sorted(values):
        if not places or at - places[-1] > TOLERANCE:
            places.append(at)
    return tuple(places)
