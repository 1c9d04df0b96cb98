"""Quality against cost in one picture, from the section on retrieval in results.md: `python -m benchmarks.cost`.

Each system that was measured there is a point: the share of the evidence in its first five passages over the
milliseconds that a question took, both on the development questions and in one run.
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import drawsvg

from benchmarks.report import PAGE, SECTION, Run, table
from bot.settings import ROOT

COMMAND = "python -m benchmarks.cost"
PICTURE = ROOT / "docs" / "pictures" / "quality-cost.svg"
NAME, RECALL, MILLISECONDS = "system", "recall@5", "ms"
OURS = ("search", "assistant")
"""What names of our own stages begin with; the others are what they are compared with."""
WIDTH, HEIGHT = 900, 480
LEFT, RIGHT, TOP, BOTTOM = 64, 236, 44, 56
INK, FAINT, OWN, OTHER = "#222222", "#d8d8d8", "#0b5cad", "#8a5a00"
FONT = "system-ui, sans-serif"
TICKS = (0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)
LINE = 15
"""Labels are at least so far from one another."""


@dataclass(frozen=True, slots=True)
class Point:
    """One system: its recall in the first five passages, and its median milliseconds."""

    name: str
    recall: float
    milliseconds: float

    @property
    def own(self) -> bool:
        """Is it one of our own stages?"""
        return self.name.startswith(OURS)


def points(page: Path = PAGE) -> list[Point]:
    """The systems of the first table in the section on retrieval. Raises SystemExit where there is none."""
    sections = dict(SECTION.findall(page.read_text(encoding="utf-8")))
    rows = list(_rows(sections.get("retrieval", "")))
    if len(rows) < 2:
        raise SystemExit(f"{page.name} has no table of systems. Run `python -m benchmarks.retrieval` first.")
    head, *rest = rows
    places = [head.index(name) for name in (NAME, RECALL, MILLISECONDS)]
    found = [[row[place] for place in places] for row in rest]
    return [Point(name, float(recall), float(taken)) for name, recall, taken in found if recall and taken]


def _rows(section: str) -> Iterator[list[str]]:
    """The cells of the first table, line by line."""
    begun = False
    for line in section.splitlines():
        if line.startswith("|"):
            begun = True
            if "---" not in line:
                yield [cell.strip() for cell in line.strip("|").split("|")]
        elif begun:
            return


def drawn(found: Sequence[Point]) -> drawsvg.Drawing:
    """The picture: milliseconds to the right, each step a multiple; recall upwards."""
    low, high = math.log(min(p.milliseconds for p in found) / 1.4), math.log(max(p.milliseconds for p in found) * 1.4)
    bottom = math.floor(10 * min(p.recall for p in found)) / 10

    def across(milliseconds: float) -> float:
        return LEFT + (math.log(milliseconds) - low) / (high - low) * (WIDTH - LEFT - RIGHT)

    def up(recall: float) -> float:
        return HEIGHT - BOTTOM - (recall - bottom) / (1 - bottom) * (HEIGHT - TOP - BOTTOM)

    picture = drawsvg.Drawing(WIDTH, HEIGHT, font_family=FONT)
    picture.append(drawsvg.Rectangle(0, 0, WIDTH, HEIGHT, fill="white"))
    picture.append(_text("Recall in the first five passages over milliseconds a question", LEFT, 22, size=15))
    for tick in (tick for tick in TICKS if low <= math.log(tick) <= high):
        picture.append(drawsvg.Line(across(tick), TOP, across(tick), HEIGHT - BOTTOM, stroke=FAINT))
        picture.append(_text(f"{tick:g}", across(tick), HEIGHT - BOTTOM + 18, anchor="middle"))
    for tenth in range(round(bottom * 10), 11):
        picture.append(drawsvg.Line(LEFT, up(tenth / 10), WIDTH - RIGHT, up(tenth / 10), stroke=FAINT))
        picture.append(_text(f"{tenth / 10:.1f}", LEFT - 8, up(tenth / 10) + 4, anchor="end"))
    picture.append(_text("milliseconds, median", (LEFT + WIDTH - RIGHT) / 2, HEIGHT - 14, anchor="middle"))
    column = WIDTH - RIGHT + 14
    free = TOP
    for point in sorted(found, key=lambda point: -point.recall):
        x, y, colour = across(point.milliseconds), up(point.recall), OWN if point.own else OTHER
        free = max(free, min(y, HEIGHT - BOTTOM))
        picture.append(drawsvg.Line(x, y, column - 4, free, stroke=colour, stroke_width=0.6, stroke_opacity=0.5))
        picture.append(_marker(point, x, y, colour))
        picture.append(_text(point.name, column, free + 4, colour=colour))
        free += LINE
    return picture


def _marker(point: Point, x: float, y: float, colour: str) -> drawsvg.DrawingElement:
    """A dot for what is ours, a square for what is not: colour alone tells nobody enough."""
    if point.own:
        return drawsvg.Circle(x, y, 5, fill=colour)
    return drawsvg.Rectangle(x - 4.5, y - 4.5, 9, 9, fill=colour)


def _text(
    words: str, x: float, y: float, *, size: int = 12, anchor: str = "start", colour: str = INK
) -> drawsvg.DrawingElement:
    return drawsvg.Text(words, size, x, y, text_anchor=anchor, fill=colour)


def main() -> None:
    """Draw the picture, and write the section that shows it."""
    parser = argparse.ArgumentParser(prog=COMMAND, description=__doc__)
    parser.parse_args()
    run = Run(COMMAND)
    found = points()
    drawn(found).save_svg(str(PICTURE))
    body = [
        "Dots are stages of this project, squares what they are compared with. Development questions, figures of the "
        "section on retrieval below; where a system is further up and further left than another, it is the better one.",
        f"![Recall over milliseconds, one point for each system; the table below has the same figures]"
        f"(../docs/pictures/{PICTURE.name})",
        table(
            [NAME, RECALL, MILLISECONDS],
            [
                [point.name, f"{point.recall:.3f}", f"{point.milliseconds:.1f}"]
                for point in sorted(found, key=lambda point: point.milliseconds)
            ],
        ),
    ]
    run.write("cost", "Quality against cost", "\n\n".join(body))


if __name__ == "__main__":
    main()
