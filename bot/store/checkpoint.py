"""What a build has encoded so far, on disk: the next build goes on from there, however this one ends."""

from __future__ import annotations

import hashlib
import os
import struct
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import numpy as np

from bot.store.manifest import FORMAT
from bot.store.rows import KEY_BYTES, Row

if TYPE_CHECKING:
    from bot.models.encoder import Encoder

CHECKPOINT = "unfinished.rows"
MAGIC = b"GRUNDLAG"
COUNT = struct.Struct("<I")
CHECK_BYTES = 16
MOST_TOKENS = 1_000_000
"""No text has so many: a length beyond it is damage."""


class Checkpoint:
    """Rows by key in one file of `index` that is only added to; a row is there whole, with its hash, or not at all.

    Opened for `wanted` keys. What is damaged, of another encoder or no longer wanted is thrown away, so the file never
    holds more than one build needs. To be used by one builder at a time.
    """

    def __init__(self, index: Path, encoder: Encoder, wanted: Collection[bytes]) -> None:
        self.path = index / CHECKPOINT
        self._widths = (encoder.dimension, encoder.token_dimension)
        said = f"{FORMAT} {encoder.fingerprint} {self._widths}"
        self._head = MAGIC + hashlib.sha256(said.encode()).digest()
        self._places: dict[bytes, int] = {}
        self._offsets: list[tuple[int, int]] = []
        self._file = self._opened(frozenset(wanted))

    def __len__(self) -> int:
        return len(self._places)

    def find(self, key: bytes, basis: str = "") -> int | None:
        """The place of the row with this key, or None; all are whole, which serves any basis."""
        return self._places.get(key)

    def tokens_at(self, place: int) -> int:
        """How many tokens the row at a place has."""
        return self._offsets[place][1]

    def read(self, place: int) -> Row:
        """The row at a place."""
        offset, tokens = self._offsets[place]
        self._file.seek(offset)
        return self._row(self._file.read(self._body_bytes(tokens)), tokens)

    def add(self, key: bytes, row: Row) -> None:
        """Put a row at the end."""
        body = row.vector.tobytes() + row.tokens.tobytes() + row.spans.tobytes()
        head = key + COUNT.pack(len(row.tokens))
        self._file.seek(0, os.SEEK_END)
        at = self._file.tell()
        self._file.write(head + body + _check(head + body))
        self._remember(key, at + len(head), len(row.tokens))

    def flush(self) -> None:
        """Hand what was added to the system: it outlives this program."""
        self._file.flush()

    def close(self, *, done: bool) -> None:
        """Let go of the file; when the build is `done`, nobody needs it any more."""
        self._file.close()
        if done:
            self.path.unlink(missing_ok=True)

    def _opened(self, wanted: frozenset[bytes]) -> BinaryIO:
        if self.path.is_file():
            with self.path.open("rb") as file:
                records = list(self._records(file))
                whole = sum(KEY_BYTES + COUNT.size + self._body_bytes(n) + CHECK_BYTES for _, _, n in records)
                kept = [record for record in records if record[0] in wanted]
                if kept and len(kept) == len(records):
                    opened = self.path.open("r+b")
                    opened.truncate(len(self._head) + whole)
                    for key, offset, tokens in records:
                        self._remember(key, offset, tokens)
                    return opened
                return self._rewritten(file, kept)
        return self._rewritten(None, [])

    def _rewritten(self, before: BinaryIO | None, kept: list[tuple[bytes, int, int]]) -> BinaryIO:
        draft = self.path.with_suffix(".draft")
        file = draft.open("w+b")
        file.write(self._head)
        for key, offset, tokens in kept:
            if before is not None:
                before.seek(offset - KEY_BYTES - COUNT.size)
                size = KEY_BYTES + COUNT.size + self._body_bytes(tokens) + CHECK_BYTES
                at = file.tell()
                file.write(before.read(size))
                self._remember(key, at + KEY_BYTES + COUNT.size, tokens)
        file.flush()
        draft.replace(self.path)
        return file

    def _records(self, file: BinaryIO) -> Iterator[tuple[bytes, int, int]]:
        """Key, offset of the body and number of tokens of each whole record, up to the first that is not."""
        if file.read(len(self._head)) != self._head:
            return
        while len(head := file.read(KEY_BYTES + COUNT.size)) == KEY_BYTES + COUNT.size:
            (tokens,) = COUNT.unpack(head[KEY_BYTES:])
            if tokens > MOST_TOKENS:
                return
            offset = file.tell()
            body = file.read(self._body_bytes(tokens))
            if file.read(CHECK_BYTES) != _check(head + body):
                return
            yield head[:KEY_BYTES], offset, tokens

    def _remember(self, key: bytes, offset: int, tokens: int) -> None:
        self._places[key] = len(self._offsets)
        self._offsets.append((offset, tokens))

    def _body_bytes(self, tokens: int) -> int:
        size: int = 4 * self._widths[0] + tokens * self._widths[1] + 8 * tokens
        return size

    def _row(self, body: bytes, tokens: int) -> Row:
        vector_end = 4 * self._widths[0]
        tokens_end = vector_end + tokens * self._widths[1]
        return Row(
            np.frombuffer(body[:vector_end], np.float32),
            np.frombuffer(body[vector_end:tokens_end], np.int8).reshape(tokens, self._widths[1]),
            np.frombuffer(body[tokens_end:], np.int32).reshape(tokens, 2),
        )


def _check(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()[:CHECK_BYTES]
