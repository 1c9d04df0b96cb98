from __future__ import annotations

import copy
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import chromadb
import numpy as np
import pytest

from bot.composition import build_index
from bot.documents.groups import lists_of
from bot.documents.passages import context_of, squeeze
from bot.errors import IndexDamagedError, IndexMissingError
from bot.models.encoder import Encoder
from bot.retrieval.retriever import Searcher
from bot.schema import Document
from bot.settings import ROOT, load_settings
from bot.store import consistency
from bot.store.builds import CURRENT, current_folder
from bot.store.consistency import SAME, TABLES, check_snapshot
from bot.store.manifest import CHECKSUM, FORMAT, MANIFEST, Manifest, record_files, write_manifest
from bot.store.snapshot import CHROMA, EXACT_ROWS, Snapshot, open_snapshot, verify_snapshot
from bot.store.vectors import DATABASE, VectorStore

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


def seal(folder: Path) -> None:
    """Let the manifest say of every file what it is now: what is wrong then is wrong in itself."""
    manifest = Manifest.model_validate_json((folder / MANIFEST).read_bytes())
    write_manifest(folder, manifest.model_copy(update={"files": record_files(folder)}))


def truncate(path: Path) -> None:
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])


def array(name: str, change: Callable[[np.ndarray], np.ndarray]) -> Damage:
    """Damage to an array file."""
    return lambda folder: np.save(folder / name, change(np.load(folder / name)).copy())


def edit(name: str, change: Callable[[Any], object]) -> Damage:
    """Damage to a JSON file."""

    def damage(folder: Path) -> None:
        fields = json.loads((folder / name).read_text(encoding="utf-8"))
        change(fields)
        (folder / name).write_text(json.dumps(fields), encoding="utf-8")

    return damage


def another_text(folder: Path) -> None:
    path = folder / "documents.json"
    path.write_text(path.read_text(encoding="utf-8").replace("leger b", "jager b"), encoding="utf-8")


def another_collection(folder: Path) -> None:
    """The vectors of another table of the same height, as a mixed-up copy would have them."""
    for name in ("vectors", "tokens", "starts", "spans"):
        shutil.copy(folder / "groups" / f"{name}.npy", folder / "passages" / f"{name}.npy")


def no_collection(folder: Path) -> None:
    client = chromadb.PersistentClient(str(folder / CHROMA))
    client.delete_collection("groups")
    client.close()


def first_row(array: np.ndarray, value: float) -> np.ndarray:
    array[0] = value
    return array


