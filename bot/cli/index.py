"""`grundlag index`: builds the index, or brings it up to date."""

from __future__ import annotations

import argparse

from bot.cli.opening import say_problems
from bot.cli.options import Commands, new_command, settings_of
from bot.cli.output import say

SHOWN = 60
"""Characters of a note that is named."""


def add_command(commands: Commands) -> None:
    """Add `index` to the program."""
    parser = new_command(commands, "index", run, "build the index, or bring it up to date")
    parser.add_argument("--rebuild", action="store_true", help="build even if nothing has changed")
    parser.add_argument("--ocr", action="store_true", help="recognise the text of scanned PDFs (needs ocrmypdf)")


def run(options: argparse.Namespace) -> int:
    """Say what has changed; the exit code is 1 if a file had to be left out."""
    from bot.composition import settled_notes
    from bot.documents.notes import read_notes
    from bot.documents.recognition import recognition_of
    from bot.progress import indexed

    settings = settings_of(options)
    read_notes(settings.corpus)  # what is wrong with it is said at once, not when all is built
    recognition = recognition_of(settings, run=options.ocr, say=say)
    report, corpus = indexed(settings, rebuild=options.rebuild, recognition=recognition)
    changes = [("added", report.added), ("changed", report.changed), ("removed", report.removed)]
    for verb, names in changes:
        for name in names:
            say(f"{verb}: {name}")
    for was, now in report.renamed:
        say(f"renamed: {was} is now {now}")
    if report.described:
        say("changed: what the catalogue or the question bank says")
    for question in report.lost_questions:
        say(f"question bank: the passage is gone for {question!r}")
    done = "Built" if report.built else "Up to date"
    say(f"{done}: {len(corpus.documents)} documents, {report.passages} passages, snapshot {report.snapshot}.")
    if report.built:
        taken = f" ({report.resumed} of them by a build that was interrupted)" if report.resumed else ""
        say(f"Embedded {report.embedded} texts; {report.reused} were embedded before{taken}.")
    for lost in settled_notes(settings).lost:
        say(f"notes: not shown, its passage in {lost.document} is gone or has changed: {lost.text[:SHOWN]!r}")
    for note in corpus.notes:
        say(f"note: {note}")
    say_problems(corpus)
    return 1 if corpus.problems else 0
