"""Plain text files -> Document."""

from __future__ import annotations

from bot.documents.catalogue import Entry
from bot.documents.decoding import decode
from bot.documents.description import described
from bot.documents.invisible import note_of, without_invisible
from bot.documents.structure import parse_structure
from bot.schema import Document


def read_plain_text(data: bytes, name: str, entry: Entry | None = None) -> Document:
    """The document in a text file. Raises DocumentError for an empty or binary file."""
    text, invisible = without_invisible(decode(data, name))
    note = note_of(invisible)
    return described(name, text, parse_structure(text), entry, [note] if note else [])
