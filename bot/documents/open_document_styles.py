"""Styles of an OpenDocument text: what is a title or heading, what is bold or hidden, how items are numbered."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from lxml import etree

from bot.documents.draft import BULLET_SIGN

OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
STYLE = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"
TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
FO = "{urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0}"
BOLD = frozenset({"bold", "600", "700", "800", "900"})
MOST_STYLES = 20
SMALLEST_POINTS = 2.0
POINTS = re.compile(r"([\d.]+)pt")


class Styles:
    """The styles of a file by name; what one does not say, its parent does."""

    def __init__(self, *roots: etree._Element | None) -> None:
        found = (style for root in roots if root is not None for style in root.iter(f"{STYLE}style"))
        self._styles = {style.get(f"{STYLE}name", ""): style for style in found}

    def _chain(self, name: str) -> Iterator[etree._Element]:
        for _ in range(MOST_STYLES):
            style = self._styles.get(name)
            if style is None:
                return
            yield style
            name = style.get(f"{STYLE}parent-style-name", "")

    def _property(self, names: Sequence[str], key: str) -> str:
        """A property of text: said by the innermost style that says it."""
        for name in reversed(names):
            for style in self._chain(name):
                properties = style.find(f"{STYLE}text-properties")
                if properties is not None and (found := properties.get(key)) is not None:
                    return str(found)
        return ""

    def is_title(self, name: str) -> bool:
        """Is it the style for titles, or a child of it?"""
        return name == "Title" or any(style.get(f"{STYLE}parent-style-name") == "Title" for style in self._chain(name))

    def heading_level(self, name: str) -> int:
        """The level of a heading from 1 that the style of a paragraph gives it; 0 for other text."""
        levels = (style.get(f"{STYLE}default-outline-level", "") for style in self._chain(name))
        return next((int(level) for level in levels if level.isdigit()), 0)

    def is_bold(self, names: Sequence[str]) -> bool:
        """Is text bold that stands in these styles, outermost first?"""
        return self._property(names, f"{FO}font-weight") in BOLD

    def hides(self, names: Sequence[str]) -> bool:
        """Is text hidden, white on no colour, or too small to be seen?"""
        if self._property(names, f"{TEXT}display") == "none":
            return True
        size = POINTS.fullmatch(self._property(names, f"{FO}font-size"))
        if size and float(size[1]) <= SMALLEST_POINTS:
            return True
        colour = self._property(names, f"{FO}color").lower()
        return colour == "#ffffff" and self._property(names, f"{FO}background-color") in {"", "transparent"}


class ListStyles:
    """How the items of lists are numbered, by the name of the list style and the level from 1."""

    def __init__(self, *roots: etree._Element | None) -> None:
        self._numbers: dict[tuple[str, str], etree._Element] = {}
        for root in roots:
            for style in root.iter(f"{TEXT}list-style") if root is not None else ():
                for level in style.iterchildren(f"{TEXT}list-level-style-number"):
                    self._numbers[style.get(f"{STYLE}name", ""), level.get(f"{TEXT}level", "")] = level

    def first(self, style: str, level: int) -> int:
        """The number of the first item."""
        found = self._numbers.get((style, str(level)))
        start = found.get(f"{TEXT}start-value", "1") if found is not None else "1"
        return int(start) if start.isdigit() else 1

    def label(self, style: str, level: int, number: int) -> str:
        """What stands before an item: "•", "2.", "b)"."""
        found = self._numbers.get((style, str(level)))
        if found is None:
            return BULLET_SIGN
        form = found.get(f"{STYLE}num-format", "")
        written = chr(ord(form) + (number - 1) % 26) if form in {"a", "A"} else str(number) if form else ""
        return f"{found.get(f'{STYLE}num-prefix', '')}{written}{found.get(f'{STYLE}num-suffix', '')}".strip()
