"""Opens what a command asks: the assistant over an index that is there, or that is built first."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from bot.cli.options import settings_of
from bot.cli.output import say

if TYPE_CHECKING:
    from bot.answering.assistant import Assistant
    from bot.documents.corpus import Corpus
    from bot.settings import Settings


def assistant_of(options: argparse.Namespace) -> Assistant:
    """The assistant for the corpus asked for; a corpus named by --corpus is indexed first."""
    from bot.progress import indexed

    settings = settings_of(options)
    if options.corpus is not None:
        _, corpus = indexed(settings)
        say_problems(corpus)
    return opened_assistant(settings)


def opened_assistant(settings: Settings) -> Assistant:
    """The assistant over the snapshot in use. Raises IndexMissingError or IndexDamagedError with the remedy."""
    # Before the encoder is loaded, and all that it takes: what is wrong with the index is said at once.
    require_index(settings)

    from bot.composition import open_assistant
    from bot.progress import loaded_encoder

    return open_assistant(settings, loaded_encoder(settings))


def require_index(settings: Settings) -> None:
    """Raises IndexMissingError or IndexDamagedError with the remedy where there is no index to open."""
    from bot.store.builds import current_folder
    from bot.store.manifest import read_manifest

    read_manifest(current_folder(settings.index))


def say_problems(corpus: Corpus) -> None:
    """Name each file that was left out."""
    for problem in corpus.problems:
        say(f"left out: {problem}")
