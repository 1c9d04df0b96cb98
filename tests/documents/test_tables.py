from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.documents.tables import Cell, rows_of


def cells(*texts: str, header: bool = False) -> list[Cell]:
    return [Cell(text, header) for text in texts]


HEAD = cells("Alder", "Pladser", header=True)


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        ([HEAD, cells("3-5 år", "20")], ["Alder: 3-5 år; Pladser: 20"]),
        ([cells("3-5 år", "20"), cells("6 år", "")], ["3-5 år; 20", "6 år"]),
        ([HEAD, cells("", "20")], ["Pladser: 20"]),
        ([HEAD, cells("3 år", "1", "ekstra")], ["Alder: 3 år; Pladser: 1; ekstra"]),
        ([[Cell("Adresse:", header=True), Cell("Vej 1")]], ["Adresse: Vej 1"]),
        ([HEAD, [Cell("Kl. 7", header=True), Cell("leg")]], ["Alder: Kl. 7: Pladser: leg"]),
        ([HEAD], ["Alder; Pladser"]),
        ([], []),
        ([cells("", "")], []),
    ],
)
def test_rows(table: list[list[Cell]], expected: list[str]) -> None:
    assert rows_of(table) == expected


def test_a_header_over_a_row_comes_first_in_the_rows_below() -> None:
    over = [Cell("Vuggestue", header=True, columns=2)]
    other = [Cell("Børnehave", header=True, columns=2)]

    assert rows_of([HEAD, over, cells("1 år", "8"), other, cells("3 år", "20")]) == [
        "Vuggestue; Alder: 1 år; Pladser: 8",
        "Børnehave; Alder: 3 år; Pladser: 20",
    ]


def test_headers_in_two_rows() -> None:
    above = [Cell("Pris", header=True, columns=2), Cell("Alder", header=True, rows=2)]
    below = cells("hel dag", "halv dag", header=True)

    assert rows_of([above, below, cells("4", "2", "3 år")]) == ["Pris hel dag: 4; Pris halv dag: 2; Alder: 3 år"]


def test_a_cell_over_several_rows_and_columns() -> None:
    assert rows_of([HEAD, [Cell("3 år", rows=2), Cell("20")], cells("30"), [Cell("alle", columns=2)]]) == [
        "Alder: 3 år; Pladser: 20",
        "Alder: 3 år; Pladser: 30",
        "Alder: alle",
    ]


CELLS = st.builds(Cell, st.sampled_from(["", "a", "b", "c:"]), st.booleans(), st.integers(-1, 50), st.integers(-1, 50))


@given(table=st.lists(st.lists(CELLS, max_size=5), max_size=6))
def test_no_word_is_lost(table: list[list[Cell]]) -> None:
    said = " ".join(rows_of(table))

    for row in table:
        for cell in row:
            if not cell.header:
                assert cell.text.rstrip(":") in said
