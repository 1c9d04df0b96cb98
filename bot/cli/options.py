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
    from bot.settings import load_settings

    given = {name: getattr(options, name, None) for name in ("corpus", "index", "host", "port")}
    return load_settings(**given)
