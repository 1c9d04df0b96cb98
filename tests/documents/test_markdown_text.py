from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.documents.catalogue import Entry
from bot.documents.markdown_text import read_markdown
from bot.errors import DocumentError
from bot.schema import BlockKind, Document
from tests.documents.invariants import check_invariants

KNOWN = Entry(language="da")


def read(text: str) -> Document:
    return read_markdown(text.encode(), "a.md", KNOWN)


def said(text: str) -> list[tuple[str, str]]:
    document = read(text)
    return [(block.kind.value, document.text[block.start : block.end]) for block in document.blocks]


def test_the_text_is_what_a_reader_sees() -> None:
    document = read(
        "# Plan\n\n**Egelund** *Kommune*\n\n## Leg & mad\n\nVi [leger](http://a) `ude` \\*her\\* &amp; der.\n"
    )

    assert document.text == "Plan\n\nEgelund Kommune\n\nLeg & mad\n\nVi leger ude *her* & der.\n"
    assert (document.title, document.publisher) == ("Plan", "Egelund Kommune")
    assert [section.path for section in document.sections] == [("Plan",), ("Leg & mad",)]


def test_wrapped_lines_are_one_paragraph_and_broken_ones_are_not() -> None:
    assert said("# P\n\n## Q\n\nVi leger\nude.\n\nVej 1  \nHerning\n")[2:] == [
        ("paragraph", "Vi leger ude."),
        ("paragraph", "Vej 1"),
        ("paragraph", "Herning"),
    ]


@pytest.mark.parametrize("bullet", ["-", "*", "+", "•", "1.", "1)"])
def test_lists(bullet: str) -> None:
    text = f"# P\n\nVores mål er at\n\n{bullet} lege\n  ude\n{bullet} synge\n\nOg mere.\n"

    assert said(text)[1:] == [
        ("lead_in", "Vores mål er at"),
        ("list_item", "lege ude"),
        ("list_item", "synge"),
        ("paragraph", "Og mere."),
    ]


def test_tables() -> None:
    assert said("# P\n\n| Alder | Pladser |\n|---|---|\n| 3-5 år | 20 |\n")[1:] == [
        ("list_item", "Alder: 3-5 år; Pladser: 20")
    ]


def test_front_matter_is_no_text() -> None:
    assert said("---\ntitle: x\n---\n# Plan\n\nVi leger.\n") == [("heading", "Plan"), ("paragraph", "Vi leger.")]
    assert said("---\nVi leger ude hver dag, også i regn.\n")[0][1].startswith("Vi leger")


def test_hidden_markup_is_left_out_and_said() -> None:
    document = read("# P\n\nVi leger.\n\n<p hidden>x</p>\n\n<!-- y -->\n")

    assert document.text == "P\n\nVi leger.\n"
    assert document.notes == ("1 hidden characters were left out, beginning 'x'",)


MARKS = st.sampled_from(
    ["# ", "## ", "- ", "1. ", "  ", "\n", "\n\n", "> ", "|", "---", "*", "`", "• ", "Vi leger ", "at", "<b>"]
)


@given(text=st.lists(st.one_of(MARKS, st.text(max_size=6)), max_size=40).map("".join))
def test_any_markdown_is_read(text: str) -> None:
    try:
        document = read(text)
    except DocumentError as error:
        assert "\n" not in str(error)
        return
    check_invariants(document)
    assert BlockKind.HEADING in {block.kind for block in document.blocks} or not document.sections
