"""What all commands have in common: --corpus and --index, and the settings that follow from them."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from bot.settings import Settings

Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"
Run = Callable[[argparse.Namespace], int]


def new_command(commands: Commands, name: str, run: Run, text: str) -> argparse.ArgumentParser:
    """A command that `run` carries out, with the options that every command takes; `run` gives the exit code."""
    parser = commands.add_parser(name, help=text, description=text)
    parser.set_defaults(run=run)
    parser.add_argument("--corpus", type=Path, metavar="DIR", help="folder of the documents")
    parser.add_argument("--index", type=Path, metavar="DIR", help="folder of the index")
    return parser


def positive(text: str) -> int:
    """A whole number from 1. Raises ArgumentTypeError or ValueError, which argparse turns into wrong usage."""
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{number} found, a whole number from 1 expected")
    return number


def settings_of(options: argparse.Namespace) -> Settings:
    """The settings from the environment, with what was given on the command line in front."""
    from bot.settings import ROOT, load_settings

    settings = load_settings(
        corpus=options.corpus,
        index=options.index,
        host=getattr(options, "host", None),
        port=getattr(options, "port", None),
    )
    if options.corpus is not None and options.index is None and settings.index == ROOT / "index":
        # Another corpus has an index of its own: it must not take the place of the default one.
        return settings.model_copy(update={"index": other_index(settings.index, options.corpus)})
    return settings


def other_index(index: Path, corpus: Path) -> Path:
    """Where the index of a corpus other than the default one is kept."""
    import hashlib

    from bot.settings import ROOT

    resolved = corpus.resolve()
    if resolved == (ROOT / "corpus").resolve():
        return index
    return index / "other" / hashlib.sha256(str(resolved).encode()).hexdigest()[:12]
