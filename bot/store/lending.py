"""A finished snapshot as a source of rows: what has not changed since is not encoded again."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from bot.errors import IndexDamagedError, IndexMissingError
from bot.store.builds import current_folder
from bot.store.compression import Basis
from bot.store.consistency import TABLES
from bot.store.manifest import check_files, read_manifest
from bot.store.rows import KEYS, ArrayFile, Row
from bot.store.table import basis_in

if TYPE_CHECKING:
    from bot.models.encoder import Encoder

ARRAYS = ("vectors", "tokens", "spans")


class Lender:
    """The rows of all tables of one snapshot. Every byte of them has been compared with the manifest.

    Rows of a compressed table are lent only to one of the same basis: what they were in full is not kept.
    """

    bases: Mapping[str, Basis]
    """Of the tables that are compressed."""

    def __init__(self, folder: Path) -> None:
        found = {name: basis_in(folder / name) for name in TABLES}
        self.bases = {name: basis for name, basis in found.items() if basis is not None}
        self._places: dict[str, dict[bytes, int]] = {}
        self._tables: list[tuple[dict[str, ArrayFile], np.ndarray]] = []
        self._numbers: list[tuple[int, int]] = []
        for number, name in enumerate(TABLES):
            arrays = {array: ArrayFile(folder / name / f"{array}.npy") for array in ARRAYS}
            self._tables.append((arrays, np.load(folder / name / "starts.npy", allow_pickle=False)))
            places = self._places.setdefault(self.bases[name].fingerprint if name in self.bases else "", {})
            for row, key in enumerate(np.load(folder / name / KEYS, allow_pickle=False)):
                places.setdefault(key.tobytes(), len(self._numbers))
                self._numbers.append((number, row))

    def __len__(self) -> int:
        return len(set().union(*self._places.values()))

    def find(self, key: bytes, basis: str = "") -> int | None:
        """The place of the row with this key, whole or in codes of the basis of that fingerprint, or None."""
        place = self._places.get("", {}).get(key)
        return self._places.get(basis, {}).get(key) if place is None else place

    def tokens_at(self, place: int) -> int:
        """How many tokens the row at a place has."""
        number, row = self._numbers[place]
        starts = self._tables[number][1]
        return int(starts[row + 1] - starts[row])

    def read(self, place: int) -> Row:
        """The row at a place."""
        number, row = self._numbers[place]
        arrays, starts = self._tables[number]
        begin, end = int(starts[row]), int(starts[row + 1])
        return Row(
            arrays["vectors"].rows(row, row + 1)[0].astype(np.float32),
            _tokens(arrays["tokens"].rows(begin, end)),
            arrays["spans"].rows(begin, end).astype(np.int32),
        )

    def close(self) -> None:
        """Let go of the files."""
        for arrays, _ in self._tables:
            for array in arrays.values():
                array.close()


def _tokens(rows: np.ndarray) -> np.ndarray:
    return rows if rows.dtype == np.uint8 else rows.astype(np.int8)


def lender_of(index: Path, encoder: Encoder) -> Lender | None:
    """The snapshot in use of `index`, if it is of the same encoder and whole; else None, and all is encoded anew."""
    try:
        folder = current_folder(index)
        manifest = read_manifest(folder)
        if manifest.encoder_fingerprint != encoder.fingerprint:
            return None
        for name in TABLES:
            check_files(folder, manifest, f"{name}/")
        return Lender(folder)
    except (IndexMissingError, IndexDamagedError, OSError, ValueError):
        return None
