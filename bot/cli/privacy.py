"""`grundlag privacy`: says what is kept about questions, and erases it."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from bot.cli.options import Commands, new_command, settings_of
from bot.cli.output import say, show
from bot.errors import SettingsError

if TYPE_CHECKING:
    from bot.privacy.feedback import FeedbackFile
    from bot.settings import Settings

KEPT = {
    "feedback": "feedback on answers (helpful or not, the comment, the question, its language, how it ended, the day)",
    "unanswered": "questions that the documents do not answer (the question, its language, the day)",
}


def add_command(commands: Commands) -> None:
    """Add `privacy` to the program."""
    parser = new_command(commands, "privacy", run, "say what is kept about questions, or erase it")
    parser.add_argument("--erase", action="store_true", help="erase all that is kept")


def file_of(settings: Settings) -> FeedbackFile:
    """The file that is set. Raises SettingsError where none is."""
    from bot.privacy.feedback import FeedbackFile

    if settings.feedback is None:
        raise SettingsError("GRUNDLAG_FEEDBACK is not set, so nothing is kept. Set it to the file that is meant.")
    return FeedbackFile(settings.feedback, settings.feedback_days, seconds=5)


def run(options: argparse.Namespace) -> int:
    """Say what is kept, where and for how long; or erase it."""
    settings = settings_of(options)
    if options.erase:
        file_of(settings).erase()
        say(f"All that was kept in {settings.feedback} is erased.")
        return 0
    if settings.feedback is None:
        show("Nothing about a question is kept: GRUNDLAG_FEEDBACK is not set.")
        return 0
    for kind in settings.feedback_keeps:
        show(f"Kept: {KEPT[kind]}.")
    show(
        "Personal numbers, e-mail addresses, telephone numbers and announced names are taken out before. "
        f"After {settings.feedback_days} days it is deleted."
    )
    if not settings.feedback.exists():
        show(f"{settings.feedback}: nothing yet.")
        return 0
    entries = file_of(settings).entries()
    days = [entry.day.isoformat() for entry in entries if entry.day is not None]
    counts = ", ".join(f"{sum(e.kind == kind for e in entries)} {kind}" for kind in KEPT)
    show(f"{settings.feedback}: {counts}" + (f", from {min(days)} to {max(days)}." if days else "."))
    return 0
