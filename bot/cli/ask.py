"""`grundlag ask`: answers one question, or a file of them."""

from __future__ import annotations

import argparse

from bot.cli.opening import assistant_of
from bot.cli.options import Commands, new_command
from bot.cli.output import print_record, say, show, source_line


def add_command(commands: Commands) -> None:
    """Add `ask` to the program."""
    parser = new_command(commands, "ask", run, "answer one question, or a file of them")
    parser.add_argument("question", nargs="?")
    parser.add_argument(
        "--batch", metavar="FILE", help='JSON Lines of {"id", "question", "history"}; - for standard input'
    )
    parser.add_argument("--json", action="store_true", help="the whole answer record")
    parser.add_argument("--history", action="append", default=[], metavar="QUESTION", help="an earlier question")


def run(options: argparse.Namespace) -> int:
    """Print the answer with its sources, or one record a line."""
    if (options.question is None) == (options.batch is None):
        say("grundlag ask: give one QUESTION or --batch FILE, not both and not neither.")
        return 2
    if options.batch is not None:
        return _batch(options)
    from bot.answering.assistant import record
    from bot.answering.phrases import phrase, unescape

    answer = assistant_of(options).ask(options.question, options.history)
    if options.json:
        print_record(record(answer))
        return 0
    if answer.warning is not None:
        say(answer.warning)
    show(unescape(answer.text))
    for cited in answer.citations:
        show(f"[{cited.number}] {source_line(cited.title, cited.section, cited.document, cited.start, cited.end)}")
        for other in cited.also:
            show(f"    = {source_line(other.title, other.section, other.document, other.start, other.end)}")
        for note in answer.notes or ():
            if note.number == cited.number:
                show(f"    {phrase(note.language, 'note', text=note.text)}")
    return 0


def _batch(options: argparse.Namespace) -> int:
    from bot.answering.assistant import record
    from bot.cli.questions import read_questions
    from bot.progress import counted

    # All of them are read before the encoder is loaded: a line that is no question is named at once.
    questions = list(read_questions(options.batch))
    assistant = assistant_of(options)
    for answer in counted(assistant.ask_all(questions), len(questions)):
        print_record(record(answer))
    return 0
