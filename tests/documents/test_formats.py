"""What holds for every format: the same content gives the same passages; a broken file is refused in one line."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.formats.__main__ import said, shares
from benchmarks.formats.content import Kind, Piece, content_of
from benchmarks.formats.writers import WRITERS
from bot.documents.catalogue import Entry
from bot.documents.decoding import decode
from bot.documents.formats import READERS
from bot.errors import DocumentError
from bot.schema import Document
from tests.documents.invariants import check_invariants

KNOWN = Entry(title="Planen", language="da")
ENDINGS = [ending for ending in WRITERS if ending in READERS]

SECTION = [
    Piece(Kind.TITLE, "Planen"),
    Piece(Kind.HEADING, "Mål", 1),
    Piece(Kind.PARAGRAPH, "Vi leger ude hver dag, også når det regner, for det giver glade børn."),
    Piece(Kind.PARAGRAPH, "Det er vores mål at"),
    Piece(Kind.LIST, lines=("styrke børnenes sprog.", "give plads til alle.")),
    Piece(Kind.HEADING, "Pladser", 2),
    Piece(Kind.TABLE, rows=(("Alder", "Pladser"), ("3-5 år", "20"), ("6-9 år", "30"))),
    Piece(Kind.HEADING, "Mad", 1),
    Piece(Kind.PARAGRAPH, "Vi spiser sammen & hygger os: <brød> og *frugt* [hver dag]."),
]


def read(ending: str, content: list[Piece]) -> Document:
    return READERS[ending](WRITERS[ending](content), f"a{ending}", KNOWN)


@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize("name", ["herning", "boernesyn", "ungherning", "aarhus", "centrala"])
def test_the_five_documents_in_every_format(documents: Mapping[str, Document], ending: str, name: str) -> None:
    document = next(document for document in documents.values() if document.name.startswith(name))
    entry = Entry(title=document.title, publisher=document.publisher, language=document.language)

    found = READERS[ending](WRITERS[ending](content_of(document)), f"a{ending}", entry)

    check_invariants(found)
    assert shares(said(document), said(found)) == (1.0, 1.0)


@pytest.mark.parametrize("ending", [ending for ending in ENDINGS if ending != ".txt"])
def test_headings_lists_and_tables_in_every_format(ending: str) -> None:
    document = read(ending, SECTION)

    check_invariants(document)
    assert said(document) == [
        (SECTION[2].text, ("Mål",)),
        ("styrke børnenes sprog.", ("Mål", "Det er vores mål at")),
        ("give plads til alle.", ("Mål", "Det er vores mål at")),
        ("Alder: 3-5 år; Pladser: 20", ("Mål", "Pladser")),
        ("Alder: 6-9 år; Pladser: 30", ("Mål", "Pladser")),
        (SECTION[8].text, ("Mad",)),
    ]


WORD = st.sampled_from("leg læring børn unge trygghet vi og som at 1. • - ”ja” & <b> *ud* |x| Å. # bl.a.".split())  # noqa: SIM905
WORDS = st.lists(WORD, min_size=1, max_size=8).map(" ".join)
PIECES = st.one_of(
    st.builds(Piece, st.just(Kind.HEADING), WORDS.map("Om {}".format), level=st.integers(1, 4)),
    st.builds(Piece, st.just(Kind.PARAGRAPH), WORDS),
    st.builds(Piece, st.just(Kind.LIST), lines=st.lists(WORDS, min_size=1, max_size=3).map(tuple)),
    st.builds(Piece, st.just(Kind.TABLE), rows=st.lists(st.tuples(WORDS, WORDS), min_size=1, max_size=3).map(tuple)),
)


@pytest.mark.parametrize("ending", ENDINGS)
@settings(max_examples=12)
@given(content=st.lists(PIECES, max_size=8).map(lambda pieces: [*SECTION[:3], *pieces]))
def test_any_content_is_read(ending: str, content: list[Piece]) -> None:
    check_invariants(read(ending, content))


@lru_cache
def whole_file(ending: str) -> bytes:
    return WRITERS[ending](SECTION)


@pytest.mark.parametrize("ending", ENDINGS)
@settings(max_examples=30)
@given(data=st.data())
def test_a_damaged_file_is_read_or_refused_in_one_line(ending: str, data: st.DataObject) -> None:
    whole = bytearray(whole_file(ending))
    for _ in range(data.draw(st.integers(0, 4))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    cut = bytes(whole[: data.draw(st.integers(0, len(whole)))])

    try:
        document = READERS[ending](cut, f"a{ending}", KNOWN)
    except DocumentError as error:
        assert str(error).startswith(f"a{ending} ")
        assert "\n" not in str(error)
    else:
        check_invariants(document)


@pytest.mark.parametrize("ending", sorted(READERS))
@pytest.mark.parametrize("content", [b"", b"\x00\x01\x02" * 50, b"%PDF-1.7", b"PK\x03\x04", "Børn".encode("utf-16")])
def test_what_is_another_format_is_read_or_refused(ending: str, content: bytes) -> None:
    try:
        document = READERS[ending](content, f"a{ending}", KNOWN)
    except DocumentError as error:
        assert str(error).startswith(f"a{ending} ")
    else:
        assert document.text.strip() in decode(content, "a")
