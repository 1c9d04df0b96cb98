"""The tokenizer's vocabulary on disk, where short texts look up their pieces without all 250,000 being loaded.

To build the whole tokenizer takes longer than anything else between the start of a process and its first answer. But a
unigram model chooses among the pieces that stand in the text, and those that do not stand there change nothing: the
same library with a vocabulary of these few finds the same tokens.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import safe_open
from safetensors.numpy import save_file
from tokenizers import Encoding as Tokenised
from tokenizers import Tokenizer

FRAME = "tokenizer"
"""The key of the file's metadata under which the tokenizer stands as JSON, with the special tokens alone."""


class Pieces:
    """What `write_pieces` wrote, opened; threads may share it. Raises what the libraries do if it cannot be read."""

    def __init__(self, path: Path) -> None:
        with safe_open(path, "numpy") as file:
            self._frame = json.loads((file.metadata() or {})[FRAME])
            (
                self._special,
                self._checksums,
                self._numbers,
                self._starts,
                self._bytes,
                self._scores,
            ) = (file.get_tensor(name) for name in ("special", "checksums", "numbers", "starts", "bytes", "scores"))
        self._alone = Tokenizer.from_str(json.dumps(self._frame))
        self._marks = [piece for piece, _ in self._frame["model"]["vocab"]]
        # An unknown character costs a fixed amount more than the lowest score of all pieces.
        self._always = [int(np.argmin(self._scores))]
        self._longest = int(np.diff(self._starts.astype(np.int64)).max())

    @property
    def truncation(self) -> dict[str, Any] | None:
        """Where the tokenizer cuts a text, as its library tells it; None for nowhere."""
        found: dict[str, Any] | None = self._alone.truncation
        return found

    def encode(self, text: str) -> tuple[Tokenised, NDArray[np.int64]] | None:
        """The text tokenised, and the tokens' numbers in the whole vocabulary, (tokens,).

        The `ids` of what is tokenised are those of a vocabulary of its own. None where a special token is written out
        in the text: the rest is then cut up before it is normalised, and only the whole tokenizer does that.
        """
        if any(mark in text for mark in self._marks):
            return None
        numbers = [*self._special.tolist(), *sorted({*self._found(text), *self._always} - {*self._special.tolist()})]
        # As JSON, as the whole one is loaded: so the scores are the same to the last bit.
        model = self._frame["model"] | {"vocab": [[self._piece(n), float(self._scores[n])] for n in numbers]}
        tokenised = Tokenizer.from_str(json.dumps(self._frame | {"model": model})).encode(text)
        return tokenised, np.array(numbers, np.int64)[tokenised.ids]

    def _found(self, text: str) -> Iterator[int]:
        """The numbers of the pieces that stand in the text, as it is when it is cut into words."""
        if self._alone.normalizer is not None:
            text = self._alone.normalizer.normalize_str(text)
        words = {word for word, _ in self._alone.pre_tokenizer.pre_tokenize_str(text)}
        parts = list({part for word in words for part in _parts(word.encode(), self._longest)})
        sums = np.array([zlib.crc32(part) for part in parts], np.uint32)
        firsts, ends = (np.searchsorted(self._checksums, sums, side) for side in ("left", "right"))
        for at in np.flatnonzero(firsts < ends).tolist():
            for place in range(firsts[at], ends[at]):
                number = int(self._numbers[place])
                if self._raw(number) == parts[at]:
                    yield number

    def _raw(self, number: int) -> bytes:
        raw: bytes = self._bytes[self._starts[number] : self._starts[number + 1]].tobytes()
        return raw

    def _piece(self, number: int) -> str:
        return self._raw(number).decode()


def _parts(word: bytes, longest: int) -> Iterator[bytes]:
    """All that begins and ends with a character of the word, of at most `longest` bytes."""
    edges = [at for at, byte in enumerate(word) if byte & 0xC0 != 0x80] + [len(word)]  # noqa: PLR2004 - UTF-8's bits
    for number, start in enumerate(edges):
        for end in edges[number + 1 :]:
            if end - start > longest:
                break
            yield word[start:end]


def write_pieces(path: Path, pieces: Iterable[tuple[str, float]], special: Iterable[int], frame: Tokenizer) -> None:
    """Write a vocabulary, in the order of its numbers, for `Pieces` to open.

    `special` are the numbers of the special tokens, in the order in which `frame` has them: the tokenizer with these
    alone for its vocabulary.
    """
    texts, scores = zip(*pieces, strict=True)
    raw = [text.encode() for text in texts]
    checksums = np.array([zlib.crc32(one) for one in raw], np.uint32)
    order = np.argsort(checksums, kind="stable")
    arrays: dict[str, NDArray[Any]] = {
        "special": np.array([*special], np.int64),
        "checksums": checksums[order],
        "numbers": order.astype(np.uint32),
        "starts": np.concatenate([[0], np.cumsum([len(one) for one in raw])]).astype(np.uint32),
        "bytes": np.frombuffer(b"".join(raw), np.uint8),
        "scores": np.array(scores, np.float64),
    }
    save_file(arrays, path, metadata={FRAME: frame.to_str()})
