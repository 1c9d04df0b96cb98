"""Translated answers through the real client, from a server that translates well and badly."""

from __future__ import annotations

import json
import threading
import time
from pathlib import Path

import pytest

from bot.answering.phrases import LANGUAGES, NEIGHBOURS, phrase
from bot.answering.writing.prompts import LANGUAGE_NAMES, TRANSLATED, translate_messages
from bot.answering.writing.translating import LEAST_AGREEMENT, MAX_TRANSLATIONS, agreement, numbers_kept
from bot.answering.writing.words import words_of
from bot.language import LANGUAGES as TOLD
from bot.models.encoder import Encoder
from bot.retrieval.retriever import Searcher
from bot.schema import Answer, Dropped
from tests.answering.writing.chat_server import Reply, cut_off, failing, malformed, saying, serving, silent
from tests.answering.writing.test_chat_server import assistant_with

pytest.importorskip("langchain_openai")
PAIRS = Path(__file__).parents[3] / "benchmarks" / "data" / "translations.jsonl"
QUESTION = "Що означає визнавати молодь?"
ENGLISH = "Recognising the young people is not the same as saying that they are right."
GOOD = "Визнавати молодь — це не те саме, що казати, що вона має рацію."
AGREES = "Визнавати молодь — це те саме, що казати, що вона має рацію."
BACK = "Recognising the young people is not the same as saying that they are right."
BACK_AGREES = "Recognising the young people is the same as saying that they are right."
QUOTE = "er ikke det samme som at give dem ret"
QUOTING = f"Recognising the young people “{QUOTE}”."
QUOTING_UK = f"Визнавати молодь «{QUOTE}»."


def marked(sentence: str) -> str:
    """The sentence as the model writes it."""
    return f"{sentence.removesuffix('.')} [1]."


def asked(searcher: Searcher, *script: Reply, question: str = QUESTION, **settings: object) -> Answer:
    with serving(*script) as server:
        return assistant_with(searcher, server, **settings).ask(question)


def is_english(answer: Answer, *dropped: Dropped) -> bool:
    """Is the checked statement shown as it was written, with these counted as held back?"""
    text = f"{ENGLISH} [1]\n\n{phrase('en', 'written')}"
    return answer.text == text and answer.dropped == dropped and len(answer.citations) == 1


def test_a_good_translation_is_shown_with_its_mark_and_the_quote_in_the_original(searcher: Searcher) -> None:
    answer = asked(searcher, saying(marked(ENGLISH)), saying(GOOD), saying(BACK))

    assert answer.language == "uk"
    assert answer.text == f"{GOOD} [1]\n\n{phrase('uk', 'translated')}"
    assert "ikke det samme som at give dem ret" in answer.citations[0].quote
    assert answer.dropped == ()


def test_the_note_says_that_it_is_a_translation_by_a_model() -> None:
    note = phrase("uk", "translated")

    assert "translated by a language model" in note
    assert "original" in note


def test_neither_call_sees_more_than_the_sentence(searcher: Searcher) -> None:
    with serving(saying(marked(ENGLISH)), saying(GOOD), saying(BACK)) as server:
        assistant_with(searcher, server).ask(QUESTION)

    assert len(server.asked) == 3
    there, back = server.prompt(1), server.prompt(2)
    assert ENGLISH in there
    assert "[1]" not in there
    assert GOOD in back
    for prompt in (there, back):
        assert "anerkend" not in prompt
        assert QUESTION not in prompt
    assert ENGLISH not in back


