"""Which language a text is written in, by lingua's n-gram models (in the wheel, no network)."""

from __future__ import annotations

import re
from functools import lru_cache

from lingua import Language, LanguageDetector, LanguageDetectorBuilder

# The languages people here write and speak most; each one more costs about 20 MB once it is used.
LANGUAGES = (
    Language.DANISH,
    Language.SWEDISH,
    Language.ENGLISH,
    Language.BOKMAL,
    Language.GERMAN,
    Language.UKRAINIAN,
    Language.ARABIC,
    Language.POLISH,
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
QUOTED = re.compile(r"[\"“”„»«‘’'(][^\"“”„»«‘’'()]{3,}[\"“”„»«‘’')]")


@lru_cache(maxsize=1)
def _detector() -> LanguageDetector:
    return LanguageDetectorBuilder.from_languages(*LANGUAGES).build()


def detect_language(text: str, *, default: str = "da", names: tuple[str, ...] = ()) -> str:
    """The ISO 639-1 code of the language of `text`, or `default` where nothing tells.

    Words in quotation marks or brackets and the given `names` (titles of documents and sections) are left out:
    an English question about "Børn og læring" is English.
    """
    bare = QUOTED.sub(" ", text)
    for name in names:
        bare = re.sub(re.escape(name), " ", bare, flags=re.IGNORECASE)
    if sum(c.isalpha() for c in bare) < len("hvad"):
        bare = text
    values = _detector().compute_language_confidence_values(bare)
    best = max(values, key=lambda v: v.value * PRIOR.get(v.language, OTHER_PRIOR))
    return best.language.iso_code_639_1.name.lower() if best.value > 0 else default
