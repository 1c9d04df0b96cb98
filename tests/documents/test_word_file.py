from __future__ import annotations

import io
import zipfile
from collections.abc import Callable

import docx
import pytest
from docx.document import Document as WordDocument
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Pt, RGBColor

from bot.documents.catalogue import Entry
from bot.documents.word_file import read_word
from bot.errors import DocumentError
from bot.schema import Document
from tests.documents.invariants import check_invariants

KNOWN = Entry(language="da")


def saved(file: WordDocument) -> bytes:
    written = io.BytesIO()
    file.save(written)
    return written.getvalue()


def read(file: WordDocument) -> Document:
    document = read_word(saved(file), "a.docx", KNOWN)
    check_invariants(document)
    return document


def said(file: WordDocument) -> list[tuple[str, str]]:
    document = read(file)
    return [(block.kind.value, document.text[block.start : block.end]) for block in document.blocks]


@pytest.fixture
def file() -> WordDocument:
    """A Word file with a title and a section that is begun."""
    file = docx.Document()
    file.add_heading("Plan for leg", 0)
    file.add_heading("Mål", 1)
    return file


def test_title_and_headings_by_their_styles(file: WordDocument) -> None:
    file.add_paragraph("Kort linje")
    file.add_paragraph("Vi leger ude.")
    file.add_heading("Ude", 2)
    file.add_paragraph("Vi er i skoven.")

    document = read(file)

    assert document.title == "Plan for leg"
    assert [section.path for section in document.sections] == [("Plan for leg",), ("Mål",), ("Mål", "Ude")]
    assert document.text == "Plan for leg\n\nMål\n\nKort linje\n\nVi leger ude.\n\nUde\n\nVi er i skoven.\n"


def test_a_title_below_a_line_is_the_title() -> None:
    file = docx.Document()
    file.add_paragraph("Egelund Kommune, Børn og Unge")
    file.add_heading("Plan for leg", 0)
    for heading in ("Mål", "Mad"):
        file.add_heading(heading, 1)
        file.add_paragraph("Vi leger ude hver dag.")

    assert read(file).title == "Plan for leg"


def test_sections_without_a_title_above_them() -> None:
    file = docx.Document()
    for heading in ("Mål", "Mad"):
        file.add_heading(heading, 1)
        file.add_paragraph("Vi leger ude hver dag.")

    document = read(file)
    assert document.title == "A"  # the name of the file
    assert [section.path for section in document.sections] == [("Mål",), ("Mad",)]


def test_bold_lines_are_headings_where_nobody_used_styles() -> None:
    file = docx.Document()
    file.add_paragraph("Plan for leg")
    for heading in ("Mål", "Mad"):
        file.add_paragraph().add_run(heading).bold = True
        file.add_paragraph("Vi leger ude hver dag.")
        file.add_paragraph("Kort linje")

    assert [section.path for section in read(file).sections] == [("Plan for leg",), ("Mål",), ("Mad",)]


def test_lists_with_their_lead_in(file: WordDocument) -> None:
    file.add_paragraph("Det er vores mål at")
    for text in ("lege", "synge"):
        file.add_paragraph(text, style="List Bullet")
    file.add_paragraph("Og sådan gør vi:")
    for text in ("lytte", "spørge"):
        file.add_paragraph(text, style="List Number")

    assert said(file)[2:] == [
        ("lead_in", "Det er vores mål at"),
        ("list_item", "lege"),
        ("list_item", "synge"),
        ("lead_in", "Og sådan gør vi:"),
        ("list_item", "lytte"),
        ("list_item", "spørge"),
    ]
    assert "• lege\n• synge\n\nOg sådan gør vi:\n\n1. lytte\n2. spørge\n" in read(file).text


def test_bullets_that_were_typed(file: WordDocument) -> None:
    file.add_paragraph("Vores mål:")
    file.add_paragraph("• lege")
    file.add_paragraph("- synge")

    assert said(file)[2:] == [("lead_in", "Vores mål:"), ("list_item", "lege"), ("list_item", "synge")]


