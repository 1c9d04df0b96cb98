from __future__ import annotations

import re
import unicodedata
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.privacy.personal_numbers import MASK, mask_personal_numbers

SEPARATORS = ["", " ", "-", "–", " - ", " ", ".", "/", "\u200b", "‐", "+"]
SCRIPTS = ["0123456789", "٠١٢٣٤٥٦٧٨٩", "۰۱۲۳۴۵۶۷۸۹", "０１２３４５６７８９", "०१२३४५६७८९", "𝟎𝟏𝟐𝟑𝟒𝟓𝟔𝟕𝟖𝟗"]
DAYS = st.dates(date(1900, 1, 1), date(2030, 1, 1))
WORDS = st.sampled_from(["Mit barn", "slår", "i 3. klasse", "2013", "§ 3", "cpr:", "(", "år 5-6", "och", "12,", "1."])
# What a CPR number is, said a second time and otherwise: six digits that are a date, at most a blank or hyphen, four.
CPR = re.compile(r"(?<![0-9])([0-7][0-9])([01][0-9])[0-9]{2}[ -]?[0-9]{4}(?![0-9])")


@st.composite
def numbers(draw: st.DrawFn) -> str:
    """A personal number as someone may write it."""
    day = draw(DAYS)
    end = draw(st.integers(0, 9999))
    separator = draw(st.sampled_from(SEPARATORS))
    shape = draw(st.sampled_from(["%d%m%y", "%d %m %y", "%d.%m.%y", "%d-%m-%y", "%d%m%Y", "%Y%m%d", "%d/%m %y"]))
    written = f"{day.strftime(shape)}{separator}{end:04}"
    return written.translate(str.maketrans("0123456789", draw(st.sampled_from(SCRIPTS))))


@st.composite
def swedish(draw: st.DrawFn) -> str:
    """A Swedish number with its check digit, of a person or for coordination."""
    day = draw(DAYS)
    nine = f"{day:%y%m}{day.day + draw(st.sampled_from([0, 60])):02}{draw(st.integers(0, 999)):03}"
    doubled = [int(digit) * (2 - place % 2) for place, digit in enumerate(nine)]
    whole = nine + str(-sum(number // 10 + number % 10 for number in doubled) % 10)
    return whole[:6] + draw(st.sampled_from(["", "-", "+", " "])) + whole[6:]


def folded(text: str) -> str:
    visible = (c for c in text if unicodedata.category(c) != "Cf")
    return "".join(str(unicodedata.digit(c, c)) if not c.isascii() else c for c in visible)


def has_cpr(text: str) -> bool:
    found = CPR.findall(folded(text))
    return any(1 <= int(day) % 60 <= 31 and 1 <= int(month) <= 12 for day, month in found)


@given(before=WORDS, number=st.one_of(numbers(), swedish()), after=WORDS, gap=st.sampled_from([" ", ", ", "\n", " x"]))
def test_no_number_is_left(before: str, number: str, after: str, gap: str) -> None:
    masked = mask_personal_numbers(f"{before}{gap}x {number}{gap}{after}")

    assert MASK in masked
    assert folded(number)[-4:] not in folded(masked)


@given(parts=st.lists(st.one_of(numbers(), WORDS, st.text(max_size=12), st.from_regex(r"[0-9 .-]{0,14}")), max_size=6))
def test_nothing_that_is_left_is_a_cpr_number(parts: list[str]) -> None:
    assert not has_cpr(mask_personal_numbers(" ".join(parts)))


def test_the_measure_sees_one() -> None:
    assert has_cpr("x 010203-1234.")
    assert has_cpr("٠١٠٢٠٣ ١٢٣٤")
    assert not has_cpr("991203-1234")


@given(text=st.text(st.characters(exclude_categories=["Nd", "No"])))
def test_a_text_without_digits_stays(text: str) -> None:
    assert mask_personal_numbers(text) == text


@given(
    years=st.lists(st.integers(1900, 2099), min_size=1, max_size=6),
    joined=st.sampled_from([" ", "-", ", ", "/", " - "]),
)
def test_years_stay(years: list[int], joined: str) -> None:
    text = "Planen for " + joined.join(map(str, years))

    assert mask_personal_numbers(text) == text


@given(years=st.lists(st.integers(1990, 2040), min_size=1, max_size=4), joined=st.sampled_from(["-", "/"]))
def test_school_years_stay(years: list[int], joined: str) -> None:
    text = " ".join(f"{year}{joined}{(year + 1) % 100:02}" for year in years)

    assert mask_personal_numbers(text) == text


@given(start=st.integers(0, 40), count=st.integers(1, 30), step=st.sampled_from([1, 2, 5, 10]))
def test_lists_of_numbers_stay(start: int, count: int, step: int) -> None:
    text = " ".join(str(number) for number in range(start, start + count * step, step))

    assert mask_personal_numbers(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "Hvad siger § 3, stk. 2?", "§§ 10, 11 og 12", "fra 28.05.2013 til 01.06.2014", "28.05.2013 - 01.06.2014",
        "2013-05-28 - 2014-06-01", "1. 2. 3. 4. 5. 6. 7. 8. 9. 10.", "12 34 56 78", "+45 12 34 56 78", "0763312345",
        "45.000.000 kr", "0-6 år, 6-16 år og 16-18 år", "ISBN 978-87-02-12345-6", "kl. 12.30-14.15", "991399-1234",
        "10 11 12 13 14 år", "2023/24 og 2024/25", "2017-18 2001-02 1990-91", "1234567890", "",
    ],
)  # fmt: skip
def test_ordinary_text_stays(text: str) -> None:
    assert mask_personal_numbers(text) == text


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("Må 010203-1234 gå hjem?", "Må […] gå hjem?"),
        ("cpr010203-1234x", "cpr[…]x"),
        ("0 1 0 2 0 3 1 2 3 4", "[…]"),
        ("01 02 03 12 34", "[…]"),
        ("710203-1234 og 610203-1234", "[…] og […]"),
        ("850709-9805, 850709+9805, 850769-9805", "[…], […], […]"),
        ("198507099805", "[…]"),
        ("8507099805", "[…]"),
        ("fødselsnummer 010203 12345 og D-nummer 41020312345", "fødselsnummer […] og D-nummer […]"),
        ("010203-1234 040506-5678", "[…] […]"),
        ("010\u200b203\u00ad-12\u206034", "[…]"),
        ("５-010203-1234", "５-[…]"),
    ],
)
def test_numbers_are_masked(text: str, masked: str) -> None:
    assert mask_personal_numbers(text) == masked
