from __future__ import annotations

import errno
import hashlib
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from bot.documents import corpus as corpus_module
from bot.documents.catalogue import Entry
from bot.documents.corpus import documents_folder, read_corpus, read_document
from bot.documents.folder import MAX_FILE_BYTES
from bot.documents.plain_text import read_plain_text
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


def test_what_was_left_out_of_a_document_is_noted(write_corpus: Write) -> None:
    found = read_corpus(
        write_corpus({"good.txt": GOOD, "a.html": "<h1>Plan</h1><p>Vi leger.</p><p hidden>x</p>"}).corpus
    )

    assert found.problems == ()
    assert found.notes == ("a.html: 1 hidden characters were left out, beginning 'x'",)


def test_an_ending_in_capitals_is_the_same(write_corpus: Write) -> None:
    assert [document.name for document in read_corpus(write_corpus({"A.TXT": GOOD}).corpus).documents] == ["A.TXT"]


def test_a_link_out_of_the_folder_is_not_followed(write_corpus: Write, tmp_path: Path) -> None:
    corpus = write_corpus({"good.txt": GOOD}).corpus
    (tmp_path / "secret.txt").write_text("Hemmeligt.", encoding="utf-8")
    (corpus / "link.txt").symlink_to(tmp_path / "secret.txt")

    assert "outside" in problem_with(corpus, "link.txt")


def test_a_link_to_a_folder_is_not_followed(write_corpus: Write, tmp_path: Path) -> None:
    corpus = write_corpus({"good.txt": GOOD}).corpus
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets/secret.txt").write_text("Hemmeligt.", encoding="utf-8")
    (corpus / "ude").symlink_to(tmp_path / "secrets")

    assert "link to a folder" in problem_with(corpus, "ude")


def test_a_link_to_itself(write_corpus: Write) -> None:
    corpus = write_corpus({"good.txt": GOOD}).corpus
    (corpus / "loop.txt").symlink_to("loop.txt")

    problem_with(corpus, "loop.txt")


@pytest.mark.parametrize(
    ("name", "shown"),
    [(b"\xff.txt", r"\xff.txt"), (b"to\nlinjer.txt", r"to\nlinjer.txt"), ("\u202etxt.exe.txt", r"\u202e")],
)
def test_a_name_that_cannot_be_shown(write_corpus: Write, name: bytes | str, shown: str) -> None:
    corpus = write_corpus({"good.txt": GOOD}).corpus
    Path(os.fsdecode(os.fsencode(corpus) + b"/" + os.fsencode(name))).write_text(GOOD, encoding="utf-8")

    assert "Rename" in problem_with(corpus, shown)


@pytest.mark.parametrize("other", ["GOOD.txt", "Good.TXT"])
def test_names_that_differ_only_by_case(write_corpus: Write, other: str) -> None:
    found = read_corpus(write_corpus({"good.txt": GOOD, other: GOOD + "Mere."}).corpus)

    assert len(found.documents) == len(found.problems) == 1
    assert "good.txt" in found.problems[0]
    assert other in found.problems[0]


@pytest.mark.parametrize("name", ["et to  tre.txt", "a..b.txt", "leg🙂👩‍👧.txt", "æøå ÄÖ.txt", "100%.txt", "'a\"b.txt"])
def test_unusual_names(write_corpus: Write, name: str) -> None:
    found = read_corpus(write_corpus({name: GOOD}).corpus)

    assert [document.name for document in found.documents] == [name]
    assert found.problems == ()


def test_a_name_in_another_unicode_form_is_the_same(write_corpus: Write) -> None:
    decomposed = "a\u030a.txt"
    corpus = write_corpus({decomposed: GOOD, "catalogue.toml": '[documents."å.txt"]\ntitle = "T"\n'}).corpus

    found = read_corpus(corpus)

    assert [(document.name, document.title) for document in found.documents] == [("å.txt", "T")]
    assert read_document(corpus, decomposed) == read_document(corpus, "å.txt")
    assert found.problems == ()


def test_what_is_hidden_is_passed_over(write_corpus: Write) -> None:
    hidden = {".git/config": "x", "ude/.ipynb_checkpoints/leg.txt": GOOD, ".DS_Store": "x"}

    found = read_corpus(write_corpus({"good.txt": GOOD, **hidden}).corpus)

    assert [document.name for document in found.documents] == ["good.txt"]
    assert found.problems == ()


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


def opening(monkeypatch: pytest.MonkeyPatch, name: str, first: Callable[[Path], None]) -> None:
    """Whoever opens the file of this name finds that `first` has happened: tests run as root, who may do all."""
    opened = Path.open

    def open_after(self: Path, *arguments: Any, **options: Any) -> Any:
        if self.name == name:
            first(self)
        return opened(self, *arguments, **options)

    monkeypatch.setattr(Path, "open", open_after)


def test_a_file_that_may_not_be_read(write_corpus: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: Path) -> None:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))

    corpus = write_corpus({"good.txt": GOOD, "locked.txt": GOOD}).corpus
    opening(monkeypatch, "locked.txt", refuse)

    assert "Permission denied" in problem_with(corpus, "locked.txt")


def test_a_folder_that_may_not_be_read(write_corpus: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    corpus = write_corpus({"good.txt": GOOD, "locked/a.txt": GOOD}).corpus
    scan = os.scandir

    def refuse(path: str | Path) -> Any:
        if Path(path).name == "locked":
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))
        return scan(path)

    monkeypatch.setattr(os, "scandir", refuse)

    assert "Permission denied" in problem_with(corpus, "locked")


def test_a_file_that_vanishes(write_corpus: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    corpus = write_corpus({"good.txt": GOOD, "gone.txt": GOOD}).corpus
    opening(monkeypatch, "gone.txt", Path.unlink)

    problem_with(corpus, "gone.txt")


def test_a_file_that_changes_while_it_is_read(write_corpus: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    corpus = write_corpus({"good.txt": GOOD, "busy.txt": GOOD}).corpus
    state = os.fstat

    def touched(descriptor: int) -> os.stat_result:
        found = state(descriptor)
        if found.st_ino == (corpus / "busy.txt").stat().st_ino:
            os.utime(corpus / "busy.txt", ns=(0, found.st_mtime_ns + 1))
        return found

    monkeypatch.setattr(os, "fstat", touched)

    assert "changed" in problem_with(corpus, "busy.txt")


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


def test_what_was_read_before_is_not_read_again(write_corpus: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = write_corpus({"leg.txt": "Om leg\n\nLeg er vigtig.\n", "mad.txt": "Om mad\n\nVi spiser klokken tolv.\n"})
    before = read_corpus(settings.corpus)
    known = {before.readings[document.name]: document for document in before.documents}
    read: list[str] = []

    def noting(data: bytes, name: str, entry: Entry | None) -> Document:
        read.append(name)
        return read_plain_text(data, name, entry)

    monkeypatch.setattr(corpus_module, "READERS", {".txt": noting})

    assert read_corpus(settings.corpus, known=known) == before
    assert read == []

    write_corpus({"mad.txt": "Om mad\n\nVi spiser klokken elleve.\n"})
    assert "elleve" in read_corpus(settings.corpus, known=known).documents[1].text
    assert read == ["mad.txt"]

    write_corpus({"catalogue.toml": '[documents."leg.txt"]\ntitle = "Leg og bevægelse"\n'})
    assert read_corpus(settings.corpus, known=known).documents[0].title == "Leg og bevægelse"
    assert sorted(read) == ["leg.txt", "mad.txt", "mad.txt"]
