"""Content -> the bytes of a file, by the libraries that people's own programs are like."""

from __future__ import annotations

import html
import io
from collections.abc import Callable, Sequence

import docx
from odfdo import Document as OpenDocument
from odfdo import Element, Header, List, ListItem, Paragraph, Table
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.platypus import BaseDocTemplate, Flowable, Frame, ListFlowable, PageTemplate, Spacer
from reportlab.platypus import Paragraph as Set
from reportlab.platypus import Table as Grid

from benchmarks.formats.content import Kind, Piece
from bot.answering.phrases import escape


def to_text(content: Sequence[Piece]) -> bytes:
    """Plain text, one line a paragraph."""
    lines = []
    for piece in content:
        match piece.kind:
            case Kind.LIST:
                lines.append("\n".join(f"• {line}" for line in piece.lines))
            case Kind.TABLE:
                head, *rows = piece.rows
                cells = ("; ".join(f"{h}: {cell}" for h, cell in zip(head, row, strict=True)) for row in rows)
                lines.append("\n".join(f"• {row}" for row in cells))
            case _:
                lines.append(piece.text)
    return ("\n\n".join(lines) + "\n").encode()


def to_markdown(content: Sequence[Piece]) -> bytes:
    """CommonMark with tables."""
    lines = []
    for piece in content:
        match piece.kind:
            case Kind.TITLE | Kind.HEADING:
                lines.append(f"{'#' * (piece.level + 1)} {escape(piece.text)}")
            case Kind.PARAGRAPH:
                lines.append(escape(piece.text))
            case Kind.LIST:
                lines.append("\n".join(f"- {escape(line)}" for line in piece.lines))
            case Kind.TABLE:
                rows = ["| " + " | ".join(escape(cell) for cell in row) + " |" for row in piece.rows]
                rows.insert(1, "|---" * len(piece.rows[0]) + "|")
                lines.append("\n".join(rows))
    return ("\n\n".join(lines) + "\n").encode()


def to_html(content: Sequence[Piece]) -> bytes:
    """A page with a menu and a foot around its main part."""
    lines = []
    for piece in content:
        said = html.escape(piece.text)
        match piece.kind:
            case Kind.TITLE | Kind.HEADING:
                lines.append(f"<h{piece.level + 1}>{said}</h{piece.level + 1}>")
            case Kind.PARAGRAPH:
                lines.append(f"<p>{said}</p>")
            case Kind.LIST:
                lines.append("<ul>" + "".join(f"<li>{html.escape(line)}</li>" for line in piece.lines) + "</ul>")
            case Kind.TABLE:
                tags = ["th", *["td"] * (len(piece.rows) - 1)]
                rows = (
                    "".join(f"<{tag}>{html.escape(cell)}</{tag}>" for cell in row)
                    for tag, row in zip(tags, piece.rows, strict=True)
                )
                lines.append("<table>" + "".join(f"<tr>{row}</tr>" for row in rows) + "</table>")
    body = "\n".join(lines)
    return (
        '<!doctype html><html lang="da"><head><meta charset="utf-8"><title>Side</title></head><body>'
        f"<header><a href='/'>Forside</a></header><nav><ul><li>Menu</li></ul></nav><main>{body}</main>"
        "<footer>Rådhuset</footer></body></html>"
    ).encode()


def to_docx(content: Sequence[Piece]) -> bytes:
    """A Word file with Word's own styles."""
    file = docx.Document()
    for piece in content:
        match piece.kind:
            case Kind.TITLE | Kind.HEADING:
                file.add_heading(piece.text, piece.level)
            case Kind.PARAGRAPH:
                file.add_paragraph(piece.text)
            case Kind.LIST:
                for line in piece.lines:
                    file.add_paragraph(line, style="List Bullet")
            case Kind.TABLE:
                table = file.add_table(rows=0, cols=len(piece.rows[0]))
                for number, row in enumerate(piece.rows):
                    for cell, text in zip(table.add_row().cells, row, strict=True):
                        cell.paragraphs[0].add_run(text).bold = number == 0
    written = io.BytesIO()
    file.save(written)
    return written.getvalue()


