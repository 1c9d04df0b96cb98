"""`grundlag gaps`: what people asked in vain, in groups."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from bot.cli.options import Commands, new_command, settings_of
from bot.cli.output import print_record, say, show
from bot.cli.privacy import file_of

if TYPE_CHECKING:
    from bot.answering.gaps import Gap

SHOWN = 5
"""Wordings and comments of a group that are shown to people; --json has all."""


def add_command(commands: Commands) -> None:
    """Add `gaps` to the program."""
    parser = new_command(commands, "gaps", run, "what people asked in vain, the most frequent first")
    parser.add_argument("--json", action="store_true", help="one record for each group")


def run(options: argparse.Namespace) -> int:
    """Print the groups."""
    from bot.answering.gaps import find_gaps
    from bot.progress import loaded_encoder

    settings = settings_of(options)
    entries = file_of(settings).entries()
    gaps = find_gaps(entries, loaded_encoder(settings)) if entries else []
    for gap in gaps:
        if options.json:
            print_record(_record(gap))
        else:
            _show(gap)
    if not gaps:
        say("Nothing was asked in vain, as far as it is kept.")
    return 0


def _show(gap: Gap) -> None:
    question = gap.questions[0][0]
    show(f"{gap.count:4d}  {question}  ({gap.unanswered} not answered, {gap.unhelpful} no help)")
    for wording, count in gap.questions[1:SHOWN]:
        show(f"      {wording}" + (f"  ({count})" if count > 1 else ""))
    left = len(gap.questions) - SHOWN
    if left > 0:
        show(f"      and {left} more wordings")
    for comment in gap.comments[:SHOWN]:
        show(f'      "{comment}"')


def _record(gap: Gap) -> dict[str, object]:
    return {
        "question": gap.questions[0][0],
        "count": gap.count,
        "unanswered": gap.unanswered,
        "unhelpful": gap.unhelpful,
        "questions": [{"question": question, "count": count} for question, count in gap.questions],
        "comments": list(gap.comments),
        "languages": list(gap.languages),
        "first": gap.first.isoformat() if gap.first else None,
        "last": gap.last.isoformat() if gap.last else None,
    }
