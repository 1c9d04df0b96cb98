from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.schema import Group, GroupKind
from bot.store.memberships import Memberships


def group(members: list[int]) -> Group:
    return Group(GroupKind.LIST, "d.txt", "D", (), "", tuple(members), 0, 1)


@given(st.lists(st.lists(st.integers(0, 9), unique=True), max_size=6), st.lists(st.integers(0, 9)))
def test_finds_the_groups_that_hold_a_passage(members: list[list[int]], rows: list[int]) -> None:
    expected = [number for number, held in enumerate(members) if set(held) & set(rows)]
    assert Memberships([group(held) for held in members], 10).of(rows) == expected


def test_a_member_that_is_no_passage_is_in_no_group() -> None:
    found = Memberships([group([0, 99]), group([-1, 1])], 2)
    assert found.of([0]) == [0]
    assert found.of([1]) == [1]
