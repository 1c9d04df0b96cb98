from __future__ import annotations

import json
from pathlib import Path

import pytest

from bot.errors import IndexDamagedError
from bot.store.manifest import FORMAT, MANIFEST, Manifest, check_files, hash_files, read_manifest, write_manifest


def manifest(folder: Path) -> Manifest:
    return Manifest(
        format=FORMAT,
        id="abc",
        encoder="e5",
        encoder_fingerprint="f" * 64,
        splitter={"max_passage_characters": 900},
        documents={"ude/å.txt": "0" * 64},
        catalogue="1" * 64,
        passages=3,
        groups=1,
        questions=0,
        lost_questions=0,
        files=hash_files(folder, "chroma"),
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("a.json", "tables/vectors.npy", "chroma/data.bin"):
        path = tmp_path / "snapshot" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name, encoding="utf-8")
    write_manifest(tmp_path / "snapshot", manifest(tmp_path / "snapshot"))
    return tmp_path / "snapshot"


def test_what_was_written_is_read(folder: Path) -> None:
    read = read_manifest(folder)

    assert read == manifest(folder)
    assert set(read.files) == {"a.json", "tables/vectors.npy"}
    check_files(folder, read, "chroma")


@pytest.mark.parametrize(
    ("name", "content", "state"),
    [("a.json", "andet", "a.json has changed"), ("tables/vectors.npy", None, "tables/vectors.npy is missing")],
)
def test_a_file_that_differs_is_named(folder: Path, name: str, content: str | None, state: str) -> None:
    if content is None:
        (folder / name).unlink()
    else:
        (folder / name).write_text(content, encoding="utf-8")

    with pytest.raises(IndexDamagedError, match=state) as caught:
        check_files(folder, read_manifest(folder), "chroma")

    assert "grundlag index --rebuild" in str(caught.value)


def test_no_manifest(folder: Path) -> None:
    (folder / MANIFEST).unlink()

    with pytest.raises(IndexDamagedError, match="no manifest"):
        read_manifest(folder)


@pytest.mark.parametrize("content", ["", "{", "{}", "[]", '{"format": 1, "more": 2}'])
def test_a_malformed_manifest(folder: Path, content: str) -> None:
    (folder / MANIFEST).write_text(content, encoding="utf-8")

    with pytest.raises(IndexDamagedError, match="rebuild") as caught:
        read_manifest(folder)

    assert "\n" not in str(caught.value)


def test_another_format_is_named(folder: Path) -> None:
    fields = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    (folder / MANIFEST).write_text(json.dumps({**fields, "format": FORMAT + 1}), encoding="utf-8")

    with pytest.raises(IndexDamagedError, match=f"format {FORMAT + 1}.*format {FORMAT}"):
        read_manifest(folder)
