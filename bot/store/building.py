"""Builds a snapshot beside the one in use, checks it, and only then switches to it."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout

from bot.documents.catalogue import CATALOGUE
from bot.documents.corpus import Corpus
from bot.documents.groups import group_text, groups_of
from bot.documents.passages import MAX_PASSAGE_CHARACTERS, SHORT_CHARACTERS, context_of, passages_of, squeeze
from bot.errors import DocumentError, GrundlagError, IndexBusyError
from bot.schema import BankQuestion, Group, Passage
from bot.store.bank import BANK, settle
from bot.store.lexical import TOKENISERS, LexicalIndex
from bot.store.manifest import FORMAT, Manifest, hash_files, read_manifest, write_manifest
from bot.store.records import write_records
from bot.store.snapshot import BUILDS, CHROMA, CURRENT, check_snapshot, current_folder, open_snapshot
from bot.store.table import Table
from bot.store.vectors import VectorStore

if TYPE_CHECKING:
    from bot.models.encoder import Encoder

LOCK = "build.lock"
LOCK_SECONDS = 1.0
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Report:
    """What a build did: names of documents by what became of them."""

    snapshot: str
    built: bool
    added: tuple[str, ...]
    changed: tuple[str, ...]
    removed: tuple[str, ...]
    passages: int
    questions: int
    lost_questions: tuple[str, ...]


def build(
    corpus: Corpus,
    corpus_folder: Path,
    questions: Sequence[BankQuestion],
    encoder: Encoder,
    index: Path,
    *,
    rebuild: bool = False,
    progress: Progress = lambda stage, done, total: None,
) -> Report:
    """Bring `index` up to date with `corpus` and switch to the new snapshot.

    Nothing is built when the current snapshot is of the same documents, settings and encoder, unless `rebuild`.
    Raises IndexBusyError while another process builds, DocumentError when there is nothing to index, and
    IndexDamagedError when the new snapshot does not pass its own checks; the old one then stays in use.
    """
    if not corpus.documents:
        raise DocumentError(
            "There is no document that can be read. Put text, Markdown, HTML or Word files into the documents folder."
        )
    index.mkdir(parents=True, exist_ok=True)
    with _one_builder(index):
        before = _current_manifest(index)
        identity = _identity(corpus, corpus_folder, encoder)
        if before is not None and before.id == identity and not rebuild and _opens(index, encoder):
            return _report(before, before, (), built=False)
        previous = current_folder(index).name if before is not None else None
        manifest, name, lost = _build_folder(corpus, corpus_folder, questions, encoder, index, identity, progress)
        _switch(index, name)
        _prune(index, name, previous)
        return _report(manifest, before, lost, built=True)


@contextmanager
def _one_builder(index: Path) -> Iterator[None]:
    lock = FileLock(index / LOCK)
    try:
        lock.acquire(timeout=LOCK_SECONDS)
    except Timeout:
        raise IndexBusyError(
            f"Another process is building in {index}. Wait until it is done, then try again."
        ) from None
    try:
        yield
    finally:
        lock.release()


def _current_manifest(index: Path) -> Manifest | None:
    try:
        return read_manifest(current_folder(index))
    except GrundlagError:
        return None


def _opens(index: Path, encoder: Encoder) -> bool:
    try:
        open_snapshot(current_folder(index), encoder).close()
    except GrundlagError:
        return False
    return True


def _identity(corpus: Corpus, corpus_folder: Path, encoder: Encoder) -> str:
    """A hash of all that goes into a snapshot: the same input gives the same id."""
    parts = [FORMAT, encoder.fingerprint, _splitter(), sorted(corpus.hashes.items()), _settings_hash(corpus_folder)]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:16]


def _splitter() -> dict[str, int]:
    return {"max_passage_characters": MAX_PASSAGE_CHARACTERS, "short_characters": SHORT_CHARACTERS}


def _settings_hash(corpus_folder: Path) -> str:
    files = (corpus_folder / name for name in (CATALOGUE, BANK))
    return hashlib.sha256(b"\x1f".join(f.read_bytes() if f.is_file() else b"" for f in files)).hexdigest()


def _build_folder(
    corpus: Corpus,
    corpus_folder: Path,
    questions: Sequence[BankQuestion],
    encoder: Encoder,
    index: Path,
    identity: str,
    progress: Progress,
) -> tuple[Manifest, str, tuple[BankQuestion, ...]]:
    passages = passages_of(corpus.documents)
    groups = groups_of(corpus.documents, passages)
    bank = settle(questions, corpus.documents, passages)
    builds = index / BUILDS
    builds.mkdir(exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix=".building-", dir=builds))
    try:
        tables = {
            "passages": _passage_table(passages, encoder, progress),
            "groups": _group_table(groups, passages, encoder, progress),
            "questions": _question_table([q.question for q in bank.questions], encoder, progress),
        }
        for name, table in tables.items():
            table.save(folder / name)
        texts = [context_of(passage) + squeeze(passage.text) for passage in passages]
        for name in TOKENISERS:
            LexicalIndex.build(name, texts).save(folder / name)
        write_records(folder, corpus.documents, passages, groups, bank)
        _write_vectors(folder, tables, passages, groups, [q.question for q in bank.questions])
        manifest = Manifest(
            format=FORMAT,
            id=identity,
            encoder=encoder.name,
            encoder_fingerprint=encoder.fingerprint,
            splitter=_splitter(),
            documents=dict(corpus.hashes),
            catalogue=_settings_hash(corpus_folder),
            passages=len(passages),
            groups=len(groups),
            questions=len(bank.questions),
            lost_questions=len(bank.lost),
            files=hash_files(folder, CHROMA),
        )
        write_manifest(folder, manifest)
        progress("check", 0, 1)
        snapshot = open_snapshot(folder, encoder)
        try:
            check_snapshot(snapshot, folder=folder)
        finally:
            snapshot.close()
        target = _free_folder(builds, identity)
        folder.rename(target)
        progress("check", 1, 1)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return manifest, target.name, bank.lost


def _passage_table(passages: Sequence[Passage], encoder: Encoder, progress: Progress) -> Table:
    contexts = [context_of(passage) for passage in passages]
    texts = [context + squeeze(passage.text) for context, passage in zip(contexts, passages, strict=True)]
    encodings = encoder.encode_passages(texts, lambda done, total: progress("passages", done, total))
    return Table.of(encodings, (encoder.dimension, encoder.token_dimension), [len(context) for context in contexts])


def _group_table(groups: Sequence[Group], passages: Sequence[Passage], encoder: Encoder, progress: Progress) -> Table:
    texts = [group_text(group, passages) for group in groups]
    encodings = encoder.encode_passages(texts, lambda done, total: progress("groups", done, total))
    return Table.of(encodings, (encoder.dimension, encoder.token_dimension), [0] * len(groups))


def _question_table(questions: Sequence[str], encoder: Encoder, progress: Progress) -> Table:
    encodings = encoder.encode_queries(questions, lambda done, total: progress("questions", done, total))
    return Table.of(encodings, (encoder.dimension, encoder.token_dimension), [0] * len(questions))


def _write_vectors(
    folder: Path, tables: dict[str, Table], passages: Sequence[Passage], groups: Sequence[Group], questions: list[str]
) -> None:
    texts = {
        "passages": [squeeze(passage.text) for passage in passages],
        "groups": [group_text(group, passages) for group in groups],
        "questions": questions,
    }
    metadatas: dict[str, list[dict[str, str]]] = {
        "passages": [{"document": p.place.document, "language": p.language} for p in passages],
        "groups": [{"document": g.document, "kind": g.kind.value} for g in groups],
        "questions": [{} for _ in questions],
    }
    store = VectorStore(folder / CHROMA)
    try:
        for name, table in tables.items():
            if len(table):
                store.write(name, table.vectors, texts[name], metadatas[name])
    finally:
        store.close()


def _free_folder(builds: Path, identity: str) -> Path:
    """Where a snapshot goes: the folder of its id, or after --rebuild one beside it: somebody may still read that."""
    taken = {path.name for path in builds.iterdir()}
    names = [identity, *(f"{identity}-{number}" for number in range(1, len(taken) + 2))]
    return builds / next(name for name in names if name not in taken)


def _switch(index: Path, name: str) -> None:
    """Name the new snapshot in `current`, in one step that cannot be seen half done."""
    descriptor, draft = tempfile.mkstemp(prefix=".current-", dir=index)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(name + "\n")
        file.flush()
        os.fsync(file.fileno())
    Path(draft).replace(index / CURRENT)


def _prune(index: Path, current: str, previous: str | None) -> None:
    """Remove every build but the one in use and the last good one, and what an interrupted build left."""
    for path in (index / BUILDS).iterdir():
        if path.name not in {current, previous}:
            shutil.rmtree(path, ignore_errors=True)


def _report(manifest: Manifest, before: Manifest | None, lost: tuple[BankQuestion, ...], *, built: bool) -> Report:
    old = before.documents if before else {}
    new = manifest.documents
    return Report(
        snapshot=manifest.id,
        built=built,
        added=tuple(sorted(new.keys() - old.keys())),
        changed=tuple(sorted(name for name in new.keys() & old.keys() if new[name] != old[name])),
        removed=tuple(sorted(old.keys() - new.keys())),
        passages=manifest.passages,
        questions=manifest.questions,
        lost_questions=tuple(question.question for question in lost),
    )
