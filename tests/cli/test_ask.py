from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest

from bot.answering.assistant import Assistant
from bot.schema import Document
from tests.cli.running import (
    ANERKENDE,
    HERNING,
    LEG,
    MAD,
    UNGHERNING,
    Run,
    Write,
)


def test_ask_for_people(ask: Run, documents: Mapping[str, Document]) -> None:
    done = ask("ask", ANERKENDE)

    assert (done.code, done.err) == (0, "")
    assert "Det at anerkende de unge er ikke det samme som at give dem ret." in done.out
    source = next(line for line in done.out.splitlines() if line.startswith("[1] "))
    start, end = map(int, source.rstrip(")").rsplit(" ", 1)[1].split("-"))
    assert UNGHERNING in source
    assert "Pædagogisk Grundlag" in source
    assert " ".join(documents[UNGHERNING].text[start:end].split()) in done.out
    assert "**" not in done.out
    assert "\\" not in done.out


def test_ask_for_programs(ask: Run, assistant: Assistant) -> None:
    done = ask("ask", ANERKENDE, "--json")

    [record] = done.records
    assert (done.code, done.err) == (0, "")
    assert record["question"] == ANERKENDE
    assert record["status"] == "answered"
    assert record["index"] == assistant.snapshot_id
    assert "æ" in done.out  # not escaped


def test_ask_with_history(ask: Run) -> None:
    follow_up = ("ask", "Og for dagtilbud?", "--json")

    [alone] = ask(*follow_up).records
    [after] = ask(*follow_up, "--history", "Hej", "--history", "Hvad er Byrådets mål for folkeskolen?").records

    assert after["passages"][0]["document"] == HERNING
    assert after["passages"] != alone["passages"]


@pytest.mark.parametrize("question", ["", "   ", "x" * 1001, "a\x07b"])
def test_a_rejected_question_is_an_answer_too(ask: Run, question: str) -> None:
    done = ask("ask", question, "--json")

    assert (done.code, done.err) == (0, "")
    assert done.records[0]["status"] == "rejected"


def test_ask_a_corpus_of_ones_own(run: Run, write_corpus: Write) -> None:
    """A bare folder, never indexed: it is indexed first, and standard output has the record alone."""
    settings = write_corpus({"leg.txt": LEG, "mad.txt": MAD, "tom.txt": ""})

    done = run("ask", "Hvad er leg?", "--json", "--corpus", settings.corpus, "--index", settings.index)

    assert done.code == 0
    [record] = done.records
    assert record["passages"][0]["document"] == "leg.txt"
    assert "tom.txt" in done.err


@pytest.mark.parametrize("arguments", [[], ["Hvad er leg?", "--batch", "-"]])
def test_ask_one_or_a_batch(run: Run, arguments: Sequence[str]) -> None:
    done = run("ask", *arguments)

    assert done.code == 2
    assert done.out == ""
    assert "QUESTION" in done.err


def test_a_personal_number_is_taken_out_with_a_word_about_it(ask: Run) -> None:
    done = ask("ask", f"010203-1234: {ANERKENDE}", "--history", "Hvad med 010203-1234?")
    [record] = ask("ask", f"010203-1234: {ANERKENDE}", "--json").records

    assert "personnummer" in done.err
    assert "Det at anerkende de unge" in done.out
    assert record["question"] == f"[…]: {ANERKENDE}"
    assert record["warning"] == done.err.strip()
    assert "1234" not in done.out + done.err
