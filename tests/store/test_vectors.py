from __future__ import annotations

import errno
import gc
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import numpy as np
import pytest
from langchain_chroma import Chroma

from bot.errors import IndexDamagedError, SettingsError
from bot.models.encoder import Encoder
from bot.store import vectors as vectors_module
from bot.store.numbering import Numbering
from bot.store.vectors import BATCH, DATABASE, VectorStore

TEXTS = ("Børnene leger ude hver dag.", "Vi bemöter alla med respekt.", "Byrådet giver garanti for en plads.")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[VectorStore]:
    made = VectorStore.create(tmp_path / "chroma")
    yield made
    made.close()


def write(store: VectorStore, encoder: Encoder, name: str = "passages") -> np.ndarray:
    vectors = np.array([encoding.vector for encoding in encoder.encode_passages(TEXTS)])
    store.write(name, vectors, TEXTS, [{"document": f"{row}.txt"} for row in range(len(TEXTS))])
    return vectors


def test_every_vector_finds_its_row(store: VectorStore, encoder: Encoder) -> None:
    vectors = write(store, encoder)

    assert store.count("passages") == len(TEXTS)
    for row, vector in enumerate(vectors):
        assert store.nearest("passages", vector, 1) == [row]


def test_rows_come_nearest_first_by_cosine(store: VectorStore, encoder: Encoder) -> None:
    vectors = write(store, encoder)
    question = encoder.encode_query("Får mit barn en plads?").vector

    expected = np.argsort(-(vectors @ question)).tolist()
    assert store.nearest("passages", question, 3) == expected


