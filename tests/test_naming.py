from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from bot.language import without_names
from bot.naming import NameIndex

NAMES = st.lists(st.text("abAB ø", min_size=1, max_size=7), max_size=8)
TEXT = st.text("abAB ø.", max_size=40)


@given(NAMES, TEXT)
def test_finds_every_name_that_stands_in_a_text(names: list[str], text: str) -> None:
    expected = [number for number, name in enumerate(names) if name.lower() in text.lower()]
    assert NameIndex(names).in_text(text) == expected


@given(NAMES, TEXT)
def test_takes_out_the_names_one_after_another(names: list[str], text: str) -> None:
    expected = text
    for name in names:
        expected = re.sub(re.escape(name), " ", expected, flags=re.IGNORECASE)
    assert without_names(text, NameIndex(names)) == expected
