"""PDF files -> Document: letters by their place on the page, since a PDF has neither words nor paragraphs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from bot.documents.catalogue import Entry
from bot.documents.description import drafted, hidden_note
from bot.documents.draft import Part, draft_of
from bot.documents.pdf_glyphs import Sheet, read_sheet
from bot.documents.pdf_lines import Stretch, stretches_of
from bot.documents.pdf_order import Column, columns_of
from bot.documents.pdf_parts import Composer, setting_of
from bot.documents.pdf_running import without_running
from bot.documents.pdf_tables import Grid, grids_of, table_rows
from bot.errors import DocumentError, NoTextError
from bot.schema import Document

MAX_PAGES = 3000
FEWEST_LETTERS = 20
"""A file with fewer letters a page, on average, has no text: the page numbers of a scanner are none."""
UNKNOWN_SHARE = 0.2
"""A font may not say which letters its shapes are; with more unknown letters than this the text is none."""
END = b"%%EOF"
END_WITHIN = 4096
OCR_REMEDY = "Run `grundlag index --ocr` (with ocrmypdf and tesseract's dan and swe), or ask for the original."


def read_pdf(data: bytes, name: str, entry: Entry | None = None) -> Document:
    """The document in a PDF file, each block with its page.

    Raises DocumentError for a file that is damaged, cut off or encrypted, and NoTextError for one that has
    no text but pictures of it.
    """
    sheets = list(_sheets(data, name))
    letters = sum(1 for sheet in sheets for glyph in sheet.glyphs if glyph.text.isalpha())
    unknown = sum(1 for sheet in sheets for glyph in sheet.glyphs if glyph.text == "\ufffd" or _is_private(glyph.text))
    if letters < FEWEST_LETTERS * min(len(sheets), 2):
        raise NoTextError(f"{name} has no text, only pictures of its {len(sheets)} pages. {OCR_REMEDY}")
    if unknown > UNKNOWN_SHARE * letters:
        raise NoTextError(f"{name} does not say which letters it shows. {OCR_REMEDY}")
    draft = draft_of(_parts(sheets))
    notes = hidden_note([sheet.hidden for sheet in sheets if sheet.hidden])
    bare = [str(sheet.number) for sheet in sheets if sheet.pictures and not any(g.text.isalpha() for g in sheet.glyphs)]
    if bare:
        notes.append(f"pictures without text on page {', '.join(bare)}")
    return drafted(name, draft, entry, notes=notes)


def _is_private(text: str) -> bool:
    return "\ue000" <= text <= "\uf8ff"


def _sheets(data: bytes, name: str) -> Iterator[Sheet]:
    if END not in data[-END_WITHIN:]:
        raise DocumentError(f"{name} is no whole PDF: its end is missing. Copy or download it again.")
    try:
        file = pdfium.PdfDocument(data)
    except pdfium.PdfiumError as error:
        if error.err_code in {pdfium_c.FPDF_ERR_PASSWORD, pdfium_c.FPDF_ERR_SECURITY}:
            raise DocumentError(f"{name} is encrypted. Save it again without a password.") from None
        raise DocumentError(f"{name} is damaged or no PDF. Copy or download it again.") from None
    try:
        if len(file) > MAX_PAGES:
            raise DocumentError(f"{name} has {len(file)} pages: at most {MAX_PAGES} can be read. Split the file.")
        for number in range(len(file)):
            page = file[number]
            try:
                yield read_sheet(page, number + 1)
            finally:
                page.close()
    except pdfium.PdfiumError as error:
        raise DocumentError(f"{name} is damaged: {' '.join(str(error).split())} Copy or download it again.") from None
    finally:
        file.close()


def _parts(sheets: Sequence[Sheet]) -> list[Part]:
    grids = {sheet.number: sorted(grids_of(sheet.rules), key=lambda grid: grid.ys[0]) for sheet in sheets}
    pages = []
    for sheet in sheets:
        loose = [glyph for glyph in sheet.glyphs if not any(grid.holds(glyph) for grid in grids[sheet.number])]
        pages.append((sheet.height, stretches_of(loose, sheet.number)))
    texts = without_running(pages)
    read = [
        stretch_or_table
        for sheet, text in zip(sheets, texts, strict=True)
        for stretch_or_table in _read_page(sheet, text, grids[sheet.number])
    ]
    lines = [line for thing in read if isinstance(thing, Column) for line in thing.lines]
    composer = Composer(setting_of(lines))
    for thing in read:
        if isinstance(thing, Column):
            composer.read(thing)
        else:
            composer.table(*thing)
    return composer.parts()


def _read_page(sheet: Sheet, text: list[Stretch], grids: list[Grid]) -> Iterator[Column | tuple[list[str], int]]:
    """A page from above: what stands over a table, the rows of the table and the page, what stands below it."""
    for grid in grids:
        yield from columns_of([stretch for stretch in text if stretch.y <= grid.ys[0]])
        text = [stretch for stretch in text if stretch.y > grid.ys[0]]
        inside = [glyph for glyph in sheet.glyphs if grid.holds(glyph)]
        yield table_rows(grid, inside, sheet.number), sheet.number
    yield from columns_of(text)
