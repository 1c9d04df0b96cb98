from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.answering.writing.lexicon import SHORTEST, Lexicon, in_dictionary
from bot.schema import Document

DOCUMENTS = [
    Document("a.txt", "A", "UngHerning støtter livsduelige unge med mål for læringsmiljøer.", "da"),
    Document("b.txt", "B", "Elevhälsan bejakar varje elev.", "sv"),
]
LEXICON = Lexicon(DOCUMENTS)


@pytest.mark.parametrize(
    ("said", "language"),
    [
        ("Forældrene samarbejder med pædagogerne om børnenes trivsel.", "da"),
        ("Föräldrarna samarbetar med lärarna om barnens trygghet.", "sv"),
        ("The parents work together with the teachers; it doesn't matter where the school's gate is.", "en"),
        ("Cross-professional co-operation, and the children’s wellbeing.", "en"),
    ],
)
def test_words_that_exist(said: str, language: str) -> None:
    assert LEXICON.unknown(said, language, "") == []


@pytest.mark.parametrize(
    ("said", "language"),
    [
        ("Folkeskolemål og procentmål", "da"),
        ("Børnesynet i klasseledelsen", "da"),
        ("Naturfagsdidaktikgruppernes", "da"),
        ("Utbildningsförvaltningens förändringsmodell", "sv"),
        ("Lärgemenskaper och lärmiljöer", "sv"),
        ("Tvärprofessionella nätverkssamhället", "sv"),
    ],
)
def test_compounds_of_words_that_exist(said: str, language: str) -> None:
    words = said.split()

    assert not all(in_dictionary(word.lower(), language) for word in words), "the dictionary has them as they are"
    assert LEXICON.unknown(said, language, "") == []


@pytest.mark.parametrize(
    ("said", "language", "invented"),
    [
        ("De unge er et sammenskab af morm.", "da", ["sammenskab", "morm"]),
        ("Sheining er et sted for de unge.", "da", ["Sheining"]),
        ("Barnen får en shenerning av medf.", "sv", ["shenerning", "medf"]),
        ("Vordring är viktig för barnen.", "sv", ["Vordring"]),
        ("The children are bejking in the flornery.", "en", ["bejking", "flornery"]),
        ("Glimbor is a place for children.", "en", ["Glimbor"]),
    ],
)
def test_words_that_nobody_has(said: str, language: str, invented: list[str]) -> None:
    assert LEXICON.unknown(said, language, "") == invented


def test_words_of_another_language() -> None:
    assert LEXICON.unknown("Skolen decides hvad children skal lære.", "da", "") == ["decides", "children"]
    assert LEXICON.unknown("Skolan har større krav.", "sv", "") == ["større"]


def test_what_the_passage_has_is_known_in_any_language() -> None:
    said = "The municipality's dagtilbud are called Snejbjerg."

    assert LEXICON.unknown(said, "en", "") == ["dagtilbud", "Snejbjerg"]
    assert LEXICON.unknown(said, "en", "Dagtilbuddene i Snejbjerg") == []


def test_what_the_documents_have_is_known_in_their_language_alone() -> None:
    assert LEXICON.unknown("Livsduelig er den, der bejakar.", "da", "") == ["bejakar"]
    assert LEXICON.unknown("UngHernings unge", "da", "") == []
    assert LEXICON.unknown("UngHerning", "en", "") == ["UngHerning"]


@pytest.mark.parametrize(("name", "language"), [("Stockholm", "en"), ("Anders", "da"), ("Göteborg", "sv")])
def test_a_name_at_the_beginning_is_no_word(name: str, language: str) -> None:
    assert in_dictionary(name, language)
    assert LEXICON.unknown(f"{name} lag.", language, "") == [name]
    assert LEXICON.unknown(f"{name} lag.", language, f"Børn i {name}") == []


def test_names_of_languages_begin_sentences() -> None:
    assert LEXICON.unknown("Danish schools decide.", "en", "") == []


@given(st.text(max_size=60), st.sampled_from(["da", "sv", "en"]))
@example("ǅ'’s n't", "en")
def test_any_text_is_judged_and_known_beside_itself(text: str, language: str) -> None:
    unknown = LEXICON.unknown(text, language, "")

    assert all(len(word) >= SHORTEST and word in text for word in unknown)
    assert LEXICON.unknown(text, language, text) == []


@given(st.text(alphabet="bcdfghjklmnpqrstvwxz", min_size=6, max_size=12), st.sampled_from(["da", "sv", "en"]))
def test_consonants_alone_are_no_word(letters: str, language: str) -> None:
    known = in_dictionary(letters, language)

    assert LEXICON.unknown(f"Det {letters}", language, "") == ([] if known else [letters])


def test_the_dictionary_is_not_loaded_before_a_word_is_looked_up() -> None:
    code = (
        "import sys; from bot.answering.writing.lexicon import Lexicon; lexicon = Lexicon([]); "
        "assert 'simplemma' not in sys.modules; lexicon.unknown('skole', 'da', ''); assert 'simplemma' in sys.modules"
    )

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
