"""Encoded texts on disk: one vector for each text and one for each of its tokens, memory-mapped."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bot.models.encoding import Encoding

INT8_STEPS = 127
ARRAYS = ("vectors", "tokens", "starts", "spans")


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """Encoded texts; row i is the i-th text.

    Token vectors are unit vectors (centred by the encoder's mean token vector) in steps of 1/127: an eighth of the
    memory of double precision, at a cosine of 0.9999.
    """

    vectors: NDArray[np.float32]
    """(rows, dimension), unit length."""
    tokens: NDArray[np.int8]
    """(all tokens, dimension)."""
    starts: NDArray[np.int64]
    """(rows + 1,): row i has tokens[starts[i]:starts[i + 1]]."""
    spans: NDArray[np.int32]
    """(all tokens, 2): characters of the row's text; negative in the headings that were put before it."""

    def __len__(self) -> int:
        return len(self.vectors)

    def row_tokens(self, row: int) -> NDArray[np.float32]:
        """The unit token vectors of one row, (tokens, dimension)."""
        return self.tokens[self.starts[row] : self.starts[row + 1]].astype(np.float32) / INT8_STEPS

    def row_spans(self, row: int) -> NDArray[np.int32]:
        """Where in the row's text its tokens stand, (tokens, 2)."""
        return self.spans[self.starts[row] : self.starts[row + 1]]

    def save(self, folder: Path) -> None:
        """Write the arrays into `folder`, which is made."""
        folder.mkdir(parents=True)
        for name in ARRAYS:
            np.save(folder / f"{name}.npy", getattr(self, name), allow_pickle=False)

    @classmethod
    def open(cls, folder: Path) -> Table:
        """Memory-map what `save` wrote."""
        return cls(*(np.load(folder / f"{name}.npy", mmap_mode="r", allow_pickle=False) for name in ARRAYS))

    @classmethod
    def of(cls, encodings: Sequence[Encoding], token_mean: NDArray[np.float32], prefixes: Sequence[int]) -> Table:
        """The table of `encodings`, of which each text began with `prefixes[i]` characters of headings."""
        dimension = token_mean.shape[0]
        lengths = [len(encoding.tokens) for encoding in encodings]
        tokens = [quantise(centre(encoding.tokens, token_mean)) for encoding in encodings]
        spans = [encoding.spans - prefix for encoding, prefix in zip(encodings, prefixes, strict=True)]
        return cls(
            vectors=np.array([e.vector for e in encodings], dtype=np.float32).reshape(-1, dimension),
            tokens=np.concatenate(tokens) if tokens else np.zeros((0, dimension), np.int8),
            starts=np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64),
            spans=np.concatenate(spans).astype(np.int32) if spans else np.zeros((0, 2), np.int32),
        )


def centre(tokens: NDArray[np.float32], mean: NDArray[np.float32]) -> NDArray[np.float32]:
    """Token vectors without what all tokens share, at unit length: (tokens, dimension)."""
    centred = tokens - mean
    norms = np.linalg.norm(centred, axis=1, keepdims=True)
    centred /= np.maximum(norms, 1e-9)
    return centred


def quantise(unit: NDArray[np.float32]) -> NDArray[np.int8]:
    """Unit vectors in steps of 1/127."""
    return np.rint(unit * INT8_STEPS).astype(np.int8)
