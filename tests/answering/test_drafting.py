from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from langchain_core.language_models.fake_chat_models import FakeListChatModel
from langchain_core.messages import BaseMessage
from pydantic import Field

from bot.answering.drafting import Draft, draft_questions, drafted_passages, write_draft
from bot.documents.passages import passages_of, squeeze
from bot.errors import ModelError
from bot.schema import Document, Passage
from bot.store.bank import read_bank

REPLY = """Here are the questions:
da: Hvordan ser skolen på leg?
- sv: Hur ser skolan på lek?
en: How does the school see play?
en: How does the school see play?
fr: Comment ?
da: x
DA: no language code
"""


class Recording(FakeListChatModel):
    """A fake model that keeps what it was asked."""

    asked: list[list[BaseMessage]] = Field(default_factory=list)

    def _call(self, messages: list[BaseMessage], *args: Any, **options: Any) -> str:
        self.asked.append(messages)
        return super()._call(messages, *args, **options)


class Unreachable(FakeListChatModel):
    """A fake model whose server is gone."""

    def _call(self, *_: Any, **__: Any) -> str:
        raise ConnectionError("connection refused\nafter 3 attempts")


@pytest.fixture
def passage(documents: Mapping[str, Document]) -> Passage:
    return passages_of(tuple(documents.values()))[0]


def test_lines_that_are_questions_are_kept(passage: Passage) -> None:
    (draft,) = draft_questions(FakeListChatModel(responses=[REPLY]), [passage])

    assert [(q.language, q.question) for q in draft.questions] == [
        ("da", "Hvordan ser skolen på leg?"),
        ("sv", "Hur ser skolan på lek?"),
        ("en", "How does the school see play?"),
    ]
    assert {q.quote for q in draft.questions} == {squeeze(passage.text)}


def test_no_more_than_asked_for(passage: Passage) -> None:
    reply = "\n".join(f"da: Hvad er nummer {number}?" for number in range(20))
    (draft,) = draft_questions(FakeListChatModel(responses=[reply]), [passage], each=2)

    assert len(draft.questions) == 2


def test_the_passage_is_in_the_prompt(passage: Passage) -> None:
    model = Recording(responses=[""])
    list(draft_questions(model, [passage]))

    assert squeeze(passage.text) in model.asked[-1][-1].text


def test_a_model_that_cannot_be_reached(passage: Passage) -> None:
    with pytest.raises(ModelError, match="ConnectionError: connection refused after 3 attempts"):
        list(draft_questions(Unreachable(responses=[""]), [passage]))


@given(reply=st.text(max_size=400))
def test_any_reply_gives_plain_questions(reply: str, any_passage: Passage) -> None:
    (draft,) = draft_questions(FakeListChatModel(responses=[reply]), [any_passage])

    assert all(q.question.isprintable() for q in draft.questions)


@pytest.fixture(scope="module")
def any_passage(documents: Mapping[str, Document]) -> Passage:
    return passages_of(tuple(documents.values()))[-1]


def test_drafts_can_be_read_as_a_bank_and_continued(tmp_path: Path, passage: Passage) -> None:
    path = tmp_path / "questions.jsonl"
    (draft,) = draft_questions(FakeListChatModel(responses=[REPLY]), [passage])
    write_draft(path, draft)

    assert read_bank(tmp_path) == draft.questions
    assert drafted_passages(path) == {(passage.place.document, squeeze(passage.text))}


def test_half_a_line_does_not_spoil_the_next(tmp_path: Path, passage: Passage) -> None:
    path = tmp_path / "questions.jsonl"
    path.write_text('{"question": "Hv')
    (draft,) = draft_questions(FakeListChatModel(responses=[REPLY]), [passage])
    write_draft(path, Draft(passage, draft.questions))

    assert len(drafted_passages(path)) == 1
    assert len(path.read_text().splitlines()) == 1 + len(draft.questions)
