from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from PIL import Image
from reportlab.lib.pagesizes import A4
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from benchmarks.formats.content import Kind, Piece
from benchmarks.formats.writers import to_pdf
from bot.documents.catalogue import Entry
from bot.documents.passages import passages_of
from bot.documents.pdf_file import read_pdf
from bot.errors import DocumentError
from bot.schema import Document
from tests.documents.invariants import check_invariants

KNOWN = Entry(language="da")
PROSE = (
    "Børnene leger ude hver dag, og de voksne leger med, når børnene gerne vil have det. Det giver dem lyst til at "
    "prøve noget nyt og til at være sammen med andre, som de ikke kender så godt endnu."
)
TITLE = Piece(Kind.TITLE, "Plan for leg")


def paragraph(number: int) -> Piece:
    """A paragraph that begins otherwise than the others: lines of text do not recur on every page."""
    words = PROSE.rstrip(".").split()
    at = number % len(words)
    return Piece(Kind.PARAGRAPH, f"Nummer {number}: {' '.join(words[at:] + words[:at])}.")


def read(data: bytes) -> Document:
    document = read_pdf(data, "a.pdf", KNOWN)
    check_invariants(document)
    return document


def said(data: bytes) -> list[tuple[str, str]]:
    document = read(data)
    return [(block.kind.value, document.text[block.start : block.end]) for block in document.blocks]


def drawn(*pages: Callable[[Canvas], object], encrypt: str | None = None) -> bytes:
    """A PDF that these functions draw, one a page; the origin is at the bottom left."""
    written = io.BytesIO()
    canvas = Canvas(written, pagesize=A4, invariant=1, encrypt=encrypt)
    for page in pages:
        canvas.setFont("Helvetica", 10)
        page(canvas)
        canvas.showPage()
    canvas.save()
    return written.getvalue()


def lines(*texts: str, x: float = 60, y: float = 700, step: float = 13) -> Callable[[Canvas], None]:
    def draw(canvas: Canvas) -> None:
        for number, text in enumerate(texts):
            canvas.drawString(x, y - number * step, text)

    return draw


BROKEN = (
    "Vi er sammen med børnene hele dagen, og vi lytter til det, som de siger og gør. Vi ar-",
    "bejder med børne- og ungepolitik i hele kommunen, og vi gør det sammen med foræl-",
    "drene. Det er EU-",
    "Kommissionen, der betaler.",
)


def test_pages_go_with_the_passages() -> None:
    content = [TITLE, *map(paragraph, range(60))]

    document = read(to_pdf(content, head="Egelund Kommune"))
    pages = [passage.place.page for passage in passages_of([document])]

    assert len(pages) == 60
    assert pages == sorted(pages)
    assert set(pages) == {1, 2, 3, 4}


def test_running_heads_feet_and_page_numbers_are_left_out() -> None:
    text = read(to_pdf([TITLE, *map(paragraph, range(40))], head="Egelund Kommune", foot="Side")).text

    assert "Egelund" not in text
    assert "Side" not in text


def test_a_paragraph_goes_on_over_pages_and_columns() -> None:
    for columns in (1, 2, 3):
        content = [TITLE, *map(paragraph, range(50))]

        texts = [text for _, text in said(to_pdf(content, columns=columns))]

        assert texts == [piece.text for piece in content]


def test_a_word_that_was_broken_is_whole_again() -> None:
    [(_, text)] = said(drawn(lines(*BROKEN)))

    assert "Vi arbejder med børne- og ungepolitik" in text
    assert "forældrene. Det er EU-Kommissionen," in text


def test_headings_by_size_and_weight() -> None:
    def page(canvas: Canvas) -> None:
        for y, font, size, text in [
            (760, "Helvetica-Bold", 20, "Plan for leg i alle"),
            (736, "Helvetica-Bold", 20, "børnehaver"),
            (700, "Helvetica-Bold", 14, "Mål"),
            (680, "Helvetica-Bold", 10, "Ude"),
            (660, "Helvetica", 10, PROSE[:83]),
            (620, "Helvetica-Bold", 14, "Mad"),
            (600, "Helvetica", 10, "Vi spiser sammen hver dag."),
            (580, "Helvetica-Bold", 10, "Det her er en vigtig sætning, som er sat med fed skrift."),
        ]:
            canvas.setFont(font, size)
            canvas.drawString(60, y, text)

    document = read(drawn(page))

    assert document.title == "Plan for leg i alle børnehaver"
    assert [section.path for section in document.sections[1:]] == [("Mål",), ("Mål", "Ude"), ("Mad",)]


