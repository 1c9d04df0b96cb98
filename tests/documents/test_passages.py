from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.documents.catalogue import Entry
from bot.documents.passages import (
    MAX_PASSAGE_CHARACTERS,
    MAX_SENTENCE_CHARACTERS,
    context_of,
    cuts,
    is_cited,
    passages_of,
    squeeze,
)
from bot.documents.plain_text import read_plain_text
from bot.documents.sentences import sentence_spans
from bot.schema import BlockKind, Document, Passage

KNOWN = Entry(language="da")
LONG = "Leg er den vigtigste vej til læring, og derfor har alle børn ret til at lege ude hver eneste dag."
POOL = st.sampled_from(
    [LONG, LONG.replace(" ", "\n", 1), "Kort tekst.", "Trivsel", "MÅL", "• Sprog", "• Natur", "Vi vil at", "", "Mål:"]
)


def read(text: str, name: str = "a.txt") -> Document:
    return read_plain_text(text.encode(), name, KNOWN)


def texts(document: Document) -> list[str]:
    return [passage.text for passage in passages_of([document])]


def check_places(passages: Sequence[Passage], documents: Sequence[Document]) -> None:
    """Every cut of every citable block is a place of exactly one passage, and says what that passage says."""
    by_name = {document.name: document for document in documents}
    places = Counter((place.document, place.start, place.end) for passage in passages for place in passage.places)
    expected = Counter(
        (document.name, start, end)
        for document in documents
        for block in document.blocks
        if is_cited(document, block)
        for start, end in cuts(document, block)
    )
    assert places == expected
    assert set(places.values()) <= {1}
    assert len({passage.id for passage in passages}) == len(passages)
    for passage in passages:
        first = passage.place
        assert by_name[first.document].text[first.start : first.end] == passage.text
        for place in passage.places:
            assert squeeze(by_name[place.document].text[place.start : place.end]) == squeeze(passage.text)


@given(drawn=st.lists(st.lists(POOL, min_size=1, max_size=12), min_size=1, max_size=3))
def test_every_place_of_a_passage_is_kept(drawn: list[list[str]]) -> None:
    joined = ["\n\n".join(parts) for parts in drawn]
    documents = [read(text, f"{number}.txt") for number, text in enumerate(joined) if text.strip()]

    check_places(passages_of(documents), documents)


def test_every_place_in_the_five_documents(documents: Mapping[str, Document]) -> None:
    passages = passages_of(documents.values())

    check_places(passages, list(documents.values()))
    for passage in passages:
        for place in passage.places:
            assert documents[place.document].quote(place.start, place.end) == passage.text


def test_every_paragraph_and_item_of_the_five_can_be_cited(documents: Mapping[str, Document]) -> None:
    places = {(p.document, p.start, p.end) for passage in passages_of(documents.values()) for p in passage.places}

    for document in documents.values():
        for block in document.blocks:
            if block.kind in {BlockKind.PARAGRAPH, BlockKind.LIST_ITEM}:
                assert {(document.name, *cut) for cut in cuts(document, block)} <= places


def test_all_letters_of_the_five_are_in_passages_headings_or_lead_ins(documents: Mapping[str, Document]) -> None:
    for document in documents.values():
        shown = {
            offset
            for passage in passages_of([document])
            for place in passage.places
            for offset in range(place.start, place.end)
        }
        for block in document.blocks:
            if block.kind in {BlockKind.HEADING, BlockKind.LEAD_IN}:
                shown.update(range(block.start, block.end))
        letters = {offset for offset, character in enumerate(document.text) if character.isalnum()}
        assert len(letters & shown) / len(letters) == 1.0


def test_what_recurs_is_one_passage(documents: Mapping[str, Document]) -> None:
    """The four rounds of the Aarhus text say the same under the same headings."""
    name = "aarhus-staerkere-laeringsfaellesskaber.txt"
    passages = passages_of([documents[name]])

    by_section = {passage.place.section: len(passage.places) for passage in passages if passage.place.section}
    assert by_section[("Fundamentet",)] == 4
    assert by_section[("Data",)] == 4
    assert by_section[("Roller og positioner",)] == 2
    assert sum(by_section.values()) == 30
    assert len(passages) == 6 + 9


