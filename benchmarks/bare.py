"""The same model as sentence-transformers alone runs it, by torch in float32: what everything is measured beside."""

from __future__ import annotations

from langchain_core.embeddings import Embeddings
from sentence_transformers import SentenceTransformer

from bot.models.loading import find_source
from bot.models.model_folder import converted_folder
from bot.settings import Settings


def bare_model(settings: Settings) -> SentenceTransformer:
    """The embedded encoder's folder, loaded as anybody would."""
    folder = converted_folder(find_source(), settings.cache, adapted=True).path
    return SentenceTransformer(str(folder), device="cpu", local_files_only=True)


class BareEmbeddings(Embeddings):
    """A sentence-transformers model as LangChain embeddings."""

    def __init__(self, model: SentenceTransformer) -> None:
        self._model = model

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        found: list[list[float]] = self._model.encode(texts, prompt_name="document", show_progress_bar=False).tolist()
        return found

    def embed_query(self, text: str) -> list[float]:
        found: list[float] = self._model.encode(text, prompt_name="query", show_progress_bar=False).tolist()
        return found
