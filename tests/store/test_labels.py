"""What Chroma is told of rows, and that of a large table it is not told the texts."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest

from bot.composition import build_index
from bot.models.encoder import Encoder
from bot.settings import Settings
from bot.store import labels
from bot.store.builds import current_folder
from bot.store.snapshot import open_snapshot, verify_snapshot
from bot.store.vectors import VectorStore

Write = Callable[[Mapping[str, str | bytes]], Settings]
TEXT = "Skolen åbner klokken otte.\n\nBørnene spiser i klassen."


@pytest.mark.parametrize(
    ("most", "told"), [(2, ["Skolen åbner klokken otte.", "Børnene spiser i klassen."]), (1, ["", ""])]
)
def test_of_a_large_table_chroma_is_not_told_the_texts(
    write_corpus: Write, encoder: Encoder, monkeypatch: pytest.MonkeyPatch, most: int, told: list[str]
) -> None:
    monkeypatch.setattr(labels, "TOLD_ROWS", most)
    settings = write_corpus({"a.txt": TEXT})
    build_index(settings, encoder)

    folder = current_folder(settings.index)
    verify_snapshot(folder, encoder)
    snapshot = open_snapshot(folder, encoder, exact_rows=0)
    try:
        assert isinstance(snapshot.vectors, VectorStore)
        found = snapshot.vectors.langchain("passages", encoder).similarity_search("Hvornår åbner skolen?", k=2)
        assert sorted(document.page_content for document in found) == sorted(told)
        assert {document.metadata["document"] for document in found} == {"a.txt"}
        vectors = [encoder.encode_passages([text])[0].vector for text in TEXT.split("\n\n")]
        assert sorted(row for vector in vectors for row in snapshot.nearest("passages", vector, 1)) == [0, 1]
    finally:
        snapshot.close()


def test_a_table_that_grows_large_is_told_anew(
    write_corpus: Write, encoder: Encoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(labels, "TOLD_ROWS", 2)
    settings = write_corpus({"a.txt": TEXT})
    build_index(settings, encoder)
    build_index(write_corpus({"a.txt": TEXT, "b.txt": "Om fredagen bager vi boller."}), encoder)

    snapshot = open_snapshot(current_folder(settings.index), encoder)
    try:
        assert isinstance(snapshot.vectors, VectorStore)
        found = snapshot.vectors.langchain("passages", encoder).similarity_search("Hvornår åbner skolen?", k=3)
        assert [document.page_content for document in found] == [""] * 3
    finally:
        snapshot.close()
