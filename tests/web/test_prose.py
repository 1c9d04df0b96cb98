from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.web.prose import Piece, Span, Style, parse_prose


def plain(text: str) -> Span:
    return Span(Style.PLAIN, text)


def test_lead_in_and_quotes():
    text = "**Børn og læring** skriver:\n\n> Alle kan lære. [1]\n\n> Også voksne. [2]\n"
    assert parse_prose(text, {1, 2}) == (
        Piece(((Span(Style.STRONG, "Børn og læring"), plain(" skriver:")),)),
        Piece(((plain("Alle kan lære. "), Span(Style.MARK, "1")),), quoted=True),
        Piece(((plain("Også voksne. "), Span(Style.MARK, "2")),), quoted=True),
    )


def test_a_list_within_a_quote_keeps_its_items():
    (piece,) = parse_prose("> - Nyfikenhet [1]\n> - Glädje [2]", {1, 2})
    assert piece.listed
    assert piece.quoted
    assert piece.marks() == (1, 2)
    assert [line[0].text for line in piece.lines] == ["Nyfikenhet ", "Glädje "]


def test_a_mark_without_a_citation_is_text():
    (piece,) = parse_prose("Se [7] og [1].", {1})
    assert piece.marks() == (1,)
    assert piece.lines[0][0].text == "Se [7] og "


def test_a_backslash_keeps_a_character_as_it_stands():
    (piece,) = parse_prose(r"\*ikke fed\* og \[1\] og **fed\*stjerne**", {1})
    assert piece.lines[0] == (plain("*ikke fed* og [1] og "), Span(Style.STRONG, "fed*stjerne"))


def test_emphasis():
    (piece,) = parse_prose("Det er *vigtigt*.", ())
    assert piece.lines[0][1] == Span(Style.EMPHASIS, "vigtigt")


@given(st.text(alphabet=st.sampled_from("ab *[]12>-\\\n<&\"'•"), max_size=120))
def test_no_letter_is_lost(text):
    shown = "".join(span.text for piece in parse_prose(text, {1, 2}) for line in piece.lines for span in line)
    for letter in "ab<&\"'":
        if letter not in "<&\"'":
            assert shown.count(letter) == text.count(letter)


@given(st.text(max_size=300))
def test_anything_can_be_parsed(text):
    for piece in parse_prose(text, {1, 2, 3}):
        assert piece.lines
        assert all(number in {1, 2, 3} for number in piece.marks())
