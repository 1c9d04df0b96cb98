from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.errors import IndexDamagedError
from bot.store.manifest import (
    CHECKSUM,
    FORMAT,
    MANIFEST,
    Manifest,
    check_files,
    check_sizes,
    read_manifest,
    record_files,
    write_manifest,
)

FILES = ("a.json", "chroma/data.bin", "tables/vectors.npy")
Check = Callable[[Path, Manifest], None]


def manifest(folder: Path) -> Manifest:
    return Manifest(
        format=FORMAT,
        worn=0,
        readings={},
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
        files=record_files(folder),
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in FILES:
        path = tmp_path / "snapshot" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name, encoding="utf-8")
    write_manifest(tmp_path / "snapshot", manifest(tmp_path / "snapshot"))
    return tmp_path / "snapshot"


def test_what_was_written_is_read(folder: Path) -> None:
    read = read_manifest(folder)

    assert read == manifest(folder)
    assert {name: record.size for name, record in read.files.items()} == {n: len(n) for n in FILES}
    check_sizes(folder, read)
    check_files(folder, read)


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_differs_is_named(folder: Path, name: str) -> None:
    (folder / name).write_text(name.upper(), encoding="utf-8")
    check_sizes(folder, read_manifest(folder))  # the length is the same

    with pytest.raises(IndexDamagedError, match=f"{name} has changed.*grundlag index --rebuild"):
        check_files(folder, read_manifest(folder))


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("check", [check_sizes, check_files])
def test_a_file_that_is_cut_or_gone_is_named(folder: Path, name: str, check: Check) -> None:
    (folder / name).write_text(name[:-1], encoding="utf-8")
    with pytest.raises(IndexDamagedError, match=f"{name} has changed"):
        check(folder, read_manifest(folder))

    (folder / name).unlink()
    with pytest.raises(IndexDamagedError, match=f"{name} is missing"):
        check(folder, read_manifest(folder))

    (folder / name).mkdir()
    with pytest.raises(IndexDamagedError, match=f"{name} is missing"):
        check(folder, read_manifest(folder))


def test_only_some_files_may_be_compared(folder: Path) -> None:
    (folder / "a.json").unlink()

    check_files(folder, read_manifest(folder), "chroma/")


@pytest.mark.parametrize("name", [MANIFEST, CHECKSUM])
def test_no_manifest(folder: Path, name: str) -> None:
    (folder / name).unlink()
    with pytest.raises(IndexDamagedError, match=f"no {name}"):
        read_manifest(folder)

    (folder / name).mkdir()
    with pytest.raises(IndexDamagedError, match=r"cannot be read.*grundlag index --rebuild"):
        read_manifest(folder)


@pytest.mark.parametrize("content", ["", "{", "{}", "[]", '{"format": 1, "more": 2}', "\xff"])
def test_a_malformed_manifest(folder: Path, content: str) -> None:
    (folder / MANIFEST).write_text(content, encoding="latin-1")

    with pytest.raises(IndexDamagedError, match="rebuild") as caught:
        read_manifest(folder)

    assert "\n" not in str(caught.value)


def test_a_manifest_that_was_changed(folder: Path) -> None:
    write_manifest(folder, manifest(folder).model_copy(update={"passages": 4}))
    changed = (folder / MANIFEST).read_bytes()
    write_manifest(folder, manifest(folder))
    (folder / MANIFEST).write_bytes(changed)

    with pytest.raises(IndexDamagedError, match=f"{MANIFEST} has changed.*grundlag index --rebuild"):
        read_manifest(folder)


def test_another_format_is_named(folder: Path) -> None:
    fields = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    (folder / MANIFEST).write_text(json.dumps({**fields, "format": FORMAT + 1}), encoding="utf-8")
    (folder / CHECKSUM).unlink()

    with pytest.raises(IndexDamagedError, match=f"format {FORMAT + 1}.*format {FORMAT}"):
        read_manifest(folder)
