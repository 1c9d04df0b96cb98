"""Which groups a passage is in: looked up by its row, however many groups there are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from bot.schema import Group


class Memberships:
    """The groups of each of `size` passages, as positions in `groups`."""

    def __init__(self, groups: Sequence[Group], size: int) -> None:
        members = np.array([row for group in groups for row in group.members], dtype=np.int64)
        numbers = np.repeat(np.arange(len(groups)), [len(group.members) for group in groups])
        # A member that is no passage is told by the check of the snapshot.
        known = (members >= 0) & (members < size)
        order = np.argsort(members[known], kind="stable")
        self._numbers = numbers[known][order]
        self._begins = np.concatenate([[0], np.cumsum(np.bincount(members[known], minlength=size))])

    def of(self, rows: Iterable[int]) -> list[int]:
        """The groups that any of the passages is in, ascending."""
        found = {number for row in rows for number in self._numbers[self._begins[row] : self._begins[row + 1]].tolist()}
        return sorted(found)
