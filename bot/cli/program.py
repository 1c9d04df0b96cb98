"""The program: which commands there are, and how each of them ends."""

from __future__ import annotations

import argparse
import gc
import io
import os
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import FrameType

from bot import __version__
from bot.cli import ask, doctor, evaluate, expand, explain, gaps, index, password, privacy, search, serve, text, watch
from bot.cli.output import say
from bot.errors import GrundlagError

# Read by the libraries when they are imported. Nobody is told anything about a question; and the products of small
# matrices that a question needs take longer on several threads that wait for one another than on one.
ENVIRONMENT = {"ANONYMIZED_TELEMETRY": "False", "GRADIO_ANALYTICS_ENABLED": "False", "OPENBLAS_NUM_THREADS": "1"}
COMMANDS = (
    index.add_command,
    watch.add_command,
    ask.add_command,
    search.add_command,
    text.add_command,
    evaluate.add_command,
    expand.add_command,
    explain.add_command,
    serve.add_command,
    doctor.add_command,
    password.add_command,
    gaps.add_command,
    privacy.add_command,
)
UNCOLLECTED = 100_000
"""Of what is imported nothing is garbage: looking through it after each 700 objects took a fifth of all importing."""
MAX_REASON_CHARACTERS = 300
SIGNALLED = 128
"""What shells add to the number of the signal that ended a program."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the exit code: 0, 1 with one line that says what is wrong, 2 for wrong usage."""
    for name, value in ENVIRONMENT.items():
        os.environ.setdefault(name, value)
    gc.set_threshold(UNCOLLECTED, *gc.get_threshold()[1:])
    _prepare_output()
    options = _parser().parse_args(arguments)
    try:
        with _stopped_in_order():
            return int(options.run(options))
    except GrundlagError as error:
        say(f"grundlag: {' '.join(str(error).split())}")
        return 1
    except KeyboardInterrupt:
        say("grundlag: stopped.")
        return 1
    except BrokenPipeError:
        # The reader of our output has gone (`| head`); there is nobody left to tell.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except Exception as error:
        if os.environ.get("GRUNDLAG_DEBUG"):
            raise
        reason = " ".join(str(error).split())[:MAX_REASON_CHARACTERS]
        say(
            f"grundlag: an unexpected {type(error).__name__}: {reason}. "
            "Run `grundlag doctor`; set GRUNDLAG_DEBUG=1 to see where it came from."
        )
        return 1


def _prepare_output() -> None:
    """A terminal that lacks a character is shown "?" in its place."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")


@contextmanager
def _stopped_in_order() -> Iterator[None]:
    """SIGTERM, which ends services and what takes too long, lets the program take away its temporary files first."""

    def end(number: int, _: FrameType | None) -> None:
        sys.exit(SIGNALLED + number)

    try:
        before = signal.signal(signal.SIGTERM, end)
    except ValueError:
        # Only the main thread is told of signals.
        yield
        return
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before or signal.SIG_DFL)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="grundlag", description="Answers from pedagogical foundation documents, with the exact passages."
    )
    parser.add_argument("--version", action="version", version=f"grundlag {__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for add_command in COMMANDS:
        add_command(commands)
    return parser
