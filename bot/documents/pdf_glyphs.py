"""A page of a PDF -> its letters with place, size and weight, and the lines that are ruled on it."""

from __future__ import annotations

import ctypes
import math
from collections.abc import Iterator
from dataclasses import dataclass

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

BOLD_WEIGHT = 600
BOLD_NAMES = (b"bold", b"black", b"heavy", b"semib", b"demi")
INVISIBLE = 3
"""The text rendering mode that draws nothing; recognised text lies behind the picture of a page in this mode."""
SMALLEST_POINTS = 2.0
PICTURE_SHARE = 0.5
WHITE = 250
"""Red, green and blue from this on are white."""
STRAIGHT = 0.1
"""Text that leans more than this, in radians, is a stamp or a label along an edge."""
BULLETS = dict.fromkeys((0xF0B7, 0xF0A7, 0xF0D8, 0xF076, 0xF0FC, 0xF02D, 0xF0A8, 0xF06E, 0xF0E0, 0x25AA), "•")
LIGATURES = {0xFB00: "ff", 0xFB01: "fi", 0xFB02: "fl", 0xFB03: "ffi", 0xFB04: "ffl", 0xFB05: "st", 0xFB06: "st"}
HYPHENS = dict.fromkeys((0x02, 0xAD, 0xFFFE), "-")
SIGNS = {**BULLETS, **LIGATURES, **HYPHENS}
RULE_POINTS = 3.0
"""A filled box that is no thicker is a line."""
SHORTEST_RULE = 8.0
MOST_STROKES = 5000
"""A drawing of more strokes is a map or a picture, no table."""


@dataclass(frozen=True, slots=True)
class Glyph:
    """A letter from `x0` to `x1` on its base line at `y`, which is counted in points from the top of the page."""

    text: str
    x0: float
    x1: float
    y: float
    size: float
    bold: bool


@dataclass(frozen=True, slots=True)
class Rule:
    """A line that is ruled from (`x0`, `y0`) to (`x1`, `y1`), level or upright."""

    x0: float
    y0: float
    x1: float
    y1: float


@dataclass(frozen=True, slots=True)
class Sheet:
    """What is on a page: letters in the order of the file, rules, and the letters that nobody sees."""

    number: int
    width: float
    height: float
    glyphs: list[Glyph]
    rules: list[Rule]
    hidden: str
    pictures: bool


def read_sheet(page: pdfium.PdfPage, number: int) -> Sheet:
    """The letters and rules of a page, turned as it is shown. `number` counts from 1."""
    turn = _Turn(page)
    boxes: list[tuple[float, float, float, float]] = []
    rules: list[Rule] = []
    picture_area = 0.0
    kinds = [pdfium_c.FPDF_PAGEOBJ_PATH, pdfium_c.FPDF_PAGEOBJ_IMAGE]
    for thing in page.get_objects(filter=kinds):
        box = turn.box(*thing.get_bounds()) if thing.level == 0 else None
        if box is None:
            continue
        if thing.type == pdfium_c.FPDF_PAGEOBJ_IMAGE:
            picture_area += (box[2] - box[0]) * (box[3] - box[1])
            boxes.append(box)
        else:
            rules += _rules(box)
            if min(box[2] - box[0], box[3] - box[1]) > RULE_POINTS:
                boxes.append(box)
                rules += _drawn(thing, turn)
    seen: list[Glyph] = []
    hidden: list[str] = []
    scanned = picture_area > PICTURE_SHARE * turn.width * turn.height
    textpage = page.get_textpage()
    try:
        for glyph, shown in _glyphs(textpage.raw, turn, boxes, scanned=scanned):
            if shown:
                seen.append(glyph)
            else:
                hidden.append(glyph.text)
    finally:
        textpage.close()
    return Sheet(number, turn.width, turn.height, seen, rules, "".join(hidden).strip(), picture_area > 0)


class _Turn:
    """From the coordinates of a page to those of a reader: origin at the top left, turned as it is shown."""

    def __init__(self, page: pdfium.PdfPage) -> None:
        left, bottom, right, top = page.get_cropbox()
        self._left, self._bottom, self._right, self._top = left, bottom, right, top
        self.degrees = page.get_rotation()
        across, up = right - left, top - bottom
        self.width, self.height = (up, across) if self.degrees in {90, 270} else (across, up)

    def point(self, x: float, y: float) -> tuple[float, float]:
        match self.degrees:
            case 90:
                return y - self._bottom, x - self._left
            case 180:
                return self._right - x, y - self._bottom
            case 270:
                return self._top - y, self._right - x
            case _:
                return x - self._left, self._top - y

    def box(self, left: float, bottom: float, right: float, top: float) -> tuple[float, float, float, float]:
        (x0, y0), (x1, y1) = self.point(left, bottom), self.point(right, top)
        return min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)

    def is_on(self, x: float, y: float) -> bool:
        return bool(-1 <= x <= self.width + 1 and -1 <= y <= self.height + 1)


