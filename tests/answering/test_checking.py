from __future__ import annotations

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.answering.checking import clean_question, reason_to_reject
from bot.answering.phrases import LANGUAGES, phrases
from bot.settings import MAX_QUESTION_CHARACTERS

ANY_TEXT = st.text(st.characters(), max_size=60)  # lone surrogates too


@given(question=ANY_TEXT)
@example("\ud83d")
@example("e\u0301 \u200b\u2028 \x1f")
def test_a_clean_question_can_be_searched_for(question: str) -> None:
    cleaned = clean_question(question)

    cleaned.encode()
    assert unicodedata.is_normalized("NFC", cleaned)
    assert cleaned == " ".join(cleaned.split())
    assert not any(unicodedata.category(character) == "Cf" for character in cleaned)
    assert clean_question(cleaned) == cleaned


@given(question=ANY_TEXT)
def test_what_is_not_rejected_has_something_to_search_for(question: str) -> None:
    reason = reason_to_reject(question)

    if reason is None:
        assert any(character.isalnum() for character in clean_question(question))
        assert all(unicodedata.category(c) not in {"Cc", "Cs"} for c in clean_question(question))
    else:
        assert all(reason in phrases()[language] for language in LANGUAGES)


@pytest.mark.parametrize(
    ("question", "reason"),
    [
        ("", "empty"),
        (" \n\t ", "empty"),
        ("?!…", "empty"),
        ("\u200b\u200d", "empty"),
        ("💥", "empty"),
        ("a" * (MAX_QUESTION_CHARACTERS + 1), "too_long"),
        (" " * (MAX_QUESTION_CHARACTERS + 1), "too_long"),
        ("Hvad er \x00 leg?", "control"),
        ("\x1b[31mHvad?", "control"),
        ("Hvad er leg?\x7f", "control"),
        ("Hvad \ud83d er leg?", "control"),
    ],
)
def test_what_cannot_be_searched_for(question: str, reason: str) -> None:
    assert reason_to_reject(question) == reason


@pytest.mark.parametrize(
    "question",
    [
        "a" * MAX_QUESTION_CHARACTERS,
        "Hvad er leg?\nOg hvad er læring?",
        "Hvad\ter\u00a0leg?",
        "Hvad er leg? 😀",
        "ما هو اللعب؟",
        "Що таке гра?",
        "7",
        "Bo\u0308rn",
        "in\u00adklusion",
    ],
)
def test_what_can(question: str) -> None:
    assert reason_to_reject(question) is None


def test_invisible_characters_do_not_part_words() -> None:
    assert clean_question("  in\u00adklu\u200bsion\n og\u00a0 Bo\u0308rn ") == "inklusion og Börn"
