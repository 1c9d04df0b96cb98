"""Many names looked for in one text: those that may stand there, without trying each of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

WINDOW = 4
"""A name is found by its first so many letters."""


class NameIndex:
    """Names by how they begin. Upper and lower case are one."""

    def __init__(self, names: Sequence[str]) -> None:
        self.names = tuple(names)
        self._by_beginning: defaultdict[str, list[int]] = defaultdict(list)
        for number, name in enumerate(self.names):
            self._by_beginning[name.lower()[:WINDOW]].append(number)

    def in_text(self, text: str) -> list[int]:
        """The numbers of the names that stand in `text`, ascending; it may hold one that only letters' case forbids."""
        lowered = text.lower()
        beginnings = {lowered[at : at + WINDOW] for at in range(len(lowered) - WINDOW + 1)}
        shorter = {lowered[at : at + length] for length in range(WINDOW) for at in range(len(lowered))}
        found = {number for beginning in beginnings | shorter for number in self._by_beginning.get(beginning, ())}
        return sorted(number for number in found if self.names[number].lower() in lowered)
