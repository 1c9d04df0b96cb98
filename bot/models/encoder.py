"""Encodes questions and passages with a sentence-transformers model: whole texts and their tokens in one pass."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from langchain_core.embeddings import Embeddings

from bot.errors import ModelError
from bot.models.encoding import Encoding

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

# With these the tokenizer says where its tokens stand, in the same call that prepares the model's input.
WITH_SPANS = {"text": {"return_offsets_mapping": True, "return_special_tokens_mask": True}}
SHORTEST = 1e-12
"""A vector of no length is left as it is instead of being divided by 0."""
E5_NAME = re.compile(r"(?:^|[-_])e5[-_](?!mistral)(?!.*instruct)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Prompts:
    """What is put in front of a question and of a passage; empty for models trained without."""

    query: str
    passage: str


class Encoder(Embeddings):
    """A sentence-transformers text model as LangChain embeddings that also give the tokens' vectors.

    A text longer than `max_tokens` (512 for e5, special tokens and prompt included) is cut off there: what follows
    has no part in `vector`, and no tokens. An empty text is encoded like any other. May be used by several threads.

    `name` is for people; `fingerprint` is equal for two encoders only if their vectors can be compared.
    Raises ModelError if the model gives no token vectors or has no fast tokenizer.
    """

    def __init__(self, model: SentenceTransformer, name: str, fingerprint: str, prompts: Prompts | None = None) -> None:
        self._model = model.eval()
        # A fast tokenizer that is used by two threads at once can fail with "Already borrowed".
        self._tokenizing = threading.Lock()
        self.name = name
        self.fingerprint = fingerprint
        self.prompts = prompts or find_prompts(model, name)
        self.max_tokens = model.max_seq_length
        if not getattr(model.tokenizer, "is_fast", False):
            raise ModelError(
                f"The encoder {name} has a tokenizer that does not say where its tokens stand; "
                "set GRUNDLAG_ENCODER to a sentence-transformers text model with a fast tokenizer."
            )
        probe = self.encode_query("")
        self.dimension = len(probe.vector)
        """Length of a text's vector."""
        self.token_dimension = probe.tokens.shape[1]
        """Length of a token's vector; another one only if the model has a dense layer after pooling."""

    def encode_query(self, text: str) -> Encoding:
        """The question `text`, encoded with the prompt for questions."""
        return self._encode([text], self.prompts.query, "query")[0]

    def encode_passages(
        self, texts: Sequence[str], progress: Callable[[int, int], None] | None = None, batch_size: int = 16
    ) -> list[Encoding]:
        """`texts`, encoded with the prompt for passages, in the order given.

        `progress` is told how many are done, of how many, after each batch. Texts of like length go together, the
        longest first, so that little is spent on padding and the rest takes no longer than it seems.
        """
        return self._encode_batches(texts, self.prompts.passage, "document", progress, batch_size)

    def encode_queries(
        self, texts: Sequence[str], progress: Callable[[int, int], None] | None = None, batch_size: int = 16
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
        task: str,
        progress: Callable[[int, int], None] | None,
        batch_size: int,
    ) -> list[Encoding]:
        order = sorted(range(len(texts)), key=lambda number: len(texts[number]), reverse=True)
        found: dict[int, Encoding] = {}
        for start in range(0, len(order), batch_size):
            batch = order[start : start + batch_size]
            encodings = self._encode([texts[number] for number in batch], prompt, task)
            found.update(zip(batch, encodings, strict=True))
            if progress is not None:
                progress(len(found), len(texts))
        return [found[number] for number in range(len(texts))]

    def _encode(self, texts: list[str], prompt: str, task: str) -> list[Encoding]:
        # Imported here, when there is a model and so torch already: `loading` sets what torch reads as it is imported,
        # and whoever imports this module first must not forestall that.
        import torch  # noqa: PLC0415

        model = self._model
        # Half a surrogate pair is no character and no tokenizer takes it; "?" keeps the offsets.
        clean = [text.encode("utf-8", "replace").decode("utf-8") for text in texts]
        with torch.inference_mode():
            with self._tokenizing:
                features = model.preprocess(clean, prompt=prompt or None, processing_kwargs=WITH_SPANS, task=task)
            offsets = features.pop("offset_mapping").numpy()
            special = features.pop("special_tokens_mask").numpy()
            device = model.device
            inputs = {key: value.to(device) if torch.is_tensor(value) else value for key, value in features.items()}
            output = model(inputs, task=task)
            if "token_embeddings" not in output:
                raise ModelError(
                    f"The encoder {self.name} gives no token vectors; set GRUNDLAG_ENCODER to a transformer model."
                )
            vectors = output["sentence_embedding"][:, : model.truncate_dim].float().cpu().numpy()
            tokens = output["token_embeddings"].float().cpu().numpy()
        vectors = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), SHORTEST)
        # The attention mask is not needed: the tokenizer counts padding as special.
        kept = (special == 0) & (offsets[:, :, 1] > len(prompt))
        spans = np.maximum(offsets - len(prompt), 0).astype(np.int32)
        return [
            Encoding(vector, token[keep], span[keep])
            for vector, token, span, keep in zip(vectors, tokens, spans, kept, strict=True)
        ]


def find_prompts(model: SentenceTransformer, name: str) -> Prompts:
    """The prompts that `model` brings along; for an e5 model that brings none, those it was trained with."""
    query = model.prompts.get("query") or ""
    # The order in which sentence-transformers' encode_document looks for them.
    passage = next((prompt for key in ("document", "passage", "corpus") if (prompt := model.prompts.get(key))), "")
    if not query and not passage and E5_NAME.search(name.rstrip("/").rsplit("/", maxsplit=1)[-1]):
        return Prompts("query: ", "passage: ")
    return Prompts(query, passage)