def test_estimated_sizes_tear_nothing_apart() -> None:
    """What recognises text in a picture estimates its sizes: the same print is a point larger here and there."""

    def page(canvas: Canvas) -> None:
        for y, size, text in [
            (760, 17, "Leg og bevægelse"),
            (740, 9, PROSE[:84]),
            (728, 9, "og endnu lidt mere om leg og om glæde i hverdagen, som vi deler med hele"),
            (716, 10, "familien."),
            (690, 18, "Mad og måltider"),
            (670, 9, "Vi spiser sammen med børnene klokken tolv, og alle hjælper med at dække bordet."),
        ]:
            canvas.setFont("Helvetica", size)
            canvas.drawString(60, y, text)

    document = read(drawn(page))

    assert [(section.path, section.level) for section in document.sections] == [
        (("Leg og bevægelse",), 1),
        (("Mad og måltider",), 1),
    ]
    assert any(document.text[block.start : block.end].endswith("hele familien.") for block in document.blocks)


def test_without_sizes_form_tells_the_headings() -> None:
    document = read(drawn(lines("Plan for leg", "", PROSE[:60], PROSE[60:83], "", "MAD", "", "Vi spiser sammen.")))

    assert [section.path for section in document.sections] == [("Plan for leg",), ("MAD",)]


def test_lists_with_hanging_lines() -> None:
    def page(canvas: Canvas) -> None:
        lines("Det er vores mål at")(canvas)
        lines("•", "", "–", x=60, y=680)(canvas)
        lines("styrke børnenes sprog og give dem lyst til at", "lære nyt.", "give plads til alle.", x=75, y=680)(canvas)
        lines("1. Vi lytter.", "2. Vi handler.", y=620)(canvas)

    assert said(drawn(page)) == [
        ("lead_in", "Det er vores mål at"),
        ("list_item", "styrke børnenes sprog og give dem lyst til at lære nyt."),
        ("list_item", "give plads til alle."),
        ("list_item", "Vi lytter."),
        ("list_item", "Vi handler."),
    ]


def test_a_ruled_table_between_texts() -> None:
    table = Piece(Kind.TABLE, rows=(("Alder", "Pladser i alt"), ("3-5 år", "20"), ("6-9 år", PROSE)))
    content = [TITLE, Piece(Kind.PARAGRAPH, PROSE), table, Piece(Kind.PARAGRAPH, "Og mere om leg.")]

    assert [text for _, text in said(to_pdf(content))[1:]] == [
        PROSE,
        "Alder: 3-5 år; Pladser i alt: 20",
        f"Alder: 6-9 år; Pladser i alt: {PROSE}",
        "Og mere om leg.",
    ]


def test_bold_cells_are_headers() -> None:
    def page(canvas: Canvas) -> None:
        lines(PROSE[:83], y=760)(canvas)
        canvas.grid([60, 160, 260], [640, 660, 680, 700])
        for y, font, texts in [
            (686, "Helvetica-Bold", "Alder Plads"),
            (666, "Helvetica", "3-5 20"),
            (646, "Helvetica", "6-9 30"),
        ]:
            canvas.setFont(font, 10)
            for x, text in zip((65, 165), texts.split(), strict=True):
                canvas.drawString(x, y, text)

    assert [text for _, text in said(drawn(page))[1:]] == ["Alder: 3-5; Plads: 20", "Alder: 6-9; Plads: 30"]


def test_a_turned_page_reads_as_it_is_shown() -> None:
    def page(canvas: Canvas) -> None:
        canvas.setPageRotation(90)
        canvas.translate(A4[0], 0)
        canvas.rotate(90)
        lines(PROSE[:83], "Vi synger.", y=500)(canvas)

    assert "Børnene leger ude hver dag" in read(drawn(page)).text


