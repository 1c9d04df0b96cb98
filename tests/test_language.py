from __future__ import annotations

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from bot.language import detect_language
from bot.naming import NameIndex
from bot.schema import Document


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Hvad siger dokumenterne om børnenes trivsel?", "da"),
        ("Vad säger dokumenten om barnens trygghet?", "sv"),
        ("What do the documents say about the children?", "en"),
        ("Hva sier dokumentene om barnas trivsel i hverdagen?", "nb"),
        ("Was sagen die Dokumente über die Kinder?", "de"),
        ("Що сказано про спільноту дітей?", "uk"),
        ("Co dokumenty mówią o dzieciach?", "pl"),
        ("ماذا تقول الوثائق عن الأطفال؟", "ar"),
        ("Que disent les documents sur les enfants ?", "fr"),
        ("Çocuklar hakkında ne söyleniyor?", "tr"),
        ("Was ist Inklusion?", "de"),
        ("Wie arbeitet UngHerning mit Inklusion?", "de"),
        ("Wat is inclusie?", "nl"),
        ("Як школа бачить мого сина?", "uk"),
        ("Hvad er leg?", "da"),
        ("Vad är lek?", "sv"),
        ("Hva er lek?", "nb"),
    ],
)
def test_questions(text: str, language: str) -> None:
    assert detect_language(text) == language


def test_documents(documents: Mapping[str, Document]) -> None:
    for document in documents.values():
        assert detect_language(document.text[:2000]) == document.language


@pytest.mark.parametrize(
    "text",
    [
        'What does "Børn og læring" say about parents?',
        "What does ”Stærkere Læringsfællesskaber” say about data?",
        "What does the text (Værdier og pædagogisk grundlag) say about respect?",
    ],
)
def test_what_is_quoted_is_not_the_asker_speaking(text: str) -> None:
    assert detect_language(text) == "en"


def test_names_are_not_the_asker_speaking() -> None:
    text = "What is said about Styrke den professionelle dømmekraft?"

    assert detect_language(text, names=NameIndex(["styrke den professionelle dømmekraft"])) == "en"


def test_a_name_alone_is_all_there_is() -> None:
    assert detect_language("Fælles værdier og visioner", names=NameIndex(["Fælles værdier og visioner"])) == "da"


@pytest.mark.parametrize("text", ["", "???", "1234", "😀"])
def test_nothing_tells(text: str) -> None:
    assert detect_language(text) == "da"
    assert detect_language(text, default="sv") == "sv"


@pytest.mark.parametrize("expected", ["da", "sv", "en"])
def test_where_little_tells_the_expected_language_decides(expected: str) -> None:
    assert detect_language("Hej", expected=expected) == ("sv" if expected == "en" else expected)
    assert detect_language("What does it mean to acknowledge young people?", expected=expected) == "en"
    assert detect_language("Vilka ledord hör till Berika?", expected=expected) == "sv"


@hypothesis_settings(max_examples=30)
@given(text=st.text(max_size=40), name=st.text(min_size=1, max_size=5))
def test_any_text(text: str, name: str) -> None:
    language = detect_language(text, names=NameIndex([name]))

    assert len(language) == 2
    assert language.islower()
