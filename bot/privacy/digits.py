"""Digits as people write them, in any script and grouping: chains of groups with little between them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

GAP = 3
"""Characters between two groups of one number at most, such as " - "."""
CHAIN = re.compile(rf"\d+(?:[ \-+._/()]{{1,{GAP}}}\d+)*")
GROUP = re.compile(r"\d+")
STEPS = frozenset({1, 2, 5, 10})
"""What people count by."""
YEARS = range(1800, 2100)
DATE = ("day", "month", "year")


@dataclass(frozen=True, slots=True)
class Group:
    """Digits without anything between them: `digits` in ASCII, and their place `start:end` in the text as written."""

    digits: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Chain:
    """Groups that may belong to one number; `gaps[i]` stands between the groups i and i + 1.

    `plus` is the place of a plus sign right before the first group, or None.
    """

    groups: tuple[Group, ...]
    gaps: tuple[str, ...]
    plus: int | None


def chains(text: str) -> Iterator[Chain]:
    """The chains of a text, in order."""
    folded, places = _folded(text)
    for found in CHAIN.finditer(folded):
        spans = [(g.start() + found.start(), g.end() + found.start()) for g in GROUP.finditer(found[0])]
        groups = tuple(Group(folded[start:end], places[start], places[end - 1] + 1) for start, end in spans)
        gaps = tuple(folded[one[1] : other[0]] for one, other in pairwise(spans))
        before = found.start() - 1
        plus = places[before] if before >= 0 and folded[before] == "+" else None
        yield Chain(groups, gaps, plus)


def is_counting(groups: Sequence[Group]) -> bool:
    """Are the groups numbers that count on, up or down: 1 2 3, or 10 20 30?"""
    numbers = [int(group.digits) for group in groups]
    steps = {abs(after - before) for before, after in pairwise(numbers)}
    return len(numbers) > 2 and len(steps) == 1 and steps <= STEPS  # noqa: PLR2004 - two numbers are no list


def is_date(groups: Sequence[Group]) -> bool:
    """Are the groups a day, a month and a year of four digits, or a year, a month and a day?"""
    if len(groups) != len(DATE):
        return False
    day, month, year = (group.digits for group in groups)
    if len(day) == len("2013"):
        day, year = year, day
    short = len(day) <= len("31") >= len(month)
    return short and 1 <= int(day) <= 31 and 1 <= int(month) <= 12 and int(year) in YEARS  # noqa: PLR2004


def parted_at_dates(groups: Sequence[Group]) -> Iterator[tuple[int, int]]:
    """The stretches of groups, as start and end, cut between two dates: "28.05.2013 - 01.06.2014" is no number."""
    start = 0
    for at in range(3, len(groups) - 2):
        if is_date(groups[at - 3 : at]) and is_date(groups[at : at + 3]):
            yield start, at
            start = at
    yield start, len(groups)


def _folded(text: str) -> tuple[str, list[int]]:
    """The text with plain digits, hyphens, pluses and blanks, without what nobody sees, and where each stood."""
    kept: list[str] = []
    places: list[int] = []
    for place, character in enumerate(text):
        plain = _plain(character)
        if plain:
            kept.append(plain)
            places.append(place)
    return "".join(kept), places


def _plain(character: str) -> str:
    """One character for another; "" for one that nobody sees."""
    if character.isascii():
        return " " if character.isspace() else character
    digit = unicodedata.digit(character, None)
    if digit is not None:
        return str(digit)
    category = unicodedata.category(character)
    if category in {"Cf", "Mn", "Me"}:
        return ""
    if category == "Pd" or character == "\u2212":
        return "-"
    if character.isspace():
        return " "
    folded = unicodedata.normalize("NFKC", character)
    return folded if len(folded) == 1 and folded in "+./_()@" else character
