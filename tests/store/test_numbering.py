from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.store.numbering import NUMBERS, Numbering, carry

KEYS = st.lists(st.sampled_from([bytes([n]) for n in range(6)]), max_size=12)


@given(tables=st.lists(KEYS, min_size=1, max_size=5))
def test_a_row_keeps_its_number_as_long_as_it_is_there(tables: list[list[bytes]]) -> None:
    before, numbering = tables[0], Numbering.plain(len(tables[0]))
    stored = dict(zip(numbering.ids(range(len(before))), before, strict=True))
    for keys in tables[1:]:
        carried = carry(before, numbering, keys)

        # What Chroma does with it: rows are taken out and put in by their numbers.
        for number in carried.gone.tolist():
            del stored[str(number)]
        for row in carried.new.tolist():
            [name] = carried.numbering.ids([row])
            assert name not in stored
            stored[name] = keys[row]

        before, numbering = keys, carried.numbering
        assert {name: keys[row] for row, name in enumerate(numbering.ids(range(len(keys))))} == stored
        assert numbering.rows(stored) == [numbering.ids(range(len(keys))).index(name) for name in stored]


@given(before=KEYS, keys=KEYS)
def test_nothing_that_is_there_is_written_again(before: list[bytes], keys: list[bytes]) -> None:
    carried = carry(before, Numbering.plain(len(before)), keys)

    common = sum(min(before.count(key), keys.count(key)) for key in set(keys))
    assert len(carried.kept) == common
    assert carried.changes == len(keys) + len(before) - 2 * common
    assert all(keys[row] == before[old] for row, old in carried.kept.tolist())


def test_numbers_are_kept_on_disk(tmp_path: Path) -> None:
    Numbering(np.array([4, 0, 9])).save(tmp_path)

    assert Numbering.open(tmp_path).rows(["9", "4"]) == [2, 0]


@pytest.mark.parametrize("damaged", [[1, 1], [-1], [2**40], [[1]], [0.5]], ids=str)
def test_what_are_no_numbers_is_refused(tmp_path: Path, damaged: list[object]) -> None:
    np.save(tmp_path / NUMBERS, np.array(damaged))

    with pytest.raises(ValueError, match=NUMBERS):
        Numbering.open(tmp_path)


@pytest.mark.parametrize("unknown", ["3", "99", "x"])
def test_a_row_of_another_table_is_noticed(unknown: str) -> None:
    with pytest.raises((LookupError, ValueError)):
        Numbering(np.array([4, 0, 9])).rows([unknown])
