from __future__ import annotations

import io
import zipfile

import pytest

from benchmarks.formats.content import Kind, Piece
from benchmarks.formats.writers import to_odt
from bot.documents.catalogue import Entry
from bot.documents.open_document import read_open_document
from bot.errors import DocumentError
from bot.schema import Document
from tests.documents.invariants import check_invariants

KNOWN = Entry(language="da")
SPACES = " ".join(
    f'xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for prefix, name in [
        ("office", "office"),
        ("text", "text"),
        ("style", "style"),
        ("table", "table"),
        ("draw", "drawing"),
        ("fo", "xsl-fo-compatible"),
    ]
)
HEAD = '<text:h text:outline-level="1">Plan for leg</text:h><text:h text:outline-level="2">Mål</text:h>'


def packed(body: str, styles: str = "", *, doctype: str = "", manifest: str = "") -> bytes:
    content = (
        f"{doctype}<office:document-content {SPACES}><office:automatic-styles>{styles}</office:automatic-styles>"
        f"<office:body><office:text>{body}</office:text></office:body></office:document-content>"
    )
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("mimetype", "application/vnd.oasis.opendocument.text")
        file.writestr("content.xml", content)
        file.writestr("META-INF/manifest.xml", f"<manifest>{manifest}</manifest>")
    return written.getvalue()


def read(body: str, styles: str = "") -> Document:
    document = read_open_document(packed(HEAD + body, styles), "a.odt", KNOWN)
    check_invariants(document)
    return document


def said(body: str, styles: str = "") -> list[tuple[str, str]]:
    document = read(body, styles)
    return [(block.kind.value, document.text[block.start : block.end]) for block in document.blocks[2:]]


def test_a_file_of_a_library() -> None:
    content = [
        Piece(Kind.TITLE, "Plan for leg"),
        Piece(Kind.HEADING, "Mål", 1),
        Piece(Kind.PARAGRAPH, "Vores mål er at"),
        Piece(Kind.LIST, lines=("lege", "synge")),
        Piece(Kind.HEADING, "Ude", 2),
        Piece(Kind.PARAGRAPH, "Vi er i skoven."),
    ]

    document = read_open_document(to_odt(content), "a.odt", KNOWN)

    assert document.text == "Plan for leg\n\nMål\n\nVores mål er at\n\n• lege\n• synge\n\nUde\n\nVi er i skoven.\n"
    assert document.title == "Plan for leg"
    assert [section.path for section in document.sections] == [("Plan for leg",), ("Mål",), ("Mål", "Ude")]


def test_words_and_spaces() -> None:
    body = (
        "<text:p>Vi<text:s text:c='2'/>leger<text:tab/><text:span>ude\n i</text:span> <text:a>regn</text:a>.</text:p>"
    )

    assert said(body) == [("paragraph", "Vi leger ude i regn.")]
    assert [text for _, text in said("<text:p>Vej 1<text:line-break/>Herning</text:p>")] == ["Vej 1", "Herning"]


def test_lists_of_lists() -> None:
    style = (
        '<text:list-style style:name="L"><text:list-level-style-number text:level="1" style:num-format="1" '
        'style:num-suffix="."/><text:list-level-style-number text:level="2" style:num-format="a" style:num-suffix=")"/>'
        "</text:list-style>"
    )

    def item(text: str, below: str = "") -> str:
        return f"<text:list-item><text:p>{text}</text:p>{below}</text:list-item>"

    inner = f"<text:list>{item('i skoven')}{item('på marken')}</text:list>"
    body = f"<text:list text:style-name='L'>{item('ude', inner)}{item('inde')}</text:list>"

    document = read(body, style)

    assert "1. ude\na) i skoven\nb) på marken\n2. inde\n" in document.text
    assert {block.list_number for block in document.blocks[2:]} == {0}


def test_a_table_row_by_row() -> None:
    def row(*texts: str) -> str:
        cells = (f"<table:table-cell><text:p>{text}</text:p></table:table-cell>" for text in texts)
        return f"<table:table-row>{''.join(cells)}</table:table-row>"

    head = f"<table:table-header-rows>{row('Alder', 'Pladser')}</table:table-header-rows>"
    table = (
        f"<table:table>{head}{row('3 år', '20')}<table:table-rows>{row('6 år', '30')}</table:table-rows></table:table>"
    )

    assert said(table) == [("list_item", "Alder: 3 år; Pladser: 20"), ("list_item", "Alder: 6 år; Pladser: 30")]
    nested = (
        f"<table:table><table:table-row><table:table-cell>{table}</table:table-cell></table:table-row></table:table>"
    )
    assert said(nested) == said(table)


def test_footnotes_and_frames_follow_their_paragraph() -> None:
    note = "<text:note-citation>1</text:note-citation><text:note-body><text:p>Note.</text:p></text:note-body>"
    note = f"<text:note>{note}</text:note>"
    frame = "<draw:frame><draw:text-box><text:p>Husk det her.</text:p></draw:text-box></draw:frame>"

    assert [text for _, text in said(f"<text:p>Vi {note}leger{frame} ude.</text:p><text:p>Ja.</text:p>")] == [
        "Vi leger ude.",
        "Note.",
        "Husk det her.",
        "Ja.",
    ]


@pytest.mark.parametrize(
    "properties",
    [
        'text:display="none"',
        'fo:color="#FFFFFF"',
        'fo:font-size="1pt"',
        'fo:color="#ffffff" fo:background-color="transparent"',
    ],
)
def test_what_is_hidden_is_left_out_and_said(properties: str) -> None:
    style = (
        '<style:style style:name="T1" style:parent-style-name="T2"/>'
        f'<style:style style:name="T2"><style:text-properties {properties}/></style:style>'
    )

    body = '<text:p>Vi <text:span text:style-name="T1">hemmeligt</text:span>leger ude.</text:p>'

    assert said(body, style) == [("paragraph", "Vi leger ude.")]
    assert read(body, style).notes == ("9 hidden characters were left out, beginning 'hemmeligt'",)


def test_hidden_sections_deletions_contents_and_comments_are_left_out() -> None:
    body = (
        "<text:tracked-changes><text:p>slettet</text:p></text:tracked-changes>"
        "<text:table-of-content><text:index-body><text:p>Mål 2</text:p></text:index-body></text:table-of-content>"
        "<text:section text:display='none'><text:p>skjult</text:p></text:section>"
        "<text:section><text:p>Vi leger<office:annotation><text:p>kommentar</text:p></office:annotation>"
        " ude.</text:p></text:section>"
    )

    assert said(body) == [("paragraph", "Vi leger ude.")]
    assert read(body).notes == ("6 hidden characters were left out, beginning 'skjult'",)


def test_bold_lines_are_headings() -> None:
    style = '<style:style style:name="P1"><style:text-properties fo:font-weight="bold"/></style:style>'

    assert said("<text:p text:style-name='P1'>Om leg</text:p><text:p>Vi leger ude.</text:p>", style)[0] == (
        "heading",
        "Om leg",
    )


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (packed(""), "no text"),
        (packed("<text:p>leg"), "damaged"),
        (packed("<text:p>&e;</text:p>", doctype='<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'), "entities"),
        (packed("<text:p>leg</text:p>", manifest="<encryption-data/>"), "encrypted"),
        (b"leg", "damaged"),
        (b"", "damaged"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused(data: bytes, reason: str) -> None:
    with pytest.raises(DocumentError, match=rf"^a\.odt .*{reason}") as caught:
        read_open_document(data, "a.odt")
    assert "\n" not in str(caught.value)