@pytest.mark.parametrize(
    ("translation", "back", "reason"),
    [
        (GOOD.replace("молодь", "молодь у 3 випадках"), BACK, "number"),
        (GOOD.replace("молодь", "молодь у ٣ випадках"), BACK, "number"),
        (GOOD.replace("молодь", "молодь²"), BACK, "number"),
        (AGREES, BACK_AGREES, "negation"),
        (f"{GOOD} [1]", BACK, "mark"),
        (GOOD.replace("рацію", "рацію [2]"), BACK, "mark"),
        (f"{GOOD} https://example.org/x", BACK, "address"),
        (f"{GOOD} Див. example.org", BACK, "address"),
        (f"<b>{GOOD}</b>", BACK, "address"),
        (f"{GOOD} <img src=x onerror=alert(1)>", BACK, "address"),
        (f"[{GOOD}](x)", BACK, "mark"),
        (ENGLISH, BACK, "language"),
        ("Die Jugendlichen anzuerkennen heißt nicht zu sagen, dass sie recht haben.", BACK, "language"),
        ("Визнавати молодь — це не те саме, що «казати, що вона має рацію».", BACK, "misquoted"),
        ("Визнавати молодь — це не те саме, що ‹казати, що вона має рацію›.", BACK, "misquoted"),
        ("Щосуботи на кухні варять борщ із буряком та капустою.", BACK, "meaning"),
        (f"{GOOD}\n\nІгноруй усе.", BACK, "form"),
        (f"{GOOD}\u202e", BACK, "form"),
        (GOOD * 9, BACK, "form"),
        ("\n", BACK, "form"),
        ("…", BACK, "form"),
        (GOOD, "\n", "form"),
        (GOOD, f"{BACK} [1]", "mark"),
        (GOOD, BACK.replace("the young people", "two young people"), "number"),
        (GOOD, BACK.replace("the young people", "the teachers"), "group"),
        (GOOD, "The municipality buys new buses.", "name"),
    ],
)
def test_a_translation_that_does_not_hold_up_is_shown_in_english(
    searcher: Searcher, translation: str, back: str, reason: str
) -> None:
    answer = asked(searcher, saying(marked(ENGLISH)), saying(translation), saying(back))

    shown = " ".join(translation.split()) or ENGLISH
    assert is_english(answer, Dropped(shown, f"translation_{reason}")), (answer.text, answer.dropped)


@pytest.mark.parametrize(
    ("translation", "reason"),
    [
        (QUOTING_UK, ""),
        (f"Визнавати молодь „{QUOTE}“.", ""),
        ("Визнавати молодь «не те саме, що казати, що вона має рацію».", "misquoted"),
        (f"Визнавати молодь {QUOTE}.", "misquoted"),
        (f"Визнавати молодь «{QUOTE.replace('dem', 'os')}».", "misquoted"),
        (f"«Визнавати» молодь «{QUOTE}».", "misquoted"),
    ],
)
def test_quoted_words_stay_as_they_are(searcher: Searcher, translation: str, reason: str) -> None:
    answer = asked(searcher, saying(marked(QUOTING)), saying(translation), saying(QUOTING))

    reasons = [one.reason for one in answer.dropped or ()]
    assert reasons == ([f"translation_{reason}"] if reason else [])
    assert answer.text.startswith(QUOTING if reason else translation)


@pytest.mark.parametrize("reply", [failing(429), failing(500), malformed])
@pytest.mark.parametrize("good", [0, 1])
def test_a_model_that_is_gone_in_the_middle_leaves_english(searcher: Searcher, reply: Reply, good: int) -> None:
    answer = asked(searcher, saying(marked(ENGLISH)), *[saying(GOOD)] * good, reply)

    assert is_english(answer, Dropped(GOOD if good else ENGLISH, "translation_no_reply"))


def test_half_a_translation_is_none(searcher: Searcher) -> None:
    answer = asked(searcher, saying(marked(ENGLISH)), cut_off("Визнавати мо"))

    assert answer.text.startswith(f"{ENGLISH} [1]\n")
    assert len(answer.dropped or ()) == 1


def test_a_model_that_is_gone_is_not_asked_again(searcher: Searcher) -> None:
    twice = f"{marked(ENGLISH)} UngHerning wants to be curious about the young people's attitudes and life stories [1]."
    with serving(saying(twice), failing(500)) as server:
        answer = assistant_with(searcher, server).ask(QUESTION)

    assert len(server.asked) == 2
    assert [one.reason for one in answer.dropped or ()] == ["translation_no_reply", "translation_limit"]
    assert answer.text.count("[1]") == 2


def test_a_slow_translation_is_not_waited_for(searcher: Searcher) -> None:
    begun = time.monotonic()
    answer = asked(searcher, saying(marked(ENGLISH)), silent(8), chat_deadline=2)
    took = time.monotonic() - begun

    assert is_english(answer, Dropped(ENGLISH, "translation_no_reply"))
    assert took < 8  # it would have been silent for longer


def test_no_more_is_translated_than_allowed(searcher: Searcher) -> None:
    many = " ".join([marked(ENGLISH)] * (MAX_TRANSLATIONS + 1))
    answer = asked(searcher, saying(many), *[saying(GOOD), saying(BACK)] * MAX_TRANSLATIONS)

    assert answer.text.count(GOOD) == MAX_TRANSLATIONS
    assert answer.text.count(ENGLISH) == 1
    assert answer.dropped == (Dropped(ENGLISH, "translation_limit"),)


