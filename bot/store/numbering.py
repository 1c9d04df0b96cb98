"""Which number each row of a table has in Chroma: a row that comes from the snapshot before keeps the one it had."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

NUMBERS = "numbers.npy"
"""(rows,) int64 beside a table's arrays."""
HIGHEST = 2**31
"""A number beyond it is damage: numbers begin at 0 again whenever a graph is made whole."""


class Numbering:
    """Numbers of rows, and back. Chroma knows a row by its number, as text."""

    def __init__(self, numbers: NDArray[np.int64]) -> None:
        self.numbers = numbers
        self._rows = np.full(int(numbers.max(initial=-1)) + 1, -1, dtype=np.int64)
        self._rows[numbers] = np.arange(len(numbers))

    @classmethod
    def plain(cls, size: int) -> Numbering:
        """Each row has its own place as its number."""
        return cls(np.arange(size, dtype=np.int64))

    @classmethod
    def open(cls, folder: Path) -> Numbering:
        """What `save` wrote. Raises ValueError or OSError for what are no numbers of rows."""
        numbers = np.load(folder / NUMBERS, allow_pickle=False)
        fits = numbers.ndim == 1 and numbers.dtype == np.int64
        if not fits or (len(numbers) and not 0 <= numbers.min() <= numbers.max() < HIGHEST):
            raise ValueError(f"{NUMBERS} in {folder.name} has no numbers of rows")
        if len(np.unique(numbers)) < len(numbers):
            raise ValueError(f"{NUMBERS} in {folder.name} has a number twice")
        return cls(numbers)

    def save(self, folder: Path) -> None:
        """Write the numbers into the folder of their table."""
        np.save(folder / NUMBERS, self.numbers, allow_pickle=False)

    def __len__(self) -> int:
        return len(self.numbers)

    def ids(self, rows: Iterable[int]) -> list[str]:
        """What Chroma calls these rows."""
        return [str(self.numbers[row]) for row in rows]

    def rows(self, ids: Iterable[str]) -> list[int]:
        """The rows that Chroma calls so. Raises LookupError for one that is none of these."""
        numbers = np.array([int(name) for name in ids], dtype=np.int64)
        found = self._rows[numbers]
        if (found < 0).any():
            raise LookupError("Chroma has a row that is not in the table")
        rows: list[int] = found.tolist()
        return rows


@dataclass(frozen=True, slots=True)
class Carried:
    """A table after another: the numbers of its rows, those `kept` with where they were, and what came and went.

    `kept` are pairs of the row now and the row before, (n, 2); `new` are rows, `gone` numbers.
    """

    numbering: Numbering
    kept: NDArray[np.int64]
    new: NDArray[np.int64]
    gone: NDArray[np.int64]

    @property
    def changes(self) -> int:
        """How many rows have to be put in and taken out."""
        return len(self.new) + len(self.gone)


def carry(before: Sequence[bytes], numbering: Numbering, keys: Sequence[bytes]) -> Carried:
    """The rows with `keys` after those with the keys `before`: of equal keys, the first is the first."""
    free: dict[bytes, list[int]] = defaultdict(list)
    for row in reversed(range(len(before))):
        free[before[row]].append(row)
    kept, new = [], []
    for row, key in enumerate(keys):
        if free.get(key):
            kept.append((row, free[key].pop()))
        else:
            new.append(row)
    pairs = np.array(kept, dtype=np.int64).reshape(-1, 2)
    first = int(numbering.numbers.max(initial=-1)) + 1
    numbers = np.empty(len(keys), dtype=np.int64)
    numbers[pairs[:, 0]] = numbering.numbers[pairs[:, 1]]
    numbers[new] = np.arange(first, first + len(new))
    gone = np.setdiff1d(numbering.numbers, numbers[pairs[:, 0]])
    return Carried(Numbering(numbers), pairs, np.array(new, dtype=np.int64), gone)
