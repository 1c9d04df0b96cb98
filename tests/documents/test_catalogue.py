from __future__ import annotations

from datetime import date
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
        ("\ndocuments = 3\n", "line 2: documents is no table"),
        ('[[documents]]\ntitle = "x"\n', "line 1: documents is no table"),
        ('# et katalog\n[document."a.txt"]\ntitle = "x"\n', "line 2: 'document' found"),
        ('[documents."a.txt"]\ntitle = "Å"\n\n[documents."b.txt"]\ntitle = ""\n', 'line 5: [documents."b.txt"] title'),
        ('[documents."a.txt"]\nkind = "plan"\n', "line 2"),
        ('[documents."a.txt"]\nkind = "plan"\n', "'value statement'"),
        ('[documents."a.txt"]\nlanguage = "dansk"\n', "language"),
        ('[documents."a.txt"]\nadopted = "28. maj 2013"\n', "2013-05-28"),
        ('[documents."a.txt"]\nadopted = 2013\n', "line 2"),
        ('[documents."a.txt"]\nadopted = "2013-13"\n', "line 2"),
        ('[documents."a.txt"]\nvalid_from = 20130528\n', "valid_from"),
        ('[documents."a.txt"]\nvalid_until = "i morgen"\n', "valid_until"),
        ('[documents."a.txt"]\nvalid_from = 2024-01-01\nvalid_until = 2023-12-31\n', "before valid_from"),
        ('[documents."a.txt"]\nsource = "javascript:alert(1)"\n', "https://"),
        ('[documents."a.txt"]\ncontact = "to\\nlinjer"\ncontakt = "x"\n', "line 3"),
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


@pytest.mark.parametrize(
    ("written_as", "known"),
    [
        ("2013-05-28", "2013-05-28"),
        ('"2013-05-28"', "2013-05-28"),
        ('"2013-05"', "2013-05"),
        ('"2013"', "2013"),
    ],
)
def test_a_day_of_adoption_is_as_exact_as_it_is_known(tmp_path: Path, written_as: str, known: str) -> None:
    corpus = written(tmp_path, f'[documents."a.txt"]\nadopted = {written_as}\n')

    assert read_catalogue(corpus)["a.txt"].adopted == known


@pytest.mark.parametrize("written_as", ["2024-08-01", '"2024-08-01"'])
def test_days_in_force(tmp_path: Path, written_as: str) -> None:
    corpus = written(tmp_path, f'[documents."a.txt"]\nvalid_from = {written_as}\nvalid_until = {written_as}\n')

    entry = read_catalogue(corpus)["a.txt"]
    assert entry.valid_from == entry.valid_until == date(2024, 8, 1)


def test_a_byte_order_mark_is_no_error(tmp_path: Path) -> None:
    assert set(read_catalogue(written(tmp_path, b'\xef\xbb\xbf[documents."a.txt"]\n'))) == {"a.txt"}


def test_the_catalogue_of_the_five_documents(corpus_folder: Path) -> None:
    entries = read_catalogue(corpus_folder)

    assert set(entries) == {path.name for path in (corpus_folder / "documents").iterdir()}
    assert all(entry.title and entry.language and entry.kind for entry in entries.values())
