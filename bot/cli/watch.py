"""`grundlag watch`: builds the index, and again whenever a document changes."""

from __future__ import annotations

import argparse
import threading

from bot.cli.options import Commands, new_command, settings_of
from bot.cli.output import say


def add_command(commands: Commands) -> None:
    """Add `watch` to the program."""
    new_command(commands, "watch", run, "build the index, and again whenever a document changes")


def run(options: argparse.Namespace) -> int:
    """Build until stopped; a server that runs picks each new snapshot up by itself."""
    from bot.cli.watching import watch_corpus
    from bot.documents.corpus import documents_folder
    from bot.progress import indexed

    settings = settings_of(options)
    documents_folder(settings.corpus)
    say(f"Watching {settings.corpus}. Stop with Ctrl+C.")
    watch_corpus(settings, lambda: indexed(settings), say, threading.Event())
    return 0
