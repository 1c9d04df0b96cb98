"""Municipalities that the documents do not know: nothing that they say of another is an answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.answering.assistant import Assistant
from bot.answering.elsewhere import Elsewhere
from bot.composition import build_index
from bot.models.encoder import Encoder
from bot.schema import Status
from bot.settings import Settings
from bot.store.builds import current_folder
from bot.store.snapshot import Snapshot, open_snapshot

Write = Callable[[Mapping[str, str | bytes]], Settings]


@pytest.mark.parametrize(
    ("question", "named"),
    [
        ("Hvilke mål har Vejle Kommune for børn og læring?", "Vejle Kommune"),
        ("Hvad er Odense Kommunes værdier for dagtilbud?", "Odense Kommune"),
        ("Høje-Taastrup Kommune: hvad siger I om leg?", "Høje-Taastrup Kommune"),
        ("Vad säger Malmö kommuns skolor om bemötande?", "Malmö kommun"),
        ("Hur ser Göteborgs Stad på lek?", "Göteborgs Stad"),
        ("What does Copenhagen Municipality say about play?", "Copenhagen Municipality"),
        ("How does the municipality of Odense see my son?", "municipality of Odense"),
        ("What has Odense City Council decided about play?", "Odense City Council"),
        ("Hva sier Bergen kommune om inkludering?", "Bergen kommune"),
    ],
)
def test_a_municipality_that_no_document_names(snapshot: Snapshot, question: str, named: str) -> None:
    assert Elsewhere(snapshot).named(question) == named


@pytest.mark.parametrize(
    "question",
    [
        "Hvilke mål har Herning Kommune for børn og læring?",
        "Hvilke mål har Hernnig Kommune for børn og læring?",
        "Hvad er Herning Kommunes og Vejle Kommunes mål?",
        "Hvad siger Aarhus Kommune om læringsfællesskaber?",
        "Hvad er Vores Kommunes mål for inklusion?",
        "Vores kommune har hvilke mål?",
        "Hvilke værdier har kommunen?",
        "Was tut die Gemeinde Kindern zuliebe?",
        "Hvordan er skolen i Vejle?",
        "What does the Student Council decide?",
    ],
)
def test_what_may_be_about_the_documents(snapshot: Snapshot, question: str) -> None:
    assert Elsewhere(snapshot).named(question) == ""


@given(st.text(max_size=80))
def test_any_text_is_looked_through(snapshot: Snapshot, text: str) -> None:
    named = Elsewhere(snapshot).named(text)

    assert named == "" or named[:3] in text


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("Hvilke mål har Vejle Kommune for børn og læring?", "Dokumenterne nævner ikke Vejle Kommune."),
        ("Vilka mål har Malmö kommun för barn och lärande?", "Dokumenten nämner inte Malmö kommun."),
        ("Which goals does Odense Municipality have?", "The documents do not mention Odense Municipality."),
    ],
)
def test_it_is_refused_and_said_why(assistant: Assistant, question: str, says: str) -> None:
    answer = assistant.ask(question)

    assert (answer.status, answer.citations, answer.confidence) == (Status.NOT_FOUND, (), 0.0)
    assert answer.text.startswith(says)
    assert answer.passages


def test_documents_that_name_no_municipality_may_be_of_any(write_corpus: Write, encoder: Encoder) -> None:
    settings = write_corpus({"leg.txt": "Børn leger ude hver dag.\n\nVi spiser sammen i klassen."})
    build_index(settings, encoder)
    snapshot = open_snapshot(current_folder(settings.index), encoder)
    try:
        assert Elsewhere(snapshot).named("Hvor leger børnene i Vejle Kommune?") == ""
    finally:
        snapshot.close()