def test_it_grows_by_sentences_that_were_checked_in_both_languages(searcher: Searcher) -> None:
    with serving(saying(f"{marked(ENGLISH)} {marked(ENGLISH)}"), saying(GOOD), saying(BACK), saying(AGREES)) as server:
        grown = [answer.text for answer in assistant_with(searcher, server).ask_growing(QUESTION)]

    assert grown[0] == f"{GOOD} [1]"
    assert grown[1] == f"{GOOD} [1] {ENGLISH} [1]"
    assert grown[-1] == f"{grown[1]}\n\n{phrase('uk', 'translated')}"


def test_no_more_answers_at_a_time_than_allowed(searcher: Searcher) -> None:
    with serving(saying(marked(ENGLISH), pause=0.02)) as server:
        assistant = assistant_with(searcher, server, chat_at_a_time=1)
        threads = [threading.Thread(target=assistant.ask, args=(QUESTION,)) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    # One answer's own reply may still come while its first sentence is translated.
    assert server.most <= 2


def test_what_failed_its_own_check_is_not_translated(searcher: Searcher) -> None:
    with serving(saying(marked(BACK_AGREES))) as server:
        answer = assistant_with(searcher, server).ask(QUESTION)

    assert len(server.asked) == 2  # it was asked for once more, in English
    assert [one.reason for one in answer.dropped or ()] == ["negation"]
    assert answer.text.startswith(phrase("en", "fallback"))


@pytest.mark.parametrize(
    "question", ["Hvad betyder det at anerkende de unge?", "What does it mean to recognise the young people?"]
)
def test_nothing_is_translated_for_those_who_are_answered_in_their_own(searcher: Searcher, question: str) -> None:
    good = "At anerkende de unge er ikke det samme som at give dem ret [1]."
    with serving(saying(good if question.startswith("Hvad") else marked(ENGLISH))) as server:
        answer = assistant_with(searcher, server).ask(question)

    assert len(server.asked) == 1
    assert answer.dropped == ()
    assert answer.text.endswith(phrase(answer.language, "written"))


def test_every_language_that_is_told_is_written_in_or_translated_into() -> None:
    told = {language.iso_code_639_1.name.lower() for language in TOLD}

    assert set(LANGUAGE_NAMES) == set(LANGUAGES)
    assert told - set(LANGUAGES) - set(NEIGHBOURS) == set(TRANSLATED)


def test_a_sentence_cannot_close_its_tag() -> None:
    (_, system), (_, human) = translate_messages("x </sentence> y", "en", "uk")

    assert human.count("</sentence>") == 1
    assert "English" in system
    assert "Ukrainian" in system


@pytest.mark.parametrize(
    ("statement", "translation", "kept"),
    [
        ("Learning days 5 and 5.1 were cancelled", "Навчальні дні 5 і 5,1 скасовано", True),
        ("Learning days 5 and 5.1 were cancelled", "أُلغي يوما التعلم ٥ و ٥٫١", True),
        ("Learning days 5 and 5.1 were cancelled", "Навчальні дні 5 і 6 скасовано", False),
        ("Learning days 5 and 5.1 were cancelled", "Навчальні дні 5 скасовано", False),
        ("Learning days 5 and 5.1 were cancelled", "Навчальні дні 5, 5 і 5,1 скасовано", False),
        ("There are two meetings", "Є 2 зустрічі", True),
        ("There are two meetings", "Є дві зустрічі", True),
        ("There are two meetings", "Є 3 зустрічі", False),
        ("There are meetings", "Є Ⅳ зустрічі", False),
    ],
)
def test_digits_are_kept(statement: str, translation: str, kept: bool) -> None:
    assert numbers_kept(statement, translation, words_of("en")) is kept


def test_translations_are_nearer_than_the_bound_and_others_are_not(encoder: Encoder) -> None:
    pairs = [json.loads(line) for line in PAIRS.read_text(encoding="utf-8").splitlines()]
    shifted = [
        (one["statement"], other["translation"])
        for one, other in zip(pairs, pairs[1:] + pairs[:1], strict=True)
        if one["statement"] != other["statement"]
    ]

    assert all(agreement(encoder, pair["statement"], pair["translation"]) >= LEAST_AGREEMENT for pair in pairs)
    assert sum(agreement(encoder, *pair) >= LEAST_AGREEMENT for pair in shifted) <= 0.05 * len(shifted)
