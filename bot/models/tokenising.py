"""Texts -> tokens of the embedded encoder: short texts at once, long ones by a tokenizer that takes a while to load."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tokenizers import Encoding as Tokenised
from tokenizers import Tokenizer

from bot.models.conversion import PIECES, TOKENIZER
from bot.models.pieces import Pieces

SHORT = 2000
"""Characters that are tokenised together without the whole tokenizer: a question and more, a batch of passages not."""


@dataclass(frozen=True, slots=True, eq=False)
class Tokens:
    """A text's tokens, special ones and the prompt's included."""

    ids: NDArray[np.int64]
    """(tokens,), what the model is given."""
    offsets: NDArray[np.int64]
    """(tokens, 2): start (inclusive) and end (exclusive), in characters of the text."""
    special: NDArray[np.int64]
    """(tokens,): 1 for each special token, else 0."""


class Tokenising:
    """The tokenizer in a model folder; threads may share it. Raises what the libraries do if it cannot be read."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / TOKENIZER
        self._loading = threading.Lock()
        self._whole: Tokenizer | None = None
        # A folder of an earlier version has none, and stays without where nothing can be written.
        self._pieces = Pieces(folder / PIECES) if (folder / PIECES).is_file() else None
        if self._pieces is None:
            self._load()

    @property
    def max_length(self) -> int | None:
        """The tokens that a text is cut at, special tokens included; None for no limit."""
        truncation = self._pieces.truncation if self._pieces is not None else self._load().truncation
        return truncation["max_length"] if truncation else None

    def encode(self, texts: Sequence[str]) -> list[Tokens]:
        """The tokens of each text: the same whichever way they are found."""
        if self._whole is None and sum(map(len, texts)) <= SHORT:
            return [self._short(text) for text in texts]
        return [self._long(text) for text in texts]

    def _short(self, text: str) -> Tokens:
        found = self._pieces.encode(text) if self._pieces is not None else None
        return self._long(text) if found is None else _tokens(found[0], found[1])

    def _long(self, text: str) -> Tokens:
        tokenised = self._load().encode(text)
        return _tokens(tokenised, np.array(tokenised.ids, np.int64))

    def _load(self) -> Tokenizer:
        with self._loading:
            if self._whole is None:
                self._whole = Tokenizer.from_file(str(self._path))
            return self._whole


def _tokens(tokenised: Tokenised, ids: NDArray[np.int64]) -> Tokens:
    return Tokens(ids, np.array(tokenised.offsets, np.int64), np.array(tokenised.special_tokens_mask, np.int64))