def test_a_table_row_by_row(file: WordDocument) -> None:
    table = file.add_table(rows=3, cols=3)
    for row, texts in zip(
        table.rows, [("Alder", "Plads", "Pris"), ("3 år", "20", "1 kr."), ("", "30", "")], strict=True
    ):
        for cell, text in zip(row.cells, texts, strict=True):
            cell.text = text
    header = OxmlElement("w:tblHeader")
    table.rows[0]._tr.get_or_add_trPr().append(header)
    table.cell(1, 0).merge(table.cell(2, 0))
    file.add_paragraph("Og mere.")

    assert said(file)[2:] == [
        ("list_item", "Alder: 3 år; Plads: 20; Pris: 1 kr."),
        ("list_item", "Alder: 3 år; Plads: 30"),
        ("paragraph", "Og mere."),
    ]


def test_a_box_is_no_table(file: WordDocument) -> None:
    table = file.add_table(rows=1, cols=1)
    table.cell(0, 0).text = "Vi leger ude."
    table.cell(0, 0).add_paragraph("• i skoven")

    assert said(file)[2:] == [("paragraph", "Vi leger ude."), ("list_item", "i skoven")]


def vanish(run: docx.text.run.Run) -> None:
    run.font.hidden = True


def whiten(run: docx.text.run.Run) -> None:
    run.font.color.rgb = RGBColor(255, 255, 255)


def shrink(run: docx.text.run.Run) -> None:
    run.font.size = Pt(1)


@pytest.mark.parametrize("hide", [vanish, whiten, shrink])
def test_what_is_hidden_is_left_out_and_said(file: WordDocument, hide: Callable[[docx.text.run.Run], None]) -> None:
    paragraph = file.add_paragraph("Vi leger")
    hide(paragraph.add_run("hemmeligt"))
    paragraph.add_run(" ude.")

    assert said(file)[-1] == ("paragraph", "Vi leger ude.")
    assert read(file).notes == ("9 hidden characters were left out, beginning 'hemmeligt'",)


def test_white_words_on_a_colour_are_seen(file: WordDocument) -> None:
    table = file.add_table(rows=1, cols=2)
    for cell in table.rows[0].cells:
        whiten(cell.paragraphs[0].add_run("Hvidt"))
    run = file.add_paragraph().add_run("Hvidt på blåt i en hel sætning, som alle kan læse.")
    whiten(run)
    run._r.get_or_add_rPr().append(parse_xml(f'<w:shd {nsdecls("w")} w:fill="0000FF"/>'))

    assert [text for _, text in said(file)[2:]] == ["Hvidt; Hvidt", run.text]
    assert read(file).notes == ()


def test_tracked_changes_read_as_accepted(file: WordDocument) -> None:
    paragraph = file.add_paragraph("Vi ")
    for tag, text_tag, text in (("w:del", "w:delText", "sover"), ("w:ins", "w:t", "leger ude")):
        paragraph._p.append(parse_xml(f"<{tag} {nsdecls('w')}><w:r><{text_tag}>{text}</{text_tag}></w:r></{tag}>"))
    paragraph.add_run(".")

    assert said(file)[-1] == ("paragraph", "Vi leger ude.")


def test_contents_and_prompts_are_left_out(file: WordDocument) -> None:
    prompt = "<w:sdtPr><w:showingPlcHdr/></w:sdtPr>"
    contents = '<w:sdtPr><w:docPartObj><w:docPartGallery w:val="Table of Contents"/></w:docPartObj></w:sdtPr>'
    for properties, text in (("", "Vi leger ude."), (prompt, "Klik her"), (contents, "Mål .... 2")):
        content = f"<w:sdtContent><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:sdtContent>"
        file.element.body.append(parse_xml(f"<w:sdt {nsdecls('w')}>{properties}{content}</w:sdt>"))

    assert said(file)[2:] == [("paragraph", "Vi leger ude.")]


def test_a_text_box_is_read_once(file: WordDocument) -> None:
    box = "<w:txbxContent><w:p><w:r><w:t>Husk det her.</w:t></w:r></w:p></w:txbxContent>"
    compatible = "http://schemas.openxmlformats.org/markup-compatibility/2006"
    run = (
        f'<w:r {nsdecls("w")} xmlns:mc="{compatible}"><mc:AlternateContent><mc:Choice>{box}</mc:Choice>'
        f"<mc:Fallback>{box}</mc:Fallback></mc:AlternateContent></w:r>"
    )
    file.add_paragraph("Vi leger ude.")._p.append(parse_xml(run))

    assert said(file)[2:] == [("paragraph", "Vi leger ude."), ("paragraph", "Husk det her.")]


