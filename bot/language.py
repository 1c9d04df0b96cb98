"""Which language a text is written in, by lingua's n-gram models (in the wheel, no network)."""

from __future__ import annotations

import re
from functools import lru_cache

from lingua import ConfidenceValue, Language, LanguageDetector, LanguageDetectorBuilder

from bot.naming import NameIndex

# The languages people here write and speak most; each one more costs memory once it is used.
LANGUAGES = (
    Language.DANISH,
    Language.SWEDISH,
    Language.ENGLISH,
    Language.BOKMAL,
    Language.GERMAN,
    Language.UKRAINIAN,
    Language.ARABIC,
    Language.POLISH,
    Language.DUTCH,
    Language.FRENCH,
    Language.SPANISH,
    Language.FINNISH,
    Language.TURKISH,
    Language.RUSSIAN,
    Language.PERSIAN,
    Language.SOMALI,
    Language.ROMANIAN,
)
# How often each is written here: it decides for "Hej" and "tak", and nothing where the letters or words are plain.
PRIOR = {Language.DANISH: 1.0, Language.SWEDISH: 0.7, Language.ENGLISH: 0.5, Language.BOKMAL: 0.3}
OTHER_PRIOR = 0.1
COMMON_WORDS = {
    language: frozenset(words.split())
    for language, words in {
        Language.DANISH: "og hvad ikke hvordan jeg jer hvornår hvilke mit af er vi det at til",
        Language.SWEDISH: "och vad inte hur jag ni när vilka mitt av är vi det att till",
        Language.ENGLISH: "the what how is do does and many of to a",
        Language.BOKMAL: "hva ikke hvordan jeg dere når hvilke barna av og er vi det at til",
        Language.GERMAN: "was wie ist und das die nicht ich wir welche für sind werden kinder warum wer",
        Language.DUTCH: "wat hoe de het een en niet ik wij welke voor zijn kinderen mijn waarom",
        Language.POLISH: "co jak jest i nie ja my które dla są dzieci moje dlaczego kto czy",
        Language.FRENCH: "que quoi comment est et les des pas je nous quelles pour sont enfants mon",
        Language.SPANISH: "qué cómo es y los las no yo nosotros cuáles para son niños mi por",
        Language.FINNISH: "mitä miten on ja ei minä me mitkä lapset lapseni miksi kuka",
        Language.TURKISH: "ne nasıl ve bir değil ben biz hangi için çocuk çocuğum neden mi",
        Language.SOMALI: "maxay sidee waa iyo ma aniga waxa carruurta ilmahayga sababta",
        Language.ROMANIAN: "ce cum este și nu eu noi care pentru sunt copiii copilul meu",
    }.items()
}
FOREIGN_LETTERS = {
    Language.DANISH: "äö",
    Language.BOKMAL: "äö",
    Language.SWEDISH: "æø",
    Language.GERMAN: "åæø",
    Language.DUTCH: "åæøäö",
    Language.UKRAINIAN: "ыэъё",
    Language.RUSSIAN: "іїєґ",
    Language.ARABIC: "پچژگ",
}
TELLING = 4.0
EXPECTED = 8.0
"""How much likelier the language of the page makes its own: halves the errors in it, and costs few in the others."""
WORD = re.compile(r"\w+")
QUOTED = re.compile(r"[\"“”„»«‘’'(][^\"“”„»«‘’'()]{3,}[\"“”„»«‘’')]")


@lru_cache(maxsize=1)
def _detector() -> LanguageDetector:
    # The trigram models alone: a seventh of the memory, no loading that a first question waits for, and with the
    # signs below hardly more often wrong.
    return LanguageDetectorBuilder.from_languages(*LANGUAGES).with_low_accuracy_mode().build()


def detect_language(
    text: str, *, default: str = "da", names: NameIndex | None = None, expected: str | None = None
) -> str:
    """The ISO 639-1 code of the language of `text`, or `default` where nothing tells.

    Words in quotation marks or brackets and the given `names` (titles of documents and sections) are left out:
    an English question about "Børn og læring" is English. `expected` is the code of the language that a text without
    plain signs is probably in, such as that of the page it was typed on: "Hej" is Danish on a Danish page.
    """
    bare = QUOTED.sub(" ", text)
    if names is not None:
        bare = without_names(bare, names)
    if sum(c.isalpha() for c in bare) < len("hvad"):
        bare = text
    values = _detector().compute_language_confidence_values(bare)
    found = set(WORD.findall(bare.lower()))

    def likely(value: ConfidenceValue) -> float:
        prior = PRIOR.get(value.language, OTHER_PRIOR) * (EXPECTED if _code(value.language) == expected else 1)
        return value.value * prior * _told(value.language, found, bare.lower())

    best = max(values, key=likely)
    return _code(best.language) if best.value > 0 else default


def without_names(text: str, names: NameIndex) -> str:
    """`text` without the names, whose order says which are taken out first."""
    done = -1
    while following := [number for number in names.in_text(text) if number > done]:
        # What is left may hold another name now, so it is looked at again.
        done = following[0]
        text = re.sub(re.escape(names.names[done]), " ", text, flags=re.IGNORECASE)
    return text


def _code(language: Language) -> str:
    return language.iso_code_639_1.name.lower()


def _told(language: Language, found: set[str], text: str) -> float:
    """How much likelier a few plain signs make a language: its commonest words, and letters that only it has."""
    likelier = TELLING ** len(found & COMMON_WORDS.get(language, frozenset()))
    foreign = any(letter in text for letter in FOREIGN_LETTERS.get(language, ""))
    return likelier / (TELLING**2 if foreign else 1)
