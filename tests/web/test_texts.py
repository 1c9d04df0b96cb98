from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot.web.texts import LANGUAGES, choose_language, page_texts

WEB = Path(__file__).resolve().parents[2] / "bot" / "web"
SOURCES = [*sorted(WEB.glob("templates/*.html")), *sorted(WEB.glob("assets/*.js"))]
COMPUTED = ("page_", "reader_", "fault_", "name_", "format_", "kind_")
"""Prefixes of keys that are put together from a prefix and a value."""


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_every_text(language):
    danish, other = page_texts("da"), page_texts(language)
    assert list(danish) == list(other)
    for key, text in other.items():
        assert text.strip() == text != "", key
        assert set(re.findall(r"\{\w+\}", text)) == set(re.findall(r"\{\w+\}", danish[key])), key


def test_every_text_that_the_page_names_exists():
    named = set()
    for path in SOURCES:
        source = path.read_text(encoding="utf-8")
        named |= set(re.findall(r'data-(?:text|label|hint)="(\w+)"', source))
        named |= set(re.findall(r"naming\('\w+', '(\w+)'", source))
        named |= set(re.findall(r'say\("(\w+)"', source))
    texts = page_texts("da")
    missing = {key for key in named if key not in texts and f"{key}_other" not in texts}
    assert not missing


def test_no_text_is_left_over():
    everything = "\n".join(path.read_text(encoding="utf-8") for path in [*SOURCES, *WEB.glob("*.py")])
    unused = [
        key
        for key in page_texts("da")
        if not key.startswith(COMPUTED) and re.sub(r"_(one|other)$", "", key) not in everything
    ]
    assert not unused


@pytest.mark.parametrize(
    ("wanted", "accepted", "language"),
    [
        (None, "", "da"),
        ("sv", "da", "sv"),
        ("xx", "sv-SE,sv;q=0.9,en;q=0.8", "sv"),
        (None, "nb-NO,nb;q=0.9,en;q=0.5", "da"),
        (None, "de-DE,de;q=0.9,en;q=0.5", "en"),
        (None, "uk", "en"),
        (None, "en;q=0.1,da;q=0.9", "da"),
        (None, "sv;q=much, da;q=0.2", "da"),
    ],
)
def test_language_is_chosen(wanted, accepted, language):
    assert choose_language(wanted, accepted) == language


def test_an_unknown_language_has_no_texts():
    with pytest.raises(KeyError, match="not 'fr'"):
        page_texts("fr")
