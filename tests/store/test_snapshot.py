from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import pytest

from bot.composition import build_index
from bot.errors import IndexDamagedError, IndexMissingError
from bot.models.encoder import Encoder
from bot.retrieval.retriever import Searcher
from bot.schema import Document
from bot.settings import load_settings
from bot.store import snapshot as snapshot_module
from bot.store.manifest import FORMAT
from bot.store.snapshot import CHROMA, CURRENT, TABLES, Snapshot, check_snapshot, current_folder, open_snapshot

TEXT = "Om {0}\n\nI {0} leger børnene ude hele året.\n\nDet er vores mål at\n\n• synge i {0}.\n• spise i {0}.\n"
PLACES = ("skoven", "byen", "haven", "hallen")
Damage = Callable[[Path], object]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory, encoder: Encoder) -> Path:
    """An index of four small documents with a question bank; to be copied, not to be touched."""
    folder = tmp_path_factory.mktemp("small")
    (folder / "corpus").mkdir()
    for place in PLACES:
        (folder / "corpus" / f"{place}.txt").write_text(TEXT.format(place), encoding="utf-8")
    questions = [
        {"question": f"Hvad gør de i {p}?", "language": "da", "document": f"{p}.txt", "quote": f"I {p} leger børnene"}
        for p in PLACES
    ]
    (folder / "corpus" / "questions.jsonl").write_text("\n".join(map(json.dumps, questions)), encoding="utf-8")
    build_index(load_settings(corpus=folder / "corpus", index=folder / "index"), encoder)
    return folder / "index"


@pytest.fixture
def index(built: Path, tmp_path: Path) -> Path:
    """A copy of the index that may be damaged."""
    return Path(shutil.copytree(built, tmp_path / "index"))


def truncate(path: Path) -> None:
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])


def reverse(path: Path) -> None:
    np.save(path, np.load(path)[::-1].copy())


def edit(path: Path, change: Callable[[dict[str, object]], object]) -> None:
    fields = json.loads(path.read_text(encoding="utf-8"))
    change(fields)
    path.write_text(json.dumps(fields), encoding="utf-8")


def one_passage_less(folder: Path) -> None:
    passages = json.loads((folder / "passages.json").read_text(encoding="utf-8"))
    (folder / "passages.json").write_text(json.dumps(passages[:-1]), encoding="utf-8")


def another_text(folder: Path) -> None:
    path = folder / "documents.json"
    path.write_text(path.read_text(encoding="utf-8").replace("leger b", "jager b"), encoding="utf-8")


def moved_offset(folder: Path) -> None:
    path = folder / "passages.json"
    passages = json.loads(path.read_text(encoding="utf-8"))
    passages[-1]["places"][0]["start"] += 1
    path.write_text(json.dumps(passages), encoding="utf-8")


def another_collection(folder: Path) -> None:
    """The vectors of another table of the same height, as a mixed-up copy would have them."""
    for name in ("vectors", "tokens", "starts", "spans"):
        shutil.copy(folder / "groups" / f"{name}.npy", folder / "passages" / f"{name}.npy")


DAMAGES: dict[str, Damage] = {
    "no manifest": lambda folder: (folder / "manifest.json").unlink(),
    "half a manifest": lambda folder: truncate(folder / "manifest.json"),
    "another format": lambda folder: edit(folder / "manifest.json", lambda m: m.update(format=FORMAT + 1)),
    "other counts": lambda folder: edit(folder / "manifest.json", lambda m: m.update(passages=99)),
    "half a database": lambda folder: truncate(folder / CHROMA / "chroma.sqlite3"),
    "half the vectors": lambda folder: truncate(folder / "passages" / "vectors.npy"),
    "half the tokens": lambda folder: truncate(folder / "passages" / "tokens.npy"),
    "no vectors": lambda folder: (folder / "questions" / "vectors.npy").unlink(),
    "swapped vectors": lambda folder: reverse(folder / "passages" / "vectors.npy"),
    "swapped questions": lambda folder: reverse(folder / "questions" / "vectors.npy"),
    "vectors of something else": another_collection,
    "no word index": lambda folder: shutil.rmtree(folder / "stems"),
    "half a word index": lambda folder: truncate(next((folder / "ngrams").glob("data*.npy"))),
    "no documents": lambda folder: (folder / "documents.json").unlink(),
    "half the passages": lambda folder: truncate(folder / "passages.json"),
    "one passage less": one_passage_less,
    "another text": another_text,
    "a moved offset": moved_offset,
}


def opened(index: Path, encoder: Encoder) -> Snapshot:
    return open_snapshot(current_folder(index), encoder)


