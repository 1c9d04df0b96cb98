"""A folder of documents -> Documents, with the files that could not be read named."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from bot.documents.catalogue import Entry, read_catalogue
from bot.documents.plain_text import read_plain_text
from bot.errors import DocumentError
from bot.schema import Document

READERS: Mapping[str, Callable[[bytes, str, Entry | None], Document]] = {
    ".txt": read_plain_text,
    ".md": read_plain_text,
}
MAX_FILE_BYTES = 50 * 1024 * 1024
CORPUS_FILES = frozenset({"catalogue.toml", "questions.jsonl"})


@dataclass(frozen=True, slots=True)
class Corpus:
    """The documents that could be read, in order of name, the SHA-256 of each source, and what went wrong.

    `problems` holds one line for each file that was left out.
    """

    documents: tuple[Document, ...]
    hashes: Mapping[str, str]
    problems: tuple[str, ...]


def read_corpus(corpus: Path) -> Corpus:
    """Every document below `corpus`/documents, or below `corpus` itself where there is no such folder.

    One file that cannot be read never stops the others. Raises DocumentError when the folder is missing, and
    CatalogueError when its catalogue is malformed.
    """
    folder = documents_folder(corpus)
    catalogue = read_catalogue(corpus)
    documents, hashes, problems = [], {}, []
    for path in sorted(p for p in folder.rglob("*") if not p.name.startswith(".") and not p.is_dir()):
        name = path.relative_to(folder).as_posix()
        if folder == corpus and name in CORPUS_FILES:
            continue
        try:
            document, digest = _read(path, name, folder, catalogue.get(name))
            documents.append(document)
            hashes[name] = digest
        except DocumentError as error:
            problems.append(str(error))
    problems += [
        f'catalogue.toml names "{name}", which is not among the documents. Add the file or remove the entry.'
        for name in catalogue
        if not (folder / name).exists()
    ]
    return Corpus(tuple(documents), hashes, tuple(problems))


def read_document(corpus: Path, name: str) -> Document:
    """One document by its name below the documents folder. Raises DocumentError when it cannot be read."""
    folder = documents_folder(corpus)
    path = folder / name
    if not path.exists():
        known = ", ".join(sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.suffix in READERS))
        raise DocumentError(f"There is no document {name!r} in {folder}; there are {known}. Name one of them.")
    return _read(path, name, folder, read_catalogue(corpus).get(name))[0]


def documents_folder(corpus: Path) -> Path:
    """Where the documents of a corpus lie. Raises DocumentError when there is no such folder."""
    folder = corpus / "documents"
    if folder.is_dir():
        return folder
    if corpus.is_dir():
        return corpus
    raise DocumentError(f"There is no folder {corpus}: expected the documents in it. Name another with --corpus.")


def _read(path: Path, name: str, folder: Path, entry: Entry | None) -> tuple[Document, str]:
    """The document in a file and the SHA-256 of its bytes."""
    reader = READERS.get(path.suffix.lower())
    if reader is None:
        kinds = ", ".join(sorted(READERS))
        raise DocumentError(f"{name} is no kind of file that can be read ({kinds}). Convert it or take it away.")
    data = _bytes(path, name, folder)
    return reader(data, name, entry), hashlib.sha256(data).hexdigest()


def _bytes(path: Path, name: str, folder: Path) -> bytes:
    try:
        if not path.resolve().is_relative_to(folder.resolve()):
            raise DocumentError(f"{name} is a link to a file outside the documents folder. Copy the file into it.")
        if not path.is_file():
            raise DocumentError(f"{name} is not a regular file. Take it out of the documents folder.")
        size = path.stat().st_size
        if size > MAX_FILE_BYTES:
            raise DocumentError(f"{name} has {size} bytes: at most {MAX_FILE_BYTES} can be read. Split the file.")
        return path.read_bytes()
    except OSError as error:
        raise DocumentError(f"{name} cannot be read: {error.strerror}. Check that it exists and may be read.") from None
