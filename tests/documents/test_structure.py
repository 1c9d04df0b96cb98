from __future__ import annotations

from typing import NamedTuple

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.documents.catalogue import Entry
from bot.documents.plain_text import read_plain_text
from bot.errors import DocumentError
from bot.schema import BlockKind, Document
from tests.documents.invariants import LINE_ENDS, check_invariants

HEADING, PARAGRAPH, ITEM, LEAD_IN = BlockKind.HEADING, BlockKind.PARAGRAPH, BlockKind.LIST_ITEM, BlockKind.LEAD_IN
PREFACE = "Planen\n\nHer står noget om planen, og hvem der har skrevet den.\n\n"
KNOWN = Entry(language="da")  # saves the time of telling the language
MARKS = st.sampled_from(
    [
        *"•●-*+#=_–\n\x0b\f\x1c\x1f\x85\u2028\u00a0 .:,;!?)(1a9Aå”§",
        "1. ",
        "2. ",
        "a) ",
        "at",
        "Vi ",
        "\n\n",
        "---",
        "# ",
    ]
)
WORDS = "leg læring børn unge trygghet fællesskab vi og som at bl.a. Herning 14 å ”ja”"
WORD = st.sampled_from(WORDS.split(" "))


class Found(NamedTuple):
    kind: BlockKind
    text: str


def read(text: str) -> Document:
    return read_plain_text(text.encode(), "a.txt", KNOWN)


def blocks(text: str) -> list[Found]:
    document = read(text)
    return [Found(block.kind, document.text[block.start : block.end]) for block in document.blocks]


def kinds(text: str) -> list[BlockKind]:
    return [block.kind for block in blocks(text)]


def items(text: str) -> list[str]:
    return [block.text for block in blocks(text) if block.kind is ITEM]


def paths(text: str) -> list[tuple[str, ...]]:
    return [section.path for section in read(text).sections]


@given(text=st.one_of(st.text(st.characters(codec="utf-8"), max_size=120), st.lists(MARKS, max_size=40).map("".join)))
@example("a) Vi leger\nb) Vi synger\n")
@example("Titel\n=====\n\nA\n-\n")
@example("\u2028•\u2028leg")
@example("Leg\x0b\x0b• ude\x0b• inde")
@example("a\x85\x1c1) b\x1dc")
def test_any_text_is_read(text: str) -> None:
    try:
        document = read(text)
    except DocumentError:  # nothing but white space, or control characters
        return
    check_invariants(document)


@st.composite
def written_documents(draw: st.DrawFn) -> str:
    """A text with headings, paragraphs, lead-ins and lists, wrapped or not, with blank lines or not."""

    def sentence(most: int) -> str:
        said = " ".join(draw(st.lists(WORD, min_size=1, max_size=most)))
        return said[:1].upper() + said[1:]

    def wrapped(said: str) -> str:
        width = draw(st.sampled_from([0, 50, 70, 100]))
        lines, line = [], ""
        for word in said.split():
            if width and line and len(line) + 1 + len(word) > width:
                lines.append(line)
                line = word
            else:
                line = f"{line} {word}".strip()
        return draw(st.sampled_from(["\n", " \n", "\n\n"])).join([*lines, line]) if lines else line

    parts = []
    for _ in range(draw(st.integers(1, 8))):
        match draw(st.sampled_from(["heading", "paragraph", "list", "guide"])):
            case "heading":
                words = sentence(4)
                parts.append(draw(st.sampled_from([words, words.upper(), f"{words}:", f"## {words}", f"{words}\n---"])))
            case "paragraph":
                parts.append(wrapped(" ".join(sentence(12) + "." for _ in range(draw(st.integers(1, 5))))))
            case "list":
                bullet = draw(st.sampled_from(["• ", " ● ", "- ", "* ", "1) ", "a) ", "1. "]))
                lead_in = draw(st.sampled_from(["", "Det er vores mål at\n\n", "Vi arbejder for at:\n"]))
                parts.append(
                    lead_in + "\n".join(bullet + wrapped(sentence(14)) for _ in range(draw(st.integers(1, 4))))
                )
            case _:
                parts.append("\n\n".join(sentence(2) for _ in range(draw(st.integers(3, 5)))))
    return draw(st.sampled_from(["\n\n", "\n \n\n"])).join(parts) + draw(st.sampled_from(["", "\n", "\n\n"]))


