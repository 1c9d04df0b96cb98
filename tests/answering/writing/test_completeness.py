from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.answering.writing.completeness import is_whole
from bot.answering.writing.rules import Pair
from bot.answering.writing.words import words_of

PASSAGE = "De unge har en värdegrund sammanfattad med värdeorden."


def pair(said: str, spoken: str, text: str = PASSAGE) -> Pair:
    """A statement beside a passage of one clause."""
    words = words_of(spoken)
    return Pair(said, said, words, text, "", text, ((said, (text,)),), text, words, (), frozenset())


@pytest.mark.parametrize(
    ("said", "spoken"),
    [
        ("Alle har ejerskab til værdierne i det daglige arbejde, der i.", "da"),
        ("De unge lærer meget, og de.", "da"),
        ("Barnen lär sig mycket, som är.", "sv"),
        ("Skolan arbetar med barnen och med.", "sv"),
        ("The school works for the children and in.", "en"),
        ("The roles are the first thing that'.", "en"),
        ("This is the first thing that.", "en"),
        ("Skolen arbejder for børnene, mens.", "da"),
        ("To build a strong professional.", "en"),
        ("In order to build a strong identity.", "en"),
        ("At skabe rum til alle.", "da"),
        ("För att skapa en god skola.", "sv"),
        ("Det er vigtigt, at de ansatte er med, så den.", "da"),
        ("De har en värdegrund som meddelas under den.", "sv"),
        ("Skolan finns till för de.", "sv"),
        ("‐ Så er der.", "da"),
        ("It is so.", "en"),
        ("De har en värdegrund sammanfattad med värde.", "sv"),
    ],
)
def test_what_breaks_off(said: str, spoken: str) -> None:
    assert not is_whole(pair(said, spoken))


@pytest.mark.parametrize(
    ("said", "spoken"),
    [
        ("Det er de værdier, som vi tror på.", "da"),
        ("Det er frivilligt, om man vil være med.", "da"),
        ("At anerkende de unge er ikke at give dem ret.", "da"),
        ("At lære kræver tid.", "da"),
        ("Att lära sig tar tid, och det behöver alla.", "sv"),
        ("De som har det svårt ska vara med.", "sv"),
        ("To recognise the young people is not to agree with them.", "en"),
        ("To learn requires time.", "en"),
        ("To them it was a school.", "en"),
        ("That is what the school believes in.", "en"),
        ("It is the parents’.", "en"),
        ("De har en värdegrund sammanfattad med värdeorden.", "sv"),
        ("De har en gemensam värdegrund.", "sv"),
        ("De er unge.", "da"),
        ("Planen görs varje år, och rektor ansvarar för den.", "sv"),
        ("They learn most when they themselves want to.", "en"),
    ],
)
def test_what_comes_to_its_end(said: str, spoken: str) -> None:
    assert is_whole(pair(said, spoken))


@given(st.text(max_size=60), st.text(max_size=60), st.sampled_from(["da", "sv", "en"]))
def test_any_text_is_judged(said: str, text: str, spoken: str) -> None:
    assert is_whole(pair(said, spoken, text)) in {True, False}


@given(st.integers(min_value=4, max_value=len(PASSAGE) - 1))
def test_a_copy_that_breaks_off_in_a_word_is_torn_where_it_loses_much(at: int) -> None:
    word = PASSAGE[:at].rsplit(maxsplit=1)[-1]
    lost = len(PASSAGE[at:].split(" ", maxsplit=1)[0].rstrip("."))
    copied = len(PASSAGE[:at].split()) > 2 and PASSAGE[at - 1] != " "

    if copied and lost >= 3 and len(word) > 1:
        assert not is_whole(pair(PASSAGE[:at], "sv"))
