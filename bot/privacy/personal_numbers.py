"""Personal numbers: Danish CPR, Swedish personnummer and samordningsnummer, Norwegian fødselsnummer.

What counts is a plausible date and the number of digits. The check digits of a CPR number mean nothing since 2007,
and a number with a slip of the pen still points at someone; only ten bare digits that are a date in Swedish order
alone, as many telephone numbers are, must have the right check digit too.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import accumulate

from bot.privacy.digits import YEARS, Group, chains, is_counting, parted_at_dates

CPR, NORWEGIAN, LONG = 10, 11, 12
"""Digits: DDMMYYNNNN or YYMMDDNNNN, DDMMYYNNNNN, and either with a year of four digits."""
MASK = "[…]"
# Where a number may be parted, counted in digits. Lists of numbers are rarely parted there and dates at the same time.
PARTS = {
    CPR: ({2, 4, 6, 8},),
    NORWEGIAN: ({2, 4, 6, 9},),
    LONG: ({4, 6, 8}, {2, 4, 8}),
}
Span = tuple[int, int]


def personal_numbers(text: str) -> list[Span]:
    """Where personal numbers stand in a text, (start, end), in order and without overlap."""
    found: list[Span] = []
    for chain in chains(text):
        for start, end in parted_at_dates(chain.groups):
            found.extend(_in_groups(chain.groups[start:end]))
    return found


def mask_personal_numbers(text: str) -> str:
    """The text with `[…]` for every personal number."""
    return masked(text, [(start, end, MASK) for start, end in personal_numbers(text)])


def masked(text: str, spans: Sequence[tuple[int, int, str]]) -> str:
    """The text with something else in the place of some of its parts, which do not overlap."""
    parts, at = [], 0
    for start, end, instead in sorted(spans):
        parts += [text[at:start], instead]
        at = end
    return "".join([*parts, text[at:]])


def is_personal_number(digits: str, written: str = "") -> bool:
    """May ten to twelve digits be someone's number? `written` are they as they were parted, "" for not at all."""
    if len(digits) == CPR:
        if _is_day(digits[:2], (0, 60)) and _is_month(digits[2:4]):
            return True
        swedish = _is_month(digits[2:4]) and _is_day(digits[4:6], (0, 60))
        return swedish and (written not in {"", digits} or _luhn(digits))
    if len(digits) == NORWEGIAN:
        return _is_day(digits[:2], (0, 40)) and _is_month(digits[2:4], (0, 40, 60, 80))
    if len(digits) == LONG:
        swedish = _is_month(digits[4:6]) and _is_day(digits[6:8], (0, 60)) and int(digits[:4]) in YEARS
        danish = _is_day(digits[:2], (0, 60)) and _is_month(digits[2:4]) and int(digits[4:8]) in YEARS
        return swedish or danish
    return False


def _in_groups(groups: Sequence[Group]) -> Iterator[Span]:
    at = 0
    while at < len(groups):
        length = next((n for n in _lengths(groups[at : at + LONG]) if _is_one(groups[at : at + n])), 0)
        if length:
            yield groups[at].start, groups[at + length - 1].end
        at += length or 1


def _lengths(groups: Sequence[Group]) -> list[int]:
    """How many of the groups, from the first on, could be one number, most first."""
    digits = accumulate(len(group.digits) for group in groups)
    return [number for number, count in enumerate(digits, 1) if count in PARTS][::-1]


def _is_one(groups: Sequence[Group]) -> bool:
    digits = "".join(group.digits for group in groups)
    ends = list(accumulate(len(group.digits) for group in groups))[:-1]
    single = len(groups) == len(digits)
    if not single and not any(set(ends) <= parts for parts in PARTS[len(digits)]):
        return False
    if is_counting(groups) or _are_years(groups):
        return False
    return is_personal_number(digits, " ".join(group.digits for group in groups))


def _are_years(groups: Sequence[Group]) -> bool:
    """Do years stand here: 2013 2014 2015, or 2023-24 2024? A number with a year in front has a month and a day too."""
    years = [len(group.digits) == len("2013") and int(group.digits) in YEARS for group in groups]
    long = sum(len(group.digits) for group in groups) == LONG
    return all(years) or (years[0] and not long)


def _is_day(digits: str, added: Sequence[int] = (0,)) -> bool:
    return any(1 <= int(digits) - more <= 31 for more in added)  # noqa: PLR2004


def _is_month(digits: str, added: Sequence[int] = (0,)) -> bool:
    return any(1 <= int(digits) - more <= 12 for more in added)  # noqa: PLR2004


def _luhn(digits: str) -> bool:
    """Is the last digit the check digit of the nine before it?"""
    doubled = [int(digit) * (2 - place % 2) for place, digit in enumerate(digits)]
    return sum(number // 10 + number % 10 for number in doubled) % 10 == 0