@given(text=written_documents())
def test_any_document_is_read(text: str) -> None:
    check_invariants(read(text))


def test_wrapped_lines_are_one_paragraph() -> None:
    text = (
        "Om leg\n\n"
        "Børnene leger ude hver dag, og de voksne leger med, når børnene\n"
        "gerne vil have det. Det giver dem lyst til at prøve noget nyt og\n"
        "til at være sammen med andre, som de ikke kender så godt endnu.\n"
        "\n"
        "Når det regner, er vi ude alligevel, for der findes godt tøj til\n"
        "alt slags vejr.\n"
    )

    assert kinds(text) == [HEADING, PARAGRAPH, PARAGRAPH]
    assert blocks(text)[1].text.startswith("Børnene leger ude")
    assert blocks(text)[1].text.endswith("så godt endnu.")


def test_lines_that_are_not_wrapped_stay_apart() -> None:
    text = "Vi leger ude hver dag, og det gør vi hele året.\nVi synger sammen om morgenen.\nVi spiser frugt.\n"

    assert [block.text for block in blocks(text)] == text.splitlines()


def test_blank_lines_inside_a_bullet() -> None:
    text = (
        "Om leg\n\n"
        "● Vi er opmærksomme på, hvilke behov børn og unge kommunikerer verbalt og med deres krop \n"
        "\n"
        "og stemme. \n"
        "● Vi har fokus på potentialer og ressourcer og er mindre optagede af diagnoser hos den \n"
        "\n"
        "enkelte. \n"
        "● Vi skubber til normalitetsbegrebet og tør rykke ved faste forståelser af hverdagen og af, \n"
        "\n"
        "hvad der er normalt.  \n"
    )

    found = items(text)
    assert len(found) == 3
    assert [item.split()[-1] for item in found] == ["stemme.", "enkelte.", "normalt."]


@pytest.mark.parametrize("bullet", ["•", "●", " • ", "- ", "* ", "– ", "1) ", "a) ", "+ ", "\t• "])
def test_bullets(bullet: str) -> None:
    text = f"Om leg\n\n{bullet}vi leger ude\n{bullet}Vi synger\n\nDet er sjovt at synge, når man er ude i skoven.\n"

    assert kinds(text) == [HEADING, ITEM, ITEM, PARAGRAPH]
    assert items(text) == ["vi leger ude", "Vi synger"]


@pytest.mark.parametrize(
    "line", ["+45 9628 2828 er nummeret.", "**Vigtigt** er leg.", "*Leg* er vigtig.", "-Leg først."]
)
def test_a_mark_without_a_space_is_no_bullet(line: str) -> None:
    document = f"# Kontakt\n\n{line}\n\nVi svarer hver dag.\n"

    assert [block.text for block in blocks(document)] == ["# Kontakt", line, "Vi svarer hver dag."]
    assert ITEM not in kinds(document)


def test_numbers_in_a_row_are_a_list() -> None:
    text = "Sådan gør vi\n\n1. Vi lytter.\n2. Vi spørger.\n3. Vi handler.\n"

    assert items(text) == ["Vi lytter.", "Vi spørger.", "Vi handler."]


def test_a_dash_inside_a_word_is_no_bullet() -> None:
    text = "Om fællesskab\n\n-Og så videre sagde hun, og så gik de alle sammen ud i gården.\n"

    assert ITEM not in kinds(text)


