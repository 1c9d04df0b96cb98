"""Tables -> rows that can be read alone: each cell behind the header of its column."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Cell:
    """The words of a cell, over how many columns and rows it goes, and whether it is a header."""

    text: str
    header: bool = False
    columns: int = 1
    rows: int = 1


MAX_SPAN = 30
"""No table that people read has cells over more columns or rows; a larger number is a mistake or an attack."""


def rows_of(table: Sequence[Sequence[Cell]]) -> list[str]:
    """The rows as text: "Alder: 3-5 år; Pladser: 20". A row of headers is left out, its words are in those below.

    A header in front of a row stands before its cells: "Kontakt: Rådhuset". A header over a whole row comes first in
    the rows below it. A table of nothing but headers is one row.
    """
    heads: list[str] = []
    group = ""
    rows: list[str] = []
    below = False
    for row in _grid(table):
        cells = list({id(cell): cell for cell in row if cell is not None and cell.text}.values())
        if cells and all(cell.header for cell in cells):
            if len(cells) == 1 and len(row) > 1:
                group = cells[0].text
            else:
                words = [cell.text if cell else "" for cell in row]
                above = [""] * len(words) if below else _padded(heads, len(words))
                heads = [_joined(head, word) for head, word in zip(above, words, strict=True)]
            below = False
        elif text := _row(row, heads):
            rows.append(f"{group}; {text}" if group else text)
            below = True
    if not rows and (heads or group):
        return ["; ".join(dict.fromkeys(head for head in (group, *heads) if head))]
    return rows


def _row(row: Sequence[Cell | None], heads: Sequence[str]) -> str:
    text = ""
    seen: set[int] = set()
    for cell, head in zip(row, _padded(heads, len(row)), strict=True):
        if cell is None or not cell.text or id(cell) in seen:
            continue
        seen.add(id(cell))  # a cell over several columns is said once
        said = f"{head.rstrip(':')}: {cell.text}" if head and head != cell.text else cell.text
        first = cell.header and not text
        text += said if not text or text.endswith(": ") else f"; {said}"
        if first:
            text = f"{text.rstrip(':')}: "
    return text.rstrip(": ") if text.endswith(": ") else text


def _padded(heads: Sequence[str], length: int) -> list[str]:
    return [*heads[:length], *[""] * (length - len(heads))]


def _joined(above: str, word: str) -> str:
    return f"{above} {word}" if above and word and above != word else word or above


def _grid(table: Sequence[Sequence[Cell]]) -> list[list[Cell | None]]:
    """Every cell at each of the places it covers."""
    grid: list[list[Cell | None]] = []
    covered: dict[tuple[int, int], Cell] = {}
    for y, row in enumerate(table):
        places: list[Cell | None] = []
        for cell in row:
            while (y, len(places)) in covered:
                places.append(covered[y, len(places)])
            wide = range(len(places), len(places) + min(max(cell.columns, 1), MAX_SPAN))
            for below in range(1, min(cell.rows, MAX_SPAN)):
                covered.update(((y + below, x), cell) for x in wide)
            places += [cell] * len(wide)
        while (y, len(places)) in covered:
            places.append(covered[y, len(places)])
        grid.append(places)
    return grid
