from __future__ import annotations

from dataclasses import replace

import pytest

from bot.web.outline import Cut
from bot.web.references import FORMATS, Reference, reference_to, write_references
from tests.web.fakes import fake_assistant

PAGE = "https://svar.example.dk/grundlag/"


@pytest.fixture
def reference() -> Reference:
    document = fake_assistant().documents["ungherning-vaerdier-og-paedagogisk-grundlag.txt"]
    quote = "Det at anerkende de unge er ikke det samme som at give dem ret."
    start = document.text.index(quote)
    return reference_to(document, Cut(start, start + len(quote)), PAGE, "u.å.")


def test_a_reference_names_document_publisher_section_and_a_link(reference):
    assert reference.title == "Værdier og pædagogisk grundlag"
    assert reference.publisher == "UngHerning, Herning Kommune"
    assert reference.section == ("Pædagogisk Grundlag",)
    assert reference.link.startswith(PAGE + "?document=ungherning-vaerdier-og-paedagogisk-grundlag.txt&at=")


def test_apa(reference):
    assert write_references([reference], "apa") == (
        f"UngHerning, Herning Kommune. (u.å.). Værdier og pædagogisk grundlag [Pædagogisk Grundlag]. {reference.link}\n"
    )


def test_markdown(reference):
    quote, _, source = write_references([reference], "markdown").partition("\n>\n")
    assert quote == f"> {reference.quote}"
    assert f"({reference.link})" in source


def test_bibtex(reference):
    written = write_references([reference, reference], "bibtex")
    assert written.count("@misc{vaerdier-og-paedagogisk-") == 0
    assert written.count("@misc{vardier-og-padagogisk-") == 2
    assert "author = {{UngHerning, Herning Kommune}}" in written


def test_ris_has_one_field_a_line():
    tricky = Reference("A\nTY  - BOOK", None, (), "x", "da", PAGE)
    lines = write_references([tricky], "ris").splitlines()
    assert lines[0] == "TY  - GEN"
    assert lines[-1] == "ER  - "
    assert "TI  - A TY - BOOK" in lines
    assert sum(line.startswith("TY  - ") for line in lines) == 1


def test_a_page_is_named_where_there_are_pages(reference):
    paged = replace(reference, page=12, on_page="s. {n}")

    for name, words in {
        "text": "UngHerning, Herning Kommune. s. 12.\n",
        "markdown": ", s. 12",
        "apa": "[Pædagogisk Grundlag] (s. 12). ",
        "bibtex": "  pages = {12},\n",
        "ris": "SP  - 12\n",
    }.items():
        assert words in write_references([paged], name)
        assert words not in write_references([reference], name)


def test_the_page_is_that_of_the_passage(reference):
    document = fake_assistant().documents["ungherning-vaerdier-og-paedagogisk-grundlag.txt"]
    blocks = tuple(replace(block, page=1 + number // 10) for number, block in enumerate(document.blocks))
    last = blocks[-1]

    assert reference.page is None
    found = reference_to(replace(document, blocks=blocks), Cut(last.start, last.end), PAGE)
    assert found.page == last.page
    assert found.paged == f"p. {last.page}"


def test_special_characters_are_kept_apart():
    tricky = Reference("100 % {a} & b_c\\d", "P*u*b", ("§ [1]",), "*x* <b>", "da", PAGE)
    assert r"100 \% \{a\} \& b\_c\textbackslash{}d" in write_references([tricky], "bibtex")
    markdown = write_references([tricky], "markdown")
    assert r"\*x\* \<b\>" in markdown
    assert r"P\*u\*b" in markdown


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_writes_several(reference, name):
    assert write_references([reference, reference], name).count(reference.link) == 2


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("text", ["UngHerning, Herning Kommune, 2013-05-28."]),
        ("markdown", [", UngHerning, Herning Kommune, 2013-05-28"]),
        ("apa", ["(2013). "]),
        ("bibtex", ["  date = {2013-05-28},\n", "  year = {2013},\n"]),
        ("ris", ["PY  - 2013\n", "DA  - 2013/05/28\n"]),
    ],
)
def test_a_date_is_named_where_it_is_known(reference, name, parts):
    dated = write_references([replace(reference, adopted="2013-05-28")], name)
    assert all(part in dated for part in parts)
    assert "2013" not in write_references([reference], name)