MANIFEST_DAMAGES: dict[str, Damage] = {
    "no manifest": lambda folder: (folder / MANIFEST).unlink(),
    "a folder for a manifest": lambda folder: ((folder / MANIFEST).unlink(), (folder / MANIFEST).mkdir()),
    "half a manifest": lambda folder: truncate(folder / MANIFEST),
    "no checksum": lambda folder: (folder / CHECKSUM).unlink(),
    "another format": edit(MANIFEST, lambda m: m.update(format=FORMAT + 1)),
    "another encoder's name": edit(MANIFEST, lambda m: m.update(encoder="another")),
    "half a database": lambda folder: truncate(folder / CHROMA / DATABASE),
}
DAMAGES: dict[str, Damage] = {
    "other counts": edit(MANIFEST, lambda m: m.update(passages=99)),
    "other documents": edit(MANIFEST, lambda m: m["documents"].update({"new.txt": ""})),
    "no Chroma": lambda folder: shutil.rmtree(folder / CHROMA),
    "no database": lambda folder: (folder / CHROMA / DATABASE).unlink(),
    "no collection": no_collection,
    "half the vectors": lambda folder: truncate(folder / "passages" / "vectors.npy"),
    "half the tokens": lambda folder: truncate(folder / "passages" / "tokens.npy"),
    "no vectors": lambda folder: (folder / "questions" / "vectors.npy").unlink(),
    "swapped vectors": array("passages/vectors.npy", lambda vectors: vectors[::-1]),
    "swapped questions": array("questions/vectors.npy", lambda vectors: vectors[::-1]),
    "longer vectors": array("groups/vectors.npy", lambda vectors: np.hstack([vectors, vectors])),
    "vectors without numbers": array("groups/vectors.npy", lambda vectors: first_row(vectors, np.nan)),
    "vectors without length": array("groups/vectors.npy", lambda vectors: first_row(vectors, 0)),
    "vectors of something else": another_collection,
    "one vector more": array("groups/vectors.npy", lambda vectors: np.vstack([vectors, vectors[:1]])),
    "shorter token vectors": array("groups/tokens.npy", lambda tokens: tokens[:, :-1]),
    "one token less": array("groups/tokens.npy", lambda tokens: tokens[:-1]),
    "tokens of another kind": array("groups/tokens.npy", lambda tokens: tokens.astype(np.float32)),
    "one start less": array("passages/starts.npy", lambda starts: starts[:-1]),
    "one start more": array("passages/starts.npy", lambda starts: np.append(starts, starts[-1])),
    "no first start": array("passages/starts.npy", lambda starts: starts[1:]),
    "shifted starts": array("passages/starts.npy", lambda starts: starts + 1),
    "starts that begin late": array("passages/starts.npy", lambda starts: first_row(starts, 1)),
    "starts that go back": array("passages/starts.npy", lambda starts: starts[[0, 2, 1, *range(3, len(starts))]]),
    "one span less": array("questions/spans.npy", lambda spans: spans[:-1]),
    "no word index": lambda folder: shutil.rmtree(folder / "stems"),
    "half a word index": lambda folder: truncate(next((folder / "ngrams").glob("data*.npy"))),
    "a word index of more": edit("stems/params.index.json", lambda fields: fields.update(num_docs=99)),
    "a word in no row": array("stems/indices.csc.index.npy", lambda rows: first_row(rows, 99)),
    "a word before the first row": array("stems/indices.csc.index.npy", lambda rows: first_row(rows, -1)),
    "an unknown word": edit("ngrams/vocab.index.json", lambda words: words.update({"x": 10**6})),
    "words cut off": array("ngrams/indptr.csc.index.npy", lambda begins: begins[:-1]),
    "no documents": lambda folder: (folder / "documents.json").unlink(),
    "one document less": edit("documents.json", lambda documents: documents.pop()),
    "another text": another_text,
    "half the passages": lambda folder: truncate(folder / "passages.json"),
    "one passage less": edit("passages.json", lambda passages: passages.pop()),
    "a moved offset": edit("passages.json", lambda passages: passages[-1]["places"][0].update(start=9)),
    "an offset from the end": edit("passages.json", lambda passages: passages[-1]["places"][0].update(start=-9)),
    "a passage that is nowhere": edit("passages.json", lambda passages: passages[-1].update(places=[])),
    "one group less": edit("groups.json", lambda groups: groups.pop()),
    "a section before the lists": edit("groups.json", lambda groups: groups.insert(0, groups.pop())),
    "a member beyond the last": edit("groups.json", lambda groups: groups[0].update(members=[0, 99])),
    "a member before the first": edit("groups.json", lambda groups: groups[0].update(members=[-1])),
    "a group beyond the end": edit("groups.json", lambda groups: groups[0].update(end=10**6)),
    "a group of no document": edit("groups.json", lambda groups: groups[0].update(document="gone.txt")),
    "a bank row beyond the last": edit("bank.json", lambda bank: bank.update(rows=[0, 1, 2, 99])),
    "a bank row before the first": edit("bank.json", lambda bank: bank.update(rows=[0, 1, 2, -1])),
    "one bank row less": edit("bank.json", lambda bank: bank["rows"].pop()),
    "one bank span less": edit("bank.json", lambda bank: bank["spans"].pop()),
    "a bank span beyond the end": edit("bank.json", lambda bank: bank["spans"][0].reverse()),
    "one bank question less": edit("bank.json", lambda bank: bank["questions"].pop()),
}


def opened(index: Path, encoder: Encoder, exact_rows: int = EXACT_ROWS) -> Snapshot:
    return open_snapshot(current_folder(index), encoder, exact_rows=exact_rows)


