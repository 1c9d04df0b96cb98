"""Rows of a table on their way to the disk: each known by a hash of exactly what the encoder was given for it."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from bot.models.encoder import Task
from bot.models.encoding import Encoding
from bot.store.compression import CODE_BYTES, Basis
from bot.store.table import BASIS, INT8_STEPS, quantise, unit

KEY_BYTES = 32
KEYS = "keys.npy"
"""(rows, KEY_BYTES) beside a table's arrays: what each row was encoded from."""


@dataclass(frozen=True, slots=True)
class Wording:
    """What the encoder reads for one row: `prefix` characters of headings, then the row's own text."""

    text: str
    task: Task
    prefix: int = 0

    @property
    def key(self) -> bytes:
        """SHA-256 of all that decides what one encoder makes of it."""
        said = f"{self.task}\x1f{self.prefix}\x1f{self.text}"
        return hashlib.sha256(said.encode("utf-8", "surrogatepass")).digest()


@dataclass(frozen=True, slots=True, eq=False)
class Row:
    """One row as a table keeps it: vector (dimension,), tokens (n, token dimension), spans (n, 2).

    Of a compressed table's row the tokens are uint8 codes (n, CODE_BYTES).
    """

    vector: NDArray[np.float32]
    tokens: NDArray[np.int8] | NDArray[np.uint8]
    spans: NDArray[np.int32]


class Rows(Protocol):
    """Rows that are there already: in a finished snapshot, or in what an interrupted build had reached."""

    def find(self, key: bytes, basis: str = "") -> int | None:
        """The place of the row with this key, whole or in codes of the basis of that fingerprint, or None."""

    def tokens_at(self, place: int) -> int:
        """How many tokens the row at a place has."""

    def read(self, place: int) -> Row:
        """The row at a place."""


def row_of(encoding: Encoding, prefix: int) -> Row:
    """What a table keeps of an encoding whose text began with `prefix` characters of headings."""
    return Row(
        encoding.vector.astype(np.float32),
        quantise(unit(encoding.tokens)),
        (encoding.spans - prefix).astype(np.int32),
    )


def write_table(
    folder: Path,
    keys: Sequence[bytes],
    found: Sequence[tuple[Rows, int]],
    widths: tuple[int, int],
    basis: Basis | None = None,
    span_kind: type[np.int16 | np.int32] = np.int32,
) -> None:
    """Write the arrays of a table into `folder`, which is made: row i has `keys[i]` and is `found[i]`.

    One row at a time is in memory, whatever the size of the table. `widths` are the dimensions of a text's and of a
    token's vector. With a `basis` the table is compressed: rows that are codes already are of it.
    """
    folder.mkdir(parents=True)
    lengths = np.array([rows.tokens_at(place) for rows, place in found], dtype=np.int64)
    starts = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
    np.save(folder / "starts.npy", starts, allow_pickle=False)
    np.save(folder / KEYS, np.frombuffer(b"".join(keys), np.uint8).reshape(-1, KEY_BYTES), allow_pickle=False)
    tokens = int(starts[-1])
    shapes = {
        "vectors": ((len(found), widths[0]), np.float32),
        "tokens": ((tokens, widths[1]), np.int8) if basis is None else ((tokens, CODE_BYTES), np.uint8),
        "spans": ((tokens, 2), span_kind),
    }
    if basis is not None:
        np.save(folder / BASIS, basis.array, allow_pickle=False)
    files = {name: (folder / f"{name}.npy").open("wb") for name in shapes}
    try:
        for name, (shape, kind) in shapes.items():
            header = {"descr": np.lib.format.dtype_to_descr(np.dtype(kind)), "fortran_order": False, "shape": shape}
            np.lib.format.write_array_header_1_0(files[name], header)
        for rows, place in found:
            row = rows.read(place)
            files["vectors"].write(row.vector.tobytes())
            files["tokens"].write((row.tokens if basis is None else coded(row.tokens, basis)).tobytes())
            files["spans"].write(row.spans.astype(span_kind).tobytes())
    finally:
        for file in files.values():
            file.close()


def coded(tokens: NDArray[np.int8] | NDArray[np.uint8], basis: Basis) -> NDArray[np.uint8]:
    """A row's tokens as codes of a basis; if they are codes, of this basis, as they are."""
    if tokens.dtype == np.uint8:
        return tokens.view(np.uint8)
    return basis.encode(whole(tokens))


def whole(tokens: NDArray[np.int8] | NDArray[np.uint8]) -> NDArray[np.float32]:
    """Tokens in steps of 1/127 as vectors."""
    return tokens.astype(np.float32) / np.float32(INT8_STEPS)


class ArrayFile:
    """A two-dimensional .npy file that is read row by row; nothing of it stays in memory."""

    def __init__(self, path: Path) -> None:
        self._file: BufferedReader = path.open("rb")
        try:
            self._width, self._kind = self._read_header(path.name)
        except BaseException:
            self._file.close()
            raise
        self._begin = self._file.tell()
        self._row_bytes = self._width * self._kind.itemsize

    def _read_header(self, name: str) -> tuple[int, np.dtype[np.generic]]:
        version = np.lib.format.read_magic(self._file)
        if version != (1, 0):
            raise ValueError(f"{name} has version {version} of the array format, (1, 0) expected")
        shape, fortran, kind = np.lib.format.read_array_header_1_0(self._file)
        if fortran or len(shape) != 2:  # noqa: PLR2004
            raise ValueError(f"{name} is no table in rows")
        return shape[1], kind

    def rows(self, start: int, end: int) -> NDArray[np.generic]:
        """The rows from `start` up to `end`, (end - start, width)."""
        self._file.seek(self._begin + start * self._row_bytes)
        data = self._file.read((end - start) * self._row_bytes)
        return np.frombuffer(data, self._kind).reshape(end - start, self._width)

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()
