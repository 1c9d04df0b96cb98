"""Chroma after a change: what it is given anew, and that it holds what a build from nothing would."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from bot.composition import STAFF_INDEX, build_index
from bot.models.encoder import Encoder
from bot.settings import Settings
from bot.store import graphs
from bot.store.builds import current_folder
from bot.store.consistency import TABLES
from bot.store.manifest import read_manifest
from bot.store.records import known_documents
from bot.store.snapshot import open_snapshot, verify_snapshot
from bot.store.vectors import CHROMA, VectorStore
from tests.store.test_building import LEG, MAD, QUESTION

Write = Callable[[Mapping[str, str | bytes]], Settings]
LONG = "Om hverdagen\n\n" + "\n\n".join(f"Dag {n} leger vi {n} timer i skoven og synger bagefter." for n in range(40))


@pytest.fixture
def put(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The texts that are put into Chroma, as they are put."""
    texts: list[str] = []
    write = VectorStore.write

    def noting(
        self: VectorStore,
        collection: str,
        vectors: NDArray[np.float32],
        given: Sequence[str],
        metadatas: Sequence[dict[str, str]],
        numbers: Sequence[int] | None = None,
    ) -> None:
        texts.extend(given)
        write(self, collection, vectors, given, metadatas, numbers)

    monkeypatch.setattr(VectorStore, "write", noting)
    return texts


def checked(settings: Settings, encoder: Encoder) -> dict[str, list[dict[str, str]]]:
    """What Chroma says of each row of the snapshot in use, which passes every check there is."""
    folder = current_folder(settings.index)
    verify_snapshot(folder, encoder)
    snapshot = open_snapshot(folder, encoder)
    try:
        assert isinstance(snapshot.vectors, VectorStore)
        found: dict[str, list[dict[str, str]]] = {}
        for name in TABLES:
            vectors = snapshot.tables[name].vectors
            if not len(vectors):
                found[name] = []
                continue
            assert snapshot.vectors.nearest_to_each(name, vectors) == list(range(len(vectors))), name
            stored = [
                snapshot.vectors.langchain(name, encoder).similarity_search_by_vector(v.tolist(), 1) for v in vectors
            ]
            found[name] = [{"text": document.page_content, **document.metadata} for [document] in stored]
        return found
    finally:
        snapshot.close()


def built_anew(settings: Settings, encoder: Encoder, tmp_path: Path) -> dict[str, list[dict[str, str]]]:
    elsewhere = settings.model_copy(update={"index": tmp_path / "anew"})
    build_index(elsewhere, encoder, rebuild=True)
    return checked(elsewhere, encoder)


def test_only_what_changed_is_put_in(write_corpus: Write, encoder: Encoder, tmp_path: Path, put: list[str]) -> None:
    settings = write_corpus(
        {
            "dage.txt": LONG,
            "mad.txt": MAD,
            "questions.jsonl": json.dumps({**QUESTION, "document": "dage.txt", "quote": "Dag 3 leger vi"}),
        }
    )
    build_index(settings, encoder)

    put.clear()
    write_corpus({"a-leg.txt": LEG, "dage.txt": LONG.replace("Dag 7 leger", "Dag 7 hopper")})
    build_index(settings, encoder)

    # The passage of a new document, and the one that changed.
    assert len(put) == 2
    assert all("Leg er" in text or "Dag 7 hopper" in text for text in put)
    assert checked(settings, encoder) == built_anew(settings, encoder, tmp_path)


def test_what_is_gone_is_not_found(write_corpus: Write, encoder: Encoder, tmp_path: Path, put: list[str]) -> None:
    settings = write_corpus({"dage.txt": LONG, "leg.txt": LEG})
    build_index(settings, encoder)
    (settings.corpus / "leg.txt").unlink()
    put.clear()

    build_index(settings, encoder)

    assert put == []
    assert "Leg er" not in str(checked(settings, encoder))
    assert checked(settings, encoder) == built_anew(settings, encoder, tmp_path)


def test_a_renamed_document_has_its_new_name_in_chroma(write_corpus: Write, encoder: Encoder, put: list[str]) -> None:
    settings = write_corpus({"dage.txt": LONG, "leg.txt": LEG})
    build_index(settings, encoder)
    (settings.corpus / "leg.txt").rename(settings.corpus / "om-leg.txt")
    put.clear()

    build_index(settings, encoder)

    assert len(put) == 1
    names = {row["document"] for row in checked(settings, encoder)["passages"]}
    assert names == {"dage.txt", "om-leg.txt"}