def test_a_whole_snapshot_passes(index: Path, encoder: Encoder) -> None:
    verify_snapshot(current_folder(index), encoder)
    snapshot = opened(index, encoder)
    try:
        assert len(snapshot.passages) == 3 * len(PLACES)
        assert len(snapshot.bank.questions) == len(PLACES)
        assert [len(snapshot.tables[name]) for name in TABLES] == [
            len(snapshot.passages),
            len(lists_of(snapshot.groups)),
            len(snapshot.bank.questions),
        ]
        assert all(snapshot.passages[snapshot.rows_by_id[p.id]] is p for p in snapshot.passages)
    finally:
        snapshot.close()


def refused(index: Path, encoder: Encoder, exact_rows: int = EXACT_ROWS) -> str:
    """The complaint about a snapshot that does not open."""
    with pytest.raises(IndexDamagedError) as caught:
        opened(index, encoder, exact_rows)

    message = str(caught.value)
    assert "grundlag index --rebuild" in message
    assert "\n" not in message
    return message


@pytest.mark.parametrize("damage", [*MANIFEST_DAMAGES, *DAMAGES])
def test_a_damaged_snapshot_is_refused(index: Path, encoder: Encoder, damage: str) -> None:
    {**MANIFEST_DAMAGES, **DAMAGES}[damage](current_folder(index))

    refused(index, encoder)


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_snapshot_that_was_built_wrong_is_refused(index: Path, encoder: Encoder, damage: str) -> None:
    folder = current_folder(index)
    DAMAGES[damage](folder)
    seal(folder)

    # By its builder, and by whoever lets Chroma search it.
    with pytest.raises(IndexDamagedError, match="grundlag index --rebuild") as caught:
        verify_snapshot(folder, encoder)
    assert "has changed" not in str(caught.value)
    assert "has changed" not in refused(index, encoder, exact_rows=0)


def test_a_snapshot_that_is_sealed_again_opens(index: Path, encoder: Encoder) -> None:
    """Or the test above would prove nothing."""
    seal(current_folder(index))

    opened(index, encoder).close()


def test_a_byte_that_differs_is_noticed_in_any_file(index: Path, encoder: Encoder) -> None:
    folder = current_folder(index)
    unnoticed, paths = [], [path for path in folder.rglob("*") if path.is_file()]
    for path in paths:
        whole = path.read_bytes()
        for at in {0, len(whole) // 2, len(whole) - 1} if whole else ():
            damaged = bytearray(whole)
            damaged[at] ^= 1
            path.write_bytes(damaged)
            try:
                verify_snapshot(folder, encoder)
                unnoticed.append((path.name, at))
            except IndexDamagedError as error:
                assert path.name in str(error) or path.name in {MANIFEST, CHECKSUM}
        path.write_bytes(whole)

    assert unnoticed == []
    assert len(paths) > 30
    verify_snapshot(folder, encoder)


def test_chroma_is_given_no_damaged_file(index: Path, encoder: Encoder) -> None:
    """It is native code, which may end the process; so every byte of its files is compared on opening."""
    folder = current_folder(index)
    for path in [path for path in (folder / CHROMA).rglob("*") if path.is_file() and path.stat().st_size]:
        whole = path.read_bytes()
        path.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
        assert f"{path.name} has changed" in refused(index, encoder)
        path.write_bytes(whole)


def test_the_encoder_must_be_the_one_it_was_built_with(index: Path, encoder: Encoder) -> None:
    other = copy.copy(encoder)
    other.name, other.fingerprint = "another encoder", "another fingerprint"

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
        lambda index: (index / CURRENT).write_text("..", encoding="utf-8"),
        lambda index: (index / CURRENT).write_text("0" * 999, encoding="utf-8"),
        lambda index: (index / CURRENT).write_bytes(b"\xff\xfe"),
        lambda index: ((index / CURRENT).unlink(), (index / CURRENT).mkdir()),
        lambda index: shutil.rmtree(current_folder(index)),
        shutil.rmtree,
    ],
    ids=[
        "no current",
        "empty current",
        "unknown id",
        "way out",
        "parent",
        "long",
        "no text",
        "folder",
        "no build",
        "no folder",
    ],
)
def test_a_missing_index(index: Path, damage: Damage) -> None:
    damage(index)

    with pytest.raises(IndexMissingError, match="grundlag index") as caught:
        current_folder(index)

    assert "\n" not in str(caught.value)
    assert str(index) in str(caught.value)


