"""Builds a snapshot beside the one in use, checks it, and only then switches to it."""

from __future__ import annotations

import errno
import hashlib
import json
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout

from bot.documents.corpus import Corpus
from bot.documents.groups import group_text, groups_of, lists_of
from bot.documents.passages import MAX_PASSAGE_CHARACTERS, SHORT_CHARACTERS, context_of, passages_of, squeeze
from bot.errors import (
    DocumentError,
    GrundlagError,
    IndexBusyError,
    IndexDamagedError,
    IndexMissingError,
    IndexUnwritableError,
)
from bot.schema import BankQuestion, Document, Group, GroupKind, Passage
from bot.store.bank import Bank, settle
from bot.store.builds import BUILDS, clear, current_folder, finish, new_folder, switch
from bot.store.embedding import Embedded, Known, Progress, Wordings, known_rows, write_tables
from bot.store.graphs import write_vectors
from bot.store.labels import labels_of
from bot.store.lexical import TOKENISERS, LexicalIndex
from bot.store.manifest import FORMAT, Manifest, read_manifest, record_files, write_manifest
from bot.store.records import write_records
from bot.store.report import Report, report_of
from bot.store.rows import Wording
from bot.store.snapshot import open_snapshot, verify_snapshot

if TYPE_CHECKING:
    from bot.models.encoder import Encoder

LOCK = "build.lock"
LOCK_SECONDS = 1.0
NAMED = 3
"""So many documents are named as examples where all are meant."""
DERIVED = frozenset({"text", "sections", "blocks", "notes"})
"""Fields of a document that follow from its file alone, which has a hash of its own."""
WRITING_STEPS = 3
"""Two word indexes, then all the rest."""
FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
FULL_WORDS = ("disk is full", "No space left", "disk I/O error")
"""What SQLite says, and Chroma repeats."""


def build(
    corpus: Corpus,
    questions: Sequence[BankQuestion],
    encoder: Encoder,
    index: Path,
    *,
    rebuild: bool = False,
    lenders: Sequence[Path] = (),
    progress: Progress = lambda stage, done, total: None,
    publish: Callable[[Path], None] = lambda folder: None,
) -> Report:
    """Bring `index` up to date with `corpus` and switch to the new snapshot.

    `publish` is given the folder of a new snapshot before anybody is switched to it.
    Nothing is built when the current snapshot is of the same documents, settings and encoder, unless `rebuild`.
    What the snapshots in use of this index and of `lenders` hold, and what an interrupted build had reached, is taken
    over; the rest is encoded. A `rebuild` takes over only what `lenders` hold.
    Raises IndexBusyError while another process builds, DocumentError when there is nothing to index,
    IndexUnwritableError when the disk is full, and IndexDamagedError when the new snapshot does not pass its own
    checks; the old one then stays in use.
    """
    passages = _passages(corpus)
    described = _described(corpus, questions)
    identity = _identity(corpus, described, encoder)
    # Asked before anything is written: an index that is up to date may lie where nothing can be.
    if not rebuild and (manifest := _up_to_date(index, identity, encoder)) is not None:
        return report_of(manifest, manifest, (), None)
    with _one_builder(index):
        # Another process may have built it meanwhile.
        if not rebuild and (manifest := _up_to_date(index, identity, encoder)) is not None:
            return report_of(manifest, manifest, (), None)
        before = _current_manifest(index)
        previous = current_folder(index).name if before is not None else None
        same = before is not None and before.encoder_fingerprint == encoder.fingerprint and not rebuild
        going_on = current_folder(index) if same else None
        bank = settle(questions, corpus.documents, passages)
        texts = _Texts.of(corpus.documents, passages, bank)
        with (
            _room(index),
            known_rows(
                index, encoder, texts.wordings, lenders if rebuild else (index, *lenders), fresh=rebuild
            ) as known,
        ):
            manifest, name, embedded = _build_folder(
                corpus, texts, encoder, index, known, (identity, described), going_on, progress
            )
            publish(index / BUILDS / name)
            switch(index, name)
        clear(index, name, previous)
        return report_of(manifest, before, bank.lost, embedded)


def _passages(corpus: Corpus) -> tuple[Passage, ...]:
    """The passages of the corpus. Raises DocumentError when there is nothing to answer from."""
    if not corpus.documents:
        raise DocumentError(
            "There is no document that can be read. Put texts, web pages, Word files or the like into the folder."
        )
    passages = passages_of(corpus.documents)
    if not passages:
        names = ", ".join(document.name for document in corpus.documents[:NAMED])
        raise DocumentError(
            f"There is no passage in the documents that could be cited ({names}): headings at most were found. "
            "Add a document that has a paragraph or a list."
        )
    return passages


@contextmanager
def _one_builder(index: Path) -> Iterator[None]:
    lock = FileLock(index / LOCK)
    try:
        index.mkdir(parents=True, exist_ok=True)
        lock.acquire(timeout=LOCK_SECONDS)
    except Timeout:
        raise IndexBusyError(
            f"Another process is building in {index}. Wait until it is done, then try again."
        ) from None
    except OSError as error:
        raise IndexMissingError(
            f"No index can be built in {index} ({error.strerror}). Name a folder that can be written to with --index."
        ) from None
    try:
        yield
    finally:
        lock.release()


