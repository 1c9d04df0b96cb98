from __future__ import annotations

from pathlib import Path

import pytest

from bot.documents.catalogue import CATALOGUE, Entry, read_catalogue
from bot.errors import CatalogueError


def written(folder: Path, text: str | bytes) -> Path:
    (folder / CATALOGUE).write_bytes(text if isinstance(text, bytes) else text.encode())
    return folder


def test_entries_by_name(tmp_path: Path) -> None:
    corpus = written(tmp_path, '[documents."ude/a.txt"]\ntitle = "Å"\nalso_called = ["x", "y"]\n[documents."b.txt"]\n')

    entries = read_catalogue(corpus)

    assert entries == {"ude/a.txt": Entry(title="Å", also_called=("x", "y")), "b.txt": Entry()}


def test_no_catalogue_is_no_error(tmp_path: Path) -> None:
    assert read_catalogue(tmp_path) == {}


@pytest.mark.parametrize("text", ["", "# nothing\n", "[documents]\n"])
def test_an_empty_catalogue_is_no_error(tmp_path: Path, text: str) -> None:
    assert read_catalogue(written(tmp_path, text)) == {}


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ('[documents."a.txt"\n', "line 1"),
        ('[documents."a.txt"]\ntitle = \n', "line 2"),
        ('[documents."a.txt"]\nfarve = "blå"\n', '"a.txt"'),
        ('[documents."a.txt"]\nfarve = "blå"\n', "farve"),
        ('[documents."a.txt"]\ntitle = 3\n', "title"),
        ('[documents."a.txt"]\nalso_called = [1]\n', "also_called.0"),
        ('[documents]\n"a.txt" = 3\n', '"a.txt"'),
        (b'[documents."\xff.txt"]\n', "not valid TOML"),
    ],
)
def test_what_cannot_be_used_is_named(tmp_path: Path, text: str | bytes, named: str) -> None:
    with pytest.raises(CatalogueError) as caught:
        read_catalogue(written(tmp_path, text))

    message = str(caught.value)
    assert named in message
    assert str(tmp_path / CATALOGUE) in message
    assert "Mend" in message
    assert "\n" not in message


def test_the_catalogue_of_the_five_documents(corpus_folder: Path) -> None:
    entries = read_catalogue(corpus_folder)

    assert set(entries) == {path.name for path in (corpus_folder / "documents").iterdir()}
    assert all(entry.title and entry.language and entry.kind for entry in entries.values())
