"""HTML files -> Document: the words of the page's main part, its headings, lists and tables."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree
from lxml.html import HtmlElement, HTMLParser, document_fromstring

from bot.documents.catalogue import Entry
from bot.documents.decoding import decode
from bot.documents.description import drafted, hidden_note
from bot.documents.draft import BULLET_SIGN, Part, draft_of
from bot.documents.tables import Cell, rows_of
from bot.documents.web_visibility import Visibility
from bot.errors import DocumentError
from bot.schema import Document

DECLARED = re.compile(rb"<meta[^>]{0,200}charset\s*=\s*[\"']?\s*([\w-]+)", re.IGNORECASE)
DECLARED_WITHIN = 4096
XML_DECLARATION = re.compile(r"\s*<\?xml[^>]*\?>")
HEADINGS = {f"h{level}": level for level in range(1, 7)}
# What a page shows around its text, or does not show as text at all.
FRAME = frozenset({"nav", "aside", "footer", "header"})
NO_TEXT = frozenset(
    "script style template noscript head title svg math iframe object video audio canvas select textarea"  # noqa: SIM905
    " button dialog option datalist".split()
)
INLINE = frozenset(
    "a abbr acronym b bdi bdo big cite code data del dfn em font i img input ins kbd label mark meter"  # noqa: SIM905
    " output picture progress q s samp small source span strike strong sub sup time tt u var wbr".split()
)
BOLD = frozenset({"b", "strong", "dt", "summary"})
LISTS = frozenset({"ul", "ol", "menu"})
FRAME_ROLES = frozenset({"navigation", "banner", "contentinfo", "search", "complementary"})
COOKIES = re.compile(r"\bcookie", re.IGNORECASE)
SPACE = re.compile(r"[ \t\n\r\f]+")
MOST_DIGITS = 6
BOLD_STYLE = re.compile(r"font-weight:(?:bold|[6-9]00)")


def read_web_page(data: bytes, name: str, entry: Entry | None = None) -> Document:
    """The document in an HTML file. Raises DocumentError for a file that is empty or has no text."""
    declared = DECLARED.search(data[:DECLARED_WITHIN])
    return read_markup(decode(data, name, declared[1].decode() if declared else None), name, entry)


def read_markup(markup: str, name: str, entry: Entry | None) -> Document:
    """The document in HTML that is decoded. What is hidden is left out, and said in the document's notes."""
    page = _parsed(markup, name)
    reader = _Reader(Visibility(sheet.text or "" for sheet in page.iter("style")))
    parts = list(reader.parts(_main_part(page)))
    title = page.find(".//title")
    draft = draft_of(parts)
    if not draft.text:
        raise DocumentError(f"{name} has no text that can be seen. Save the page with its text, or take it away.")
    return drafted(
        name, draft, entry, title=(title.text or "") if title is not None else "", notes=hidden_note(reader.hidden)
    )


def _parsed(markup: str, name: str) -> HtmlElement:
    parser = HTMLParser(huge_tree=True, remove_comments=True, remove_pis=True, no_network=True)
    try:
        page = document_fromstring(XML_DECLARATION.sub("", markup, count=1).replace("\0", ""), parser=parser)
    except (etree.LxmlError, ValueError) as error:
        raise DocumentError(f"{name} is no HTML that can be read ({error}). Save the page again.") from None
    if any("depth" in entry.message.lower() for entry in parser.error_log):
        raise DocumentError(f"{name} is HTML nested too deep to be read. Save the page again, as text if need be.")
    return page


def _main_part(page: HtmlElement) -> HtmlElement:
    for path in (".//main", ".//*[@role='main']", ".//article"):
        found = page.findall(path)
        if len(found) == 1 and len(found[0].text_content().strip()) > 0:
            return found[0]
    body = page.find("body")
    return page if body is None else body


