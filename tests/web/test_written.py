"""The page with a chat model: where questions go, and answers that grow."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from bot.schema import Status
from bot.web.events import ask_event
from bot.web.render import render_pieces, render_shell
from bot.web.texts import LANGUAGES, page_texts
from bot.web.views import VIEWS
from tests.web.fakes import FakeAssistant, fake_assistant

ASKED: dict[str, object] = {"question": "Hvad betyder inklusion og trivsel for dagtilbud?", "history": []}


class Writing(FakeAssistant):
    """One with a chat model."""

    writes = True


@pytest.mark.parametrize(
    ("writes", "sent_to", "key"),
    [
        (False, "", "about_writing_none"),
        (True, "", "about_writing_here"),
        (True, "api.example.org", "about_writing_away"),
    ],
)
def test_about_says_where_questions_go(writes: bool, sent_to: str, key: str) -> None:
    assistant = fake_assistant()
    assistant.writes, assistant.sent_to = writes, sent_to

    page = VIEWS["about"](assistant)

    assert re.findall(r'data-text="(about_writing_\w+)"', page) == [key]
    assert sent_to in page


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_host_is_named_in_every_language(language: str) -> None:
    assert "{host}" in page_texts(language)["about_writing_away"]


def test_a_written_answer_replaces_what_was_shown() -> None:
    assistant = Writing(list(fake_assistant().documents.values()))
    *grown, ending = ask_event(assistant)(ASKED)

    assert [set(step) for step in grown] == [{"whole"}] * 2
    assert len(grown[1]["whole"]) > len(grown[0]["whole"])
    assert ending["status"] == "answered"


def test_a_quoted_answer_comes_piece_by_piece() -> None:
    *parts, ending = ask_event(fake_assistant())(ASKED)

    assert all(set(step) == {"part"} for step in parts)
    assert "html" in ending


@pytest.mark.parametrize(("reader", "worded"), [("short", "short"), (None, None), (["thorough"], None)])
def test_the_reader_chosen_on_the_page_is_written_for(reader: object, worded: str | None) -> None:
    assistant = Writing(list(fake_assistant().documents.values()))
    list(ask_event(assistant)({**ASKED, "reader": reader}))

    assert assistant.worded_for == worded


def test_one_can_choose_only_where_answers_are_written() -> None:
    assert 'id="length"' not in render_shell()
    assert re.findall(r'value="(\w+)"[^>]* selected', render_shell(reader="short")) == ["short"]


def test_what_was_translated_says_its_language() -> None:
    documents = fake_assistant().documents
    answer = fake_assistant().ask("Як школа бачить дитину?")
    text = "Школа бачить дитину як особистість.\n\nThe school sees the child as a person of its own."
    written = replace(answer, language="uk", text=text, citations=(), status=Status.ANSWERED, dropped=())

    own, other = render_pieces(written, documents)

    assert '<div lang="uk" dir="auto">' in own
    assert "lang=" not in other
    assert "lang=" not in render_pieces(replace(written, dropped=None), documents)[0]
