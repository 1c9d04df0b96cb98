"""The structure of the five documents as a careful reader sees it, written by hand from reading them."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import NamedTuple

import pytest

from bot.schema import Block, BlockKind, Document
from bot.settings import ROOT

AARHUS = "aarhus-staerkere-laeringsfaellesskaber.txt"
BOERNESYN = "boernesyn-og-faellesskabsfokus.txt"
ELEVHALSAN = "centrala-barn-och-elevhalsan-vardegrund.txt"
HERNING = "herning-boern-og-laering.txt"
UNGHERNING = "ungherning-vaerdier-og-paedagogisk-grundlag.txt"

SHA256 = {
    AARHUS: "39206f4915e09497e227c7f0c8c340584df80be79be7a22bb0dc292ece85222b",
    BOERNESYN: "ddfa66a3aa36a1216f413d27490dcc677901112b3fff5a4c8ac6c05bd7ffa975",
    ELEVHALSAN: "197d6960a98386f9745315fbac13178d1006a3fbea3895d7dafa9232d32fd476",
    HERNING: "e20d5330e3ff62e60ac5b32ef01f65f4e670aedf401adbb26cf1276e46dd6932",
    UNGHERNING: "00dced20ba18ee654c5901995b2143e2e706523040738c16ec72294538930d54",
}


class Part(NamedTuple):
    """A section as it is read: the headings down to it, and what stands directly under them.

    `by_meaning` is the number of outer headings that only the meaning of the words tells, not their form: a parser
    that leaves those out is not wrong.
    """

    path: tuple[str, ...]
    paragraphs: int = 0
    items: int = 0
    lead_ins: tuple[str, ...] = ()
    by_meaning: int = 0


GOALS = "Det er Byrådets mål at"
VALUES = ("Værdigrundlag", "Uddybning af værdigrundlaget")

OUTLINES = {
    # Four rounds of one-paragraph sections after a preface without a heading.
    AARHUS: (
        Part((), paragraphs=6),
        Part(("Fundamentet",), 1),
        Part(("Fælles værdier og visioner",), 1),
        Part(("Fokus på børn og unges læring og udvikling",), 1),
        Part(("Samarbejde",), 1),
        Part(("Reflekterende dialoger",), 1),
        Part(("Styrke den professionelle dømmekraft",), 1),
        Part(("Roller og positioner",), 1),
        Part(("Data",), 1),
        Part(("Feedback og observation",), 1),
        Part(("Fundamentet",), 1),
        Part(("Fælles værdier og visioner",), 1),
        Part(("Fokus på børn og unges læring og udvikling",), 1),
        Part(("Samarbejde",), 1),
        Part(("Reflekterende dialoger",), 1),
        Part(("Data",), 1),
        Part(("Fundamentet",), 1),
        Part(("Fælles værdier og visioner",), 1),
        Part(("Samarbejde",), 1),
        Part(("Reflekterende dialoger",), 1),
        Part(("Data",), 1),
        Part(("Feedback og observation",), 1),
        Part(("Fundamentet",), 1),
        Part(("Fælles værdier og visioner",), 1),
        Part(("Fokus på børn og unges læring og udvikling",), 1),
        Part(("Samarbejde",), 1),
        Part(("Reflekterende dialoger",), 1),
        Part(("Styrke den professionelle dømmekraft",), 1),
        Part(("Roller og positioner",), 1),
        Part(("Data",), 1),
        Part(("Feedback og observation",), 1),
    ),
    BOERNESYN: (
        Part(("Børnesyn og fællesskabsfokus",), items=8),
        Part(("Læring og udvikling",), items=3),
        Part(("Trivsel og dannelse",), items=4),
        Part(("Organisering og pædagogik",), items=2),
    ),
    # The guide words under each value are a list without bullets.
    ELEVHALSAN: (
        Part(("Centrala Barn- och Elevhälsans värdegrund",), paragraphs=3),
        Part(("Bemöta",), paragraphs=2, items=5),
        Part(("Bejaka",), paragraphs=2, items=5),
        Part(("Berika",), paragraphs=2, items=5),
    ),
    HERNING: (
        Part(("Børn og læring",)),
        Part(
            ("Retningslinjer for børn og læring",),
            items=13 + 7,
            lead_ins=(
                GOALS,
                "Det vil Byrådet arbejde for ved, at",
                "Udarbejde strategier for følgende områder fra 0 - 18 år:",
            ),
        ),
        Part(("Dagtilbud",), items=6 + 3, lead_ins=(GOALS, "Det vil Byrådet arbejde for ved at")),
        Part(("Folkeskolen",), items=6, lead_ins=(GOALS,)),
        Part(("Specialtilbud",), paragraphs=1, items=4, lead_ins=(GOALS,)),
    ),
    UNGHERNING: (
        Part(("Værdier og pædagogisk grundlag",)),
        Part(("Værdigrundlag",), paragraphs=2),
        Part(("Værdigrundlag", "Uddybning af værdigrundlaget"), by_meaning=1),
        Part((*VALUES, "TROVÆRDIGHED"), paragraphs=1, items=4, by_meaning=1),
        Part((*VALUES, "ENGAGEMENT"), paragraphs=1, items=4, by_meaning=1),
        Part((*VALUES, "FÆLLESSKAB"), paragraphs=1, items=4, by_meaning=1),
        Part(("Pædagogisk Grundlag",), paragraphs=4),
    ),
}

# The lists in order: how many items, and how the first and the last one begin.
LISTS = {
    AARHUS: (),
    BOERNESYN: (
        (8, "Vores børnesyn er", "Vi er medskabere af en kultur"),
        (3, "Vi arbejder ud fra", "Der er fokus på progression"),
        (4, "Vi styrker og udvikler", "De professionelle etablerer"),
        (2, "I professionelle læringsfællesskaber", "Grundlaget for det pædagogiske"),
    ),
    ELEVHALSAN: (
        (5, "Inkludering", "Jämlikhet"),
        (5, "Nyfikenhet", "Kreativitet"),
        (5, "Mångfald", "Behörighet"),
    ),
    HERNING: (
        (13, "Der skal være fokus på arbejdet", "Der skal være en sammenhæng mellem boligudbygning"),
        (7, "Indhold i skolereformen,", "Øge antallet af unge, der gennemfører en ungdomsuddannelse (95%"),
        (6, "Dagtilbuddene har fokus", "At der fortsat arbejdes"),
        (3, "Understøtte implementering", "Der arbejdes med implementering"),
        (6, "Herning Kommunes folkeskoler", "At alle skoler arbejder"),
        (4, "Øge antallet af unge", "Have fokus på vejledning"),
    ),
    UNGHERNING: (
        (4, "vi vil alle unge", "vi vil gensidig respekt"),
        (4, "vi søger indflydelse", "vi faciliterer de unges mulighed"),
        (4, "vi faciliterer relationer", "vi skaber positive læringsmiljøer"),
    ),
}
# Lines that are wrapped inside a sentence, with blank lines between: one item each, from its first to its last word.
WHOLE_ITEMS = (
    ("● Børn og unge gør grundlæggende", "de kan."),
    ("● Når der opstår udfordringer", "fællesskabsfokus."),
    ("● Vi har fokus på potentialer", "enkelte."),
    ("● Vi er opmærksomme på", "gode værktøjer."),
    ("● Vi er optagede af mangfoldige", "styrke."),
    ("● Vi er medskabere", "hvad der er normalt."),
    ("● Vi arbejder ud fra", "uanset skoletilbud."),
    ("● På alle skoler", "fleksibel holddannelse."),
    ("● De professionelle har som mål", "trygge rammer."),
    ("● De professionelle etablerer", "trivsel og udvikling."),
    ("● I professionelle læringsfællesskaber", "kan mødes."),
    ("● Grundlaget for det pædagogiske", "egen praksis."),
)
TITLES = {
    AARHUS: "Stærkere Læringsfællesskaber",
    BOERNESYN: "Børnesyn og fællesskabsfokus",
    ELEVHALSAN: "Centrala Barn- och Elevhälsans värdegrund",
    HERNING: "Børn og læring",
    UNGHERNING: "Værdier og pædagogisk grundlag",
}


def quote(document: Document, block: Block) -> str:
    return document.text[block.start : block.end]


def blocks_of(document: Document, kind: BlockKind, section: int | None) -> list[Block]:
    return [block for block in document.blocks if block.kind is kind and block.section == section]


def parts_of(document: Document) -> Iterator[Part]:
    """The outline that was found; what stands before the first heading comes first, if there is anything."""
    for section in (None, *range(len(document.sections))):
        if section is None and not any(block.section is None for block in document.blocks):
            continue
        yield Part(
            document.sections[section].path if section is not None else (),
            len(blocks_of(document, BlockKind.PARAGRAPH, section)),
            len(blocks_of(document, BlockKind.LIST_ITEM, section)),
            tuple(quote(document, block) for block in blocks_of(document, BlockKind.LEAD_IN, section)),
        )


@pytest.mark.parametrize("name", SHA256)
def test_source_is_kept_byte_for_byte(name: str) -> None:
    assert hashlib.sha256((ROOT / "corpus" / "documents" / name).read_bytes()).hexdigest() == SHA256[name]


def test_there_are_five_documents(documents: Mapping[str, Document]) -> None:
    assert sorted(documents) == sorted(SHA256)
    assert {name: document.title for name, document in documents.items()} == TITLES
    assert {name for name, document in documents.items() if document.language == "sv"} == {ELEVHALSAN}


@pytest.mark.parametrize("name", OUTLINES)
def test_outline(documents: Mapping[str, Document], name: str) -> None:
    found = list(parts_of(documents[name]))

    assert [part.path[-1:] for part in found] == [part.path[-1:] for part in OUTLINES[name]]
    for part, expected in zip(found, OUTLINES[name], strict=True):
        assert part.path in (expected.path, expected.path[expected.by_meaning :])
        assert part[1:4] == expected[1:4], expected.path


@pytest.mark.parametrize("name", LISTS)
def test_lists(documents: Mapping[str, Document], name: str) -> None:
    document = documents[name]
    lists: dict[int | None, list[str]] = {}
    for block in document.blocks:
        if block.kind is BlockKind.LIST_ITEM:
            lists.setdefault(block.list_number, []).append(quote(document, block))

    assert list(lists) == list(range(len(LISTS[name])))
    for items, (count, first, last) in zip(lists.values(), LISTS[name], strict=True):
        assert len(items) == count
        assert items[0].startswith(first)
        assert items[-1].startswith(last)


def test_lead_ins_belong_to_their_list(documents: Mapping[str, Document]) -> None:
    document = documents[HERNING]
    lead_ins = [block for block in document.blocks if block.kind is BlockKind.LEAD_IN]

    assert [block.list_number for block in lead_ins] == [0, 1, 1, 2, 3, 4, 5]


@pytest.mark.parametrize(("first", "last"), WHOLE_ITEMS)
def test_an_item_goes_on_over_blank_lines(documents: Mapping[str, Document], first: str, last: str) -> None:
    document = documents[BOERNESYN]
    start = document.text.index(first) + len("● ")
    block = next(block for block in document.blocks if block.start == start)

    assert block.kind is BlockKind.LIST_ITEM
    assert quote(document, block).endswith(last)
    assert "●" not in quote(document, block)


def test_a_section_that_recurs_is_a_section_each_time(documents: Mapping[str, Document]) -> None:
    counts = Counter(section.title for section in documents[AARHUS].sections)

    assert counts["Fundamentet"] == counts["Samarbejde"] == counts["Reflekterende dialoger"] == counts["Data"] == 4
    assert counts["Roller og positioner"] == counts["Styrke den professionelle dømmekraft"] == 2


@pytest.mark.parametrize("name", SHA256)
def test_every_letter_stands_in_exactly_one_block(documents: Mapping[str, Document], name: str) -> None:
    document = documents[name]
    letters = Counter({offset: 0 for offset, character in enumerate(document.text) if character.isalnum()})
    for block in document.blocks:
        letters.update(offset for offset in range(block.start, block.end) if offset in letters)

    assert set(letters.values()) == {1}
