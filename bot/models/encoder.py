"""What every encoder of questions and passages can do, whichever library runs its model."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from langchain_core.embeddings import Embeddings
from numpy.typing import NDArray

from bot.models.encoding import Encoding

Task = Literal["query", "document"]
"""What a text is encoded as: a question, or a passage."""
SHORTEST = 1e-12
"""A vector of no length is left as it is instead of being divided by 0."""


@dataclass(frozen=True, slots=True)
class Prompts:
    """What is put in front of a question and of a passage; empty for models trained without."""

    query: str
    passage: str


class Encoder(Embeddings):
    """LangChain embeddings that also give the tokens' vectors; a subclass runs the model.

    A text longer than `max_tokens` (512 for e5, special tokens and prompt included) is cut off there: what follows
    has no part in `vector`, and no tokens; None is no limit. An empty text is encoded like any other. May be used by
    several threads.

    `name` is for people; `fingerprint` is equal for two encoders only if their vectors can be compared.
    """

    batch_size = 16
    """Texts that are handed to the model together, where nothing else is asked for."""

    def __init__(self, name: str, fingerprint: str, prompts: Prompts, max_tokens: int | None) -> None:
        self.name = name
        self.fingerprint = fingerprint
        self.prompts = prompts
        self.max_tokens = max_tokens
        probe = self.encode_query("")
        self.dimension = len(probe.vector)
        """Length of a text's vector."""
        self.token_dimension = probe.tokens.shape[1]
        """Length of a token's vector; another one only if the model has a dense layer after pooling."""

    def encode_query(self, text: str) -> Encoding:
        """The question `text`, encoded with the prompt for questions."""
        return self._encode([_clean(text)], self.prompts.query, "query")[0]

    def encode_passages(
        self, texts: Sequence[str], progress: Callable[[int, int], None] | None = None, batch_size: int | None = None
    ) -> list[Encoding]:
        """`texts`, encoded with the prompt for passages, in the order given.

        `progress` is told how many are done, of how many, after each batch. Texts of like length go together, the
        longest first, so that little is spent on padding and the rest takes no longer than it seems.
        """
        return self._encode_batches(texts, self.prompts.passage, "document", progress, batch_size)

    def encode_queries(
        self, texts: Sequence[str], progress: Callable[[int, int], None] | None = None, batch_size: int | None = None
    ) -> list[Encoding]:
        """Many questions at once, each encoded as `encode_query` does it, in the order given."""
        return self._encode_batches(texts, self.prompts.query, "query", progress, batch_size)

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """The vectors of passages, each (dimension,) and of length 1."""
        return [encoding.vector.tolist() for encoding in self.encode_passages(texts)]

    def embed_query(self, text: str) -> list[float]:
        """The vector of a question, (dimension,) and of length 1."""
        vector: list[float] = self.encode_query(text).vector.tolist()
        return vector

    def _encode_batches(
        self,
        texts: Sequence[str],
        prompt: str,
        task: Task,
        progress: Callable[[int, int], None] | None,
        batch_size: int | None,
    ) -> list[Encoding]:
        size = batch_size or self.batch_size
        order = sorted(range(len(texts)), key=lambda number: len(texts[number]), reverse=True)
        found: dict[int, Encoding] = {}
        for start in range(0, len(order), size):
            batch = order[start : start + size]
            encodings = self._encode([_clean(texts[number]) for number in batch], prompt, task)
            found.update(zip(batch, encodings, strict=True))
            if progress is not None:
                progress(len(found), len(texts))
        return [found[number] for number in range(len(texts))]

    @abstractmethod
    def _encode(self, texts: list[str], prompt: str, task: Task) -> list[Encoding]:
        """One batch of `texts`, each with `prompt` in front of it."""


def encoding_of(
    vector: NDArray[np.float32],
    tokens: NDArray[np.float32],
    offsets: NDArray[np.integer],
    special: NDArray[np.integer],
    prompt: str,
) -> Encoding:
    """The encoding of one text that was tokenised behind `prompt`.

    `vector` (dimension,) may have any length; `tokens` (all tokens, token dimension) are those of the special tokens
    too, which `special` (all tokens,) marks; `offsets` (all tokens, 2) count from the beginning of the prompt.
    """
    kept = (special == 0) & (offsets[:, 1] > len(prompt))
    spans = np.maximum(offsets[kept] - len(prompt), 0).astype(np.int32)
    return Encoding(vector / max(float(np.linalg.norm(vector)), SHORTEST), tokens[kept], spans)


def _clean(text: str) -> str:
    # Half a surrogate pair is no character and no tokenizer takes it; "?" keeps the offsets.
    return text.encode("utf-8", "replace").decode("utf-8")
