"""Wires the parts together: settings -> encoder -> snapshot -> assistant."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from bot.answering.assistant import Assistant
from bot.answering.following import Following
from bot.documents.notes import Notes, read_notes, settle_notes
from bot.errors import DocumentError
from bot.models.loading import load_encoder
from bot.retrieval.retriever import Searcher
from bot.schema import BankQuestion
from bot.settings import Settings
from bot.store.builds import current_folder, snapshots_in
from bot.store.records import known_documents, read_records
from bot.store.snapshot import open_snapshot

# What only some commands need is imported where they do: whoever asks one question waits for none of it.
if TYPE_CHECKING:
    from bot.answering.writing.checker import Checker
    from bot.answering.writing.writer import Writer
    from bot.documents.corpus import Corpus
    from bot.documents.recognition import Recognition
    from bot.models.encoder import Encoder
    from bot.store.embedding import Progress
    from bot.store.report import Report


SHARE_OF_QUESTION = 0.8
"""Writing ends so long before a question is given up that the quotes can still be shown."""
CHARACTERS_PER_TOKEN = 8
"""No language has longer ones on the average: a reply of more characters is no longer within its tokens."""
STAFF_INDEX = "staff"
"""The folder below the public index that holds the index of all documents, where some are for staff."""


def open_assistant(settings: Settings, encoder: Encoder | None = None) -> Assistant:
    """The assistant over the public snapshot in use.

    Raises IndexMissingError or IndexDamagedError with the remedy.
    """
    return _assistant(settings.index, settings, encoder)


def open_staff_assistant(settings: Settings, encoder: Encoder | None = None) -> Assistant | None:
    """The assistant over all documents; None where none of them is for staff. Raises as `open_assistant` does."""
    index = settings.index / STAFF_INDEX
    return _assistant(index, settings, encoder) if index.is_dir() else None


def following_assistant(settings: Settings, encoder: Encoder, say: Callable[[str], None]) -> Following:
    """The assistant over the public snapshot in use, whichever that is. Raises as `open_assistant` does."""
    return Following(
        lambda: current_folder(settings.index), lambda folder: _assistant_over(folder, settings, encoder), say
    )


def following_staff_assistant(settings: Settings, encoder: Encoder, say: Callable[[str], None]) -> Following | None:
    """The assistant over all documents; None where none is for staff and nobody can sign in.

    While no document is for staff, all of them are the public ones.
    """

    def folder_in_use() -> Path:
        staff = settings.index / STAFF_INDEX
        return current_folder(staff if staff.is_dir() else settings.index)

    if not (settings.index / STAFF_INDEX).is_dir() and not (settings.staff_header or settings.passwords):
        return None
    return Following(folder_in_use, lambda folder: _assistant_over(folder, settings, encoder), say)


def _assistant(index: Path, settings: Settings, encoder: Encoder | None) -> Assistant:
    return _assistant_over(current_folder(index), settings, encoder)


def _assistant_over(folder: Path, settings: Settings, encoder: Encoder | None) -> Assistant:
    encoder = encoder or load_encoder(settings)
    snapshot = open_snapshot(folder, encoder, server=settings.chroma_url, exact_rows=settings.exact_rows)
    searcher = Searcher(snapshot, encoder)
    # Read with the snapshot: a note is shown beside the passages it was written about, and beside no other.
    notes = settle_notes(read_notes(settings.corpus), snapshot.passages)
    return Assistant(searcher, open_writer(settings, searcher), notes)


def open_writer(settings: Settings, searcher: Searcher) -> Writer | None:
    """The chat model with its check; None where none is configured. Raises ModelError if it cannot be loaded."""
    if not settings.chat_model:
        return None
    from bot.answering.writing.talking import Talker
    from bot.answering.writing.writer import Writer
    from bot.models.chat import chat_host, load_chat_model

    talker = Talker(
        load_chat_model(settings),
        seconds=min(settings.chat_deadline, SHARE_OF_QUESTION * settings.question_seconds),
        at_a_time=settings.chat_at_a_time,
        max_characters=CHARACTERS_PER_TOKEN * settings.chat_tokens,
    )
    checker = open_checker(settings, searcher)
    return Writer(talker, checker, reader=settings.reader, name=settings.chat_model, sent_to=chat_host(settings))


def open_checker(settings: Settings, searcher: Searcher) -> Checker:
    """The check of written statements, with the model that is set for it. Raises ModelError if that does not load."""
    from bot.answering.writing.checker import Checker
    from bot.models.entailment import load_entailment

    entailment = load_entailment(settings) if settings.check_model else None
    return Checker(searcher.snapshot, searcher.encoder, entailment=entailment)


def settled_notes(settings: Settings) -> Notes:
    """The notes beside the passages of the index in use, that of all documents where some are for staff.

    Raises NoteFileError for a line that is no note, IndexMissingError or IndexDamagedError without an index.
    """
    notes = read_notes(settings.corpus)
    if not notes:
        return settle_notes(notes, ())
    staff = settings.index / STAFF_INDEX
    _, passages, _, _ = read_records(current_folder(staff if staff.is_dir() else settings.index))
    return settle_notes(notes, passages)


@dataclass(frozen=True, slots=True)
class Sources:
    """What an index is built from, as it was read from the corpus folder."""

    corpus: Corpus
    bank: tuple[BankQuestion, ...]


def read_sources(settings: Settings, recognition: Recognition | None = None, *, anew: bool = False) -> Sources:
    """The documents and the question bank of the corpus; scanned documents as they were recognised before.

    A file that is as it was when the index was built is not read again, unless all are to be read `anew`.
    Raises DocumentError, CatalogueError or QuestionFileError for what stops an index from being built.
    """
    from bot.documents.corpus import read_corpus
    from bot.documents.recognition import recognition_of
    from bot.store.bank import read_bank

    staff = settings.index / STAFF_INDEX
    # The public index may know less of a document than the catalogue says; without one for staff it has everything.
    known = {} if anew else known_documents(staff if staff.is_dir() else settings.index)
    corpus = read_corpus(settings.corpus, recognition or recognition_of(settings), known)
    return Sources(corpus, read_bank(settings.corpus))


def build_index(
    settings: Settings,
    encoder: Encoder | None = None,
    *,
    sources: Sources | None = None,
    rebuild: bool = False,
    progress: Progress = lambda stage, done, total: None,
) -> tuple[Report, Corpus]:
    """Bring the index up to date with the corpus; what it did, and the corpus as it was read.

    Where documents are for staff there are two indexes: the public one, as if those were not there, and one of all
    documents, which the report is about. Whoever loads the encoder reads the `sources` before, so that what is wrong
    with them is said at once.
    """
    from bot.documents.audience import public_part, public_questions
    from bot.store.building import build
    from bot.store.served import forget

    sources = sources or read_sources(settings, anew=rebuild)
    encoder = encoder or load_encoder(settings)
    corpus, bank = sources.corpus, sources.bank
    public = public_part(corpus)
    if corpus.documents and not public.documents:
        raise DocumentError("Every document is for staff. Let at least one be public in the catalogue.")
    questions = public_questions(bank, corpus)

    def built(corpus: Corpus, questions: Sequence[BankQuestion], index: Path, lenders: Sequence[Path] = ()) -> Report:
        before = snapshots_in(index)
        report = build(
            corpus,
            questions,
            encoder,
            index,
            rebuild=rebuild,
            lenders=lenders,
            progress=progress,
            publish=partial(_publish, settings, encoder),
        )
        if settings.chroma_url:
            forget(settings.chroma_url, before - snapshots_in(index))
        return report

    report = built(public, questions, settings.index)
    staff = settings.index / STAFF_INDEX
    if len(public.documents) < len(corpus.documents):
        # What is public has just been encoded. Never the other way round: the public index knows nothing of this one.
        report = built(corpus, bank, staff, [settings.index])
    elif staff.is_dir():
        gone = snapshots_in(staff)
        shutil.rmtree(staff)
        if settings.chroma_url:
            forget(settings.chroma_url, gone)
    return report, corpus


def _publish(settings: Settings, encoder: Encoder, folder: Path) -> None:
    """Put a new snapshot's vectors into Chroma's server, if there is one: nobody has to wait for them later.

    Where the server does not answer, whoever opens the snapshot does it once it does.
    """
    if settings.chroma_url:
        open_snapshot(folder, encoder, server=settings.chroma_url).close()
