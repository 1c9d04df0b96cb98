"""The bounds of a talk, with LangChain's fake models."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
from langchain_core.language_models.fake_chat_models import FakeListChatModel
from langchain_core.outputs import ChatGenerationChunk

from bot.answering.writing.talking import NoReplyError, Talker

ASKED = [("human", "?")]


class Waiting(FakeListChatModel):
    """A fake model that says a word and then waits until it is let go."""

    go: Any = None

    def _stream(self, *args: Any, **options: Any) -> Iterator[ChatGenerationChunk]:
        yield from super()._stream(*args, **options)
        self.go.wait(10)


def talker(model: FakeListChatModel, seconds: float = 5, characters: int = 100) -> Talker:
    return Talker(model, seconds=seconds, at_a_time=1, max_characters=characters)


def test_the_reply_comes_in_pieces() -> None:
    with talker(FakeListChatModel(responses=["ja tak"])).talk() as talk:
        assert list(talk.stream(ASKED)) == list("ja tak")


def test_no_more_is_read_than_allowed() -> None:
    with talker(FakeListChatModel(responses=["x" * 1000]), characters=10).talk() as talk:
        assert talk.reply(ASKED) == "x" * 10


def test_nothing_comes_past_the_deadline_though_it_be_there() -> None:
    read = []
    with pytest.raises(NoReplyError, match="too long"), talker(FakeListChatModel(responses=["ja"]), 0.3).talk() as talk:
        for piece in talk.stream(ASKED):
            read.append(piece)
            time.sleep(0.4)

    assert read == ["j"]


def test_a_place_is_kept_until_the_model_is_done() -> None:
    go = threading.Event()
    busy = talker(Waiting(responses=["ja"], go=go), seconds=0.2)
    with pytest.raises(NoReplyError, match="too long"), busy.talk() as talk:
        talk.reply(ASKED)
    with pytest.raises(NoReplyError, match="busy"), busy.talk():
        pass
    go.set()
    for _ in range(100):
        time.sleep(0.02)
        try:
            with busy.talk():
                return
        except NoReplyError:
            continue
    pytest.fail("the place was not given back")


def test_an_error_is_one_line() -> None:
    model = FakeListChatModel(responses=["ja"], error_on_chunk_number=0)
    with pytest.raises(NoReplyError, match="did not answer") as caught, talker(model).talk() as talk:
        talk.reply(ASKED)

    assert "\n" not in str(caught.value)
