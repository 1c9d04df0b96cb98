"""The vectors of a snapshot in a Chroma server, which any number of readers share, and which may go and come back."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import httpx
import numpy as np
from numpy.typing import NDArray

from bot.store.labels import Labels
from bot.store.table import Table
from bot.store.vectors import VectorStore

if TYPE_CHECKING:
    from chromadb.api import ClientAPI

SEARCH_SECONDS = 2.0
"""A search that takes the server longer is done without it."""
WRITE_SECONDS = 60.0
KNOWN_ROWS = 16
"""So many rows of a table must find themselves before the server is asked anything."""
SAME = 1e-4
"""Two vectors nearer than this are copies of one text; either may be found first."""
PORTS = {"http": 80, "https": 443}


class ServedVectors:
    """The collections of one snapshot in a server. Threads may share it.

    They carry the snapshot's id, so two snapshots never meet in one collection; a table that the server lacks, or
    holds in part, is put there by whoever finds it so. While the server does not answer, nothing is found here:
    `nearest` gives None, and whoever asks compares the snapshot's own vectors. `tend` reaches for the server again.
    """

    def __init__(
        self, url: str, snapshot: str, tables: Mapping[str, Table], labels: Callable[[], Mapping[str, Labels]]
    ) -> None:
        self.url = url
        self._prefix = prefix_of(snapshot)
        self._tables = tables
        self._labels = labels
        self._store: VectorStore | None = None
        self._up = False
        self._closed = False
        self._tending = threading.Lock()

    @property
    def up(self) -> bool:
        """Did the server answer when it was last asked?"""
        return self._up

    def nearest(self, collection: str, vector: NDArray[np.float32], k: int) -> list[int] | None:
        """The rows of the k vectors nearest to `vector`, best first; None while the server does not answer."""
        store = self._store
        if store is None or not self._up:
            return None
        try:
            found = store.nearest(collection, vector, k)
        except Exception:  # noqa: BLE001 - whatever keeps the server from answering, the answer comes from elsewhere
            self._up = False
            return None
        # Somebody is just putting the table there.
        return found if len(found) == min(k, len(self._tables[collection])) else None

    def tend(self) -> bool:
        """Reach for the server, and put there what it lacks; whether it answers now."""
        with self._tending:
            if self._closed:
                return False
            if not answers(self.url):
                self._up = False
            elif not self._up:
                self._drop()
                self._store = self._connected()
                self._up = self._store is not None
            return self._up

    def close(self) -> None:
        """Let go of the server."""
        with self._tending:
            self._closed = True
            self._drop()

    def _drop(self) -> None:
        self._up = False
        store, self._store = self._store, None
        if store is not None:
            store.close()

    def _connected(self) -> VectorStore | None:
        try:
            client = client_of(self.url)
        except Exception:  # noqa: BLE001 - it was there a moment ago; it is tried again
            return None
        store = _ServerStore(lambda: client, self._prefix)
        try:
            if all(self._brought(store, name) for name, table in self._tables.items() if len(table)):
                store.wait_at_most(SEARCH_SECONDS)
                return store
        except Exception:  # noqa: BLE001, S110 - the same
            pass
        store.close()
        return None

    def _brought(self, store: VectorStore, name: str) -> bool:
        """Bring a table to the server unless it is there; if what stands there is not it, in place of that."""
        table = self._tables[name]
        if _whole(store, name, table):
            return True
        store.write(name, table.vectors, *self._labels()[name])
        if _whole(store, name, table):
            return True
        store.remove(name)
        store.write(name, table.vectors, *self._labels()[name])
        return _whole(store, name, table)


class _ServerStore(VectorStore):
    """Collections of a server; closing it ends the connections."""

    def wait_at_most(self, seconds: float) -> None:
        for session in _sessions(self._client):
            session.timeout = httpx.Timeout(seconds)

    def close(self) -> None:
        let_go(self._client)
        self._stores.clear()


def _whole(store: VectorStore, name: str, table: Table) -> bool:
    """Is every row of the table there, and do some of them find themselves?"""
    from chromadb.errors import ChromaError  # noqa: PLC0415

    try:
        if store.count(name) != len(table):
            return False
        rows = np.linspace(0, len(table) - 1, min(KNOWN_ROWS, len(table)), dtype=np.int64)
        found = store.nearest_to_each(name, table.vectors[rows])
    except (ChromaError, ValueError, IndexError):
        return False
    return bool((np.sum(table.vectors[rows] * table.vectors[found], axis=1) >= 1 - SAME).all())


def prefix_of(snapshot: str) -> str:
    """What the names of a snapshot's collections begin with."""
    return f"grundlag-{snapshot}-"


def answers(url: str) -> bool:
    """Does a Chroma server answer there?"""
    try:
        return httpx.get(f"{url}/api/v2/heartbeat", timeout=SEARCH_SECONDS).is_success
    except (httpx.HTTPError, httpx.InvalidURL):
        return False


def client_of(url: str) -> ClientAPI:
    """A client of the server at `url`, for `let_go` to end. Raises whatever Chroma's client does."""
    import chromadb  # noqa: PLC0415
    from chromadb.config import Settings as ChromaSettings  # noqa: PLC0415

    parts = urlsplit(url)
    client = chromadb.HttpClient(
        host=parts.hostname or "",
        port=parts.port or PORTS[parts.scheme],
        ssl=parts.scheme == "https",
        settings=ChromaSettings(anonymized_telemetry=False),
    )
    for session in _sessions(client):
        session.timeout = httpx.Timeout(WRITE_SECONDS)
    return client


def _sessions(client: ClientAPI) -> list[httpx.Client]:
    """The two sessions of a client of Chroma's, which wait for ever and stay open: it has no setting for either."""
    return [client._server._session, client._admin_client._server._session]  # type: ignore[attr-defined]


def let_go(client: ClientAPI) -> None:
    """End a client and its connections, which its own `close` leaves open."""
    for session in _sessions(client):
        session.close()
    client.close()  # type: ignore[attr-defined]


def forget(url: str, snapshots: Iterable[str]) -> None:
    """Remove the collections of snapshots that are gone; nothing happens where the server does not answer."""
    gone = tuple(prefix_of(snapshot) for snapshot in snapshots)
    if not gone or not answers(url):
        return
    client = client_of(url)
    try:
        for collection in client.list_collections():
            if collection.name.startswith(gone):
                client.delete_collection(collection.name)
    finally:
        let_go(client)