def test_a_whole_snapshot_passes(index: Path, encoder: Encoder) -> None:
    snapshot = opened(index, encoder)
    try:
        check_snapshot(snapshot, folder=current_folder(index))
        assert len(snapshot.passages) == 3 * len(PLACES)
        assert len(snapshot.bank.questions) == len(PLACES)
        assert [len(snapshot.tables[name]) for name in TABLES] == [
            len(snapshot.passages),
            len(snapshot.groups),
            len(snapshot.bank.questions),
        ]
        assert all(snapshot.passages[snapshot.rows_by_id[p.id]] is p for p in snapshot.passages)
    finally:
        snapshot.close()


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_snapshot_is_refused(index: Path, encoder: Encoder, damage: str) -> None:
    DAMAGES[damage](current_folder(index))

    with pytest.raises(IndexDamagedError) as caught:
        opened(index, encoder)

    message = str(caught.value)
    assert "grundlag index --rebuild" in message
    assert "\n" not in message


@pytest.mark.parametrize("name", ["passages/tokens.npy", "groups/starts.npy", "groups.json", "stems/vocab.index.json"])
def test_the_whole_check_looks_at_every_file(index: Path, encoder: Encoder, name: str) -> None:
    folder = current_folder(index)
    snapshot = open_snapshot(folder, encoder)
    data = bytearray((folder / name).read_bytes())
    data[-1] ^= 1
    (folder / name).write_bytes(data)
    try:
        with pytest.raises(IndexDamagedError, match=f"{name} has changed"):
            check_snapshot(snapshot, folder=folder)
    finally:
        snapshot.close()


def test_the_encoder_must_be_the_one_it_was_built_with(index: Path, encoder: Encoder) -> None:
    other = Encoder(encoder._model, "another encoder", "another fingerprint", encoder.prompts)

    with pytest.raises(IndexDamagedError, match=r"another encoder.*rebuild") as caught:
        opened(index, other)

    assert encoder.name in str(caught.value)


@pytest.mark.parametrize(
    "damage",
    [
        lambda index: (index / CURRENT).unlink(),
        lambda index: (index / CURRENT).write_text("", encoding="utf-8"),
        lambda index: (index / CURRENT).write_text("0123456789abcdef\n", encoding="utf-8"),
        lambda index: (index / CURRENT).write_text("../builds\n", encoding="utf-8"),
        lambda index: shutil.rmtree(current_folder(index)),
        shutil.rmtree,
    ],
    ids=["no current", "empty current", "unknown id", "way out", "no build", "no folder"],
)
def test_a_missing_index(index: Path, damage: Damage) -> None:
    damage(index)

    with pytest.raises(IndexMissingError, match="grundlag index") as caught:
        current_folder(index)

    assert "\n" not in str(caught.value)
    assert str(index) in str(caught.value)


def test_opening_writes_nothing_but_what_chroma_does(index: Path, encoder: Encoder) -> None:
    def files() -> Mapping[str, bytes]:
        found = (path for path in index.rglob("*") if path.is_file() and CHROMA not in path.parts)
        return {str(path): path.read_bytes() for path in found}

    before = files()

    opened(index, encoder).close()

    assert files() == before


def test_the_nearest_rows_come_first(index: Path, encoder: Encoder) -> None:
    snapshot = opened(index, encoder)
    try:
        for row, passage in enumerate(snapshot.passages):
            vector = snapshot.tables["passages"].vectors[row]
            assert snapshot.nearest("passages", np.asarray(vector), 1) == [row], passage.text
        assert len(snapshot.nearest("passages", np.asarray(vector), 999)) == len(snapshot.passages)
    finally:
        snapshot.close()


def test_chroma_finds_what_comparing_with_every_row_finds(searcher: Searcher, monkeypatch: pytest.MonkeyPatch) -> None:
    """A small table is compared whole; a large one is left to Chroma."""
    vectors = [searcher.encoder.encode_query(text).vector for text in ("Hvad er leg?", "Vad betyder bemöta?", "x")]
    whole = [searcher.snapshot.nearest(name, vector, 20) for name in TABLES for vector in vectors]

    monkeypatch.setattr(snapshot_module, "EXACT_ROWS", 0)
    by_chroma = [searcher.snapshot.nearest(name, vector, 20) for name in TABLES for vector in vectors]

    assert [found[0] for found in by_chroma] == [found[0] for found in whole]
    for one, other in zip(by_chroma, whole, strict=True):
        assert len(set(one) & set(other)) >= 18  # Chroma's search is approximate


def test_an_empty_table_has_nothing_near(built: Path, tmp_path: Path, encoder: Encoder) -> None:
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    (corpus / "a.txt").write_text(TEXT.format("skoven"), encoding="utf-8")
    settings = load_settings(corpus=corpus, index=tmp_path / "index")
    build_index(settings, encoder)

    snapshot = opened(settings.index, encoder)

    assert snapshot.nearest("questions", encoder.encode_query("Hvad?").vector, 3) == []
    snapshot.close()


def test_the_snapshot_of_the_five_documents(snapshot: Snapshot, documents: Mapping[str, Document]) -> None:
    assert dict(snapshot.documents) == dict(documents)
    assert snapshot.id == snapshot.manifest.id
    for passage in snapshot.passages:
        for place in passage.places:
            assert documents[place.document].text[place.start : place.end] == passage.text
