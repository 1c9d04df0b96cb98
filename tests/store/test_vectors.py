from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from langchain_chroma import Chroma

from bot.models.encoder import Encoder
from bot.store import vectors as vectors_module
from bot.store.vectors import BATCH, VectorStore

TEXTS = ("Børnene leger ude hver dag.", "Vi bemöter alla med respekt.", "Byrådet giver garanti for en plads.")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[VectorStore]:
    opened = VectorStore(tmp_path / "chroma")
    yield opened
    opened.close()


def write(store: VectorStore, encoder: Encoder, name: str = "passages") -> np.ndarray:
    vectors = np.array([encoding.vector for encoding in encoder.encode_passages(TEXTS)])
    store.write(name, vectors, TEXTS, [{"document": f"{row}.txt"} for row in range(len(TEXTS))])
    return vectors


def test_every_vector_finds_its_row(store: VectorStore, encoder: Encoder) -> None:
    vectors = write(store, encoder)

    assert store.count("passages") == len(TEXTS)
    for row, vector in enumerate(vectors):
        assert store.nearest("passages", encoder, vector, 1) == [row]


def test_rows_come_nearest_first_by_cosine(store: VectorStore, encoder: Encoder) -> None:
    vectors = write(store, encoder)
    question = encoder.encode_query("Får mit barn en plads?").vector

    expected = np.argsort(-(vectors @ question)).tolist()
    assert store.nearest("passages", encoder, question, 3) == expected


def test_the_length_of_a_vector_does_not_matter(store: VectorStore, encoder: Encoder) -> None:
    """Other distances would find the longest vector, or the shortest, whatever the question."""
    vectors = write(store, encoder)
    for favoured in range(len(TEXTS)):
        name = f"favours-{favoured}"
        lengths = np.where(np.arange(len(TEXTS)) == favoured, 5.0, 0.5).astype(np.float32)[:, None]
        store.write(name, vectors * lengths, TEXTS, [{"document": "a.txt"}] * len(TEXTS))
        assert [store.nearest(name, encoder, vector, 1) for vector in vectors] == [[0], [1], [2]]


def test_langchain_can_go_on_with_it(store: VectorStore, encoder: Encoder) -> None:
    write(store, encoder)

    chroma = store.langchain("passages", encoder)

    assert isinstance(chroma, Chroma)
    [found] = chroma.similarity_search("Får mit barn en plads?", k=1)
    assert found.page_content == TEXTS[2]
    assert found.metadata == {"row": "2", "document": "2.txt"}
    [filtered] = chroma.similarity_search("Får mit barn en plads?", k=1, filter={"document": "1.txt"})
    assert filtered.page_content == TEXTS[1]


def test_batches_are_below_what_chroma_takes(store: VectorStore) -> None:
    assert store._client.get_max_batch_size() >= BATCH


def test_many_rows_are_written_in_batches(
    store: VectorStore, encoder: Encoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vectors_module, "BATCH", 2)

    vectors = write(store, encoder)

    assert store.count("passages") == len(TEXTS)
    assert [store.nearest("passages", encoder, vector, 1) for vector in vectors] == [[0], [1], [2]]


def test_what_was_written_is_there_when_opened_again(tmp_path: Path, encoder: Encoder) -> None:
    first = VectorStore(tmp_path / "chroma")
    vectors = write(first, encoder)
    first.close()

    again = VectorStore(tmp_path / "chroma")

    assert again.nearest("passages", encoder, vectors[1], 1) == [1]
    again.close()