def test_questions_that_come_and_go(write_corpus: Write, encoder: Encoder, tmp_path: Path) -> None:
    settings = write_corpus({"dage.txt": LONG, "leg.txt": LEG})
    build_index(settings, encoder)
    assert checked(settings, encoder)["questions"] == []

    write_corpus({"questions.jsonl": json.dumps(QUESTION)})
    build_index(settings, encoder)
    assert checked(settings, encoder) == built_anew(settings, encoder, tmp_path)

    write_corpus({"questions.jsonl": ""})
    build_index(settings, encoder)
    assert checked(settings, encoder)["questions"] == []


def test_a_worn_graph_is_made_anew(
    write_corpus: Write, encoder: Encoder, put: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(graphs, "WORN_SHARE", 0.12)
    settings = write_corpus({"dage.txt": LONG})
    build_index(settings, encoder)
    worn = []
    for day in range(3):
        put.clear()
        write_corpus({"dage.txt": LONG.replace(f"Dag {day} leger", f"Dag {day} hopper")})
        build_index(settings, encoder)
        worn.append((read_manifest(current_folder(settings.index)).worn, len(put)))
        checked(settings, encoder)

    # A passage goes and comes; then the one of before comes back as well, which is too much; then it is counted anew.
    assert worn == [(2, 1), (0, 40), (4, 2)]


@pytest.mark.parametrize("part", [CHROMA, "passages"])
def test_nothing_is_taken_from_a_damaged_snapshot(
    write_corpus: Write, encoder: Encoder, put: list[str], part: str
) -> None:
    settings = write_corpus({"dage.txt": LONG})
    build_index(settings, encoder)
    path = max((current_folder(settings.index) / part).rglob("*"), key=lambda path: path.stat().st_size)
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 255
    path.write_bytes(data)
    put.clear()

    write_corpus({"leg.txt": LEG})
    build_index(settings, encoder)

    assert len(put) == 41
    checked(settings, encoder)


def test_what_chroma_does_not_bear_is_written_whole(
    write_corpus: Write, encoder: Encoder, put: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = write_corpus({"dage.txt": LONG, "mad.txt": MAD})
    build_index(settings, encoder)

    def broken(self: VectorStore, collection: str, numbers: Sequence[int]) -> None:
        raise RuntimeError("no such row")

    monkeypatch.setattr(VectorStore, "drop", broken)
    put.clear()
    write_corpus({"leg.txt": LEG})
    build_index(settings, encoder)

    assert len(put) == 42
    checked(settings, encoder)


def test_documents_are_known_by_what_they_were_made_from(write_corpus: Write, encoder: Encoder) -> None:
    settings = write_corpus({"leg.txt": LEG, "mad.txt": MAD})
    assert known_documents(settings.index) == {}

    build_index(settings, encoder)
    known = known_documents(settings.index)

    assert sorted(document.name for document in known.values()) == ["leg.txt", "mad.txt"]
    assert set(known) == set(read_manifest(current_folder(settings.index)).readings.values())


def test_damaged_documents_are_not_known(write_corpus: Write, encoder: Encoder) -> None:
    settings = write_corpus({"leg.txt": LEG})
    build_index(settings, encoder)
    path = current_folder(settings.index) / "documents.json"
    path.write_bytes(path.read_bytes().replace(b"vigtigste", b"mindste.."))

    assert known_documents(settings.index) == {}
    build_index(settings, encoder)
    checked(settings, encoder)


def test_the_public_index_never_knows_what_was_said_of_staffs(write_corpus: Write, encoder: Encoder) -> None:
    """A document that was for staff becomes public again as the catalogue describes it, and the other way round."""
    settings = write_corpus({"leg.txt": LEG, "mad.txt": MAD})
    build_index(settings, encoder)
    replaced = '[documents."mad.txt"]\nreplaced_by = "leg.txt"\n'
    write_corpus({"catalogue.toml": f'[documents."leg.txt"]\naudience = "staff"\n{replaced}'})
    build_index(settings, encoder)

    public, staff = (
        {document.name: document for document in known_documents(index).values()}
        for index in (settings.index, settings.index / STAFF_INDEX)
    )
    assert {name: document.replaced_by for name, document in public.items()} == {"mad.txt": None}
    assert {name: document.replaced_by for name, document in staff.items()} == {"leg.txt": None, "mad.txt": "leg.txt"}

    write_corpus({"catalogue.toml": replaced})
    build_index(settings, encoder)
    again = {document.name: document.replaced_by for document in known_documents(settings.index).values()}
    assert again == {"leg.txt": None, "mad.txt": "leg.txt"}
