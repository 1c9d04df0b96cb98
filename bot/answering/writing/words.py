"""What the check knows of words in each language that answers are written in: negations, modals, numbers, groups."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Any

LANGUAGES = ("da", "sv", "en")
CLASSES = (
    *("negation", "soft", "only", "always", "ongoing", "me", "we", "leads_on", "trails_off", "infinitive", "finite"),
    *("must", "is_to", "should", "may", "can", "aim", "hedge", "will"),
)
OPPOSITES = (("same", "different"), ("hard", "easy"), ("more", "less"), ("strength", "problem"))
DIGITS = re.compile(r"(?<![\w.,])\d+(?:[.,]\d+)*")
PLURALS = ("s", "ar", "arna", "en", "ene", "e")
"""Of days of the week: Fridays, onsdagar, mandagene."""
WORD = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True, slots=True)
class Words:
    """One language's words. The patterns of `classes`, `groups` and `opposites` match in lower-cased text."""

    classes: Mapping[str, re.Pattern[str]]
    groups: Mapping[str, re.Pattern[str]]
    opposites: Mapping[str, re.Pattern[str]]
    numbers: Mapping[str, str]
    """What numbers, months and days of the week are called: "tre" is "3", "maj" is "month 5"."""

    def has(self, name: str, text: str) -> bool:
        """Does `text` have a word of the class `name`?"""
        return self.classes[name].search(text) is not None

    def groups_in(self, text: str) -> set[str]:
        """The groups of people and kinds of places that `text` names; "we" where it speaks of itself."""
        found = {name for name, pattern in self.groups.items() if pattern.search(text)}
        return found | ({"we"} if self.has("we", text) else set())

    def numbers_in(self, text: str) -> set[str]:
        """The numbers of `text`, written in digits or in words, as digits; and the months and days that it names."""
        digits = {match.group().replace(",", ".") for match in DIGITS.finditer(text)}
        words = WORD.findall(text)
        spelled = {self.numbers[form] for word in words for form in _forms(word) if form in self.numbers}
        return digits | spelled


def words_of(language: str) -> Words:
    """The words of one of LANGUAGES. Raises KeyError for another."""
    return _all()[language]


@lru_cache(maxsize=len(LANGUAGES) ** 2)
def words_of_all(languages: frozenset[str]) -> Words:
    """The words of several of LANGUAGES together, for passages in different ones."""
    parts = [words_of(language) for language in sorted(languages)]
    if len(parts) == 1:
        return parts[0]
    return Words(
        classes=_either([part.classes for part in parts]),
        groups=_either([part.groups for part in parts]),
        opposites=_either([part.opposites for part in parts]),
        numbers={word: number for part in parts for word, number in part.numbers.items()},
    )


def _either(parts: Sequence[Mapping[str, re.Pattern[str]]]) -> Mapping[str, re.Pattern[str]]:
    names = dict.fromkeys(name for part in parts for name in part)
    return {
        name: re.compile("|".join(part[name].pattern for part in parts if name in part), re.IGNORECASE)
        for name in names
    }


@lru_cache(maxsize=1)
def licensed() -> Mapping[str, frozenset[str]]:
    """For each group those that may stand for it in a passage."""
    return {name: frozenset(others) for name, others in _tables()["licensed"].items()}


@lru_cache(maxsize=len(LANGUAGES))
def affixes_of(language: str) -> tuple[frozenset[str], frozenset[str]]:
    """What no free compound of a language begins with, and what none ends in."""
    table = _tables()[language]
    return frozenset(table["prefixes"]), frozenset(table["endings"])


@lru_cache(maxsize=1)
def _all() -> Mapping[str, Words]:
    tables = _tables()
    return {language: _words(tables[language]) for language in LANGUAGES}


def _words(table: dict[str, Any]) -> Words:
    return Words(
        classes={name: _pattern(table[name]) for name in CLASSES},
        groups={name: _pattern(value) for name, value in table["groups"].items()},
        opposites={name: _pattern(value) for name, value in table["opposites"].items()},
        numbers={word: str(number) for word, number in table["numbers"].items()} | _dates(table),
    )


def _dates(table: dict[str, Any]) -> dict[str, str]:
    months = {name: f"month {number}" for number, name in enumerate(table["months"], 1)}
    return months | {name: f"day {number}" for number, name in enumerate(table["days"], 1)}


def _forms(word: str) -> tuple[str, ...]:
    """A word as it may stand in the list: as it is (English "May" is a month), or small, and not in the plural."""
    small = word.lower()
    singular = [form[: -len(end)] for form in (word, small) for end in PLURALS if form.endswith(end)]
    return tuple(dict.fromkeys([word, small, *singular]))


def _pattern(starts: Sequence[str]) -> re.Pattern[str]:
    parts = [f"{start[:-1]}\\b" if start.endswith("$") else start for start in starts]
    return re.compile(rf"(?<!\w)(?:{'|'.join(parts)})", re.IGNORECASE)


@lru_cache(maxsize=1)
def _tables() -> dict[str, dict[str, Any]]:
    return tomllib.loads(resources.files("bot.answering.writing").joinpath("words.toml").read_text("utf-8"))