def _glyphs(
    text: pdfium_c.FPDF_TEXTPAGE, turn: _Turn, boxes: list[tuple[float, float, float, float]], *, scanned: bool
) -> Iterator[tuple[Glyph, bool]]:
    """Each upright letter on the page, and whether it is seen."""
    loose, matrix = pdfium_c.FS_RECTF(), pdfium_c.FS_MATRIX()
    x, y = ctypes.c_double(), ctypes.c_double()
    colours = [ctypes.c_uint() for _ in range(4)]
    name, flags = ctypes.create_string_buffer(256), ctypes.c_int()
    for i in range(pdfium_c.FPDFText_CountChars(text)):
        code = pdfium_c.FPDFText_GetUnicode(text, i)
        if pdfium_c.FPDFText_IsGenerated(text, i) == 1 and code not in HYPHENS:
            continue
        sign = SIGNS.get(code) or (chr(code) if code and not 0xD800 <= code < 0xE000 else "\ufffd")  # noqa: PLR2004
        pdfium_c.FPDFText_GetLooseCharBox(text, i, loose)
        pdfium_c.FPDFText_GetCharOrigin(text, i, x, y)
        pdfium_c.FPDFText_GetMatrix(text, i, matrix)
        angle = pdfium_c.FPDFText_GetCharAngle(text, i) - math.radians(360 - turn.degrees)
        if abs(math.remainder(angle, math.tau)) > STRAIGHT:
            continue
        left, _, right, _ = turn.box(loose.left, loose.bottom, loose.right, loose.top)
        _, base = turn.point(x.value, y.value)
        size = pdfium_c.FPDFText_GetFontSize(text, i) * math.hypot(matrix.c, matrix.d)
        pdfium_c.FPDFText_GetFontInfo(text, i, name, 256, flags)
        weight = pdfium_c.FPDFText_GetFontWeight(text, i)
        bold = weight >= BOLD_WEIGHT or any(part in name.value.lower() for part in BOLD_NAMES)
        glyph = Glyph(sign, left, right, base, size, bold)
        pdfium_c.FPDFText_GetFillColor(text, i, *colours)
        mode = pdfium_c.FPDFTextObj_GetTextRenderMode(pdfium_c.FPDFText_GetTextObject(text, i))
        white = all(colour.value >= WHITE for colour in colours[:3])
        clear = colours[3].value == 0
        yield (
            glyph,
            turn.is_on((left + right) / 2, base)
            and size >= SMALLEST_POINTS
            and (scanned or (mode != INVISIBLE and not clear))
            and (not white or _is_inside(glyph, boxes)),
        )


def _is_inside(glyph: Glyph, boxes: list[tuple[float, float, float, float]]) -> bool:
    x, y = (glyph.x0 + glyph.x1) / 2, glyph.y - glyph.size / 3
    return any(x0 <= x <= x1 and y0 <= y <= y1 for x0, y0, x1, y1 in boxes)


def _rules(box: tuple[float, float, float, float]) -> Iterator[Rule]:
    """A path that is thin in one direction is a rule."""
    x0, y0, x1, y1 = box
    if y1 - y0 <= RULE_POINTS and x1 - x0 >= SHORTEST_RULE:
        yield Rule(x0, (y0 + y1) / 2, x1, (y0 + y1) / 2)
    elif x1 - x0 <= RULE_POINTS and y1 - y0 >= SHORTEST_RULE:
        yield Rule((x0 + x1) / 2, y0, (x0 + x1) / 2, y1)


def _drawn(path: pdfium.PdfObject, turn: _Turn) -> Iterator[Rule]:
    """The straight strokes of a path that is drawn with a pen, such as the grid of a table."""
    fill, stroke = ctypes.c_int(), ctypes.c_int()
    count = pdfium_c.FPDFPath_CountSegments(path.raw)
    if not pdfium_c.FPDFPath_GetDrawMode(path.raw, fill, stroke) or not stroke.value or count > MOST_STROKES:
        return
    matrix = path.get_matrix()
    x, y = ctypes.c_float(), ctypes.c_float()
    begun = last = (0.0, 0.0)
    for i in range(count):
        segment = pdfium_c.FPDFPath_GetPathSegment(path.raw, i)
        pdfium_c.FPDFPathSegment_GetPoint(segment, x, y)
        point = turn.point(*matrix.on_point(x.value, y.value))
        if pdfium_c.FPDFPathSegment_GetType(segment) == pdfium_c.FPDF_SEGMENT_MOVETO:
            begun = point
        else:
            yield from _between(last, point)
        if pdfium_c.FPDFPathSegment_GetClose(segment):
            yield from _between(point, begun)
        last = point


def _between(start: tuple[float, float], end: tuple[float, float]) -> Iterator[Rule]:
    (x0, x1), (y0, y1) = sorted((start[0], end[0])), sorted((start[1], end[1]))
    yield from _rules((x0, y0, x1, y1))