def test_a_short_text_means_something_else_under_another_heading() -> None:
    text = "Planen\n\nVi har disse ord for vores arbejde.\n\nLEG\n\n• Trivsel\n• Ro\n\nMAD\n\n• Trivsel\n• Ro\n"

    found = [passage for passage in passages_of([read(text)]) if passage.text == "Trivsel"]

    assert [passage.place.section for passage in found] == [("LEG",), ("MAD",)]
    assert len({passage.id for passage in found}) == 2


def test_a_long_text_means_the_same_everywhere() -> None:
    one, other = read(f"Planen\n\n{LONG}\n"), read(f"En anden plan\n\n• {LONG.replace(' ', '  ')}\n", "b.txt")

    [passage] = passages_of([one, other])

    assert [place.document for place in passage.places] == ["a.txt", "b.txt"]
    assert passage.title == "Planen"


def test_a_passage_knows_its_headings_and_lead_in() -> None:
    document = read("# Mål\n\n## Dagtilbud\n\nDet er Byrådets mål at\n\n • styrke sproget.\n • leg.\n\nVi vil.\n")

    found = {passage.text: passage for passage in passages_of([document])}

    assert found["styrke sproget."].place.section == ("Dagtilbud", "Det er Byrådets mål at")
    assert found["styrke sproget."].kind is BlockKind.LIST_ITEM
    assert found["Vi vil."].place.section == ("Dagtilbud",)
    assert context_of(found["styrke sproget."]) == "Mål. Dagtilbud. Det er Byrådets mål at: "


def test_an_unfinished_lead_in_is_no_passage() -> None:
    assert "Det er Byrådets mål at" not in texts(read("Mål\n\nDet er Byrådets mål at\n\n • styrke sproget.\n • leg.\n"))


@pytest.mark.parametrize("sentences", [10, 40])
def test_a_long_paragraph_is_cut_between_sentences(sentences: int) -> None:
    paragraph = " ".join(f"Sætning {number} handler om {LONG[:80]} og slutter her." for number in range(sentences))
    document = read(f"Planen\n\n{paragraph}\n")

    found = texts(document)

    assert " ".join(found) == paragraph
    assert len(found) > 1
    assert all(len(text) <= MAX_PASSAGE_CHARACTERS for text in found)
    ends = {end for _, end in sentence_spans(document.text)}
    assert all(passage.place.end in ends for passage in passages_of([document]))
    # None is so short that it could have gone with the one before it.
    assert all(len(a) + 1 + len(b) > MAX_PASSAGE_CHARACTERS for a, b in pairwise(found))


def test_a_long_sentence_stays_whole() -> None:
    sentence = "Vi vil " + "lege og lære og synge og lytte og " * 40 + "trives."

    assert texts(read(f"Planen\n\n{sentence} Det er alt.\n")) == [sentence, "Det er alt."]


def test_a_paragraph_just_short_enough_stays_whole() -> None:
    exact = "Vi vil lege. " * 80
    fits, too_long = exact[: MAX_PASSAGE_CHARACTERS - 1] + ".", exact[:MAX_PASSAGE_CHARACTERS] + "e."

    assert len(texts(read(f"Planen\n\n{fits}\n"))) == 1
    assert len(texts(read(f"Planen\n\n{too_long}\n"))) == 2


@given(text=st.text(max_size=60))
def test_squeezed_text_is_in_one_line(text: str) -> None:
    squeezed = squeeze(text)

    assert squeezed.split() == text.split()
    assert squeeze(squeezed) == squeezed
    assert not any(character.isspace() and character != " " for character in squeezed)


@pytest.mark.parametrize("word", ["leg ", "x", "Ø\u0301"])
def test_a_sentence_without_end_is_cut(word: str) -> None:
    text = word * (5 * MAX_SENTENCE_CHARACTERS // len(word))
    document = read_plain_text(text.encode(), "a.txt", Entry(language="da"))
    [block] = document.blocks

    pieces = [document.text[start:end] for start, end in cuts(document, block)]

    assert "".join("".join(pieces).split()) == "".join(document.text.split())
    assert all(0 < len(piece) <= MAX_SENTENCE_CHARACTERS for piece in pieces)
    assert all(piece == piece.strip() for piece in pieces)
    assert "leg" not in word or all(set(piece.split()) == {"leg"} for piece in pieces)
