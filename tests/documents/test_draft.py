from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.documents.catalogue import Entry
from bot.documents.description import drafted
from bot.documents.draft import Part, draft_of
from bot.schema import Document
from tests.documents.invariants import check_invariants


def read(*parts: Part) -> Document:
    return drafted("a.html", draft_of(parts), Entry(language="da"))


def paths(*parts: Part) -> list[tuple[str, ...]]:
    return [section.path for section in read(*parts).sections]


LEG = Part("Vi leger ude hver dag.")


def test_parts_are_written_one_after_the_other() -> None:
    document = read(
        Part("Plan", level=1), LEG, Part("lege", listing=1, label="•"), Part(" synge\n", listing=1, label="•")
    )

    assert document.text == "Plan\n\nVi leger ude hver dag.\n\n• lege\n• synge\n"


def test_lists_that_follow_one_another_stay_apart() -> None:
    document = read(*(Part(text, listing=number) for text, number in [("a", 1), ("b", 1), ("c", 2)]))

    assert [block.list_number for block in document.blocks] == [0, 0, 1]
    assert document.text == "a\nb\n\nc\n"


def test_without_marks_form_tells_the_headings() -> None:
    assert paths(Part("Plan"), LEG, Part("Mad"), LEG) == [("Plan",), ("Mad",)]


def test_bold_lines_are_headings_where_none_is_marked() -> None:
    parts = Part("Plan"), Part("Ude", bold=True), LEG, Part("Kort linje"), LEG, Part("Inde", bold=True), LEG

    assert paths(*parts) == [("Plan",), ("Ude",), ("Inde",)]


def test_a_title_above_several_outermost_headings() -> None:
    document = read(Part("Plan for leg"), Part("Ude", level=1), LEG, Part("Inde", level=1), LEG)

    assert document.title == "Plan for leg"
    assert [section.path for section in document.sections] == [("Plan for leg",), ("Ude",), ("Inde",)]


def test_the_page_goes_with_the_block() -> None:
    document = read(Part("Plan", level=1, page=1), Part("Vi leger.\nVi synger.", page=2), Part("a", listing=1, page=3))

    assert [block.page for block in document.blocks] == [1, 2, 2, 3]


PARTS = st.builds(
    Part,
    st.text(st.sampled_from("aÅ .:•-\n\u00ad1)\u0301#"), max_size=12),
    level=st.integers(0, 8),
    listing=st.one_of(st.none(), st.integers(0, 2)),
    label=st.sampled_from(["", "•", "1.", "a)"]),
    bold=st.booleans(),
)


@given(parts=st.lists(PARTS, max_size=12))
def test_any_parts_make_a_document(parts: list[Part]) -> None:
    draft = draft_of(parts)

    if draft.text:
        check_invariants(drafted("a.html", draft, Entry(language="da")))
    else:
        assert draft.chunks == []
