"""A follow-up as a question that stands alone, by the chat model; checked against the conversation, else not used."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.answering.checking import clean_question
from bot.answering.writing.checker import ADDRESS
from bot.answering.writing.prompts import rewrite_messages
from bot.answering.writing.talking import NoReplyError, Talker
from bot.settings import MAX_QUESTION_CHARACTERS

EARLIER = 3
TIME_SHARE = 0.2
"""Of the time that an answer has: the rest is for writing it."""
STEM = 5
"""Characters that two forms of one word share at the beginning."""
NEW_WORDS = 0.34
"""The share of longer words that may come from nowhere in the conversation: grammar, not content."""
WORD = re.compile(r"\w+")


def standalone(talker: Talker, question: str, history: Sequence[str]) -> str | None:
    """The question with what it leans on put in; None where it stands alone, or the model's words cannot be trusted."""
    earlier = [text for text in history if text.strip()][-EARLIER:]
    if not earlier:
        return None
    try:
        with talker.talk(TIME_SHARE) as talk:
            reply = talk.reply(rewrite_messages(question, earlier))
    except NoReplyError:
        return None
    lines = [line for line in reply.splitlines() if line.strip()]
    rewritten = clean_question(lines[0]) if len(lines) == 1 else ""
    return rewritten if rewritten and _is_of(rewritten, question, earlier) else None


def _is_of(rewritten: str, question: str, earlier: Sequence[str]) -> bool:
    """Does the rewritten question keep what was asked, and take the rest from the conversation?"""
    if rewritten.casefold() == question.casefold() or len(rewritten) > MAX_QUESTION_CHARACTERS:
        return False
    if ADDRESS.search(rewritten) or "?" not in rewritten:
        return False
    said = _stems(" ".join([question, *earlier]))
    new = _stems(rewritten)
    kept = _stems(question)
    if any(word.isdigit() and word not in said for word in new):
        return False
    strange = [word for word in new if word not in said]
    return len(strange) <= NEW_WORDS * len(new) and (not kept or bool(kept & new))


def _stems(text: str) -> set[str]:
    words = WORD.findall(text.casefold())
    return {word if word.isdigit() else word[:STEM] for word in words if len(word) >= STEM or word.isdigit()}
