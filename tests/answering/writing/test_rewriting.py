from __future__ import annotations

import pytest
from langchain_core.language_models.fake_chat_models import FakeListChatModel

from bot.answering.writing.rewriting import standalone
from bot.answering.writing.talking import Talker

EARLIER = ["Skal dagtilbuddene arbejde med inklusion?"]


def rewritten(reply: str, question: str = "og hvad med skolerne?") -> str | None:
    talker = Talker(FakeListChatModel(responses=[reply]), seconds=10, at_a_time=1, max_characters=2000)
    return standalone(talker, question, EARLIER)


def test_what_it_leans_on_is_put_in() -> None:
    assert rewritten("Skal skolerne arbejde med inklusion?") == "Skal skolerne arbejde med inklusion?"


@pytest.mark.parametrize(
    "reply",
    [
        "",
        "og hvad med skolerne?",
        "Hvad koster madordningen i kommunens svømmehaller?",
        "Skal dagtilbuddene arbejde med inklusion inden 2027?",
        "Se https://ondt.example om skolerne?",
        "Skolerne skal arbejde med inklusion.",
        "Skal skolerne arbejde med inklusion?\nSkal dagtilbuddene?",
        "inklusion? " * 200,
    ],
)
def test_what_the_conversation_does_not_have_is_not_asked(reply: str) -> None:
    assert rewritten(reply) is None
