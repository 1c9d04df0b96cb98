"""A folder of documents -> Documents, with the files that could not be read named."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType

from bot.documents.catalogue import Entry, read_catalogue
from bot.documents.folder import Source, read_bytes, sources_in
from bot.documents.formats import READERS
from bot.documents.recognition import Recognition
from bot.errors import DocumentError, NoTextError
from bot.schema import Document

NOTHING: Mapping[str, Document] = MappingProxyType({})
CORPUS_FILES = frozenset({"catalogue.toml", "questions.jsonl", "notes.jsonl"})


@dataclass(frozen=True, slots=True)
class Corpus:
    """The documents that could be read, in order of name, the SHA-256 of each source, and what went wrong.

    `problems` holds one line for each file that was left out; `readings` a hash, by name, of all that a document was
    made from.
    """

    documents: tuple[Document, ...]
    hashes: Mapping[str, str]
    problems: tuple[str, ...]
    readings: Mapping[str, str]

    @property
    def notes(self) -> tuple[str, ...]:
        """One line for each thing that was left out of a document that was read, such as hidden text."""
        return tuple(f"{document.name}: {note}" for document in self.documents for note in document.notes)


def read_corpus(
    corpus: Path, recognition: Recognition | None = None, known: Mapping[str, Document] = NOTHING
) -> Corpus:
    """Every document below `corpus`/documents, or below `corpus` itself where there is no such folder.

    One file that cannot be read never stops the others. `recognition` has the text of scanned files, and `known`
    documents that were read before, by the hash of all that they were made from: they are not read again.
    Raises DocumentError when the folder is missing, and CatalogueError when its catalogue is malformed.
    """
    folder = documents_folder(corpus)
    catalogue = read_catalogue(corpus)
    sources, problems = sources_in(folder)
    documents, hashes, readings = [], {}, {}
    for source in sources:
        if folder == corpus and source.name in CORPUS_FILES:
            continue
        try:
            document, digest, reading = _read(source, folder, catalogue.get(source.name), recognition, known)
        except DocumentError as error:
            problems.append(str(error))
        else:
            documents.append(document)
            hashes[source.name], readings[source.name] = digest, reading
    names = {source.name for source in sources}
    problems += [
        f'catalogue.toml names "{name}", which is not among the documents. Add the file or remove the entry.'
        for name in catalogue
        if name not in names
    ]
    return Corpus(tuple(documents), hashes, tuple(problems), readings)


def read_document(corpus: Path, name: str, recognition: Recognition | None = None) -> Document:
    """One document by its name below the documents folder. Raises DocumentError when it cannot be read."""
    folder = documents_folder(corpus)
    sources, _ = sources_in(folder)
    found = next((source for source in sources if source.name == unicodedata.normalize("NFC", name)), None)
    if found is None:
        known = ", ".join(source.name for source in sources if source.path.suffix.lower() in READERS)
        raise DocumentError(f"There is no document {name!r} in {folder}; there are {known}. Name one of them.")
    return _read(found, folder, read_catalogue(corpus).get(found.name), recognition)[0]


def documents_folder(corpus: Path) -> Path:
    """Where the documents of a corpus lie. Raises DocumentError when there is no such folder."""
    folder = corpus / "documents"
    if folder.is_dir():
        return folder
    if corpus.is_dir():
        return corpus
    raise DocumentError(f"There is no folder {corpus}: expected the documents in it. Name another with --corpus.")


def _read(
    source: Source,
    folder: Path,
    entry: Entry | None,
    recognition: Recognition | None,
    known: Mapping[str, Document] = NOTHING,
) -> tuple[Document, str, str]:
    """The document in a file, the SHA-256 of its bytes, and that of all it was made from."""
    reader = READERS.get(source.path.suffix.lower())
    if reader is None:
        kinds = ", ".join(sorted(READERS))
        raise DocumentError(f"{source.name} is no kind of file that can be read ({kinds}). Convert it or take it away.")
    data = read_bytes(source, folder)
    digest = hashlib.sha256(data).hexdigest()
    reading = hashlib.sha256(f"{source.name}\0{digest}\0{entry!r}".encode()).hexdigest()
    # What was recognised may have been recognised anew meanwhile.
    if reading in known and known[reading].recognised is None:
        return known[reading], digest, reading
    try:
        return reader(data, source.name, entry), digest, reading
    except NoTextError:
        recognised = recognition.of(data, source.name) if recognition is not None else None
        if recognised is None:
            raise
    return _of_pictures(reader(recognised, source.name, entry), recognised), digest, reading


def _of_pictures(document: Document, recognised: bytes) -> Document:
    """The document, which says that its text was recognised and may be wrong."""
    digest = hashlib.sha256(recognised).hexdigest()
    return replace(document, recognised=digest, notes=(*document.notes, "its text was recognised from pictures"))
