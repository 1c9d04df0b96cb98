from __future__ import annotations

import unicodedata
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.privacy.redaction import MAIL_MARK, TELEPHONE_MARK, redact
from tests.privacy.test_personal_numbers import has_cpr, numbers

GROUPINGS = [(8,), (4, 4), (2, 2, 2, 2), (3, 2, 3), (3, 3, 2), (2, 2, 4), (4, 2, 2), (2, 6), (6, 2), (5, 3), (3, 5)]
PLAIN = [
    "Hvad betyder det at anerkende de unge?", "Hvilke værdier har UngHerning 2013-2014?", "Hvad siger § 20, stk. 2?",
    "Budgettet er 45.000.000 kr. i 2024/25", "fra 28.05.2013 til 01.06.2014", "Hvad hedder værdierne?",
    "Hvad kalder de det?", "1. 2. 3. 4. 5. 6. 7. 8.", "10 20 30 40", "0-6 år og 6-16 år", "Mit barn er 5 år og græder",
    "Vad heter ledorden?", "What are the values called?", "Vi er 12 børn og 3 voksne", "min søn kaldes til samtale",
    "jeg er mor til to børn", "kl. 08.30-14.15", "2023-24 2024-25", "@ alle: se afsnit 3.2.1", "ISBN 978-87-02-12345-6",
]  # fmt: skip
NAMES = ["Sofie", "Åse-Marie", "Zoë O'Neill", "Muhammed Al Sayed", "Anna von Bülow", "Łukasz", "Øyvind", "İrem"]
SAID = [
    "Mit barn hedder {}", "min søn hedder {}", "Min store datter hedder {}", "mine børn hedder {}", "jeg hedder {}",
    "Hans navn er {}", "vores datter {}", "Venlig hilsen\n{}", "jeg er mor til {}", "Eleven hedder {}",
    "mitt barn heter {}", "Min dotter heter {}", "jag heter {}", "mitt namn är: {}", "min son {}",
    "My son is called {}", "my daughter's name is \"{}\"", "My child’s name is {}", "my name is {}", "I am called {}",
    "our kids are named {}", "sønnen min heter {}", "mein Sohn heißt {}",
    "Мою доньку звати {}", "mój syn ma na imię {}",
    "اسم ابنتي {}",
]  # fmt: skip


@given(
    digits=st.from_regex(r"[2-9][0-9]{7}", fullmatch=True),
    lengths=st.sampled_from(GROUPINGS),
    gap=st.sampled_from([" ", "-", ".", "\u00a0"]),
    before=st.sampled_from(["ring ", "tlf.:", "(", "+45 ", "0045 ", ""]),
)
def test_a_danish_telephone_number_is_taken_out(digits: str, lengths: tuple[int, ...], gap: str, before: str) -> None:
    groups, at = [], 0
    for length in lengths:
        groups.append(digits[at : at + length])
        at += length
    looks_otherwise = len(groups) > 1 and (
        all(1800 <= int(group) < 2100 for group in groups)
        or lengths in {(2, 2, 4), (4, 2, 2)}
        or len({int(b) - int(a) for a, b in pairwise(groups)}) == 1
    )
    redacted = redact(f"{before}{gap.join(groups)} nu")

    assert TELEPHONE_MARK in redacted or looks_otherwise


@pytest.mark.parametrize(
    "number",
    ["070-123 45 67", "08-123 456 78", "0701234567", "+46 (0)70 123 45 67", "+46701234567", "+47 22 33 44 55",
     "+380 44 123 45 67", "+49 30 1234567", "0046 70 123 45 67", "٢٢٣٣٤٤٥٥", "4000 1234 5678 9010"],
)  # fmt: skip
def test_other_numbers_are_taken_out(number: str) -> None:
    redacted = redact(f"Ring til {number}!")

    assert not any(unicodedata.digit(c, None) is not None for c in redacted)


@pytest.mark.parametrize(
    "address",
    ["a.b@skole.example", "A_B+c@x-y.example.dk", "anna (at) skole.example", "ø@børn.example", "a＠b.example"],
)
def test_an_address_is_taken_out(address: str) -> None:
    assert redact(f"Skriv til {address}, tak") == f"Skriv til {MAIL_MARK}, tak"


@pytest.mark.parametrize("said", SAID)
@pytest.mark.parametrize("name", NAMES)
def test_a_name_is_taken_out(said: str, name: str) -> None:
    redacted = redact(said.format(name))

    assert "[name]" in redacted
    assert not any(part in redacted for part in name.split() if len(part) > 3)


@pytest.mark.parametrize(
    ("text", "redacted"),
    [
        ("mit barn hedder sofie hansen og hun slår", "mit barn hedder [name] og hun slår"),
        ("Mina barn heter Anna, Bo och Carl och vi undrar", "Mina barn heter [name] och vi undrar"),
        ("my son is called tom and he hits", "my son is called [name] and he hits"),
        ("jeg hedder Anna. Min søn slår", "jeg hedder [name]. Min søn slår"),
        ("min datter Sofie går i 3.b", "min datter [name] går i 3.b"),
        ("Min son 010203-1234, tlf 12 34 56 78", "Min son […], tlf [telephone]"),
    ],
)
def test_what_stands_around_it_stays(text: str, redacted: str) -> None:
    assert redact(text) == redacted


@pytest.mark.parametrize("text", PLAIN)
def test_ordinary_text_stays(text: str) -> None:
    assert redact(text) == text


@given(text=st.text(max_size=200))
def test_whatever_is_written_is_redacted_once_and_for_all(text: str) -> None:
    redacted = redact(text)

    assert not has_cpr(redacted)
    redacted.encode()


@given(parts=st.lists(st.one_of(numbers(), st.sampled_from(PLAIN)), max_size=4))
def test_no_cpr_number_is_left_among_plain_text(parts: list[str]) -> None:
    assert not has_cpr(redact(" ".join(parts)))