def test_many_vectors_are_looked_up_at_once(
    store: VectorStore, encoder: Encoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    vectors = write(store, encoder)
    monkeypatch.setattr(vectors_module, "QUERIES", 2)

    assert store.nearest_to_each("passages", vectors[[2, 0, 1, 1, 2]]) == [2, 0, 1, 1, 2]
    assert store.nearest_to_each("passages", vectors[:0]) == []


def test_the_length_of_a_vector_does_not_matter(store: VectorStore, encoder: Encoder) -> None:
    """Other distances would find the longest vector, or the shortest, whatever the question."""
    vectors = write(store, encoder)
    for favoured in range(len(TEXTS)):
        name = f"favours-{favoured}"
        lengths = np.where(np.arange(len(TEXTS)) == favoured, 5.0, 0.5).astype(np.float32)[:, None]
        store.write(name, vectors * lengths, TEXTS, [{"document": "a.txt"}] * len(TEXTS))
        assert [store.nearest(name, vector, 1) for vector in vectors] == [[0], [1], [2]]


def test_langchain_can_go_on_with_it(store: VectorStore, encoder: Encoder) -> None:
    write(store, encoder)

    chroma = store.langchain("passages", encoder)

    assert isinstance(chroma, Chroma)
    [found] = chroma.similarity_search("Får mit barn en plads?", k=1)
    assert found.page_content == TEXTS[2]
    assert (found.id, found.metadata) == ("2", {"document": "2.txt"})
    [filtered] = chroma.similarity_search("Får mit barn en plads?", k=1, filter={"document": "1.txt"})
    assert filtered.page_content == TEXTS[1]


def test_rows_without_fields_are_taken(store: VectorStore) -> None:
    store.write("questions", np.eye(3, dtype=np.float32), TEXTS, [{}] * 3)

    assert store.count("questions") == len(TEXTS)


def test_rows_are_called_by_their_numbers(tmp_path: Path, encoder: Encoder) -> None:
    """Whatever a row is called in Chroma, its reader is told its place in the table."""
    vectors = np.array([encoding.vector for encoding in encoder.encode_passages(TEXTS)])
    store = VectorStore.create(tmp_path / "chroma")
    store.write("passages", vectors, TEXTS, [{}] * 3, [7, 3, 90])
    store.close()

    again = VectorStore.open(tmp_path / "chroma", {"passages": Numbering(np.array([7, 3, 90]))})

    assert [again.nearest("passages", vector, 1) for vector in vectors] == [[0], [1], [2]]
    assert again.nearest_to_each("passages", vectors) == [0, 1, 2]
    assert np.allclose(again.stored("passages", [2, 0]), vectors[[2, 0]], atol=1e-6)
    again.close()


def test_rows_are_taken_out_of_a_copy(written: Path, encoder: Encoder, tmp_path: Path) -> None:
    before = files(written)
    vectors = np.array([encoding.vector for encoding in encoder.encode_passages(TEXTS)])

    copy = VectorStore.copy(written, tmp_path / "copy")
    copy.drop("passages", [1])
    copy.write("passages", vectors[1:2], TEXTS[1:2], [{}], [3])
    copy.close()

    again = VectorStore.open(tmp_path / "copy", {"passages": Numbering(np.array([0, 3, 2]))})
    assert again.count("passages") == len(TEXTS)
    assert [again.nearest("passages", vector, 1) for vector in vectors] == [[0], [1], [2]]
    again.close()
    assert files(written) == before


def test_batches_are_below_what_chroma_takes(store: VectorStore) -> None:
    assert store._client.get_max_batch_size() >= BATCH


def test_many_rows_are_written_in_batches(
    store: VectorStore, encoder: Encoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vectors_module, "BATCH", 2)

    vectors = write(store, encoder)

    assert store.count("passages") == len(TEXTS)
    assert [store.nearest("passages", vector, 1) for vector in vectors] == [[0], [1], [2]]


@pytest.fixture
def written(tmp_path: Path, encoder: Encoder) -> Path:
    """The folder of a store that was written and closed."""
    store = VectorStore.create(tmp_path / "chroma")
    write(store, encoder)
    store.close()
    return tmp_path / "chroma"


@pytest.fixture
def scratch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where temporary files are put."""
    folder = tmp_path / "scratch"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


def files(folder: Path) -> Mapping[str, bytes]:
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_what_was_written_is_there_when_opened_again(written: Path, encoder: Encoder) -> None:
    again = VectorStore.open(written)

    assert again.count("passages") == len(TEXTS)
    vector = encoder.encode_passages(TEXTS[1:2])[0].vector
    assert again.nearest("passages", vector, 1) == [1]
    again.close()


def test_reading_leaves_the_folder_as_it_was(written: Path, encoder: Encoder) -> None:
    before = files(written)

    one, other = VectorStore.open(written), VectorStore.open(written)
    for store in (one, other):
        assert store.nearest("passages", encoder.encode_query("Får mit barn en plads?").vector, 1) == [2]
        store.close()

    assert files(written) == before


def test_the_copy_that_is_read_goes_with_its_store(written: Path, scratch: Path) -> None:
    one, other = VectorStore.open(written), VectorStore.open(written)
    assert list(scratch.iterdir()) == []
    assert one.count("passages") == other.count("passages") == one.count("passages") == len(TEXTS)
    assert len(list(scratch.iterdir())) == 2

    one.close()
    assert len(list(scratch.iterdir())) == 1

    del other
    gc.collect()
    assert list(scratch.iterdir()) == []


@pytest.mark.parametrize("damage", [shutil.rmtree, lambda folder: (folder / DATABASE).unlink()])
def test_what_is_not_there_is_not_made(written: Path, scratch: Path, damage: Callable[[Path], object]) -> None:
    damage(written)
    before = sorted(written.parent.rglob("*"))

    with pytest.raises(IndexDamagedError, match=f"{DATABASE} is missing.*grundlag index --rebuild"):
        VectorStore.open(written)

    assert sorted(written.parent.rglob("*")) == before
    assert list(scratch.iterdir()) == []


def test_no_room_for_the_copy(written: Path, scratch: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: object, target: Path) -> None:
        raise OSError(errno.ENOSPC, "No space left on device", str(target))

    monkeypatch.setattr(shutil, "copyfile", full)

    with pytest.raises(SettingsError, match=r"No space left on device.*TMPDIR.* MB") as caught:
        VectorStore.open(written).count("passages")

    assert "\n" not in str(caught.value)
    assert list(scratch.iterdir()) == []


def test_nowhere_to_copy_to(written: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "gone"))

    with pytest.raises(SettingsError, match="TMPDIR"):
        VectorStore.open(written).count("passages")


def test_stored_vectors_are_those_that_were_written(tmp_path: Path) -> None:
    vectors = np.eye(4, dtype=np.float32)[[2, 0, 3]]
    store = VectorStore.create(tmp_path / "chroma")
    store.write("passages", vectors, ["a", "b", "c"], [{"x": "y"}] * 3)

    assert store.stored("passages", [2, 0]).tolist() == vectors[[2, 0]].tolist()
    store.close()
