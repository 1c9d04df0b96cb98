from __future__ import annotations

from collections.abc import Mapping

from bot.documents.catalogue import Entry
from bot.documents.groups import group_text, groups_of
from bot.documents.passages import passages_of, squeeze
from bot.documents.plain_text import read_plain_text
from bot.schema import Document, Group, GroupKind

HERNING = "herning-boern-og-laering.txt"
GOALS = "Det er Byrådets mål at"


def groups(*documents: Document) -> tuple[Group, ...]:
    return groups_of(documents, passages_of(documents))


def read(text: str) -> Document:
    return read_plain_text(text.encode(), "a.txt", Entry(language="da"))


def test_the_lists_of_a_real_document(documents: Mapping[str, Document]) -> None:
    lists = [group for group in groups(documents[HERNING]) if group.kind is GroupKind.LIST]

    assert [(group.path, group.lead_in, len(group.members)) for group in lists if group.path != lists[0].path] == [
        (("Dagtilbud",), GOALS, 6),
        (("Dagtilbud",), "Det vil Byrådet arbejde for ved at", 3),
        (("Folkeskolen",), GOALS, 6),
        (("Specialtilbud",), GOALS, 4),
    ]
    assert lists[1].lead_in == (
        "Det vil Byrådet arbejde for ved, at Udarbejde strategier for følgende områder fra 0 - 18 år:"
    )


def test_members_are_in_reading_order_and_inside_their_group(documents: Mapping[str, Document]) -> None:
    passages = passages_of(documents.values())
    found = groups_of(documents.values(), passages)

    assert {group.document for group in found} == set(documents)
    for group in found:
        places = [
            next(p for p in passages[row].places if p.document == group.document and group.start <= p.start < group.end)
            for row in group.members
        ]
        assert [place.start for place in places] == sorted(place.start for place in places)
        assert all(place.end <= group.end for place in places)
        assert documents[group.document].title == group.title


def test_a_section_that_says_the_same_again_is_left_out(documents: Mapping[str, Document]) -> None:
    found = groups(documents["aarhus-staerkere-laeringsfaellesskaber.txt"])

    assert len({group.path for group in found}) == len(found) == 9


def test_a_section_has_what_stands_under_its_subsections() -> None:
    document = read(
        "# Plan\n\n## Leg\n\nVi leger.\n\n### Ude\n\nVi er ude.\n\n### Inde\n\nVi er inde.\n\n## Mad\n\nVi spiser.\n"
    )
    found = {group.path: group for group in groups(document)}

    assert {path: len(group.members) for path, group in found.items()} == {
        ("Leg",): 3,
        ("Leg", "Ude"): 1,
        ("Leg", "Inde"): 1,
        ("Mad",): 1,
    }
    leg = found["Leg",]
    assert (
        document.text[leg.start : leg.end]
        == document.text[document.text.index("## Leg") : document.text.index("\n\n## Mad")]
    )


def test_one_item_is_no_list() -> None:
    assert [g.kind for g in groups(read("Mål\n\n• Vi vil lege ude hver dag.\n"))] == [GroupKind.SECTION]


def test_a_group_is_read_with_its_headings_and_lead_in() -> None:
    document = read("Mål\n\nVi har skrevet det ned.\n\nDAGTILBUD\n\nDet er vores mål at\n\n• lege\n  ude.\n• synge.\n")
    passages = passages_of([document])
    [group] = [g for g in groups_of([document], passages) if g.kind is GroupKind.LIST]

    read_as = squeeze(group_text(group, passages)).casefold()
    assert read_as == "mål. dagtilbud: det er vores mål at lege ude. synge."
