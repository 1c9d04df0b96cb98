from __future__ import annotations

import pytest

from bot.documents.catalogue import Entry
from bot.documents.plain_text import read_plain_text
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
    entry = Entry.model_validate(
        {"title": "En anden titel", "language": "sv", "publisher": "Egelund Kommune", "kind": "guideline"}
    )

    document = read_plain_text(DANISH.encode(), "a.txt", entry)

    assert (document.title, document.language) == ("En anden titel", "sv")
    assert (document.publisher, document.kind) == ("Egelund Kommune", "guideline")


def test_a_text_without_a_title_line_is_called_by_its_file() -> None:
    document = read_plain_text(b"Vi leger ude hver dag, og vi synger sammen.\n", "ude/leg-og_laering.txt")

    assert document.title == "Leg og laering"


def test_an_empty_file_is_refused() -> None:
    with pytest.raises(DocumentError, match=r"^tom\.txt is empty"):
        read_plain_text(b"", "tom.txt")


def test_swedish_is_told_from_danish() -> None:
    text = "Vår förskola\n\nBarnen får vara med och bestämma, och vi lyssnar på dem.\n"

    assert read_plain_text(text.encode(), "a.txt").language == "sv"
