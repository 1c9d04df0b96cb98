from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from bot.documents.corpus import MAX_FILE_BYTES, documents_folder, read_corpus, read_document
from bot.errors import CatalogueError, DocumentError
from bot.schema import Document
from bot.settings import Settings

GOOD = "Om leg\n\nLeg er den vigtigste vej til læring for de yngste børn.\n"
Write = Callable[[Mapping[str, str | bytes]], Settings]


def problem_with(corpus: Path, name: str) -> str:
    """The one line about the file that was left out; the good file beside it must have been read."""
    found = read_corpus(corpus)

    assert [document.name for document in found.documents] == ["good.txt"]
    assert list(found.hashes) == ["good.txt"]
    [problem] = found.problems
    assert problem.startswith(name)
    assert "\n" not in problem
    return problem


def test_a_bare_folder_is_a_corpus(write_corpus: Write) -> None:
    corpus = write_corpus({"b.txt": GOOD, "ude/a.md": "# Ude\n\nVi er ude.\n", ".skjult.txt": "x"}).corpus

    found = read_corpus(corpus)

    assert [document.name for document in found.documents] == ["b.txt", "ude/a.md"]
    assert [document.title for document in found.documents] == ["Om leg", "Ude"]
    assert [document.language for document in found.documents] == ["da", "da"]
    assert found.problems == ()
    assert found.hashes["b.txt"] == hashlib.sha256(GOOD.encode()).hexdigest()


def test_what_describes_a_bare_folder_is_no_document(write_corpus: Write) -> None:
    corpus = write_corpus({"a.txt": GOOD, "catalogue.toml": '[documents."a.txt"]\ntitle="T"\n', "questions.jsonl": ""})

    found = read_corpus(corpus.corpus)

    assert [document.title for document in found.documents] == ["T"]
    assert found.problems == ()


def test_a_corpus_with_a_documents_folder(write_corpus: Write) -> None:
    corpus = write_corpus({"documents/a.txt": GOOD, "notes.txt": "ikke et dokument"}).corpus

    assert documents_folder(corpus) == corpus / "documents"
    assert [document.name for document in read_corpus(corpus).documents] == ["a.txt"]


def test_a_folder_with_the_name_of_a_file(write_corpus: Write) -> None:
    found = read_corpus(write_corpus({"good.txt": GOOD, "x.txt/inner.txt": GOOD}).corpus)

    assert [document.name for document in found.documents] == ["good.txt", "x.txt/inner.txt"]
    assert found.problems == ()


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match=r"no folder .*--corpus"):
        read_corpus(tmp_path / "nowhere")


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("empty.txt", "", "empty"),
        ("binary.txt", bytes(range(256)), "not text"),
        ("sheet.xlsx", b"PK", "no kind of file"),
        ("noending", "tekst", "no kind of file"),
    ],
)
def test_one_bad_file_does_not_stop_the_others(
    write_corpus: Write, name: str, content: str | bytes, reason: str
) -> None:
    assert reason in problem_with(write_corpus({"good.txt": GOOD, name: content}).corpus, name)


def test_an_ending_in_capitals_is_the_same(write_corpus: Write) -> None:
    assert [document.name for document in read_corpus(write_corpus({"A.TXT": GOOD}).corpus).documents] == ["A.TXT"]


def test_a_link_out_of_the_folder_is_not_followed(write_corpus: Write, tmp_path: Path) -> None:
    corpus = write_corpus({"good.txt": GOOD}).corpus
    (tmp_path / "secret.txt").write_text("Hemmeligt.", encoding="utf-8")
    (corpus / "link.txt").symlink_to(tmp_path / "secret.txt")

    assert "outside" in problem_with(corpus, "link.txt")


def test_a_link_inside_the_folder_is_followed(write_corpus: Write) -> None:
    corpus = write_corpus({"good.txt": GOOD}).corpus
    (corpus / "link.txt").symlink_to("good.txt")

    assert [document.name for document in read_corpus(corpus).documents] == ["good.txt", "link.txt"]


def test_a_link_to_nothing(write_corpus: Write) -> None:
    corpus = write_corpus({"good.txt": GOOD}).corpus
    (corpus / "link.txt").symlink_to("gone.txt")

    problem_with(corpus, "link.txt")


def test_a_pipe_is_not_waited_for(write_corpus: Write) -> None:
    corpus = write_corpus({"good.txt": GOOD}).corpus
    os.mkfifo(corpus / "pipe.txt")

    assert "regular file" in problem_with(corpus, "pipe.txt")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read(write_corpus: Write) -> None:
    corpus = write_corpus({"good.txt": GOOD, "locked.txt": GOOD}).corpus
    (corpus / "locked.txt").chmod(0)

    assert "cannot be read" in problem_with(corpus, "locked.txt")


def test_a_huge_file_is_not_read(write_corpus: Write) -> None:
    corpus = write_corpus({"good.txt": GOOD, "huge.txt": ""}).corpus
    os.truncate(corpus / "huge.txt", MAX_FILE_BYTES + 1)  # takes no space on the disk

    assert str(MAX_FILE_BYTES) in problem_with(corpus, "huge.txt")


def test_an_entry_without_its_file(write_corpus: Write) -> None:
    corpus = write_corpus({"good.txt": GOOD, "catalogue.toml": '[documents."gone.txt"]\n'}).corpus

    problem_with(corpus, 'catalogue.toml names "gone.txt"')


def test_a_malformed_catalogue_stops_all(write_corpus: Write) -> None:
    corpus = write_corpus({"good.txt": GOOD, "catalogue.toml": "[documents\n"}).corpus

    with pytest.raises(CatalogueError):
        read_corpus(corpus)


def test_one_document_by_its_name(corpus_folder: Path, documents: Mapping[str, Document]) -> None:
    for name, document in documents.items():
        assert read_document(corpus_folder, name) == document


def test_a_name_that_is_none_is_answered_with_those_there_are(write_corpus: Write) -> None:
    corpus = write_corpus({"a.txt": GOOD, "ude/b.md": GOOD}).corpus

    with pytest.raises(DocumentError, match=r"no document 'c\.txt'.*a\.txt, ude/b\.md"):
        read_document(corpus, "c.txt")


def test_no_document_outside_the_folder(write_corpus: Write, tmp_path: Path) -> None:
    corpus = write_corpus({"a.txt": GOOD}).corpus
    (tmp_path / "secret.txt").write_text("Hemmeligt.", encoding="utf-8")

    for name in ("../secret.txt", str(tmp_path / "secret.txt")):
        with pytest.raises(DocumentError):
            read_document(corpus, name)


def test_the_same_folder_is_read_the_same(corpus_folder: Path) -> None:
    assert read_corpus(corpus_folder) == read_corpus(corpus_folder)
    assert read_corpus(corpus_folder).problems == ()
