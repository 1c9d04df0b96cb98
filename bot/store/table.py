"""Encoded texts on disk: one vector for each text and one for each of its tokens, memory-mapped."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bot.models.encoding import Encoding
from bot.store.compression import CODE_BYTES, Basis, expand

INT8_STEPS = 127
SHORTEST = 1e-9
ARRAYS = ("vectors", "tokens", "starts", "spans")
KINDS = [np.dtype(kind) for kind in (np.float32, np.int8, np.int64, np.int32)]
COMPRESSED_KINDS = [np.dtype(kind) for kind in (np.float32, np.uint8, np.int64)]
SPAN_KINDS = [np.dtype(kind) for kind in (np.int16, np.int32)]
BASIS = "basis.npy"
"""Beside the arrays of a compressed table."""
MATRIX = 2
EXPANDED_TOKENS = 16_384
"""A table of at most so many tokens is kept as float32 too, 25 MB for 384 dimensions: every question reads it."""


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """Rows evenly spread over a table, with their unit token vectors as `Table.tokens_of` gives them."""

    rows: NDArray[np.int64]
    tokens: NDArray[np.float32]
    begins: NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """Encoded texts; row i is the i-th text.

    Token vectors are unit vectors in steps of 1/127: a quarter of the memory, at a cosine of 0.999 to what was put in
    (0.9988 at worst over the tokens of the five documents, of 384 dimensions each). A table with a `basis` is
    compressed: its tokens are codes, and what `tokens_of` gives are numbers whose products with a question's tokens,
    once `project` has made them of the same kind, are the cosines but for a little noise.
    """

    vectors: NDArray[np.float32]
    """(rows, dimension), unit length."""
    tokens: NDArray[np.int8] | NDArray[np.uint8]
    """(all tokens, dimension), or of a compressed table uint8 codes, (all tokens, CODE_BYTES)."""
    starts: NDArray[np.int64]
    """(rows + 1,): row i has tokens[starts[i]:starts[i + 1]]."""
    spans: NDArray[np.int32] | NDArray[np.int16]
    """(all tokens, 2): characters of the row's text; negative in the headings that were put before it."""
    basis: Basis | None = None
    _samples: dict[int, Sample] = field(default_factory=dict, init=False, repr=False)
    _expanded: list[NDArray[np.float32]] = field(default_factory=list, init=False, repr=False)

    def __len__(self) -> int:
        return len(self.vectors)

    def tokens_of(self, rows: Sequence[int] | NDArray[np.int64]) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
        """The unit token vectors of `rows` one after another, (tokens, dimension), and where each row's begin.

        To be multiplied with what `project` makes of others: those of a compressed table are as wide as that.
        A row without tokens (a text of punctuation alone) is given its text's vector instead.
        """
        chosen = np.asarray(rows, dtype=np.int64)
        lengths = self.starts[chosen + 1] - self.starts[chosen]
        if not lengths.all():
            return self._with_vectors_for_empty(chosen)
        begins = np.concatenate([[0], np.cumsum(lengths)[:-1]]) if len(chosen) else np.zeros(0, np.int64)
        if len(self.tokens) > EXPANDED_TOKENS:
            return self._floats(self.tokens[self._positions(chosen, begins, lengths)]), begins
        if not self._expanded:
            self._expanded.append(self._floats(self.tokens))
        whole = self._expanded[0]
        if len(chosen) == len(self) and (np.diff(chosen) == 1).all():
            return whole, begins
        return whole[self._positions(chosen, begins, lengths)], begins

    def project(self, tokens: NDArray[np.float32]) -> NDArray[np.float32]:
        """Unit token vectors (tokens, dimension) as what the table's own are multiplied with."""
        return tokens if self.basis is None else self.basis.project(tokens)

    @property
    def token_dimension(self) -> int:
        """Of the token vectors that went into the table."""
        return self.tokens.shape[1] if self.basis is None else self.basis.width

    def _floats(self, tokens: NDArray[np.int8] | NDArray[np.uint8]) -> NDArray[np.float32]:
        if self.basis is not None:
            return expand(tokens.view(np.uint8))
        floats: NDArray[np.float32] = np.multiply(tokens, np.float32(1 / INT8_STEPS), dtype=np.float32)
        return floats

    def _positions(
        self, rows: NDArray[np.int64], begins: NDArray[np.int64], lengths: NDArray[np.int64]
    ) -> NDArray[np.int64]:
        """Where in `tokens` those of the rows are, one after another."""
        positions: NDArray[np.int64] = np.repeat(self.starts[rows] - begins, lengths) + np.arange(int(lengths.sum()))
        return positions

    def sample(self, size: int) -> Sample:
        """`size` rows evenly spread, all of a smaller table: the same ones each time, and kept once they were read."""
        if size not in self._samples:
            rows = np.unique(np.linspace(0, len(self) - 1, min(len(self), size)).astype(np.int64))
            self._samples[size] = Sample(rows, *self.tokens_of(rows))
        return self._samples[size]

    def own_words(self, rows: Sequence[int] | NDArray[np.int64]) -> NDArray[np.bool_]:
        """For each token that `tokens_of` gives: does it stand in the row's own text, not in the headings before it?"""
        parts = []
        for row in rows:
            spans = self.row_spans(int(row))
            parts.append(spans[:, 0] >= 0 if len(spans) else np.ones(1, dtype=bool))
        return np.concatenate(parts) if parts else np.zeros(0, dtype=bool)

    def _with_vectors_for_empty(self, rows: NDArray[np.int64]) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
        parts, begins, at = [], np.empty(len(rows), dtype=np.int64), 0
        for number, row in enumerate(rows.tolist()):
            part = self.tokens[self.starts[row] : self.starts[row + 1]]
            if not len(part):
                vector = unit(np.asarray(self.vectors[row : row + 1, : self.token_dimension]))
                part = quantise(vector) if self.basis is None else self.basis.encode(vector)
            parts.append(part)
            begins[number] = at
            at += len(part)
        if self.basis is not None:
            return expand(np.concatenate(parts)), begins
        return np.concatenate(parts).astype(np.float32) / np.float32(INT8_STEPS), begins

    def row_spans(self, row: int) -> NDArray[np.int32] | NDArray[np.int16]:
        """Where in the row's text its tokens stand, (tokens, 2)."""
        return self.spans[self.starts[row] : self.starts[row + 1]]

    def save(self, folder: Path) -> None:
        """Write the arrays into `folder`, which is made."""
        folder.mkdir(parents=True)
        for name in ARRAYS:
            np.save(folder / f"{name}.npy", getattr(self, name), allow_pickle=False)
        if self.basis is not None:
            np.save(folder / BASIS, self.basis.array, allow_pickle=False)

    @classmethod
    def open(cls, folder: Path) -> Table:
        """Memory-map what `save` wrote. Raises ValueError or OSError for arrays that do not make a table."""
        mapped = {name: np.load(folder / f"{name}.npy", mmap_mode="r", allow_pickle=False) for name in ARRAYS}
        # As plain arrays over the same pages: numpy's memmap does housekeeping in Python each time it is sliced.
        vectors, tokens, starts, spans = (np.asarray(mapped[name]) for name in ARRAYS)
        table = cls(vectors, tokens, starts, spans, basis_in(folder))
        if not table.fits():
            raise ValueError(f"the arrays in {folder.name} do not fit one another")
        return table

    def fits(self) -> bool:
        """Whether each row has a vector and its part of the tokens, and each token a span."""
        shapes_fit = (
            self.vectors.ndim == self.tokens.ndim == MATRIX
            and self.starts.shape == (len(self.vectors) + 1,)
            and self.spans.shape == (len(self.tokens), 2)
        )
        if not shapes_fit or not self._kinds_fit():
            return False
        ends_fit = self.starts[0] == 0 and self.starts[-1] == len(self.tokens)
        return bool(ends_fit and (np.diff(self.starts) >= 0).all())

    def _kinds_fit(self) -> bool:
        kinds = [getattr(self, name).dtype for name in ARRAYS]
        if self.basis is None:
            return kinds == KINDS
        codes_fit = kinds[:-1] == COMPRESSED_KINDS and kinds[-1] in SPAN_KINDS and self.tokens.shape[1] == CODE_BYTES
        return codes_fit and self.basis.fits()

    @classmethod
    def of(cls, encodings: Sequence[Encoding], dimensions: tuple[int, int], prefixes: Sequence[int]) -> Table:
        """The table of `encodings`, of which each text began with `prefixes[i]` characters of headings.

        `dimensions` are those of a text's and of a token's vector; they matter where there is no text at all.
        """
        dimension, token_dimension = dimensions
        lengths = [len(encoding.tokens) for encoding in encodings]
        tokens = [quantise(unit(encoding.tokens)) for encoding in encodings]
        spans = [encoding.spans - prefix for encoding, prefix in zip(encodings, prefixes, strict=True)]
        return cls(
            vectors=np.array([e.vector for e in encodings], dtype=np.float32).reshape(-1, dimension),
            tokens=np.concatenate(tokens) if tokens else np.zeros((0, token_dimension), np.int8),
            starts=np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64),
            spans=np.concatenate(spans).astype(np.int32) if spans else np.zeros((0, 2), np.int32),
        )


def basis_in(folder: Path) -> Basis | None:
    """What the codes of the table in a folder are told by; None where it is not compressed."""
    if not (folder / BASIS).is_file():
        return None
    return Basis(np.load(folder / BASIS, allow_pickle=False))


def unit(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    """Vectors at length 1, along the last axis; a vector of no length stays as it is."""
    norms = np.linalg.norm(vectors, axis=-1, keepdims=True)
    scaled: NDArray[np.float32] = vectors / np.maximum(norms, SHORTEST)
    return scaled


def quantise(unit: NDArray[np.float32]) -> NDArray[np.int8]:
    """Unit vectors in steps of 1/127."""
    return np.rint(unit * INT8_STEPS).astype(np.int8)
