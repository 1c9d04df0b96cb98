from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.documents.sentences import ends_with_abbreviation, sentence_spans, strip_span

PROSE = st.text(alphabet="aAbBæÆ1 .!?…,\"”»')(–\n", max_size=80)


def sentences(text: str) -> list[str]:
    return [text[start:end] for start, end in sentence_spans(text)]


@given(text=st.one_of(st.text(max_size=80), PROSE))
def test_spans_are_in_order_and_cover_what_is_written(text: str) -> None:
    spans = sentence_spans(text)

    ends = [0, *(end for _, end in spans)]
    assert all(before <= start < end for before, (start, end) in zip(ends, spans, strict=False))
    covered = {offset for start, end in spans for offset in range(start, end)}
    assert covered >= {offset for offset, character in enumerate(text) if not character.isspace()}
    assert all(text[start:end] == text[start:end].strip() for start, end in spans)


@given(text=PROSE, start=st.integers(0, 80), length=st.integers(0, 80))
def test_a_stretch_of_a_text_is_read_alone(text: str, start: int, length: int) -> None:
    start = min(start, len(text))
    end = min(start + length, len(text))

    for first, last in sentence_spans(text, start, end):
        assert start <= first < last <= end


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Leg er vigtig. Børn leger.", ["Leg er vigtig.", "Børn leger."]),
        ("Hvad er leg? Alt! Og mere…", ["Hvad er leg?", "Alt!", "Og mere…"]),
        ("Vi har bl.a. Klub og SFO.", ["Vi har bl.a. Klub og SFO."]),
        ("Det er f.eks. Herning Kommune.", ["Det er f.eks. Herning Kommune."]),
        ("Vi möter t.ex. Anna och Bo.", ["Vi möter t.ex. Anna och Bo."]),
        ("Møder, jf. Bilag 2, holdes.", ["Møder, jf. Bilag 2, holdes."]),
        ("Det koster 1.500 kr. om året.", ["Det koster 1.500 kr. om året."]),
        ("Der er fx. Leg og musik.", ["Der er fx. Leg og musik."]),
        ("Det hedder (bl.a.) Klub.", ["Det hedder (bl.a.) Klub."]),
        ("Vi siger ”ja.” Og vi gør det.", ["Vi siger ”ja.”", "Og vi gør det."]),
        ("Han sagde: ”Leg!” Så legede de.", ["Han sagde: ”Leg!”", "Så legede de."]),
        ("Alle hører til. – Også de nye.", ["Alle hører til.", "– Også de nye."]),
        ("Den 1. maj er fri.", ["Den 1. maj er fri."]),
        ("Leg. læring. Trivsel.", ["Leg. læring.", "Trivsel."]),
        ("UngHerning: ”Et fællesskab. ”", ["UngHerning: ”Et fællesskab. ”"]),
        ("De sagde: ”Et fællesskab. ” Og det er det.", ["De sagde: ”Et fællesskab. ”", "Og det er det."]),
        ("Et fællesskab. ”Og det er det.”", ["Et fællesskab.", "”Og det er det.”"]),
        ("Ingen prik", ["Ingen prik"]),
        ("Linje et er\nlang. Linje to.", ["Linje et er\nlang.", "Linje to."]),
        ("   \n ", []),
        ("", []),
    ],
)
def test_where_a_sentence_ends(text: str, expected: list[str]) -> None:
    assert sentences(text) == expected


def test_a_number_in_front_of_a_line_is_no_sentence() -> None:
    assert sentences("1. Vi lytter.\n2. Vi hjælper.") == ["1. Vi lytter.", "2. Vi hjælper."]


@pytest.mark.parametrize(
    ("text", "expected"), [("der er bl.a.", True), ("(f.eks.", True), ("hus.", False), ("", False)]
)
def test_abbreviations(text: str, expected: bool) -> None:
    assert ends_with_abbreviation(text) is expected


def test_a_span_is_stripped() -> None:
    text = " \n leg \u00a0"

    assert strip_span(text, 0, len(text)) == (3, 6)
    assert strip_span(text, 0, 3) is None