def test_either_library_reads_what_the_other_has_indexed(index: Path, torch_encoder: Encoder) -> None:
    snapshot = opened(index, torch_encoder)
    try:
        texts = [context_of(passage) + squeeze(passage.text) for passage in snapshot.passages]
        for row, encoding in enumerate(torch_encoder.encode_passages(texts)):
            assert encoding.vector @ snapshot.tables["passages"].vectors[row] > 1 - SAME
            assert snapshot.vectors.nearest("passages", encoding.vector, 1) == [row]
    finally:
        snapshot.close()


def test_a_snapshot_may_lie_where_nothing_can_be_written(index: Path, encoder: Encoder) -> None:
    def files() -> Mapping[str, bytes]:
        return {str(path): path.read_bytes() for path in index.rglob("*") if path.is_file()}

    before = files()

    verify_snapshot(current_folder(index), encoder)

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


def test_chroma_finds_what_comparing_with_every_row_finds(searcher: Searcher) -> None:
    """A small table is compared whole; a large one is left to Chroma."""
    vectors = [searcher.encoder.encode_query(text).vector for text in ("Hvad er leg?", "Vad betyder bemöta?", "x")]
    whole = [searcher.snapshot.nearest(name, vector, 20) for name in TABLES for vector in vectors]

    asking_chroma = replace(searcher.snapshot, exact_rows=0)
    by_chroma = [asking_chroma.nearest(name, vector, 20) for name in TABLES for vector in vectors]

    assert [found[0] for found in by_chroma] == [found[0] for found in whole]
    for one, other in zip(by_chroma, whole, strict=True):
        assert len(set(one) & set(other)) >= len(other) - 2  # Chroma's search is approximate


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


def test_a_row_that_the_approximate_search_misses_is_no_damage(
    index: Path, encoder: Encoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = open_snapshot(current_folder(index), encoder)
    search = type(opened.vectors).nearest_to_each

    def missing_the_first(self: VectorStore, name: str, vectors: np.ndarray) -> list[int]:
        return [1, *search(self, name, vectors)[1:]]

    monkeypatch.setattr(VectorStore, "nearest_to_each", missing_the_first)
    try:
        with pytest.raises(IndexDamagedError, match="not found by their own vectors"):
            check_snapshot(opened)
        monkeypatch.setattr(consistency, "ROWS_FOR_ONE_MISS", 1)
        check_snapshot(opened)
        monkeypatch.setattr(VectorStore, "stored", lambda self, name, rows: np.zeros((len(rows), encoder.dimension)))
        with pytest.raises(IndexDamagedError, match="not found by their own vectors"):
            check_snapshot(opened)
    finally:
        opened.close()


def test_chroma_is_not_loaded_for_small_tables(index: Path, scratch_only: Path) -> None:
    """It takes half a second, a copy of its folder and memory, and small tables are compared without it."""
    code = (
        "import sys\nfrom pathlib import Path\nfrom bot.models.loading import load_encoder\n"
        "from bot.settings import load_settings\nfrom bot.store.builds import current_folder\n"
        "from bot.store.snapshot import open_snapshot\n"
        "snapshot = open_snapshot(current_folder(Path(sys.argv[1])), load_encoder(load_settings()))\n"
        "vector = snapshot.tables['passages'].vectors[1]\nassert snapshot.nearest('passages', vector, 1) == [1]\n"
        "assert snapshot.searched_by_chroma == []\n"
        "print('chromadb' in sys.modules, *Path(sys.argv[2]).iterdir())\n"
    )
    environment = os.environ | {"TMPDIR": str(scratch_only)}
    command = [sys.executable, "-c", code, str(index), str(scratch_only)]
    done = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, check=False)

    assert (done.stdout, done.stderr) == ("False\n", "")


@pytest.fixture
def scratch_only(tmp_path: Path) -> Path:
    """An empty folder for temporary files."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    return folder
