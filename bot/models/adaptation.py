"""Learned low-rank changes to the embedded encoder's weights, which make its token vectors meet.

e5 was trained to compare whole texts; late interaction compares their tokens. The changes were learned on invented
documents (benchmarks/adapting), are 0.6 MB, and are added to the weights when the encoder is converted.
"""

from __future__ import annotations

import hashlib
from importlib import resources

import numpy as np
from numpy.typing import NDArray

ADAPTATION = "adaptation.safetensors"
DOWN, UP = ".down", ".up"
"""A weight (rows, columns) changes by up (rows, rank) times down (rank, columns)."""


def adaptation_bytes() -> bytes:
    """The file of changes that the package carries."""
    return resources.files("bot.models").joinpath(ADAPTATION).read_bytes()


def adaptation_hash() -> str:
    """SHA-256 of the changes, hexadecimal: part of what the encoder's vectors mean."""
    return hashlib.sha256(adaptation_bytes()).hexdigest()


def adapt(tensors: dict[str, NDArray[np.float32]]) -> None:
    """Add the changes to the weights in `tensors`, by name, in place."""
    # Imported here: it is needed once for each machine.
    from safetensors.numpy import load  # noqa: PLC0415

    changes = load(adaptation_bytes())
    for name in sorted(changes):
        if name.endswith(DOWN):
            weight = name.removesuffix(DOWN)
            up, down = (changes[weight + part].astype(np.float32) for part in (UP, DOWN))
            tensors[weight] = tensors[weight] + _product(up, down)


def _product(up: NDArray[np.float32], down: NDArray[np.float32]) -> NDArray[np.float32]:
    """`up @ down`, the same to the last bit on every machine.

    A product by the library adds in an order that depends on its threads and the processor, and weights that differ
    by a bit are another encoder to an index that two machines share.
    """
    total = np.zeros((up.shape[0], down.shape[1]), np.float32)
    for number in range(up.shape[1]):
        total += up[:, number, None] * down[None, number]
    return total
