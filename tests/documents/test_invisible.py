from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.documents.catalogue import Entry
from bot.documents.invisible import note_of, without_invisible
from bot.documents.plain_text import read_plain_text


@pytest.mark.parametrize("odd", "\u00ad\u200b\u200c\u200d\u200e\u2060\ufeff\u202e\u2066\U000e0041")
def test_what_nobody_sees_is_taken_out_and_said(odd: str) -> None:
    document = read_plain_text(f"Planen\n\nVi leg{odd}er ude hver dag.\n".encode(), "a.txt", Entry(language="da"))

    assert document.text == "Planen\n\nVi leger ude hver dag.\n"
    [note] = document.notes
    assert note.startswith("1 ")


def test_a_note_counts() -> None:
    text, found = without_invisible("sam\u00adar\u00adbejde\u200b")

    assert text == "samarbejde"
    assert note_of(found) == "2 soft hyphens and 1 zero-width or direction characters were taken out of the text"
    assert note_of(without_invisible("leg")[1]) is None


@given(text=st.text())
def test_only_what_nobody_sees_is_taken_out(text: str) -> None:
    clean, found = without_invisible(text)

    assert len(clean) + found.total() == len(text)
    assert not any(unicodedata.category(c) == "Cf" and ord(c) in range(0x2000, 0x2100) for c in clean)
    assert all(not c.isalnum() or c in "\u115f\u1160\u3164\uffa0" for c in found)
