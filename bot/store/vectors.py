"""The one door to Chroma: a collection of vectors in a folder, written once and then only read."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import chromadb
import numpy as np
from chromadb.config import Settings as ChromaSettings
from langchain_chroma import Chroma
from langchain_core.embeddings import Embeddings
from numpy.typing import NDArray

BATCH = 4096
"""Chroma refuses more than 5461 at a time."""
SPACE = {"hnsw": {"space": "cosine"}}


class VectorStore:
    """Nearest rows by cosine in one snapshot's Chroma folder."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._client = chromadb.PersistentClient(str(folder), settings=ChromaSettings(anonymized_telemetry=False))
        self._stores: dict[str, Chroma] = {}

    def write(
        self, collection: str, vectors: NDArray[np.float32], texts: Sequence[str], metadatas: Sequence[dict[str, str]]
    ) -> None:
        """Store the rows of a table; a row's id is its number."""
        # The embedding function is given as None on purpose: Chroma's default is another model of the same width.
        made = self._client.create_collection(collection, configuration=SPACE, embedding_function=None)  # type: ignore[arg-type]
        for start in range(0, len(texts), BATCH):
            rows = range(start, min(start + BATCH, len(texts)))
            made.add(
                ids=[str(row) for row in rows],
                embeddings=np.asarray(vectors[rows.start : rows.stop], dtype=np.float32),
                documents=[texts[row] for row in rows],
                metadatas=[{"row": str(row), **metadatas[row]} for row in rows],
            )

    def langchain(self, collection: str, embeddings: Embeddings) -> Chroma:
        """The collection as LangChain's vector store, for whoever wants to go on with that."""
        if collection not in self._stores:
            self._stores[collection] = Chroma(
                collection_name=collection,
                client=self._client,
                embedding_function=embeddings,
                create_collection_if_not_exists=False,
            )
        return self._stores[collection]

    def nearest(self, collection: str, embeddings: Embeddings, vector: NDArray[np.float32], k: int) -> list[int]:
        """The rows of the k vectors nearest to `vector`, best first."""
        store = self.langchain(collection, embeddings)
        found = store.similarity_search_by_vector_with_relevance_scores(vector.tolist(), k=k)
        return [int(document.metadata["row"]) for document, _ in found]

    def count(self, collection: str) -> int:
        """How many rows a collection has."""
        return self._client.get_collection(collection, embedding_function=None).count()

    def close(self) -> None:
        """Let go of the folder, so that it can be moved or removed."""
        self._stores.clear()
        # `close` is on the client that is made, but not on the type that PersistentClient declares.
        self._client.close()  # type: ignore[attr-defined]