def to_odt(content: Sequence[Piece]) -> bytes:
    """An OpenDocument text."""
    file = OpenDocument("text")
    file.body.clear()
    for piece in content:
        match piece.kind:
            case Kind.TITLE:
                file.body.append(Header(1, piece.text))
            case Kind.HEADING:
                file.body.append(Header(piece.level + 1, piece.text))
            case Kind.PARAGRAPH:
                file.body.append(Paragraph(piece.text))
            case Kind.LIST:
                listed = List()
                for line in piece.lines:
                    item = ListItem()
                    item.append(Paragraph(line))
                    listed.append(item)
                file.body.append(listed)
            case Kind.TABLE:
                table = Table("T", width=len(piece.rows[0]), height=len(piece.rows))
                for y, row in enumerate(piece.rows):
                    for x, text in enumerate(row):
                        table.set_value((x, y), text)
                headers = Element.from_tag("table:table-header-rows")
                headers.append(table.get_element("table:table-row"))
                table.insert(headers, position=1)
                file.body.append(table)
    written = io.BytesIO()
    file.save(written)
    return written.getvalue()


BODY = ParagraphStyle("body", fontName="Helvetica", fontSize=10, leading=13, spaceAfter=6)
HEADER = ParagraphStyle("header", parent=BODY, fontName="Helvetica-Bold")
SIZES = (20.0, 15.0, 12.5, 11.0)
"""Of the title and of headings from level 1, in points."""


def to_pdf(content: Sequence[Piece], *, columns: int = 1, head: str = "", foot: str = "Side") -> bytes:
    """A PDF with running head and foot, page numbers, wrapped lines and, if wanted, columns."""
    written = io.BytesIO()
    width, height = A4
    inner = (width - 40 * mm - (columns - 1) * 8 * mm) / columns
    frames = [
        Frame(20 * mm + i * (inner + 8 * mm), 22 * mm, inner, height - 46 * mm, id=f"c{i}") for i in range(columns)
    ]

    def around(canvas: object, template: BaseDocTemplate) -> None:
        canvas.setFont("Helvetica", 8)  # type: ignore[attr-defined]
        canvas.drawString(20 * mm, height - 14 * mm, head)  # type: ignore[attr-defined]
        canvas.drawRightString(width - 20 * mm, 12 * mm, f"{foot} {template.page}")  # type: ignore[attr-defined]

    file = BaseDocTemplate(written, pagesize=A4, invariant=1)
    file.addPageTemplates(PageTemplate(frames=frames, onPage=around))
    file.build([flowable for piece in content for flowable in _flowables(piece)])
    return written.getvalue()


def _flowables(piece: Piece) -> list[Flowable]:
    said = html.escape(piece.text)
    match piece.kind:
        case Kind.TITLE | Kind.HEADING:
            size = SIZES[min(piece.level, len(SIZES) - 1)]
            style = ParagraphStyle(
                f"h{piece.level}",
                fontName="Helvetica-Bold",
                fontSize=size,
                leading=1.2 * size,
                spaceBefore=10,
                spaceAfter=5,
                keepWithNext=True,
            )
            return [Set(said, style)]
        case Kind.PARAGRAPH:
            return [Set(said, BODY)]
        case Kind.LIST:
            items = [Set(html.escape(line), BODY) for line in piece.lines]
            return [ListFlowable(items, bulletType="bullet", start="•", leftIndent=14, bulletFontSize=10)]
        case Kind.TABLE:
            cells = [
                [Set(html.escape(cell), BODY if number else HEADER) for cell in row]
                for number, row in enumerate(piece.rows)
            ]
            return [Grid(cells, style=[("GRID", (0, 0), (-1, -1), 0.5, "black")]), Spacer(1, 8)]


WRITERS: dict[str, Callable[[Sequence[Piece]], bytes]] = {
    ".txt": to_text,
    ".md": to_markdown,
    ".html": to_html,
    ".docx": to_docx,
    ".odt": to_odt,
    ".pdf": to_pdf,
}
