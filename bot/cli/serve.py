"""`grundlag serve`: opens the chat page; `python app.py` does the same."""

from __future__ import annotations

import argparse
import threading

from bot.cli.opening import require_index, say_problems
from bot.cli.options import Commands, new_command, settings_of
from bot.cli.output import say


def add_command(commands: Commands) -> None:
    """Add `serve` to the program."""
    parser = new_command(commands, "serve", run, "open the chat page")
    parser.add_argument("--host")
    parser.add_argument("--port", type=int)


def run(options: argparse.Namespace) -> int:
    """Bring the index up to date, then answer until stopped; snapshots that are built meanwhile are picked up."""
    from bot.cli.watching import watch_corpus
    from bot.composition import following_assistant, following_staff_assistant
    from bot.progress import indexed, loaded_encoder
    from bot.web.server import serve

    settings = settings_of(options)
    if settings.build_on_start:
        _, corpus = indexed(settings)
        say_problems(corpus)
    require_index(settings)
    encoder = loaded_encoder(settings)
    public = following_assistant(settings, encoder, say)
    staff = following_staff_assistant(settings, encoder, say)
    if staff is not None and not (settings.staff_header or settings.passwords):
        say(
            "Some documents are for staff, who have no way to sign in: set GRUNDLAG_STAFF_HEADER or GRUNDLAG_PASSWORDS."
        )
    for following in (public, staff):
        if following is not None:
            following.start()
    if settings.watch:
        work = (settings, lambda: indexed(settings), say, threading.Event())
        threading.Thread(target=watch_corpus, args=work, daemon=True, name="watching").start()
    serve(public, settings, staff)
    return 0
