"""Word files (.docx) -> Document: paragraphs, headings by style, numbered lists, tables, text boxes, footnotes."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator

from lxml import etree

from bot.documents.archive import open_archive, parsed
from bot.documents.catalogue import Entry
from bot.documents.description import drafted, hidden_note
from bot.documents.draft import Part, draft_of
from bot.documents.tables import Cell, rows_of
from bot.documents.word_styles import SMALLEST_HALF_POINTS, Numbering, Styles, W, is_on, value
from bot.errors import DocumentError
from bot.schema import Document

BODY = "word/document.xml"
FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
MATHS = "{http://schemas.openxmlformats.org/officeDocument/2006/math}t"
GONE = frozenset({f"{W}del", f"{W}moveFrom", FALLBACK})
"""What was deleted or moved away by a change that is tracked, and what only old programs show."""
PROPERTIES = frozenset(
    {f"{W}{tag}" for tag in ("pPr", "rPr", "instrText", "delText", "sectPr", "tblPr", "trPr", "tcPr")}
)
BREAKS = {f"{W}br": "\n", f"{W}cr": "\n", f"{W}tab": " ", f"{W}noBreakHyphen": "-", f"{W}ptab": " "}
MOST_NESTED = 20
WHITE = "FFFFFF"


def read_word(data: bytes, name: str, entry: Entry | None = None) -> Document:
    """The document in a Word file. Raises DocumentError for one that is damaged, encrypted, unsafe or without text."""
    archive = open_archive(data, name, BODY)
    body = parsed(archive, BODY, name).find(f"{W}body")
    reader = _Reader(archive, name)
    parts = list(reader.parts(body)) if body is not None else []
    draft = draft_of(parts)
    if not draft.text:
        raise DocumentError(
            f"{name} has no text that can be seen. Write it as text, not as a picture, or take it away."
        )
    return drafted(name, draft, entry, notes=hidden_note(reader.hidden))


class _Reader:
    """Reads the body of a file, and the notes that it refers to, into parts."""

    def __init__(self, archive: zipfile.ZipFile, name: str) -> None:
        def root(part: str) -> etree._Element | None:
            member = f"word/{part}.xml"
            return parsed(archive, member, name) if member in archive.namelist() else None

        self._styles = Styles(root("styles"))
        self._numbering = Numbering(root("numbering"))
        self._notes = {kind: _by_id(root(f"{kind}s"), kind) for kind in ("footnote", "endnote")}
        self._listing = 0
        self._in_list = False
        self._above_titles = 0
        self.hidden: list[str] = []

    def parts(self, element: etree._Element, depth: int = 0) -> Iterator[Part]:
        """The parts of a body, cell, text box or note, in order."""
        if depth > MOST_NESTED:
            return
        for child in element.iterchildren(f"{W}p", f"{W}tbl", f"{W}sdt", f"{W}customXml", f"{W}ins", f"{W}moveTo"):
            if child.tag == f"{W}p":
                yield from self._paragraph(child, depth)
            elif child.tag == f"{W}tbl":
                yield from self._table(child, depth)
            elif child.tag != f"{W}sdt":
                yield from self.parts(child, depth)
            elif not _is_contents(child) and (content := child.find(f"{W}sdtContent")) is not None:
                yield from self.parts(content, depth)

    def _paragraph(self, paragraph: etree._Element, depth: int) -> Iterator[Part]:
        properties = paragraph.find(f"{W}pPr")
        style = value(properties.find(f"{W}pStyle")) if properties is not None else ""
        if self._styles.is_contents(style):
            return
        words, boxes, notes = _Words(self._styles, style), [], []
        walk = etree.iterwalk(paragraph, events=("start",))
        for _, element in walk:
            tag = element.tag
            if tag in GONE or tag in PROPERTIES or _is_prompt(element):
                walk.skip_subtree()
            elif tag == f"{W}txbxContent":
                boxes.append(element)
                walk.skip_subtree()
            elif tag in (f"{W}footnoteReference", f"{W}endnoteReference"):
                notes.append((tag[len(W) : -len("Reference")], element.get(f"{W}id", "")))
            else:
                words.read(element)
        self.hidden += words.hidden
        if words.text.strip():
            yield self._part(words, properties, style)
        for box in boxes:
            yield from self.parts(box, depth + 1)
        for kind, identity in notes:
            if (note := self._notes[kind].get(identity)) is not None:
                yield from self.parts(note, depth + 1)

    def _part(self, words: _Words, properties: etree._Element | None, style: str) -> Part:
        level = self._styles.heading_level(properties, style)
        number = self._styles.first(properties, "pPr/numPr/numId", style)
        deep = value(self._styles.first(properties, "pPr/numPr/ilvl", style), "0")
        numbered = number is not None and value(number) not in {"", "0"}
        label = self._numbering.label(value(number), int(deep) if deep.isdigit() else 0) if numbered else ""
        title = self._styles.is_title(style)
        item = numbered and not level and not title
        self._listing += item and not self._in_list
        self._in_list = item
        self._above_titles |= title
        return Part(
            words.text,
            level=1 if title else level + (self._above_titles if level else 0),
            listing=self._listing if item else None,
            label=label,
            bold=not words.any_plain,
        )

    def _table(self, table: etree._Element, depth: int) -> Iterator[Part]:
        self._in_list = False
        rows = [list(_of_rows(row, f"{W}tc")) for row in _of_rows(table, f"{W}tr")]
        if max((len(row) for row in rows), default=0) > 1 and sum(1 for _ in table.iter(f"{W}tbl")) == 1:
            cells = [[list(self.parts(cell, depth + 1)) for cell in row] for row in rows]
            if not any(part.level for row in cells for cell in row for part in cell):
                self._listing += 1
                self._in_list = False
                for text in rows_of(self._cells(table, rows, cells)):
                    yield Part(text, listing=self._listing, label="•")
                return
            yield from (part for row in cells for cell in row for part in cell)
            return
        for row in rows:
            for cell in row:
                yield from self.parts(cell, depth + 1)

    def _cells(
        self, table: etree._Element, rows: list[list[etree._Element]], parts: list[list[list[Part]]]
    ) -> list[list[Cell]]:
        """The cells of a table, those that are merged downwards with the words of the one above."""
        style = value(table.find(f"{W}tblPr/{W}tblStyle"))
        above: dict[int, Cell] = {}
        found: list[list[Cell]] = []
        for number, (row, said) in enumerate(zip(rows, parts, strict=True)):
            bold = all(part.bold for cell in said for part in cell)
            marked = row and is_on(row[0].getparent().find(f"{W}trPr/{W}tblHeader"))
            header = bool(marked or (number == 0 and len(rows) > 1 and (bold or self._styles.has_head_row(style))))
            cells: list[Cell] = []
            at = 0
            for element, words in zip(row, said, strict=True):
                span = value(element.find(f"{W}tcPr/{W}gridSpan"), "1")
                merged = element.find(f"{W}tcPr/{W}vMerge")
                if merged is not None and value(merged) != "restart" and at in above:
                    cell = above[at]
                else:
                    text = " ".join(" ".join(part.text.split()) for part in words)
                    cell = Cell(text, header, int(span) if span.isdigit() else 1)
                above[at] = cell
                at += cell.columns
                cells.append(cell)
            found.append(cells)
        return found


class _Words:
    """The words of one paragraph: what is seen, and what is hidden."""

    def __init__(self, styles: Styles, style: str) -> None:
        self._styles = styles
        self._style = style
        self.text = ""
        self.hidden: list[str] = []
        self.any_plain = False

    def read(self, element: etree._Element) -> None:
        """Add what a run says."""
        if element.tag in (f"{W}t", MATHS):
            self._say(element.text or "", element.getparent())
        elif element.tag in BREAKS:
            other = element.get(f"{W}type") in {"page", "column"}
            self.text += " " if other else BREAKS[element.tag]

    def _say(self, text: str, run: etree._Element) -> None:
        properties = run.find(f"{W}rPr")
        own = value(properties.find(f"{W}rStyle")) if properties is not None else ""
        if self._is_hidden(run, properties, own):
            self.hidden.append(text)
            return
        self.text += text
        bold = is_on(self._styles.first(properties, "rPr/b", own, self._style))
        self.any_plain |= not bold and not text.isspace()

    def _is_hidden(self, run: etree._Element, properties: etree._Element | None, own: str) -> bool:
        if is_on(self._styles.first(properties, "rPr/vanish", own, self._style)):
            return True
        size = value(self._styles.first(properties, "rPr/sz", own, self._style))
        if size.isdigit() and int(size) <= SMALLEST_HALF_POINTS:
            return True
        colour = value(self._styles.first(properties, "rPr/color", own, self._style))
        return colour.upper() == WHITE and not _is_on_colour(run)


def _is_on_colour(run: etree._Element) -> bool:
    """Does a run stand on a shade, in a table or in a box? Then white words are seen."""
    around = (run, *run.iterancestors())
    shaded = any(element.find(f"{W}{tag}Pr/{W}shd") is not None for element in around for tag in ("r", "p", "tc"))
    return shaded or any(element.tag in (f"{W}tbl", f"{W}txbxContent") for element in around)


def _is_prompt(element: etree._Element) -> bool:
    """A field that nobody has filled in yet shows a prompt."""
    return element.tag == f"{W}sdt" and element.find(f"{W}sdtPr/{W}showingPlcHdr") is not None


def _is_contents(control: etree._Element) -> bool:
    gallery = value(control.find(f"{W}sdtPr/{W}docPartObj/{W}docPartGallery"))
    return gallery == "Table of Contents" or _is_prompt(control)


def _of_rows(element: etree._Element, tag: str) -> Iterator[etree._Element]:
    """The rows of a table or the cells of a row, also those inside content controls."""
    for child in element.iterchildren():
        if child.tag == tag:
            yield child
        elif child.tag == f"{W}sdt" and (content := child.find(f"{W}sdtContent")) is not None:
            yield from _of_rows(content, tag)


def _by_id(notes: etree._Element | None, kind: str) -> dict[str, etree._Element]:
    """Footnotes or endnotes by their number, without the lines that separate them from the text."""
    found = notes.iterchildren(f"{W}{kind}") if notes is not None else ()
    return {note.get(f"{W}id", ""): note for note in found if note.get(f"{W}type") in {None, "normal"}}