def changed(data: bytes, **members: bytes | None) -> bytes:
    """The archive with some members written anew, or left out where there are no bytes; "__" is "/", "_" is "."."""
    wanted = {name.replace("__", "/").replace("_", "."): content for name, content in members.items()}
    written = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = wanted.pop(name, old.read(name))
            if content is not None:
                new.writestr(name, content)
        for name, content in wanted.items():
            new.writestr(name, content or b"")
    return written.getvalue()


def test_footnotes_follow_what_they_belong_to(file: WordDocument) -> None:
    paragraph = file.add_paragraph("Vi leger ude.")
    reference = OxmlElement("w:footnoteReference")
    reference.set(qn("w:id"), "2")
    paragraph.add_run()._r.append(reference)
    file.add_paragraph("Vi synger.")
    notes = (
        f'<w:footnotes {nsdecls("w")}><w:footnote w:type="separator" w:id="2"/>'
        '<w:footnote w:id="2"><w:p><w:r><w:t>Også når det regner.</w:t></w:r></w:p></w:footnote></w:footnotes>'
    )

    document = read_word(changed(saved(file), word__footnotes_xml=notes.encode()), "a.docx", KNOWN)

    assert document.text.endswith("Vi leger ude.\n\nOgså når det regner.\n\nVi synger.\n")


@pytest.mark.parametrize(
    ("level", "labels"),
    [
        ('<w:numFmt w:val="lowerLetter"/><w:lvlText w:val="%1)"/>', ["a)", "b)"]),
        ('<w:start w:val="9"/><w:numFmt w:val="upperRoman"/><w:lvlText w:val="%1."/>', ["IX.", "X."]),
        ('<w:numFmt w:val="decimal"/><w:lvlText w:val="§ %1."/>', ["§ 1.", "§ 2."]),
        ('<w:numFmt w:val="bullet"/><w:lvlText w:val="\uf0b7"/>', ["•", "•"]),
    ],
)
def test_numbers_of_items(file: WordDocument, level: str, labels: list[str]) -> None:
    numbering = (
        f'<w:numbering {nsdecls("w")}><w:abstractNum w:abstractNumId="0"><w:lvl w:ilvl="0">{level}</w:lvl>'
        '</w:abstractNum><w:num w:numId="7"><w:abstractNumId w:val="0"/></w:num></w:numbering>'
    )
    for text in ("lege", "synge"):
        properties = file.add_paragraph(text)._p.get_or_add_pPr()
        properties.append(parse_xml(f'<w:numPr {nsdecls("w")}><w:ilvl w:val="0"/><w:numId w:val="7"/></w:numPr>'))

    document = read_word(changed(saved(file), word__numbering_xml=numbering.encode()), "a.docx", KNOWN)

    assert document.text.endswith("".join(f"{a} {b}\n" for a, b in zip(labels, ("lege", "synge"), strict=True)))
    check_invariants(document)


def test_a_file_without_text_is_refused() -> None:
    with pytest.raises(DocumentError, match=r"^a\.docx has no text"):
        read_word(saved(docx.Document()), "a.docx")


ENTITY = (
    b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><w:document xmlns:w="w"><w:body>&e;</w:body></w:document>'
)
LAUGHS = b'<!DOCTYPE x [<!ENTITY a "aa"><!ENTITY b "&a;&a;&a;">]><x>&b;</x>'


@pytest.mark.parametrize(
    ("document", "reason"),
    [(ENTITY, "entities"), (LAUGHS, "entities"), (b"<w:document", "damaged"), (b"", "damaged"), (None, "damaged")],
)
def test_xml_that_is_unsafe_or_broken_is_refused(file: WordDocument, document: bytes | None, reason: str) -> None:
    file.add_paragraph("Vi leger ude.")

    with pytest.raises(DocumentError, match=rf"^a\.docx .*{reason}") as caught:
        read_word(changed(saved(file), word__document_xml=document), "a.docx")
    assert "\n" not in str(caught.value)
