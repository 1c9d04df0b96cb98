"""`grundlag search`: finds passages by words and meaning."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from bot.cli.opening import assistant_of
from bot.cli.options import Commands, new_command, positive
from bot.cli.output import print_record, show, source_line
from bot.errors import GrundlagError

if TYPE_CHECKING:
    from bot.answering.assistant import Assistant
    from bot.schema import Hit, Place

DEFAULT_HITS = 10


def add_command(commands: Commands) -> None:
    """Add `search` to the program."""
    parser = new_command(commands, "search", run, "find passages by words and meaning")
    parser.add_argument("words")
    parser.add_argument("--document", metavar="D", help="only in this document")
    parser.add_argument("--language", metavar="L", help="only in documents of this language (da, sv ...)")
    parser.add_argument("-k", type=positive, default=DEFAULT_HITS, metavar="N", help="how many")
    parser.add_argument("--json", action="store_true")


def run(options: argparse.Namespace) -> int:
    """Print the passages, best first."""
    assistant = assistant_of(options)
    if options.document is not None and options.document not in assistant.documents:
        known = ", ".join(assistant.documents)
        raise GrundlagError(f"There is no document {options.document!r}; there are {known}. Name one of them.")
    for hit in assistant.search(options.words, document=options.document, language=options.language, k=options.k):
        passage = hit.passage
        place = next((p for p in passage.places if p.document == options.document), passage.place)
        if options.json:
            print_record(_record(assistant, hit, place))
        else:
            show(
                f"{hit.score:.2f}  {source_line(passage.title, place.section, place.document, place.start, place.end)}"
            )
            show(f"      {' '.join(passage.text.split())}")
    return 0


def _record(assistant: Assistant, hit: Hit, place: Place) -> dict[str, object]:
    return {
        "document": place.document,
        "title": hit.passage.title,
        "section": list(place.section),
        "start": place.start,
        "end": place.end,
        "quote": assistant.documents[place.document].quote(place.start, place.end),
        "page": place.page,
        "score": round(hit.score, 4),
    }
