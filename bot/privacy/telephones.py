"""Telephone numbers: Danish and Norwegian of eight digits in any grouping, Swedish, and those of other countries."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import accumulate

from bot.privacy.digits import YEARS, Chain, Group, chains, is_counting, is_date, parted_at_dates

EIGHT = 8
LONGEST = 15
SWEDISH = range(8, 12)
"""Digits with the 0 of the area."""
AMOUNT = re.compile(r"\s*(?:kr\b|kroner|kronor|dkk|sek|nok|eur|euro|€|%|mio|mia)", re.IGNORECASE)
YEAR_INSIDE = (2, 4, 2)
"""How "2023-24 2024-25" looks without its first year."""
TIMES = tuple((".", between, ".") for between in ("-", " - "))
"""What stands in "08.30-14.15"."""
Span = tuple[int, int]


def telephones(text: str) -> list[Span]:
    """Where telephone numbers stand in a text, (start, end), in order and without overlap."""
    return [
        span
        for chain in chains(text)
        for start, end in parted_at_dates(chain.groups)
        for span in _in_stretch(chain, start, end, text)
    ]


def _in_stretch(chain: Chain, at: int, end: int, text: str) -> Iterator[Span]:
    while at < end:
        plus = chain.plus is not None if at == 0 else chain.gaps[at - 1].endswith("+")
        length = next((n for n in _lengths(chain.groups[at:end][:LONGEST]) if _is_one(chain, at, n, text, plus)), 0)
        if length:
            before = chain.plus if at == 0 else None
            yield before if before is not None else chain.groups[at].start, chain.groups[at + length - 1].end
        at += length or 1


def _lengths(groups: Sequence[Group]) -> list[int]:
    """How many of the groups, from the first on, could be one number, most first."""
    counts = enumerate(accumulate(len(group.digits) for group in groups), 1)
    fitting = [number for number, count in counts if count >= EIGHT and (number == 1 or count <= LONGEST)]
    return fitting[::-1]


def _is_one(chain: Chain, at: int, length: int, text: str, plus: bool) -> bool:
    groups = chain.groups[at : at + length]
    if length == 1 or plus:
        return True  # eight bare digits are nobody's year or amount; a longer number is a card's or an account's
    digits = "".join(group.digits for group in groups)
    gaps = chain.gaps[at : at + length - 1]
    alone = any(len(group.digits) == 1 for group in groups)
    if alone or is_date(groups) or gaps in TIMES or any("/" in gap for gap in gaps):
        return False
    if digits.startswith("00"):
        return len(digits) > EIGHT + 1
    if digits.startswith("0"):
        return len(digits) in SWEDISH
    return len(digits) == EIGHT and not _is_other(groups, text)


def _is_other(groups: Sequence[Group], text: str) -> bool:
    """Years, an amount, or numbers that count on."""
    lengths = tuple(len(group.digits) for group in groups)
    years = all(int(group.digits) in YEARS for group in groups) or lengths == YEAR_INSIDE
    thousands = set(lengths[1:]) == {3}
    amount = thousands and (groups[-1].digits == "000" or bool(AMOUNT.match(text, groups[-1].end)))
    return years or amount or is_counting(groups)
