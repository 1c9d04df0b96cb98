from __future__ import annotations

import codecs
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.documents.decoding import decode
from bot.errors import DocumentError

TEXT = "Børn & unge på Åløkke – ”så länge”.\nNæste linje.\n"
WITHOUT_CONTROLS = st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"])


@given(data=st.binary(max_size=200))
@example(b"\xff\xfe\x00")
@example(b"\xff\xfe\x00\x00a\x00\x00\x00")
@example(b"\x81\x8d\x9d")
def test_any_bytes_are_normalised_or_refused(data: bytes) -> None:
    try:
        text = decode(data, "a.txt")
    except DocumentError as error:
        assert "a.txt" in str(error)
        assert "\n" not in str(error)
    else:
        assert unicodedata.is_normalized("NFC", text)
        assert "\r" not in text
        text.encode()


@given(text=st.text(WITHOUT_CONTROLS, min_size=1).filter(lambda text: text.encode().strip() and text[0] != "\ufeff"))
def test_utf8_is_read_as_it_stands(text: str) -> None:
    assert decode(text.encode(), "a.txt") == unicodedata.normalize("NFC", text)


@pytest.mark.parametrize(
    "data",
    [
        TEXT.encode(),
        TEXT.encode("cp1252"),
        TEXT.encode("utf-8-sig"),
        codecs.BOM_UTF16_LE + TEXT.encode("utf-16-le"),
        codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be"),
        TEXT.encode("utf-16-le"),
        TEXT.encode("utf-16-be"),
        TEXT.replace("\n", "\r\n").encode(),
        TEXT.replace("\n", "\r").encode(),
        TEXT.replace("\n", "\r\n").encode("cp1252"),
        unicodedata.normalize("NFD", TEXT).encode(),
    ],
    ids=[
        "utf-8",
        "cp1252",
        "bom",
        "utf-16-le",
        "utf-16-be",
        "le without mark",
        "be without mark",
        "crlf",
        "cr",
        "cp1252 crlf",
        "nfd",
    ],
)
def test_the_same_text_from_any_encoding(data: bytes) -> None:
    assert decode(data, "a.txt") == TEXT


@pytest.mark.parametrize("data", [b"", b" \r\n\t\n"])
def test_an_empty_file_is_refused(data: bytes) -> None:
    with pytest.raises(DocumentError, match=r"^a\.txt is empty"):
        decode(data, "a.txt")


@pytest.mark.parametrize("data", [bytes(range(256)), b"PK\x03\x04\x14\x00\x06\x00" * 9])
def test_a_binary_file_is_refused(data: bytes) -> None:
    with pytest.raises(DocumentError, match=r"^a\.txt is not text"):
        decode(data, "a.txt")


def test_one_odd_character_does_no_harm() -> None:
    assert decode(TEXT.encode() * 5 + b"\x07\x1b" + TEXT.encode() * 5, "a.txt").count("unge") == 10


def test_a_little_damage_does_not_change_the_encoding() -> None:
    assert decode(TEXT.encode() + b"\xe6" + TEXT.encode(), "a.txt") == TEXT + "\ufffd" + TEXT


@pytest.mark.parametrize(
    ("declared", "expected"),
    [("iso-8859-1", "”å"), ("latin-1", "”å"), ("cp437", "öσ"), ("nonsense", "”å"), ("rot13", "”å"), ("utf-8", "”å")],
)
def test_a_declared_encoding_is_believed_where_nothing_else_tells(declared: str, expected: str) -> None:
    assert decode(b"\x94\xe5", "a.html", declared) == expected