class _Reader:
    """Walks a page without recursion, since pages are nested as deep as anybody likes."""

    def __init__(self, visibility: Visibility) -> None:
        self._visibility = visibility
        self._words: list[str] = []
        self._bold = 0
        self._any_plain = False
        self._level = 0
        self._counters: list[int | None] = []
        """One for each open list: the number of its next item, or None where it has bullets."""
        self._listing = 0
        self._items: list[bool] = []
        """One for each open list item: is it one, or a frame around headings?"""
        self._label = ""
        self.hidden: list[str] = []

    def parts(self, root: HtmlElement) -> Iterator[Part]:
        """The parts of what stands below `root`, in order."""
        walk = etree.iterwalk(root, events=("start", "end"))
        skipped = None
        for event, element in walk:
            if event == "end":
                if element is not skipped:
                    yield from self._end(element)
                if element is not root:
                    self._say(element.tail)
                continue
            if element is not root and self._is_left_out(element, whole=root.tag == "body"):
                skipped = element
            elif element.tag == "table" and _is_data(element):
                yield from self._flushed()
                yield from self._table(element)
                skipped = element
            else:
                yield from self._start(element)
            if skipped is element:
                walk.skip_subtree()
        yield from self._flushed()

    def _is_left_out(self, element: HtmlElement, *, whole: bool) -> bool:
        tag = element.tag
        if tag in NO_TEXT:
            return tag != "button" or self._level == 0  # headings that fold are buttons
        if self._visibility.hides(element):
            self.hidden.append(element.text_content())
            return True
        if COOKIES.search(f"{element.get('id')} {element.get('class')}"):
            return True
        frame = tag in FRAME or element.get("role") in FRAME_ROLES
        if whole:
            return frame and not (tag == "header" and element.find(".//h1") is not None)
        return frame and tag not in {"header", "aside"}

    def _start(self, element: HtmlElement) -> Iterator[Part]:
        tag = element.tag
        if tag == "br":
            self._words.append("\n")
        elif tag == "li":
            yield from self._flushed()
            self._items.append(next(element.iter(*HEADINGS, "table"), None) is None)
            self._label = self._next_label() if self._items[-1] else ""
        elif tag in LISTS:
            yield from self._flushed()
            self._listing += not self._counters
            self._counters.append(_number(element.get("start"), 1) if tag == "ol" else None)
        elif not _is_inline(tag):
            yield from self._broken()
            self._level = HEADINGS.get(tag, self._level)
        self._bold += _is_bold(element)
        self._say(element.text, kept=tag == "pre")

    def _end(self, element: HtmlElement) -> Iterator[Part]:
        tag = element.tag
        if tag in HEADINGS or tag == "li" or tag in LISTS:
            yield from self._flushed()
        elif not _is_inline(tag) and tag != "br":
            yield from self._broken()
        self._bold -= _is_bold(element)
        if tag in HEADINGS:
            self._level = 0
        elif tag == "li" and self._items:
            self._items.pop()
        elif tag in LISTS:
            self._counters.pop()

    def _say(self, text: str | None, *, kept: bool = False) -> None:
        if text:
            self._words.append(text if kept else SPACE.sub(" ", text))
            self._any_plain |= self._bold == 0 and not text.isspace()

    def _broken(self) -> Iterator[Part]:
        """A block begins or ends: inside a list item that is a space, elsewhere a new part."""
        if self._items and self._items[-1]:
            self._words.append(" ")
        else:
            yield from self._flushed()

    def _flushed(self) -> Iterator[Part]:
        text = "".join(self._words)
        if text.strip():
            item = bool(self._items and self._items[-1]) and self._level == 0
            yield Part(
                text,
                level=self._level,
                listing=self._listing if item else None,
                label=self._label if item else "",
                bold=not self._any_plain,
            )
            self._label = ""
        self._words, self._any_plain = [], False

    def _next_label(self) -> str:
        number = self._counters[-1] if self._counters else None
        if number is None:
            return BULLET_SIGN
        self._counters[-1] = number + 1
        return f"{number}."

    def _table(self, table: HtmlElement) -> Iterator[Part]:
        for caption in table.iter("caption"):
            yield from self._inside(caption)
        rows = [[self._cell(cell, row) for cell in row.iterchildren("td", "th")] for row in table.iter("tr")]
        self._listing += 1
        for text in rows_of(rows):
            yield Part(text, listing=self._listing, label=BULLET_SIGN)

    def _cell(self, cell: HtmlElement, row: HtmlElement) -> Cell:
        parts = []
        if self._visibility.hides(cell):
            self.hidden.append(cell.text_content())
        else:
            parts = list(self._inside(cell))
        first = row.getprevious() is None and row.getnext() is not None
        header = cell.tag == "th" or row.getparent().tag == "thead" or (first and all(part.bold for part in parts))
        columns, rows = (_number(cell.get(name), 1) for name in ("colspan", "rowspan"))
        return Cell(" ".join(" ".join(part.text.split()) for part in parts), header, columns, rows)

    def _inside(self, element: HtmlElement) -> Iterator[Part]:
        """The parts of a caption or cell, read apart from what stands around the table."""
        reader = _Reader(self._visibility)
        yield from reader.parts(element)
        self.hidden += reader.hidden


def _is_data(table: HtmlElement) -> bool:
    """Does a table hold data, rather than the layout of a page?"""
    if table.get("role") in {"presentation", "none"} or len(list(table.iter("table"))) > 1:
        return False
    wide = any(len(list(row.iterchildren("td", "th"))) > 1 for row in table.iter("tr"))
    return wide and next(table.iter(*HEADINGS), None) is None


def _is_inline(tag: str) -> bool:
    return tag in INLINE or ":" in tag  # what Word adds to a page, such as o:p


def _is_bold(element: HtmlElement) -> bool:
    return element.tag in BOLD or BOLD_STYLE.search("".join((element.get("style") or "").split())) is not None


def _number(text: str | None, default: int) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < MOST_DIGITS else default
