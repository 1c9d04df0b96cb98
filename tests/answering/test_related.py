"""Questions to go on with: from the bank, near what was shown, never what was asked."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.answering.assistant import Assistant
from bot.answering.related import Related
from bot.schema import Status

QUESTION = "Hvad betyder det at anerkende de unge?"


def rows_of(assistant: Assistant, questions: list[str]) -> list[int]:
    bank = assistant.searcher.snapshot.bank
    row_of = {q.question: row for row, q in zip(bank.rows, bank.questions, strict=True)}
    return [row_of[question] for question in questions]


def test_they_belong_to_neighbours_of_the_cited_passages(assistant: Assistant) -> None:
    answer = assistant.ask(QUESTION)

    related = assistant.related(answer, "da")

    passages = assistant.searcher.snapshot.passages
    cited = answer.citations[0]
    assert len(related) == 3
    for row in rows_of(assistant, related):
        place = passages[row].place
        assert place.document == cited.document
        assert not (place.start < cited.end and cited.start < place.end)
        assert abs(place.start - cited.start) < 1500
    assert len(set(rows_of(assistant, related))) == 3


@pytest.mark.parametrize("language", ["da", "sv", "en"])
def test_they_are_in_the_pages_language_whatever_was_asked_in(assistant: Assistant, language: str) -> None:
    bank = {question.question: question for question in assistant.searcher.snapshot.bank.questions}

    related = assistant.related(assistant.ask(QUESTION), language)

    assert {bank[text].language for text in related} == {language}


def test_what_was_asked_is_not_asked_again(assistant: Assistant) -> None:
    answer = assistant.ask(QUESTION)
    asked = assistant.related(answer, "da")

    related = assistant.related(answer, "da", [asked[0].upper(), f"  {asked[1]}"])

    assert not set(related) & set(asked[:2])
    assert not set(assistant.related(replace(answer, question=asked[2]), "da")) & {asked[2]}


def test_a_refusal_offers_what_its_nearest_passages_answer(assistant: Assistant) -> None:
    answer = assistant.ask("Hvornår åbner svømmehallen?")
    assert answer.status is Status.NOT_FOUND

    related = assistant.related(answer, "da")

    near = {(span.document, span.start) for span in answer.passages[:3]}
    passages = assistant.searcher.snapshot.passages
    assert related
    for row in rows_of(assistant, related):
        assert {(place.document, place.start) for place in passages[row].places} & near


def test_without_a_passage_there_is_nothing_to_go_on_with(assistant: Assistant) -> None:
    assert assistant.related(assistant.ask("Hej!"), "da") == []


def test_a_place_that_is_gone_has_no_neighbours(assistant: Assistant) -> None:
    answer = assistant.ask(QUESTION)
    gone = replace(answer, citations=tuple(replace(c, document="borte.txt") for c in answer.citations))

    assert Related(assistant.searcher.snapshot).questions(gone, "da") == []
