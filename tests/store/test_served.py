from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from benchmarks.serving import LOCAL, ChromaServer
from bot.settings import Settings
from bot.store import served
from bot.store.builds import current_folder
from bot.store.labels import labels_of
from bot.store.served import ServedVectors, client_of, forget, let_go, prefix_of
from bot.store.snapshot import Snapshot, open_snapshot

NOWHERE = "http://127.0.0.1:9"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ChromaServer]:
    server = ChromaServer(tmp_path_factory.mktemp("server") / "data")
    server.start()
    yield server
    server.stop()


def vectors_at(url: str, snapshot: Snapshot, name: str) -> ServedVectors:
    rows = partial(labels_of, snapshot.passages, snapshot.groups, snapshot.bank.questions)
    small = {table: snapshot.tables[table] for table in ("passages", "groups")}
    return ServedVectors(url, name, small, rows)


def names(url: str) -> set[str]:
    client = client_of(url)
    found = {collection.name for collection in client.list_collections()}
    let_go(client)
    return found


def test_a_snapshot_is_put_there_by_whoever_opens_it(
    server: ChromaServer, real_settings: Settings, snapshot: Snapshot
) -> None:
    folder = current_folder(real_settings.index)

    one = open_snapshot(folder, snapshot.embeddings, server=server.url, exact_rows=0)
    other = open_snapshot(folder, snapshot.embeddings, server=server.url, exact_rows=0)

    assert one.vectors.up
    assert other.vectors.up
    assert {prefix_of(snapshot.id) + name for name in ("passages", "groups", "questions")} <= names(server.url)
    for row in range(0, len(snapshot.passages), 7):
        vector = np.asarray(snapshot.tables["passages"].vectors[row])
        by_server = other.vectors.nearest("passages", vector, 20)
        assert by_server is not None
        assert set(by_server) == set(snapshot.nearest("passages", vector, 20))
    for opened in (one, other):
        opened.close()


def test_the_folder_of_the_snapshot_is_not_copied(
    server: ChromaServer, real_settings: Settings, snapshot: Snapshot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "gone"))

    opened = open_snapshot(current_folder(real_settings.index), snapshot.embeddings, server=server.url)

    assert opened.vectors.up
    opened.close()


@pytest.mark.parametrize("damage", ["part", "other", "more"])
def test_what_is_not_the_table_is_replaced_by_it(server: ChromaServer, snapshot: Snapshot, damage: str) -> None:
    vectors = vectors_at(server.url, snapshot, f"damaged-{damage}")
    assert vectors.tend()
    table = snapshot.tables["passages"]
    client = client_of(server.url)
    held = client.get_collection(prefix_of(f"damaged-{damage}") + "passages", embedding_function=None)
    ids = [str(row) for row in range(len(table))]
    if damage == "part":
        held.delete(ids=ids[5:])
    elif damage == "other":
        held.update(ids=ids, embeddings=np.roll(table.vectors, 1, axis=0))
    else:
        held.add(ids=["more"], embeddings=table.vectors[:1], metadatas=[{"row": "99999"}])
    let_go(client)

    again = vectors_at(server.url, snapshot, f"damaged-{damage}")

    assert again.tend()
    for row in (0, 5, len(table) - 1):
        assert again.nearest("passages", np.asarray(table.vectors[row]), 1) == [row]
    vectors.close()
    again.close()


def test_without_a_server_the_snapshots_own_vectors_are_searched(real_settings: Settings, snapshot: Snapshot) -> None:
    folder = current_folder(real_settings.index)
    opened = open_snapshot(folder, snapshot.embeddings, server=NOWHERE, exact_rows=0)

    vector = snapshot.embeddings.encode_query("Hvad betyder leg?").vector

    assert not opened.vectors.up
    assert opened.nearest("passages", vector, 20) == snapshot.nearest("passages", vector, 20)
    opened.close()


def test_a_server_that_goes_and_comes_back(snapshot: Snapshot, tmp_path: Path) -> None:
    server = ChromaServer(tmp_path / "data")
    server.start()
    vectors = vectors_at(server.url, snapshot, "restarted")
    asking = replace(snapshot, vectors=vectors, exact_rows=0)
    vector = snapshot.embeddings.encode_query("Hvad betyder leg?").vector
    try:
        assert vectors.tend()
        expected = asking.nearest("passages", vector, 5)

        server.stop()
        assert asking.nearest("passages", vector, 5) == expected
        assert not vectors.up
        assert not vectors.tend()

        server.start()
        assert vectors.tend()
        assert vectors.nearest("passages", vector, 5) == expected

        server.stop()
        server.folder = tmp_path / "another"
        server.start()
        assert asking.nearest("passages", vector, 5) == expected
        assert vectors.tend()
        assert vectors.nearest("passages", vector, 5) == expected
    finally:
        vectors.close()
        server.stop()


def test_a_server_that_does_not_speak_is_not_waited_for(snapshot: Snapshot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(served, "SEARCH_SECONDS", 0.2)
    with socket.create_server((LOCAL, 0)) as silent:
        vectors = vectors_at(f"http://{LOCAL}:{silent.getsockname()[1]}", snapshot, "silent")
        begun = time.monotonic()

        assert not vectors.tend()
        assert time.monotonic() - begun < 5
    vectors.close()


def test_what_is_closed_is_not_opened_again(server: ChromaServer, snapshot: Snapshot) -> None:
    vectors = vectors_at(server.url, snapshot, "closed")
    assert vectors.tend()
    vectors.close()

    assert not vectors.tend()


def test_what_is_gone_is_forgotten_and_nothing_else(server: ChromaServer, snapshot: Snapshot) -> None:
    for name in ("aaaa", "aaaab"):
        vectors = vectors_at(server.url, snapshot, name)
        assert vectors.tend()
        vectors.close()

    forget(server.url, ["aaaa"])
    forget(NOWHERE, ["aaaab"])

    assert not any(name.startswith("grundlag-aaaa-") for name in names(server.url))
    assert {"grundlag-aaaab-passages", "grundlag-aaaab-groups"} <= names(server.url)
