"""A personal number in a question goes no further than the door."""

from __future__ import annotations

import json

import pytest

from bot.answering.assistant import Assistant, record
from bot.answering.phrases import LANGUAGES, phrase
from bot.composition import open_writer
from bot.retrieval.retriever import Searcher
from bot.schema import Status
from bot.settings import load_settings
from tests.answering.writing.chat_server import saying, serving

QUESTION = "Hvad betyder det at anerkende de unge?"
NUMBERS = ["010203-1234", "010203 1234", "0102031234", "19850709-9805", "010203 12345", "٠١٠٢٠٣-١٢٣٤"]


@pytest.mark.parametrize("number", NUMBERS)
def test_it_is_answered_as_if_it_were_not_there(assistant: Assistant, number: str) -> None:
    answer = assistant.ask(f"{QUESTION} {number}", ["Hvad med " + number])
    without = assistant.ask(f"{QUESTION} ", ["Hvad med "])

    assert (answer.text, answer.citations, answer.passages) == (without.text, without.citations, without.passages)
    assert answer.question == f"{QUESTION} […]"
    assert number[-5:] not in json.dumps(record(answer), ensure_ascii=False, default=str)
    assert answer.warning == phrase("da", "personal_number")
    assert without.warning is None
    assert "warning" not in record(without)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_warning_speaks_the_pages_language(assistant: Assistant, language: str) -> None:
    assert assistant.ask("010203-1234 trivsel", expected=language).warning == phrase(language, "personal_number")


def test_a_number_alone_is_no_question(assistant: Assistant) -> None:
    answer = assistant.ask("010203-1234")

    assert answer.status is Status.REJECTED
    assert answer.warning
    assert "1234" not in answer.text


def test_a_number_in_a_question_that_is_too_long_is_not_repeated(assistant: Assistant) -> None:
    answer = assistant.ask("010203-1234 " + "x" * 2000)

    assert answer.status is Status.REJECTED
    assert "010203" not in answer.question


def test_an_earlier_one_is_not_warned_of_again(assistant: Assistant) -> None:
    assert assistant.ask(QUESTION, ["Hvad med 010203-1234?"]).warning is None


def test_the_chat_model_is_never_told(searcher: Searcher) -> None:
    pytest.importorskip("langchain_openai")
    with serving(saying("Og hvad betyder det at anerkende de unge?"), saying("NONE")) as server:
        given = {"chat_model": "openai:m", "chat_url": server.url, "chat_key": "k", "chat_retries": 0}
        writer = open_writer(load_settings(**given), searcher)
        answers = list(
            Assistant(searcher, writer).ask_growing(
                f"og hvad betyder det for 010203-1234? {QUESTION}", ["010203-1234 er ung"]
            )
        )

    asked = json.dumps(server.asked, ensure_ascii=False)
    assert "anerkende" in asked
    assert "1234" not in asked
    assert all(answer.warning for answer in answers)
