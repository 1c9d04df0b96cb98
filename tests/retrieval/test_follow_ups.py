from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.retrieval.follow_ups import OPENED_WORDS, leans_on_earlier


@pytest.mark.parametrize(
    "question",
    [
        "Og hvad med dagtilbud?",
        "Hvad så med forældrene?",
        "Men i skolen?",
        "– og for de små?",
        "Hva med foreldrene?",
        "Och i förskolan då?",
        "Hur är det med eleverna?",
        "And the parents?",
        "What about school?",
        "How about the youngest ones?",
        "Und die Eltern?",
        "А що з батьками?",
        "Hvad betyder disse?",
        "Gælder det samme her?",
        "Why do they do that?",
        "Vad betyder dessa?",
        "Hvem har lavet den?",
        "A co z rodzicami?",
        "I jak w szkole?",
        "Dlaczego to ważne?",
    ],
)
def test_it_leans(question: str) -> None:
    assert leans_on_earlier(question)


@pytest.mark.parametrize(
    "question",
    [
        "Hvad betyder det at anerkende de unge?",
        "Hvilke mål har Byrådet for dagtilbud?",
        "Hvilken pædagogik tager UngHerning afsæt i?",
        "Vad betyder bemöta?",
        "Vilka ledord hör till berika?",
        "What are the goals for day care?",
        "Welche Werte hat UngHerning?",
        "trygghet",
        "Inklusion",
        "I hvilke dokumenter nævnes leg?",
        "I hvilken alder starter børn?",
        "Hvad er den pædagogiske læreplan?",
        "How to play?",
        "What leads to learning?",
        "A school for all?",
        "Was braucht das Kind?",
        "",
        "?",
    ],
)
def test_it_stands_alone(question: str) -> None:
    assert not leans_on_earlier(question)


def test_a_long_question_has_enough_of_its_own() -> None:
    question = "Og hvad mener kommunen om forældrenes ansvar for læring, når barnet går i dagtilbud?"

    assert len(question.split()) > OPENED_WORDS
    assert not leans_on_earlier(question)


@given(question=st.text(max_size=60))
def test_any_question(question: str) -> None:
    assert leans_on_earlier(question) in {True, False}