def _current_manifest(index: Path) -> Manifest | None:
    try:
        return read_manifest(current_folder(index))
    except (IndexMissingError, IndexDamagedError):
        return None


def _up_to_date(index: Path, identity: str, encoder: Encoder) -> Manifest | None:
    """The manifest of the snapshot in use if it is the one that would be built, and whole."""
    manifest = _current_manifest(index)
    if manifest is None or manifest.id != identity:
        return None
    try:
        open_snapshot(current_folder(index), encoder).close()
    except (IndexMissingError, IndexDamagedError):
        return None
    return manifest


def _identity(corpus: Corpus, described: str, encoder: Encoder) -> str:
    """A hash of all that goes into a snapshot: the same input gives the same id."""
    parts = [FORMAT, encoder.fingerprint, _splitter(), sorted(corpus.hashes.items()), described]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:16]


def _splitter() -> dict[str, int]:
    return {"max_passage_characters": MAX_PASSAGE_CHARACTERS, "short_characters": SHORT_CHARACTERS}


def _described(corpus: Corpus, questions: Sequence[BankQuestion]) -> str:
    """A hash of what catalogue and question bank say of these documents, and of these alone."""
    said = [
        [str(getattr(document, field.name)) for field in fields(document) if field.name not in DERIVED]
        for document in corpus.documents
    ]
    return hashlib.sha256(json.dumps([said, [asdict(q) for q in questions]]).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class _Texts:
    """What goes into the tables, and what the encoder reads for it."""

    passages: Sequence[Passage]
    groups: Sequence[Group]
    bank: Bank
    wordings: Wordings

    @classmethod
    def of(cls, documents: Sequence[Document], passages: Sequence[Passage], bank: Bank) -> _Texts:
        # The lists first: only they have rows in a table, with their own numbers.
        groups = sorted(groups_of(documents, passages), key=lambda group: group.kind is not GroupKind.LIST)
        contexts = [context_of(passage) for passage in passages]
        wordings = {
            "passages": [
                Wording(context + squeeze(passage.text), "document", len(context))
                for context, passage in zip(contexts, passages, strict=True)
            ],
            "groups": [Wording(group_text(group, passages), "document") for group in lists_of(groups)],
            "questions": [Wording(question.question, "query") for question in bank.questions],
        }
        return cls(passages, groups, bank, wordings)


def _build_folder(
    corpus: Corpus,
    texts: _Texts,
    encoder: Encoder,
    index: Path,
    known: Known,
    identity: tuple[str, str],
    before: Path | None,
    progress: Progress,
) -> tuple[Manifest, str, Embedded]:
    """Write and check a whole snapshot; its manifest, the name of its folder, and what had to be encoded.

    `identity` is the hash of everything, and that of what is said of the documents; `before` is the folder of a
    snapshot of the same encoder that this one may go on from.
    """
    whole, described = identity
    folder = new_folder(index)
    try:
        embedded = write_tables(folder, texts.wordings, encoder, known, progress)
        progress("write", 0, WRITING_STEPS)
        for step, name in enumerate(TOKENISERS, 1):
            LexicalIndex.build(name, (wording.text for wording in texts.wordings["passages"])).save(folder / name)
            progress("write", step, WRITING_STEPS)
        write_records(folder, corpus.documents, texts.passages, texts.groups, texts.bank)
        labels = labels_of(texts.passages, texts.groups, texts.bank.questions)
        written = write_vectors(folder, labels, before)
        progress("write", WRITING_STEPS, WRITING_STEPS)
        manifest = Manifest(
            format=FORMAT,
            id=whole,
            encoder=encoder.name,
            encoder_fingerprint=encoder.fingerprint,
            splitter=_splitter(),
            documents=dict(corpus.hashes),
            readings=dict(corpus.readings),
            catalogue=described,
            passages=len(texts.passages),
            groups=len(texts.groups),
            questions=len(texts.bank.questions),
            lost_questions=len(texts.bank.lost),
            worn=written.worn,
            files=record_files(folder),
        )
        write_manifest(folder, manifest)
        progress("check", 0, 1)
        verify_snapshot(folder, encoder, written.rows)
        name = finish(folder, whole)
        progress("check", 1, 1)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return manifest, name, embedded


@contextmanager
def _room(index: Path) -> Iterator[None]:
    """Says in one line that the disk is full, whichever library found that out and however it says so."""
    try:
        yield
    except GrundlagError:
        raise
    except Exception as error:
        if getattr(error, "errno", None) not in FULL and not any(words in str(error) for words in FULL_WORDS):
            raise
        raise IndexUnwritableError(
            f"The index in {index} could not be written: the disk is full, or a limit is reached. Make room and run "
            "`grundlag index` again: it goes on where it was. The index before stays in use."
        ) from None
