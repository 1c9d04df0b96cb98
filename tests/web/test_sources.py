from __future__ import annotations

from dataclasses import replace

from bot.schema import Citation, Document
from bot.web.outline import Cut
from bot.web.sources import group_sources, shown_path, surroundings
from tests.web.fakes import fake_assistant

HERNING = "herning-boern-og-laering.txt"


def cite(document: Document, quote: str, number: int, section: tuple[str, ...] = ("A",)) -> Citation:
    start = document.text.index(quote)
    return Citation(number, document.name, document.title, section, start, start + len(quote), quote)


def test_a_quote_stands_between_its_neighbours():
    document = fake_assistant().documents[HERNING]
    quote = "Alle ledere og pædagogisk personale er ledere af læring."
    start = document.text.index(quote)
    lines = surroundings(document, [Cut(start, start + len(quote))])
    assert [line.marked for line in lines if line] == [False, True, False]
    texts = ["".join(s.text for s in line.stretches) for line in lines if line]
    assert texts[0].startswith("Pædagogisk praksis såvel")
    assert texts[1] == quote
    assert texts[2].startswith("Forandringsmodellen")


def test_long_neighbours_are_clipped_and_gaps_shown():
    document = fake_assistant().documents[HERNING]
    far = [
        cite(document, "Alle ledere og pædagogisk personale", 1),
        cite(document, "Herning Kommune vægter et højt", 2),
    ]
    (source,) = group_sources(far, {HERNING: document})
    assert None in source.lines
    shown = ["".join(s.text for s in line.stretches) for line in source.lines if line and not line.marked]
    assert any(text.startswith("… ") for text in shown)
    assert all(len(text) <= 230 for text in shown)


def test_citations_of_one_section_are_one_source():
    document = fake_assistant().documents[HERNING]
    one = cite(document, "Alle ledere og pædagogisk personale", 1)
    two = cite(document, "Give garanti for en plads", 2, ("B",))
    three = cite(document, "Forandringsmodellen er", 3)
    sources = group_sources([one, two, three], {HERNING: document})
    assert [[c.number for c in s.citations] for s in sources] == [[1, 3], [2]]


def test_what_is_not_proven_is_left_out():
    document = fake_assistant().documents[HERNING]
    good = cite(document, "Alle ledere og pædagogisk personale", 1)
    wrong = replace(good, number=2, quote="Alle elever")
    gone = replace(good, number=3, document="væk.txt")
    (source,) = group_sources([good, wrong, gone], {HERNING: document})
    assert source.citations == (good,)


def test_the_path_does_not_repeat_the_title():
    assert shown_path("Børn og læring", ("Børn og læring", "Dagtilbud:", " Det er\nByrådets mål at ")) == (
        "Dagtilbud",
        "Det er Byrådets mål at",
    )
