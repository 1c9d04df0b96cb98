"""Every text of the pages, in Danish, Swedish and English: one TOML file a language in texts/."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType

LANGUAGES = ("da", "sv", "en")
DEFAULT_LANGUAGE = LANGUAGES[0]
# Who reads a Norwegian page reads Danish more easily than English; who sits in Finland may well read Swedish, but
# a browser set to Finnish does not say so.
CLOSEST = {"nb": "da", "nn": "da", "no": "da"}


@cache
def page_texts(language: str) -> Mapping[str, str]:
    """The texts of one language by key; `{name}` in a text is filled in by the page.

    Raises KeyError for a language that the pages do not speak.
    """
    if language not in LANGUAGES:
        raise KeyError(f"The pages speak {', '.join(LANGUAGES)}, not {language!r}.")
    table = tomllib.loads((files(__package__) / "texts" / f"{language}.toml").read_text(encoding="utf-8"))
    return MappingProxyType({key: str(value) for key, value in table.items()})


def choose_language(wanted: str | None, accepted: str = "") -> str:
    """The page's language: the one asked for, else the first that the browser accepts, else Danish.

    `accepted` is the Accept-Language header, such as "nb-NO,nb;q=0.9,en;q=0.5".
    """
    if wanted in LANGUAGES:
        return str(wanted)
    for tag in _by_weight(accepted):
        language = tag.split("-")[0].lower()
        language = CLOSEST.get(language, language)
        if language in LANGUAGES:
            return language
    return "en" if accepted.strip(" *,;") else DEFAULT_LANGUAGE


def _by_weight(header: str) -> list[str]:
    weighted: list[tuple[float, str]] = []
    for part in header.split(",")[:20]:
        tag, _, weight = part.strip().partition(";q=")
        try:
            weighted.append((float(weight or 1), tag.strip()))
        except ValueError:
            continue
    return [tag for _, tag in sorted(weighted, key=lambda pair: -pair[0])]
