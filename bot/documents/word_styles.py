"""Styles and numbering of a Word file: what is a heading, an item, bold or hidden, and how it is numbered."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml import etree

from bot.documents.draft import BULLET_SIGN

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
HEADING_NAME = re.compile(r"heading (\d)", re.IGNORECASE)
CONTENTS_NAME = re.compile(r"toc \d|table of figures", re.IGNORECASE)
BODY_LEVEL = 9
"""Word's outline level of text that is no heading; 0 is the outermost heading."""
MOST_STYLES = 20
"""Styles are based on one another in shorter chains than this, unless in circles."""
SMALLEST_HALF_POINTS = 4
ROMAN = ((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"), (10, "x"))
ROMAN_ONES = ("", "i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix")


def value(element: etree._Element | None, default: str = "") -> str:
    """The w:val of a property element."""
    return default if element is None else element.get(f"{W}val", default)


def is_on(element: etree._Element | None) -> bool:
    """Is a property set? It is when the element is there and does not say otherwise."""
    return element is not None and value(element, "1").lower() not in {"0", "false", "off", "none"}


class Styles:
    """The styles of a file by their id; what one does not say, the one it is based on does."""

    def __init__(self, root: etree._Element | None) -> None:
        found = root.iterchildren(f"{W}style") if root is not None else ()
        self._styles = {style.get(f"{W}styleId", ""): style for style in found}

    def chain(self, identity: str) -> Iterator[etree._Element]:
        """A style and those it is based on, nearest first."""
        for _ in range(MOST_STYLES):
            style = self._styles.get(identity)
            if style is None:
                return
            yield style
            identity = value(style.find(f"{W}basedOn"))

    def name(self, identity: str) -> str:
        """The name of a style, which is English for Word's own styles in every language."""
        style = self._styles.get(identity)
        return value(style.find(f"{W}name")) if style is not None else ""

    def first(self, properties: etree._Element | None, path: str, *identities: str) -> etree._Element | None:
        """The property at `path` (such as "pPr/outlineLvl"): set directly, or by the first style that has it."""
        steps = [f"{W}{step}" for step in path.split("/")]
        if properties is not None and (found := properties.find("/".join(steps[1:]))) is not None:
            return found
        styles = (style for identity in identities for style in self.chain(identity))
        return next((found for style in styles if (found := style.find("/".join(steps))) is not None), None)

    def heading_level(self, properties: etree._Element | None, style: str) -> int:
        """The level of a heading from 1, 0 for other text; a title is no heading here."""
        for link in self.chain(style):
            if match := HEADING_NAME.match(value(link.find(f"{W}name"))):
                return int(match[1])
        level = value(self.first(properties, "pPr/outlineLvl", style), str(BODY_LEVEL))
        return int(level) + 1 if level.isdigit() and int(level) < BODY_LEVEL else 0

    def is_title(self, style: str) -> bool:
        """Is it Word's style for titles, or based on it?"""
        return any(value(link.find(f"{W}name")).lower() == "title" for link in self.chain(style))

    def is_contents(self, style: str) -> bool:
        """Is it the style of a table of contents, which repeats the headings?"""
        return CONTENTS_NAME.match(self.name(style)) is not None

    def has_head_row(self, style: str) -> bool:
        """Does a table style set the first row apart?"""
        return any(
            part.get(f"{W}type") == "firstRow" for link in self.chain(style) for part in link.iter(f"{W}tblStylePr")
        )


@dataclass(slots=True)
class _Counted:
    """A numbering in use: its levels (format, text, first number) and how far each has counted."""

    levels: dict[int, tuple[str, str, int]]
    counts: dict[int, int] = field(default_factory=dict)


class Numbering:
    """Counts numbered paragraphs in the order in which they are asked for."""

    def __init__(self, root: etree._Element | None) -> None:
        self._numberings: dict[str, _Counted] = {}
        if root is None:
            return
        abstract = {
            a.get(f"{W}abstractNumId"): _Counted(dict(_levels(a))) for a in root.iterchildren(f"{W}abstractNum")
        }
        for number in root.iterchildren(f"{W}num"):
            shared = abstract.get(value(number.find(f"{W}abstractNumId")))
            if shared is not None:
                starts = any(True for _ in number.iter(f"{W}startOverride"))
                self._numberings[number.get(f"{W}numId", "")] = _Counted(shared.levels) if starts else shared

    def label(self, numbering: str, level: int) -> str:
        """What stands before the next paragraph of this numbering: "•", "2.", "§ 3", "b)"; "" where nothing does."""
        counted = self._numberings.get(numbering)
        if counted is None or level not in counted.levels:
            return BULLET_SIGN
        form, text, start = counted.levels[level]
        if form in {"bullet", "none"}:
            return BULLET_SIGN if form == "bullet" else ""
        counted.counts[level] = counted.counts.get(level, start - 1) + 1
        for deeper in [other for other in counted.counts if other > level]:
            del counted.counts[deeper]

        def number(match: re.Match[str]) -> str:
            at = int(match[1]) - 1
            form, _, start = counted.levels.get(at, ("decimal", "", 1))
            return _written(counted.counts.get(at, start), form)

        return " ".join(re.sub(r"%(\d)", number, text).split())


def _levels(numbering: etree._Element) -> Iterator[tuple[int, tuple[str, str, int]]]:
    for level in numbering.iterchildren(f"{W}lvl"):
        at = level.get(f"{W}ilvl", "0")
        start = value(level.find(f"{W}start"), "1")
        if at.isdigit():
            form, text = value(level.find(f"{W}numFmt"), "decimal"), value(level.find(f"{W}lvlText"))
            yield int(at), (form, text, int(start) if start.isdigit() else 1)


def _written(number: int, form: str) -> str:
    if form in {"lowerLetter", "upperLetter"}:
        letter = chr(ord("a") + (number - 1) % 26) * ((number - 1) // 26 + 1)
        return letter.upper() if form == "upperLetter" else letter
    if form in {"lowerRoman", "upperRoman"}:
        roman = _roman(number)
        return roman.upper() if form == "upperRoman" else roman
    return f"{number:02d}" if form == "decimalZero" else str(number)


def _roman(number: int) -> str:
    written = ""
    for amount, sign in ROMAN:
        while number >= amount:
            written, number = written + sign, number - amount
    return written + ROMAN_ONES[max(number, 0)]
