from __future__ import annotations

import pytest

from bot.documents.catalogue import Entry
from bot.documents.plain_text import read_plain_text, title_from_name
from bot.errors import DocumentError

DANISH = "Læreplan for Myretuen\n\nBørnene leger ude hver dag, også når det regner.\n\nVi taler med dem om vejret.\n"


def test_what_is_not_told_is_inferred() -> None:
    document = read_plain_text(DANISH.encode(), "mål/myretuen.txt")

    assert document.name == "mål/myretuen.txt"
    assert document.title == "Læreplan for Myretuen"
    assert document.language == "da"
    assert document.text == DANISH
    assert document.kind is None


def test_the_catalogue_is_believed() -> None:
    entry = Entry(title="En anden titel", language="sv", publisher="Egelund Kommune", kind="plan")

    document = read_plain_text(DANISH.encode(), "a.txt", entry)

    assert (document.title, document.language) == ("En anden titel", "sv")
    assert (document.publisher, document.kind) == ("Egelund Kommune", "plan")


def test_a_text_without_a_title_line_is_called_by_its_file() -> None:
    document = read_plain_text(b"Vi leger ude hver dag, og vi synger sammen.\n", "ude/leg-og_laering.txt")

    assert document.title == "Leg og laering"


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("mål/egelund-laereplan.txt", "Egelund laereplan"),
        ("ALLE_BØRN.v2.md", "ALLE BØRN.v2"),
        ("---.txt", "---.txt"),
        ("å.txt", "Å"),
    ],
)
def test_title_from_name(name: str, title: str) -> None:
    assert title_from_name(name) == title


def test_an_empty_file_is_refused() -> None:
    with pytest.raises(DocumentError, match=r"^tom\.txt is empty"):
        read_plain_text(b"", "tom.txt")


def test_swedish_is_told_from_danish() -> None:
    text = "Vår förskola\n\nBarnen får vara med och bestämma, och vi lyssnar på dem.\n"

    assert read_plain_text(text.encode(), "a.txt").language == "sv"
