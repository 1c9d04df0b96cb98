"""`grundlag text`: prints the extracted text that offsets refer to."""

from __future__ import annotations

import argparse
import sys

from bot.cli.options import Commands, new_command, settings_of


def add_command(commands: Commands) -> None:
    """Add `text` to the program."""
    parser = new_command(commands, "text", run, "print the extracted text that offsets refer to")
    parser.add_argument("document")


def run(options: argparse.Namespace) -> int:
    """Print the text, byte for byte."""
    from bot.documents.corpus import read_document
    from bot.documents.recognition import recognition_of

    settings = settings_of(options)
    document = read_document(settings.corpus, options.document, recognition_of(settings))
    sys.stdout.buffer.write(document.text.encode())
    return 0
