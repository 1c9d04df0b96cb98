"""Which shape an answer takes: words, lists, headings; over the five documents."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest

from bot.answering.assistant import Assistant
from bot.answering.intents import wants_a_text
from bot.answering.lists import asks_for_words
from bot.answering.outlines import asks_for_headings
from bot.composition import build_index, open_assistant
from bot.models.encoder import Encoder
from bot.schema import Status
from bot.settings import Settings

Write = Callable[[Mapping[str, str | bytes]], Settings]


@pytest.mark.parametrize(
    "question",
    ["Vilka ledord finns?", "Nævn stikordene", "What are the guiding words?", "Welche Leitwörter?", "nyckelord"],
)
def test_words_are_asked_for(question: str) -> None:
    assert asks_for_words(question)


@pytest.mark.parametrize("question", ["Vad betyder bejaka?", "Was bedeutet das Wort?", "Hvad er en ledelse?", ""])
def test_no_words_are_asked_for(question: str) -> None:
    assert not asks_for_words(question)


@pytest.mark.parametrize(("value", "word"), [("Bemöta", "Likvärdighet"), ("Bejaka", "Glädje"), ("Berika", "Omvärld")])
def test_who_asks_for_guide_words_gets_them_and_nothing_else(assistant: Assistant, value: str, word: str) -> None:
    answer = assistant.ask(f"Nämn ledorden som står under {value}")

    assert [word in citation.quote for citation in answer.citations] == [True]


def test_who_asks_for_headings_gets_those_below_the_heading_spoken_of(assistant: Assistant) -> None:
    answer = assistant.ask("Hvilke tre overskrifter har uddybningen af værdigrundlaget i UngHerning?")

    quotes = [" ".join(citation.quote.split()) for citation in answer.citations]
    assert quotes == [
        "TROVÆRDIGHED I samspillet med de unge",
        "ENGAGEMENT UngHerning fremstår som en samlet organisation",
        "FÆLLESSKAB UngHerning skal – og vil - skabe muligheder for fysiske og",
    ]
    assert [line[-5:] for line in answer.text.splitlines() if line.startswith("> ")] == ["… [1]", "… [2]", "… [3]"]


def test_a_heading_of_one_word_says_what_is_beneath_it_and_one_of_several_speaks_for_itself(
    write_corpus: Write, encoder: Encoder
) -> None:
    settings = write_corpus(
        {
            "plan.md": "# Plan for Solhaven\n\n## Data\n\nVi samler viden.\n\n## Leg og læring\n\nBørn leger.\n\n"
            "## Mad\n\n### Frokost\n\nVi spiser sammen.\n"
        }
    )
    build_index(settings, encoder)
    answer = open_assistant(settings, encoder).ask("Hvilke overskrifter har planen for Solhaven?")

    quotes = [" ".join(citation.quote.split()) for citation in answer.citations]
    assert quotes == ["Data Vi samler viden.", "Leg og læring", "Mad", "Frokost Vi spiser sammen."]
    assert "…" not in answer.text


@pytest.mark.parametrize(
    "question",
    ["Write a poem about daycare", "Skriv et digt om vuggestuen", "Kan du skrive en sång om fritids?",
     "Напиши вірш про садок", "Kan du skrive en sjov fødselsdagssang til min kollega?", "Skriv et velkomstbrev",
     "Can you write me a short story about play?"],
)  # fmt: skip
def test_who_wants_a_text_made_up_is_told_what_can_be_asked(assistant: Assistant, question: str) -> None:
    answer = assistant.ask(question)

    assert wants_a_text(question)
    assert (answer.status, answer.citations, answer.passages) == (Status.NOT_FOUND, (), ())


@pytest.mark.parametrize(
    "question",
    [
        "Skriv hvad der står om leg",
        "Write down the goals for day care",
        "Hvordan skriver børn digte?",
        "Lav en aftale med mig",
        "",
    ],
)
def test_who_wants_what_the_documents_say_does_not(question: str) -> None:
    assert not wants_a_text(question)


def test_the_line_that_leads_a_list_in_is_no_item_of_it(assistant: Assistant) -> None:
    answer = assistant.ask("Hvilke områder vil Byrådet udarbejde strategier for? Nævn dem alle.")

    quotes = [citation.quote for citation in answer.citations]
    assert "IT og mediestrategien," in quotes
    assert not any(quote.startswith("Udarbejde strategier") for quote in quotes)


@pytest.mark.parametrize(
    ("question", "asked"),
    [
        ("Hvor mange distrikter er kommunen inddelt i?", False),
        ("Hur många grupper är klubben indelad i?", False),
        ("How many parts is the document divided into?", True),
        ("Hvor mange afsnit har dokumentet?", True),
        ("Hvilke dele er teksten inddelt i?", True),
    ],
)
def test_what_is_counted_must_be_parts_of_a_text(question: str, asked: bool) -> None:
    assert asks_for_headings(question) is asked
