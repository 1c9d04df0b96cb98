from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from bot.answering.writing.statements import Statement, split_statements, stream_statements

TEXT = "Alle kan lære [1]. Det gælder bl.a. de unge [2, 3]! “Vi ser hinanden.” [1] Er det nok?"


def test_a_statement_is_read_with_its_marks_and_quotes() -> None:
    statement = Statement.of("Der står “alle kan lære” [2][1].")

    assert statement == Statement("Der står “alle kan lære”.", (2, 1), ("alle kan lære",))


def test_several_marks_in_one_bracket() -> None:
    assert Statement.of("Alle kan lære [2, 3].").marks == (2, 3)


def test_marks_behind_the_full_stop_belong_to_the_sentence() -> None:
    assert split_statements("Alle kan lære. [1] Vi er her. [2][3]") == ["Alle kan lære. [1]", "Vi er her. [2][3]"]


def test_sentences_are_found() -> None:
    assert split_statements(TEXT) == [
        "Alle kan lære [1].",
        "Det gælder bl.a. de unge [2, 3]!",
        "“Vi ser hinanden.” [1]",
        "Er det nok?",
    ]


@given(cuts=st.lists(st.integers(0, len(TEXT)), max_size=30))
def test_a_stream_cut_anywhere_gives_the_same_sentences(cuts: list[int]) -> None:
    ends = sorted({0, len(TEXT), *cuts})
    pieces = [TEXT[start:end] for start, end in pairwise(ends)]

    assert list(stream_statements(pieces)) == split_statements(TEXT)


def test_a_sentence_is_given_out_before_the_stream_ends() -> None:
    def pieces() -> Iterator[str]:
        yield from ("Alle kan lære [", "1]. Vi er")
        raise AssertionError("the first sentence was not given out yet")

    assert next(stream_statements(pieces())) == "Alle kan lære [1]."


@given(text=st.text(max_size=200))
def test_any_text_is_read(text: str) -> None:
    for sentence in split_statements(text):
        Statement.of(sentence)
