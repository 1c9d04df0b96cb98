"""Which elements of a web page a reader does not see: they may say things that are not meant to be answers."""

from __future__ import annotations

import re
from collections.abc import Iterable

from lxml import etree

HIDING = re.compile(
    r"display:none|visibility:(?:hidden|collapse)|opacity:0(?:\.0*)?(?![\d.])|font-size:0(?:\.0*)?(?:[a-z%]+)?(?![\w.])"
    r"|(?:left|top|text-indent|margin-left):-\d{3,}|clip:rect\((?:0(?:px)?[,\s]*){4}\)|clip-path:inset\((?:50|100)%"
    r"|(?:max-)?(?:height|width):0(?:px)?(?![\w.]).*overflow:hidden|overflow:hidden.*(?:max-)?(?:height|width):0(?:px)?(?![\w.])"
    r"|color:transparent"
)
COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
RULE = re.compile(r"([^{};@]+)\{([^{}]*)\}")
MEDIA = re.compile(r"@[^{};]+\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}")
SIMPLE = re.compile(r"([a-z][\w-]*)?((?:[.#][\w-]+)*)$", re.IGNORECASE)


def hides(style: str) -> bool:
    """Does a style attribute or the body of a rule hide what it is for?"""
    return HIDING.search("".join(style.lower().split())) is not None


class Visibility:
    """What a page's own style sheets and attributes hide.

    Only rules of one simple selector (`.note`, `p#a`) outside of `@media` are read; sheets in other files are not.
    """

    def __init__(self, sheets: Iterable[str]) -> None:
        self._hidden: list[tuple[str, frozenset[str], frozenset[str]]] = []
        for sheet in sheets:
            for selectors, body in RULE.findall(MEDIA.sub("", COMMENT.sub("", sheet))):
                if hides(body):
                    self._hidden += [s for selector in selectors.split(",") if (s := _parsed(selector.strip()))]

    def hides(self, element: etree._Element) -> bool:
        """Is this element itself hidden? Its ancestors are not asked."""
        if element.get("hidden") is not None or hides(element.get("style") or ""):
            return True
        if not self._hidden:
            return False
        classes = frozenset((element.get("class") or "").split())
        name, identity = str(element.tag).lower(), element.get("id")
        return any(
            (not tag or tag == name) and wanted <= classes and (not ids or ids == {identity})
            for tag, wanted, ids in self._hidden
        )


def _parsed(selector: str) -> tuple[str, frozenset[str], frozenset[str]] | None:
    """Tag, classes and ids of a simple selector; None for any other, and for one that could be the whole page."""
    match = SIMPLE.match(selector)
    if match is None or not selector or selector.lower() in {"html", "body"}:
        return None
    marks = re.findall(r"[.#][\w-]+", match[2])
    classes = frozenset(mark[1:] for mark in marks if mark[0] == ".")
    return (match[1] or "").lower(), classes, frozenset(mark[1:] for mark in marks if mark[0] == "#")
