"""`grundlag explain`: drafts plain-language notes on a document's passages, for a person to review."""

from __future__ import annotations

import argparse

from bot.cli.drafts import append_line, chosen_documents, drafted, talker_of
from bot.cli.opening import assistant_of
from bot.cli.options import Commands, new_command, settings_of
from bot.cli.output import say


def add_command(commands: Commands) -> None:
    """Add `explain` to the program."""
    parser = new_command(commands, "explain", run, "draft plain-language notes on a document with the chat model")
    parser.add_argument("document", metavar="DOCUMENT")
    parser.add_argument("--language", choices=["da", "sv", "en"], help="of the notes; the document's own unless given")


def run(options: argparse.Namespace) -> int:
    """Draft a note for every passage that has none yet; say how to go on."""
    from bot.answering.explaining import DRAFTS, SHORTEST, explain
    from bot.answering.phrases import answer_language
    from bot.composition import open_checker
    from bot.documents.notes import NOTES, read_notes
    from bot.documents.passages import squeeze
    from bot.progress import counted

    settings = settings_of(options)
    talker = talker_of(settings)
    searcher = assistant_of(options).searcher
    snapshot = searcher.snapshot
    [name] = chosen_documents(snapshot.documents, [options.document])
    language = options.language or answer_language(snapshot.documents[name].language)
    path = settings.corpus / DRAFTS
    done = drafted(path, ("document", "quote", "language"))
    done |= {(note.document, note.quote, note.language) for note in read_notes(settings.corpus)}
    rows = [
        row
        for row, passage in enumerate(snapshot.passages)
        if passage.place.document == name
        and len(passage.text) >= SHORTEST
        and (name, squeeze(passage.text), language) not in done
    ]
    notes = explain(talker, open_checker(settings, searcher), rows, language)
    written = dropped = 0
    for note in counted(notes, len(rows), "passages"):
        dropped += note.dropped
        written += bool(note.text)
        fields = {"document": name, "quote": note.quote, "language": language, "note": note.text}
        append_line(path, fields)
    say(
        f"{written} notes on {len(rows)} passages are in {path}; {dropped} sentences that the passages do not support "
        f"were left out. Read every note beside its passage, and move what is right to {NOTES}: these are shown."
    )
    return 0
