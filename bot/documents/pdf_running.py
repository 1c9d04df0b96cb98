"""Running heads and feet: what stands at the same place on page after page is no text of the document."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence

from bot.documents.pdf_lines import Stretch

EDGE_ROWS = 4
"""Heads and feet have at most this many lines."""
EDGE_SHARE = 0.2
"""... and stand in the outermost part of the page."""
PAGE_SHARE = 0.4
"""A head stands on at least this share of the pages, and at least on two."""
APART = 1.7
"""Lines of one paragraph stand closer, in sizes of their letters."""
SMALLER = 0.93
LONGEST = 70
"""A head of more characters is set smaller than the text."""
SLOT_SHARE = 0.6
FEWEST_PAGES = 4
STEP = 6.0
"""Lines that stand this close, in points, stand at the same place."""
PAGE_NUMBER = re.compile(
    r"(?:side|sida|sidan|page|s\.)?\s*[-–—|]?\s*\d{1,4}\s*[-–—|]?(?:\s*(?:af|av|of|/)\s*\d{1,4})?|[ivxl]{1,6}",
    re.IGNORECASE,
)

CONTENTS = re.compile(r".*?(?:[.…_] ?){4,}\s*\d{1,4}")
"""A line of a table of contents repeats a heading; its dots lead to the number of a page."""

Pages = Sequence[tuple[float, Sequence[Stretch]]]
"""The height of each page, and what stands on it."""


def without_running(pages: Pages) -> list[list[Stretch]]:
    """The stretches of each page but for running heads and feet, page numbers and tables of contents."""
    edges = [(_edge(page, height, top=True), _edge(page, height, top=False)) for height, page in pages]
    keys = [{_key(s) for edge in both for row in edge for s in row} for both in edges]
    seen = Counter(key for page in keys for key in page)
    slots = Counter(slot for page in keys for slot in {place for _, place in page})
    enough = max(2, PAGE_SHARE * len(pages))

    sizes = sorted(s.size for _, page in pages for s in page)
    usual = sizes[len(sizes) // 2] if sizes else 0.0

    def runs(stretch: Stretch) -> bool:
        if len(stretch.text) > LONGEST and stretch.size >= SMALLER * usual:
            return False
        _, slot = key = _key(stretch)
        # A chapter's head stands on the pages of the chapter only, but at the place of all heads.
        of_chapter = seen[key] > 1 and len(pages) >= FEWEST_PAGES and slots[slot] >= SLOT_SHARE * len(pages)
        return seen[key] >= enough or of_chapter or PAGE_NUMBER.fullmatch(stretch.text) is not None

    kept = []
    for (_, page), both in zip(pages, edges, strict=True):
        gone = {id(s) for edge in both for s in _outer(edge, runs)}
        kept.append([s for s in page if id(s) not in gone and not CONTENTS.fullmatch(s.text)])
    return kept


def _outer(edge: Sequence[Sequence[Stretch]], runs: Callable[[Stretch], bool]) -> list[Stretch]:
    """What is running in the rows at an edge: page numbers, and the outermost group of rows that recur.

    The group must stand apart from the text or be set smaller: lines of text recur as well.
    """
    numbers: list[Stretch] = []
    group: list[Stretch] = []
    for number, row in enumerate(edge[:EDGE_ROWS]):
        within = edge[number + 1] if number + 1 < len(edge) else None
        alone = [s for s in row if PAGE_NUMBER.fullmatch(s.text)]
        numbers += alone
        if len(alone) == len(row):
            continue
        if not all(runs(s) for s in row):
            return numbers
        group += row
        if within is None or _is_apart(row[0], within[0]):
            return numbers + group
    return numbers


def _is_apart(row: Stretch, within: Stretch) -> bool:
    return abs(within.y - row.y) > APART * within.size or row.size < SMALLER * within.size


def _edge(page: Sequence[Stretch], height: float, *, top: bool) -> list[list[Stretch]]:
    """The outermost rows of a page, from the edge inwards."""
    rows: list[list[Stretch]] = []
    for stretch in sorted(page, key=lambda s: s.y if top else -s.y):
        if (stretch.y if top else height - stretch.y) > EDGE_SHARE * height:
            break
        if rows and abs(rows[-1][0].y - stretch.y) < stretch.size / 2:
            rows[-1].append(stretch)
        elif len(rows) > EDGE_ROWS:
            break
        else:
            rows.append([stretch])
    return rows


def _key(stretch: Stretch) -> tuple[str, int]:
    """What a head says, whatever the page's number, and where it stands."""
    return re.sub(r"\d+", "#", stretch.text.casefold()), round(stretch.y / STEP)