def test_a_stamp_along_the_edge_is_no_text() -> None:
    def page(canvas: Canvas) -> None:
        lines(PROSE[:83])(canvas)
        canvas.rotate(90)
        canvas.drawString(300, -20, "UDKAST")

    assert "UDKAST" not in read(drawn(page)).text


def white(canvas: Canvas) -> None:
    canvas.setFillColorRGB(1, 1, 1)
    canvas.drawString(60, 500, "hemmeligt")


def invisible(canvas: Canvas) -> None:
    text = canvas.beginText(60, 500)
    text.setTextRenderMode(3)
    text.textOut("hemmeligt")
    canvas.drawText(text)


def tiny(canvas: Canvas) -> None:
    canvas.setFont("Helvetica", 1)
    canvas.drawString(60, 500, "hemmeligt")


def outside(canvas: Canvas) -> None:
    canvas.drawString(60, -50, "hemmeligt")


@pytest.mark.parametrize("hide", [white, invisible, tiny, outside])
def test_what_is_hidden_is_left_out_and_said(hide: Callable[[Canvas], None]) -> None:
    def page(canvas: Canvas) -> None:
        lines(PROSE[:83])(canvas)
        hide(canvas)

    document = read(drawn(page))

    assert document.text == f"{PROSE[:83]}\n"
    assert document.notes == ("9 hidden characters were left out, beginning 'hemmeligt'",)


def test_white_words_on_a_colour_are_seen() -> None:
    def page(canvas: Canvas) -> None:
        lines(PROSE[:83])(canvas)
        canvas.rect(50, 480, 300, 40, fill=1)
        white(canvas)

    assert "hemmeligt" in read(drawn(page)).text


def picture(canvas: Canvas) -> None:
    canvas.drawImage(ImageReader(Image.new("RGB", (60, 80), "grey")), 0, 0, *A4)


def test_recognised_text_behind_a_picture_is_read() -> None:
    def page(canvas: Canvas) -> None:
        picture(canvas)
        text = canvas.beginText(60, 500)
        text.setTextRenderMode(3)
        text.textOut(PROSE[:83])
        canvas.drawText(text)

    assert read(drawn(page)).text == f"{PROSE[:83]}\n"


def test_a_page_that_is_a_picture_is_noted() -> None:
    document = read(drawn(lines(PROSE[:83]), picture))

    assert document.notes == ("pictures without text on page 2",)


def refused(data: bytes) -> str:
    with pytest.raises(DocumentError, match=r"^a\.pdf ") as caught:
        read_pdf(data, "a.pdf")
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_a_file_of_pictures_is_refused_with_the_remedy() -> None:
    message = refused(drawn(picture, picture))

    assert "only pictures of its 2 pages" in message
    assert "grundlag index --ocr" in message


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_a_file_that_is_cut_off_is_refused(share: float) -> None:
    whole = to_pdf([TITLE, *[Piece(Kind.PARAGRAPH, PROSE)] * 40])

    assert "its end is missing" in refused(whole[: int(share * len(whole))])


@pytest.mark.parametrize(
    "data", [b"%PDF-1.7\n%%EOF", b"leg %%EOF", b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer<<>>\n%%EOF"]
)
def test_a_file_that_is_damaged_is_refused(data: bytes) -> None:
    assert "damaged" in refused(data)


def test_a_file_with_a_password_is_refused() -> None:
    assert "without a password" in refused(drawn(lines(PROSE[:83]), encrypt="hemmeligt"))


def test_contents_with_dots_are_left_out() -> None:
    contents = ("Mål ........................ 3", "Mad . . . . . . . . . . . 4")

    assert [text for _, text in said(drawn(lines(*contents, "", PROSE[:83])))] == [PROSE[:83]]


def test_one_shape_for_two_letters() -> None:
    [(_, text)] = said(drawn(lines("Vi finder flere figurer i fjeldet, og vi leger med dem.")))

    assert text == "Vi finder flere figurer i fjeldet, og vi leger med dem."
