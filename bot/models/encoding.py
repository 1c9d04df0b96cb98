"""What an encoder says about one text: its vector, and a vector for each of its tokens."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, eq=False)
class Encoding:
    """A text as its encoder sees it. The arrays must not be written to: they may be shared.

    `tokens` and `spans` leave out the special tokens and those of the prompt, so a text without words has none.
    """

    vector: NDArray[np.float32]
    """(dimension,), of length 1: the whole text."""
    tokens: NDArray[np.float32]
    """(tokens, token dimension): the last layer's vector of each token, neither centred nor normalised."""
    spans: NDArray[np.int32]
    """(tokens, 2): start (inclusive) and end (exclusive) of each token, in characters of the text as given."""
