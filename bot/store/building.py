"""Builds a snapshot beside the one in use, checks it, and only then switches to it."""

from __future__ import annotations

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
from bot.documents.groups import group_text, groups_of
from bot.documents.passages import MAX_PASSAGE_CHARACTERS, SHORT_CHARACTERS, context_of, passages_of, squeeze
from bot.errors import DocumentError, IndexBusyError, IndexDamagedError, IndexMissingError
from bot.schema import BankQuestion, Group, Passage
from bot.store.bank import Bank, settle
from bot.store.builds import clear, current_folder, finish, new_folder, switch
from bot.store.lexical import TOKENISERS, LexicalIndex
from bot.store.manifest import FORMAT, Manifest, read_manifest, record_files, write_manifest
from bot.store.records import write_records
from bot.store.snapshot import CHROMA, open_snapshot, verify_snapshot
from bot.store.table import Table
from bot.store.vectors import VectorStore

if TYPE_CHECKING:
    from bot.models.encoder import Encoder

LOCK = "build.lock"
LOCK_SECONDS = 1.0
NAMED = 3
"""So many documents are named as examples where all are meant."""
DERIVED = frozenset({"text", "sections", "blocks", "notes"})
"""Fields of a document that follow from its file alone, which has a hash of its own."""
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
    passages = _passages(corpus)
    described = _described(corpus, questions)
    identity = _identity(corpus, described, encoder)
    # Asked before anything is written: an index that is up to date may lie where nothing can be.
    if not rebuild and (manifest := _up_to_date(index, identity, encoder)) is not None:
        return _report(manifest, manifest, (), built=False)
    with _one_builder(index):
        # Another process may have built it meanwhile.
        if not rebuild and (manifest := _up_to_date(index, identity, encoder)) is not None:
            return _report(manifest, manifest, (), built=False)
        before = _current_manifest(index)
        previous = current_folder(index).name if before is not None else None
        bank = settle(questions, corpus.documents, passages)
        manifest, name = _build_folder(corpus, passages, bank, encoder, index, (identity, described), progress)
        switch(index, name)
        clear(index, name, previous)
        return _report(manifest, before, bank.lost, built=True)


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


def _build_folder(
    corpus: Corpus,
    passages: Sequence[Passage],
    bank: Bank,
    encoder: Encoder,
    index: Path,
    identity: tuple[str, str],
    progress: Progress,
) -> tuple[Manifest, str]:
    """Write and check a whole snapshot; its manifest, and the name of its folder.

    `identity` is the hash of everything, and that of what is said of the documents.
    """
    whole, described = identity
    groups = groups_of(corpus.documents, passages)
    asked = [question.question for question in bank.questions]
    folder = new_folder(index)
    try:
        tables = {
            "passages": _passage_table(passages, encoder, progress),
            "groups": _group_table(groups, passages, encoder, progress),
            "questions": _question_table(asked, encoder, progress),
        }
        for name, table in tables.items():
            table.save(folder / name)
        texts = [context_of(passage) + squeeze(passage.text) for passage in passages]
        for name in TOKENISERS:
            LexicalIndex.build(name, texts).save(folder / name)
        write_records(folder, corpus.documents, passages, groups, bank)
        _write_vectors(folder, tables, passages, groups, asked)
        manifest = Manifest(
            format=FORMAT,
            id=whole,
            encoder=encoder.name,
            encoder_fingerprint=encoder.fingerprint,
            splitter=_splitter(),
            documents=dict(corpus.hashes),
            catalogue=described,
            passages=len(passages),
            groups=len(groups),
            questions=len(bank.questions),
            lost_questions=len(bank.lost),
            files=record_files(folder),
        )
        write_manifest(folder, manifest)
        progress("check", 0, 1)
        verify_snapshot(folder, encoder)
        name = finish(folder, whole)
        progress("check", 1, 1)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return manifest, name


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
    store = VectorStore.create(folder / CHROMA)
    try:
        for name, table in tables.items():
            if len(table):
                store.write(name, table.vectors, texts[name], metadatas[name])
    finally:
        store.close()


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
