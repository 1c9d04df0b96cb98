"""The one door to Chroma: collections of vectors, in a folder that is written once and then only read, or a server.

Chroma is imported, and its folder copied, only by what is asked of it: small tables are searched without it.
"""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from bot.errors import IndexDamagedError, SettingsError
from bot.store.manifest import REBUILD
from bot.store.numbering import Numbering
from bot.store.scratch import Scratch

if TYPE_CHECKING:
    from chromadb.api import ClientAPI
    from chromadb.api.models.Collection import Collection
    from langchain_chroma import Chroma
    from langchain_core.embeddings import Embeddings

BATCH = 4096
"""Chroma refuses more than 5461 at a time."""
QUERIES = 256
"""So many vectors are looked up at a time."""
SPACE: dict[str, dict[str, str | int]] = {
    "hnsw": {"space": "cosine", "ef_search": 1024, "ef_construction": 300, "max_neighbors": 32}
}
"""Left to itself Chroma misses 1.2 of the 192 nearest of 4,193 bank questions; so, none in 60 questions."""
CHROMA = "chroma"
"""The folder of a snapshot that is Chroma's."""
DATABASE = "chroma.sqlite3"
MEGABYTE = 1_000_000


class VectorStore:
    """Nearest rows by cosine in one Chroma folder; `create` makes one to be written to, `open` one to be read.

    With a client of a server, those of its collections whose names begin with `prefix`. Chroma knows a row by a number,
    which is its place in the table unless a numbering says otherwise. `connect` is called when Chroma is first needed.
    """

    def __init__(
        self, connect: Callable[[], ClientAPI], prefix: str = "", space: Mapping[str, Mapping[str, str | int]] = SPACE
    ) -> None:
        self._connect = connect
        self._connected: ClientAPI | None = None
        self._connecting = threading.Lock()
        self._prefix = prefix
        self._space = space
        self._stores: dict[str, Chroma] = {}
        self._numberings: Mapping[str, Numbering] = {}
        self._scratch: Scratch | None = None

    @classmethod
    def create(cls, folder: Path) -> VectorStore:
        """An empty store in `folder`, which is made."""
        folder.mkdir(parents=True)
        return cls(lambda: _client(folder))

    @classmethod
    def copy(cls, before: Path, folder: Path) -> VectorStore:
        """A store in `folder`, which is made, with all that is in that of the folder `before`."""
        shutil.copytree(before, folder)
        return cls(lambda: _client(folder))

    @classmethod
    def open(cls, folder: Path, numberings: Mapping[str, Numbering] = MappingProxyType({})) -> VectorStore:
        """What was written to `folder`, in a copy of its own that goes when the store is closed or the program ends.

        The copy is made when Chroma is first asked something: SettingsError is raised then if there is no room for it.

        Chroma writes whenever it opens a folder. So a snapshot stays as it was built, byte for byte, may lie where
        nothing can be written, and no two processes write to one folder, which Chroma does not bear.
        Raises IndexDamagedError if there is nothing.
        """
        if not (folder / DATABASE).is_file():
            raise IndexDamagedError(f"Snapshot {folder.parent.name}: {folder.name}/{DATABASE} is missing. {REBUILD}")
        store = cls(lambda: store._client_of_copy(folder))
        store._numberings = numberings
        return store

    def _client_of_copy(self, folder: Path) -> ClientAPI:
        try:
            scratch = _copied(folder)
        except OSError as error:
            needed = sum(path.stat().st_size for path in folder.rglob("*")) // MEGABYTE + 1
            raise SettingsError(
                f"The vectors cannot be copied from {folder} ({error.strerror or error}). Set TMPDIR to a folder that "
                f"can be written to and has room for {needed} MB."
            ) from None
        try:
            client = _client(scratch.path)
        except BaseException:
            scratch.remove()
            raise
        self._scratch = scratch
        return client

    @property
    def _client(self) -> ClientAPI:
        if self._connected is None:
            # Questions come in many threads, and one copy is enough.
            with self._connecting:
                if self._connected is None:
                    self._connected = self._connect()
        return self._connected

    def write(
        self,
        collection: str,
        vectors: NDArray[np.float32],
        texts: Sequence[str],
        metadatas: Sequence[dict[str, str]],
        numbers: Sequence[int] | None = None,
    ) -> None:
        """Store rows under their `numbers`, from 0 on where none are given; what stands there is replaced."""
        called = range(len(texts)) if numbers is None else numbers
        # The embedding function is given as None on purpose: Chroma's default is another model of the same width.
        name = self._prefix + collection
        made = self._client.get_or_create_collection(name, configuration=self._space, embedding_function=None)  # type: ignore[arg-type]
        for start in range(0, len(texts), BATCH):
            rows = range(start, min(start + BATCH, len(texts)))
            made.upsert(
                ids=[str(called[row]) for row in rows],
                embeddings=np.asarray(vectors[rows.start : rows.stop], dtype=np.float32),
                documents=[texts[row] for row in rows],
                # Chroma takes no empty ones.
                metadatas=[metadatas[row] or None for row in rows],  # type: ignore[misc]
            )

    def drop(self, collection: str, numbers: Sequence[int]) -> None:
        """Take the rows with these numbers out."""
        found = self._collection(collection) if numbers else None
        for start in range(0, len(numbers), BATCH):
            assert found is not None  # noqa: S101 - there are numbers
            found.delete(ids=[str(number) for number in numbers[start : start + BATCH]])

    def langchain(self, collection: str, embeddings: Embeddings) -> Chroma:
        """The collection as LangChain's vector store, for whoever wants to go on with that."""
        from langchain_chroma import Chroma  # noqa: PLC0415

        if collection not in self._stores:
            self._stores[collection] = Chroma(
                collection_name=self._prefix + collection,
                client=self._client,
                embedding_function=embeddings,
                create_collection_if_not_exists=False,
            )
        return self._stores[collection]

    def nearest(self, collection: str, vector: NDArray[np.float32], k: int) -> list[int]:
        """The rows of the k vectors nearest to `vector`, best first."""
        # The ids alone: fetching what else Chroma has of 128 rows takes as long as half the search.
        found = self._collection(collection).query(query_embeddings=vector[None], n_results=k, include=[])
        return self._rows(collection, found["ids"][0])

    def nearest_to_each(self, collection: str, vectors: NDArray[np.float32]) -> list[int]:
        """For each of `vectors` (any number, dimension) the row of the nearest: many at a time, to check them all."""
        found = self._collection(collection)
        nearest: list[str] = []
        for start in range(0, len(vectors), QUERIES):
            part = np.asarray(vectors[start : start + QUERIES], dtype=np.float32)
            nearest += [ids[0] for ids in found.query(query_embeddings=part, n_results=1, include=[])["ids"]]
        return self._rows(collection, nearest)

    def stored(self, collection: str, rows: Sequence[int]) -> NDArray[np.float32]:
        """The vectors of `rows` as they are stored, (rows, dimension)."""
        found = self._collection(collection)
        ids = self._ids(collection, rows)
        vectors: dict[str, NDArray[np.float32]] = {}
        for start in range(0, len(ids), BATCH):
            got = found.get(ids=ids[start : start + BATCH], include=["embeddings"])
            parts = got["embeddings"] if got["embeddings"] is not None else ()
            vectors.update(zip(got["ids"], np.asarray(parts, dtype=np.float32), strict=True))
        return np.array([vectors[name] for name in ids], dtype=np.float32)

    def _collection(self, name: str) -> Collection:
        return self._client.get_collection(self._prefix + name, embedding_function=None)

    def _ids(self, collection: str, rows: Sequence[int]) -> list[str]:
        numbering = self._numberings.get(collection)
        return numbering.ids(rows) if numbering is not None else [str(row) for row in rows]

    def _rows(self, collection: str, ids: Sequence[str]) -> list[int]:
        numbering = self._numberings.get(collection)
        return numbering.rows(ids) if numbering is not None else [int(name) for name in ids]

    def count(self, collection: str) -> int:
        """How many rows a collection has. Raises Chroma's NotFoundError if there is no such collection."""
        return self._collection(collection).count()

    def remove(self, collection: str) -> None:
        """Remove a collection, if it is there."""
        from chromadb.errors import NotFoundError  # noqa: PLC0415

        with suppress(NotFoundError):
            self._client.delete_collection(self._prefix + collection)

    @property
    def up(self) -> bool:
        """Can vectors be searched? In a folder of one's own always."""
        return True

    def tend(self) -> bool:
        """The same: there is nothing to reach for."""
        return True

    def close(self) -> None:
        """Let go of the folder, so that it can be moved or removed, or of the server."""
        self._stores.clear()
        if self._connected is not None:
            # `close` is on the client that is made, but not on the type that PersistentClient declares.
            self._connected.close()  # type: ignore[attr-defined]
        if self._scratch is not None:
            self._scratch.remove()


def _client(folder: Path) -> ClientAPI:
    import chromadb  # noqa: PLC0415
    from chromadb.config import Settings as ChromaSettings  # noqa: PLC0415

    return chromadb.PersistentClient(str(folder), settings=ChromaSettings(anonymized_telemetry=False))


def _copied(folder: Path) -> Scratch:
    """A copy of `folder` that may be written to, whatever the original is."""
    scratch = Scratch()
    try:
        for path in folder.rglob("*"):
            target = scratch.path / path.relative_to(folder)
            if path.is_dir():
                target.mkdir(parents=True, exist_ok=True)
            else:
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(path, target)
    except BaseException:
        scratch.remove()
        raise
    return scratch
