"""OpenDocument texts (.odt) -> Document: headings, lists, tables, frames, footnotes."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from bot.documents.archive import member_bytes, open_archive, parsed
from bot.documents.catalogue import Entry
from bot.documents.description import drafted, hidden_note
from bot.documents.draft import BULLET_SIGN, Part, draft_of
from bot.documents.open_document_styles import OFFICE, TEXT, ListStyles, Styles
from bot.documents.tables import Cell, rows_of
from bot.errors import DocumentError
from bot.schema import Document

CONTENT, STYLES, MANIFEST = "content.xml", "styles.xml", "META-INF/manifest.xml"
TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
DRAW = "{urn:oasis:names:tc:opendocument:xmlns:drawing:1.0}"
LEFT_OUT = frozenset(
    {f"{TEXT}{tag}" for tag in ("tracked-changes", "table-of-content", "note-citation", "hidden-text", "ruby-text")}
    | {f"{OFFICE}annotation", f"{TEXT}illustration-index", f"{TEXT}alphabetical-index", f"{TEXT}bibliography"}
)
CONTAINERS = frozenset({f"{TEXT}section", f"{DRAW}text-box", f"{DRAW}frame", f"{DRAW}g", f"{TEXT}index-body"})
ROW_GROUPS = ("header-rows", "rows", "row-group")
MOST_NESTED = 20


def read_open_document(data: bytes, name: str, entry: Entry | None = None) -> Document:
    """The document in an OpenDocument text. Raises DocumentError for one that is damaged, encrypted or without text."""
    archive = open_archive(data, name, CONTENT)
    if MANIFEST in archive.namelist() and b"encryption-data" in member_bytes(archive, MANIFEST, name):
        raise DocumentError(f"{name} is encrypted. Save it again without a password.")
    content = parsed(archive, CONTENT, name)
    styles = parsed(archive, STYLES, name) if STYLES in archive.namelist() else None
    reader = _Reader(Styles(styles, content), ListStyles(styles, content))
    body = content.find(f"{OFFICE}body/{OFFICE}text")
    draft = draft_of(reader.parts(body) if body is not None else ())
    if not draft.text:
        raise DocumentError(
            f"{name} has no text that can be seen. Write it as text, not as a picture, or take it away."
        )
    return drafted(name, draft, entry, notes=hidden_note(reader.hidden))


class _Reader:
    """Reads the body of a file into parts."""

    def __init__(self, styles: Styles, lists: ListStyles) -> None:
        self._styles = styles
        self._lists = lists
        self._listing = 0
        self._above_titles = 0
        self.hidden: list[str] = []

    def parts(self, element: etree._Element, depth: int = 0) -> Iterator[Part]:
        """The parts of a body, section, frame, cell or note, in order."""
        if depth > MOST_NESTED:
            return
        for child in element.iterchildren(etree.Element):
            if child.tag in (f"{TEXT}p", f"{TEXT}h"):
                yield from self._paragraph(child, depth)
            elif child.tag == f"{TEXT}list":
                self._listing += 1
                yield from self._list(child, child.get(f"{TEXT}style-name", ""), 1, depth)
            elif child.tag == f"{TABLE}table":
                yield from self._table(child, depth)
            elif child.tag in CONTAINERS:
                if child.get(f"{TEXT}display") == "none":
                    self.hidden.append(" ".join(child.itertext()))
                else:
                    yield from self.parts(child, depth + 1)

    def _paragraph(
        self, paragraph: etree._Element, depth: int, listing: int | None = None, label: str = ""
    ) -> Iterator[Part]:
        words = _Words(self._styles, paragraph)
        self.hidden += words.hidden
        style = paragraph.get(f"{TEXT}style-name", "")
        title = self._styles.is_title(style)
        outline = paragraph.get(f"{TEXT}outline-level", "1" if paragraph.tag == f"{TEXT}h" else "")
        level = int(outline) if outline.isdigit() else self._styles.heading_level(style)
        self._above_titles |= title
        if words.text.strip():
            level = 1 if title else level + (self._above_titles if level else 0)
            item = None if level else listing
            yield Part(words.text, level, item, label if item is not None else "", bold=not words.any_plain)
        for below in words.below:
            yield from self.parts(below, depth + 1)

    def _list(self, element: etree._Element, style: str, level: int, depth: int) -> Iterator[Part]:
        if level > MOST_NESTED:
            return
        number = self._lists.first(style, level)
        for item in element.iterchildren(f"{TEXT}list-item", f"{TEXT}list-header"):
            start = item.get(f"{TEXT}start-value", "")
            number = int(start) if start.isdigit() else number
            label = self._lists.label(style, level, number) if item.tag == f"{TEXT}list-item" else ""
            number += 1
            for child in item.iterchildren(f"{TEXT}p", f"{TEXT}h", f"{TEXT}list"):
                if child.tag == f"{TEXT}list":
                    yield from self._list(child, child.get(f"{TEXT}style-name") or style, level + 1, depth)
                    continue
                for part in self._paragraph(child, depth, self._listing, label):
                    yield part
                    label = ""

    def _table(self, table: etree._Element, depth: int) -> Iterator[Part]:
        rows = list(_rows(table))
        cells = [[list(self.parts(cell, depth + 1)) for cell in row.iterchildren(f"{TABLE}table-cell")] for row in rows]
        nested = sum(1 for _ in table.iter(f"{TABLE}table")) > 1
        if nested or max((len(row) for row in cells), default=0) < 2 or _any_heading(cells):  # noqa: PLR2004 - columns
            yield from (part for row in cells for cell in row for part in cell)
            return
        self._listing += 1
        for text in rows_of(
            [_cells(row, said, number) for number, (row, said) in enumerate(zip(rows, cells, strict=True))]
        ):
            yield Part(text, listing=self._listing, label=BULLET_SIGN)


class _Words:
    """The words of one paragraph, what is hidden in it, and the notes and frames that hang on it."""

    def __init__(self, styles: Styles, paragraph: etree._Element) -> None:
        self._styles = styles
        self._names = [paragraph.get(f"{TEXT}style-name", "")]
        self.text = ""
        self.hidden: list[str] = []
        self.below: list[etree._Element] = []
        self.any_plain = False
        self._read(paragraph)

    def _read(self, root: etree._Element) -> None:
        walk = etree.iterwalk(root, events=("start", "end"))
        skipped = None
        for event, element in walk:
            if event == "end":
                if element.tag == f"{TEXT}span" and element is not skipped:
                    self._names.pop()
                if element is not root:
                    self._say(element.tail)
            elif element.tag in LEFT_OUT or not isinstance(element.tag, str):
                skipped = element
                walk.skip_subtree()
            elif element.tag in (f"{TEXT}note-body", f"{DRAW}frame", f"{DRAW}custom-shape"):
                self.below.append(element)
                skipped = element
                walk.skip_subtree()
            else:
                self._start(element)

    def _start(self, element: etree._Element) -> None:
        tag = element.tag
        if tag == f"{TEXT}span":
            self._names.append(element.get(f"{TEXT}style-name", ""))
        elif tag == f"{TEXT}line-break":
            self.text += "\n"
        elif tag in (f"{TEXT}tab", f"{TEXT}s"):
            self.text += " "
        self._say(element.text)

    def _say(self, text: str | None) -> None:
        if not text:
            return
        if self._styles.hides(self._names):
            self.hidden.append(text)
            return
        self.text += text.replace("\n", " ")
        self.any_plain |= not self._styles.is_bold(self._names) and not text.isspace()


def _rows(table: etree._Element) -> Iterator[etree._Element]:
    """The rows of a table, not those of tables in its cells."""
    for child in table.iterchildren(f"{TABLE}table-row", *(f"{TABLE}table-{group}" for group in ROW_GROUPS)):
        if child.tag == f"{TABLE}table-row":
            yield child
        else:
            yield from _rows(child)


def _any_heading(cells: list[list[list[Part]]]) -> bool:
    return any(part.level for row in cells for cell in row for part in cell)


def _cells(row: etree._Element, said: list[list[Part]], number: int) -> list[Cell]:
    """The cells of a row; it is one of headers where the file says so, or where it is the first and all bold."""
    headed = row.getparent().tag == f"{TABLE}table-header-rows"
    bold = number == 0 and all(part.bold for cell in said for part in cell)
    cells = []
    for element, parts in zip(row.iterchildren(f"{TABLE}table-cell"), said, strict=True):
        columns, rows = (element.get(f"{TABLE}number-{way}-spanned", "1") for way in ("columns", "rows"))
        text = " ".join(" ".join(part.text.split()) for part in parts)
        spans = [int(span) if span.isdigit() else 1 for span in (columns, rows)]
        cells.append(Cell(text, headed or bold, *spans))
    return cells