@pytest.mark.parametrize("gap", ["\n", "\n\n"])
def test_guide_words_without_bullets(gap: str) -> None:
    text = gap.join(["Bemöta", "Inkludering", "Likvärdighet", "Trygghet", "Relationellt förhållningssätt"])
    text = f"Vår värdegrund\n\nVi har tre ord som vi arbetar med varje dag.\n\n{text}\n\nVi bemöter alla med respekt.\n"

    assert items(text) == ["Inkludering", "Likvärdighet", "Trygghet", "Relationellt förhållningssätt"]
    assert ("Bemöta",) in paths(text)
    assert blocks(text)[-1] == (PARAGRAPH, "Vi bemöter alla med respekt.")


def test_a_colon_makes_a_list_of_what_follows() -> None:
    text = "Samtaler\n\nVi tilbyder følgende samtaler:\nVelkomstsamtale\nÅrlig samtale\n\nDe varer en halv time hver.\n"

    assert kinds(text) == [HEADING, LEAD_IN, ITEM, ITEM, PARAGRAPH]


def test_a_lead_in_recurs_under_each_heading() -> None:
    goals = "Det er Byrådets mål at\n\n • styrke børnenes sprog.\n • give plads til alle.\n\n"
    text = f"Børn og læring\n\nDagtilbud\n\n{goals}Folkeskolen\n\n{goals}"
    document = read(text)

    lead_ins = [block for block in document.blocks if block.kind is LEAD_IN]
    assert [block.section for block in lead_ins] == [1, 2]
    assert [block.list_number for block in lead_ins] == [0, 1]
    assert [block.list_number for block in document.blocks if block.kind is ITEM] == [0, 0, 1, 1]
    assert paths(text)[1:] == [("Dagtilbud",), ("Folkeskolen",)]


def test_a_lead_in_may_have_two_lines() -> None:
    text = "Mål\n\nDet vil vi arbejde for ved, at\n\nUdarbejde strategier for tre ting:\n\n • Sprog\n • Natur\n • It\n"
    document = read(text)

    assert kinds(text) == [HEADING, LEAD_IN, LEAD_IN, ITEM, ITEM, ITEM]
    assert {block.list_number for block in document.blocks[1:]} == {0}


def test_the_title_is_the_first_line() -> None:
    document = read(
        "Læreplan for Myretuen\n\nVi leger ude hver eneste dag.\n\nMad\n\nVi spiser sammen klokken elleve.\n"
    )

    assert document.title == "Læreplan for Myretuen"
    assert [section.level for section in document.sections] == [0, 1]
    assert document.sections[1].path == ("Mad",)


def test_a_title_stands_above_nothing() -> None:
    """The title is named by the citation already; no section repeats it."""
    text = "Læreplan for Myretuen\n\nLEG\n\nVi leger ude.\n\nMAD\n\nVi spiser sammen.\n"

    assert paths(text) == [("Læreplan for Myretuen",), ("LEG",), ("MAD",)]


@pytest.mark.parametrize("heading", ["TROVÆRDIGHED", "Formål:", "Formål", "2. Formål", "§ 2 Formål", "Kapitel 2 Leg"])
def test_headings_by_their_form(heading: str) -> None:
    text = (
        f"En plan for os alle\n\nHer står noget om planen, og hvem der har skrevet den.\n\n{heading}\n\nVi vil lære.\n"
    )

    assert kinds(text) == [HEADING, PARAGRAPH, HEADING, PARAGRAPH]
    assert paths(text)[-1] == (heading.rstrip(":"),)


def test_headings_in_markdown() -> None:
    text = "# Plan\n\n## Leg\n\nVi leger.\n\n### Ude\n\nVi er ude.\n\n## Mad ##\n\nVi spiser.\n"

    assert paths(text) == [("Plan",), ("Leg",), ("Leg", "Ude"), ("Mad",)]
    assert read(text).title == "Plan"


def test_headings_that_are_underlined() -> None:
    text = "Plan\n====\n\nLeg\n---\n\nVi leger ude.\n\nMad\n---\n\nVi spiser sammen.\n"

    assert paths(text) == [("Plan",), ("Leg",), ("Mad",)]
    assert [block.text for block in blocks(text) if block.kind is PARAGRAPH] == ["Vi leger ude.", "Vi spiser sammen."]


