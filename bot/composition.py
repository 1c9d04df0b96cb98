"""Wires the parts together: settings -> encoder -> snapshot -> assistant."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from bot.answering.assistant import Assistant
from bot.documents.corpus import Corpus, read_corpus
from bot.models.loading import load_encoder
from bot.retrieval.retriever import Searcher
from bot.settings import Settings
from bot.store.bank import read_bank
from bot.store.building import Progress, Report, build
from bot.store.builds import current_folder
from bot.store.snapshot import open_snapshot

if TYPE_CHECKING:
    from bot.models.encoder import Encoder


def open_assistant(settings: Settings, encoder: Encoder | None = None) -> Assistant:
    """The assistant over the snapshot in use. Raises IndexMissingError or IndexDamagedError with the remedy."""
    folder = current_folder(settings.index)
    encoder = encoder or load_encoder(settings)
    return Assistant(Searcher(open_snapshot(folder, encoder), encoder))


def build_index(
    settings: Settings,
    encoder: Encoder | None = None,
    *,
    rebuild: bool = False,
    progress: Progress = lambda stage, done, total: None,
    loading: Callable[[str, float], None] | None = None,
) -> tuple[Report, Corpus]:
    """Bring the index up to date with the corpus; what it did, and the corpus as it was read."""
    corpus = read_corpus(settings.corpus)
    encoder = encoder or load_encoder(settings, loading)
    bank = read_bank(settings.corpus)
    report = build(corpus, settings.corpus, bank, encoder, settings.index, rebuild=rebuild, progress=progress)
    return report, corpus
