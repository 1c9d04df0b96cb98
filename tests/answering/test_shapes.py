"""Which shape an answer takes: words, lists, headings; over the five documents."""

from __future__ import annotations

import pytest

from bot.answering.assistant import Assistant
from bot.answering.lists import asks_for_words


@pytest.mark.parametrize(
    "question",
    ["Vilka ledord finns?", "Nævn stikordene", "What are the guiding words?", "Welche Leitwörter?", "nyckelord"],
)
def test_words_are_asked_for(question: str) -> None:
    assert asks_for_words(question)


@pytest.mark.parametrize("question", ["Vad betyder bejaka?", "Was bedeutet das Wort?", "Hvad er en ledelse?", ""])
def test_no_words_are_asked_for(question: str) -> None:
    assert not asks_for_words(question)


@pytest.mark.parametrize(("value", "word"), [("Bemöta", "Likvärdighet"), ("Bejaka", "Glädje"), ("Berika", "Omvärld")])
def test_who_asks_for_guide_words_gets_them_and_nothing_else(assistant: Assistant, value: str, word: str) -> None:
    answer = assistant.ask(f"Nämn ledorden som står under {value}")

    assert [word in citation.quote for citation in answer.citations] == [True]


def test_who_asks_for_headings_gets_those_below_the_heading_spoken_of(assistant: Assistant) -> None:
    answer = assistant.ask("Hvilke tre overskrifter har uddybningen af værdigrundlaget i UngHerning?")

    assert [citation.quote for citation in answer.citations] == ["TROVÆRDIGHED", "ENGAGEMENT", "FÆLLESSKAB"]


def test_the_line_that_leads_a_list_in_is_no_item_of_it(assistant: Assistant) -> None:
    answer = assistant.ask("Hvilke områder vil Byrådet udarbejde strategier for? Nævn dem alle.")

    quotes = [citation.quote for citation in answer.citations]
    assert "IT og mediestrategien," in quotes
    assert not any(quote.startswith("Udarbejde strategier") for quote in quotes)