def test_headings_with_numbers_say_their_level() -> None:
    text = "En plan\n\n1 Leg\n\nVi leger ude.\n\n1.1 Skoven\n\nVi er i skoven.\n\n2 Mad\n\nVi spiser sammen.\n"

    assert paths(text)[1:] == [("1 Leg",), ("1 Leg", "1.1 Skoven"), ("2 Mad",)]


def test_capitals_below_small_letters_and_above_them() -> None:
    inner = f"{PREFACE}Uddybning:\n\nLEG\n\nVi leger ude.\n\nMAD\n\nVi spiser.\n\nTilsyn:\n\nDer er tilsyn.\n"
    outer = f"{PREFACE}LEG\n\nUde\n\nVi leger ude.\n\nInde\n\nVi leger inde.\n\nMAD\n\nVi spiser sammen.\n"

    assert paths(inner)[1:] == [("Uddybning",), ("Uddybning", "LEG"), ("Uddybning", "MAD"), ("Tilsyn",)]
    assert paths(outer)[1:] == [("LEG",), ("LEG", "Ude"), ("LEG", "Inde"), ("MAD",)]


@pytest.mark.parametrize("line", ["Vi leger.", "Rigtig god læselyst.", "”Børn er verdensborgere.”", "Ja, tak!"])
def test_a_short_sentence_is_no_heading(line: str) -> None:
    text = (
        f"Plan\n\nHer står noget om planen, og hvem der har skrevet den.\n\n{line}\n\nVi vil lære sammen med børnene.\n"
    )

    assert kinds(text) == [HEADING, PARAGRAPH, PARAGRAPH, PARAGRAPH]


def test_a_last_line_heads_nothing() -> None:
    text = f"{PREFACE}Vedtaget i Byrådet\n"

    assert kinds(text) == [HEADING, PARAGRAPH, PARAGRAPH]


@pytest.mark.parametrize(("second", "title"), [("Uddybning:", "Uddybning"), ("UDDYBNING", "UDDYBNING")])
def test_a_second_line_that_is_a_heading_is_no_subtitle(second: str, title: str) -> None:
    text = f"Planen\n\n{second}\n\nLeg\n\nVi leger ude.\n\nMad\n\nVi spiser.\n"

    assert paths(text)[1] == (title,)
    assert read(text).publisher is None


def test_a_first_section_with_a_colon_has_sections_of_its_own() -> None:
    text = "Planen\n\nUddybning:\n\nLEG\n\nVi leger ude.\n\nMAD\n\nVi spiser.\n"

    assert paths(text)[1:] == [("Uddybning",), ("Uddybning", "LEG"), ("Uddybning", "MAD")]


@pytest.mark.parametrize("line", ["Egelund Kommune", "**Egelund Kommune**"])
def test_a_subtitle_says_whose_document_it_is(line: str) -> None:
    document = read(f"Planen\n{line}\n\nLeg\n\nVi leger ude.\n")

    assert document.publisher == "Egelund Kommune"
    assert [section.path for section in document.sections] == [("Planen",), ("Leg",)]


@pytest.mark.parametrize("end", LINE_ENDS)
def test_every_line_end_keeps_the_offsets(end: str) -> None:
    text = end.join(["Om leg", "", "Vi leger ude hver dag.", "", "• ude", "• inde", "", "Det er sjovt."])

    assert [block.text for block in blocks(text)] == [
        "Om leg",
        "Vi leger ude hver dag.",
        "ude",
        "inde",
        "Det er sjovt.",
    ]


def test_a_rule_divides() -> None:
    text = "Vi leger ude, når det ikke regner for meget på os.\n\n----------\n\nVi spiser inde, når det er koldt.\n"

    assert kinds(text) == [PARAGRAPH, PARAGRAPH]


def test_crlf_and_a_byte_order_mark_change_nothing() -> None:
    text = "Plan\n\nVi leger:\n\n • ude\n • inde\n"
    plain = read(text)

    other = read_plain_text(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode(), "a.txt", KNOWN)

    assert other == plain
