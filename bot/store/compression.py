"""Token vectors of large tables in 105 bytes each: the leading directions of the table's own tokens, in few steps.

A token vector goes so far along the mean of all, and so far in each of the 247 directions in which they differ most.
The more they differ, the more bits a direction gets. One byte says how much longer the whole was than what is kept:
without it a token would not even be near to itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256

import numpy as np
from numpy.typing import NDArray

FINE, MIDDLE, COARSE = 8, 144, 96
"""Directions that are kept in eight, four and two bits: so many that retrieval is as good (docs/performance.md)."""
DIRECTIONS = FINE + MIDDLE + COARSE
HALF, QUARTER = MIDDLE // 2, COARSE // 4
CODE_BYTES = 1 + FINE + HALF + QUARTER
COLUMNS = 2 + DIRECTIONS
ZEROS = np.repeat(np.array([128.0, 7.5, 1.5], np.float32), [FINE, MIDDLE, COARSE])
"""The codes that stand for no distance from the mean."""
MOST = np.repeat(np.array([255, 15, 3], np.float32), [FINE, MIDDLE, COARSE])
FINE_STEPS = 127
MIDDLE_STEP, COARSE_STEP = 0.335, 0.996
"""Standard deviations: sixteen, or four, even steps of this size lose least of what is spread normally."""
SHORTEST_STEP = 1e-6
LEAST_GAIN, GAIN_STEP = 0.8, 0.003
"""The whole is 0.8 to 1.565 times as long as what is kept of it."""
AT_A_TIME = 65_536
"""Tokens that are turned into codes or back at once."""

Floats = NDArray[np.float32]
Codes = NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class Basis:
    """What codes are told by: `array` (1 + DIRECTIONS, token dimension), the mean and then one step in each direction.

    Directions stand at right angles to one another; the first is the mean's own.
    """

    array: Floats

    @classmethod
    def learned(cls, tokens: Floats) -> Basis:
        """The basis that keeps most of these unit vectors, (tokens, dimension); there is at least one."""
        wide = tokens.astype(np.float64)
        mean = wide.mean(axis=0)
        along = mean / max(float(np.linalg.norm(mean)), SHORTEST_STEP)
        rest = wide - np.outer(wide @ along, along)
        values, vectors = np.linalg.eigh(rest.T @ rest / len(rest))
        directions = np.column_stack([along, vectors[:, ::-1][:, : DIRECTIONS - 1]])
        fine = np.abs((wide - mean) @ directions[:, :FINE]).max(axis=0) / FINE_STEPS
        spread = np.sqrt(np.maximum(values[::-1][FINE - 1 : DIRECTIONS - 1], 0))
        spread[:MIDDLE] *= MIDDLE_STEP
        spread[MIDDLE:] *= COARSE_STEP
        steps = np.maximum(np.concatenate([fine, spread]), SHORTEST_STEP)
        return cls(np.concatenate([mean[None], directions.T * steps[:, None]]).astype(np.float32))

    @cached_property
    def fingerprint(self) -> str:
        """Codes of equal fingerprints mean the same."""
        return sha256(np.ascontiguousarray(self.array).tobytes()).hexdigest()

    @property
    def width(self) -> int:
        """Dimension of the token vectors that are encoded."""
        return int(self.array.shape[1])

    def fits(self) -> bool:
        """Whether codes can be told by it: its shape, finite numbers, no direction without a length."""
        if self.array.ndim != 2 or self.array.shape[0] != 1 + DIRECTIONS or self.array.dtype != np.float32:  # noqa: PLR2004
            return False
        return bool(np.isfinite(self.array).all() and (self._squares > 0).all())

    def encode(self, tokens: Floats) -> Codes:
        """Codes of unit vectors (tokens, dimension), (tokens, CODE_BYTES)."""
        parts = [self._encode(tokens[start : start + AT_A_TIME]) for start in range(0, len(tokens), AT_A_TIME)]
        return np.concatenate(parts) if parts else np.zeros((0, CODE_BYTES), np.uint8)

    def _encode(self, tokens: Floats) -> Codes:
        steps = ((tokens - self.array[0]) @ self.array[1:].T) / self._squares
        levels = np.clip(np.rint(steps + ZEROS), 0, MOST)
        kept = np.sqrt(np.square(levels[:, 1:] - ZEROS[1:]) @ self._squares[1:])
        gains = self._beside_mean(tokens) / np.maximum(kept, SHORTEST_STEP)
        whole = levels.astype(np.uint8)
        codes = np.zeros((len(tokens), CODE_BYTES), np.uint8)
        codes[:, 0] = np.clip(np.rint((gains - LEAST_GAIN) / GAIN_STEP), 0, 255)
        codes[:, 1 : 1 + FINE] = whole[:, :FINE]
        for place, (start, end, bits) in _packed():
            codes[:, place : place + end - start] |= whole[:, start:end] << bits
        return codes

    def project(self, tokens: Floats) -> Floats:
        """Question tokens (tokens, dimension) -> (tokens, COLUMNS), to be multiplied with `expand`ed codes."""
        # No gain here: a question in other words or another language has more that no passage's token has.
        projected: Floats = tokens @ self._products.T
        return projected

    def _beside_mean(self, tokens: Floats) -> Floats:
        """How long the vectors are at right angles to the mean, (tokens,)."""
        along = np.square(tokens @ self.array[1]) / self._squares[0]
        beside: Floats = np.sqrt(np.maximum(np.square(tokens).sum(axis=1) - along, 0))
        return beside

    @cached_property
    def _squares(self) -> Floats:
        squares: Floats = np.square(self.array[1:]).sum(axis=1)
        return squares

    @cached_property
    def _products(self) -> Floats:
        """What an expanded code's columns are multiplied with, (COLUMNS, token dimension)."""
        wide = self.array.astype(np.float64)
        always = wide[0] - ZEROS[0] * wide[1]
        return np.concatenate([[always, wide[1], -ZEROS[1:] @ wide[2:]], wide[2:]]).astype(np.float32)


def expand(codes: Codes) -> Floats:
    """Codes as numbers, (tokens, COLUMNS): their products with a projected token are cosines.

    A 1, how far along the mean, the gain, and the other directions times the gain.
    """
    expanded = np.empty((len(codes), COLUMNS), np.float32)
    gains = codes[:, 0] * np.float32(GAIN_STEP) + np.float32(LEAST_GAIN)
    expanded[:, 0] = 1
    expanded[:, 1] = codes[:, 1]
    expanded[:, 2] = gains
    expanded[:, 3 : 2 + FINE] = codes[:, 2 : 1 + FINE]
    for place, (start, end, bits) in _packed():
        mask = 15 if start < FINE + MIDDLE else 3
        expanded[:, 2 + start : 2 + end] = codes[:, place : place + end - start] >> bits & mask
    expanded[:, 3:] *= gains[:, None]
    return expanded


def _packed() -> Iterator[tuple[int, tuple[int, int, int]]]:
    """Where the directions from `start` to `end` are in a token's codes, and behind how many bits."""
    for number in range(2):
        start = FINE + number * HALF
        yield 1 + FINE, (start, start + HALF, 4 * number)
    for number in range(4):
        start = FINE + MIDDLE + number * QUARTER
        yield 1 + FINE + HALF, (start, start + QUARTER, 2 * number)
