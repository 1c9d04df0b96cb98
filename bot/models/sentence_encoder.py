"""Runs any sentence-transformers model, by torch: whole texts and their tokens in one pass."""

from __future__ import annotations

import re
import threading
from typing import TYPE_CHECKING

from bot.errors import ModelError
from bot.models.encoder import Encoder, Prompts, Task, encoding_of
from bot.models.encoding import Encoding

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

# With these the tokenizer says where its tokens stand, in the same call that prepares the model's input.
WITH_SPANS = {"text": {"return_offsets_mapping": True, "return_special_tokens_mask": True}}
E5_NAME = re.compile(r"(?:^|[-_])e5[-_](?!mistral)(?!.*instruct)", re.IGNORECASE)


class SentenceEncoder(Encoder):
    """A sentence-transformers text model as an encoder.

    Raises ModelError if the model gives no token vectors or has no fast tokenizer.
    """

    def __init__(self, model: SentenceTransformer, name: str, fingerprint: str, prompts: Prompts | None = None) -> None:
        self._model = model.eval()
        # A fast tokenizer that is used by two threads at once can fail with "Already borrowed".
        self._tokenizing = threading.Lock()
        if not getattr(model.tokenizer, "is_fast", False):
            raise ModelError(
                f"The encoder {name} has a tokenizer that does not say where its tokens stand; "
                "set GRUNDLAG_ENCODER to a sentence-transformers text model with a fast tokenizer."
            )
        super().__init__(name, fingerprint, prompts or find_prompts(model, name), model.max_seq_length)

    def _encode(self, texts: list[str], prompt: str, task: Task) -> list[Encoding]:
        # Imported here, when there is a model and so torch already: `loading` sets what torch reads as it is imported,
        # and whoever imports this module first must not forestall that.
        import torch  # noqa: PLC0415

        model = self._model
        with torch.inference_mode():
            with self._tokenizing:
                features = model.preprocess(texts, prompt=prompt or None, processing_kwargs=WITH_SPANS, task=task)
            offsets = features.pop("offset_mapping").numpy()
            # The attention mask is not needed: the tokenizer counts padding as special.
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
        return [encoding_of(*row, prompt) for row in zip(vectors, tokens, offsets, special, strict=True)]


def find_prompts(model: SentenceTransformer, name: str) -> Prompts:
    """The prompts that `model` brings along; for an e5 model that brings none, those it was trained with."""
    query = model.prompts.get("query") or ""
    # The order in which sentence-transformers' encode_document looks for them.
    passage = next((prompt for key in ("document", "passage", "corpus") if (prompt := model.prompts.get(key))), "")
    if not query and not passage and E5_NAME.search(name.rstrip("/").rsplit("/", maxsplit=1)[-1]):
        return Prompts("query: ", "passage: ")
    return Prompts(query, passage)
