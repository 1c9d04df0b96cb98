"""Plain text and Markdown files -> Document."""

from __future__ import annotations

from bot.documents.catalogue import Entry
from bot.documents.decoding import decode
from bot.documents.structure import parse_structure
from bot.language import detect_language
from bot.schema import Document

TITLE_FROM_NAME_CHARACTERS = 80
LANGUAGE_SAMPLE_CHARACTERS = 2000


def read_plain_text(data: bytes, name: str, entry: Entry | None = None) -> Document:
    """The document in a text file.

    Title, publisher and language come from `entry`, else from the text; the title at last from `name`.
    Raises DocumentError for an empty or binary file.
    """
    entry = entry or Entry()
    text = decode(data, name)
    structure = parse_structure(text)
    return Document(
        name=name,
        title=entry.title or structure.title or title_from_name(name),
        text=text,
        language=entry.language or detect_language(text[:LANGUAGE_SAMPLE_CHARACTERS]),
        sections=structure.sections,
        blocks=structure.blocks,
        publisher=entry.publisher or structure.subtitle,
        kind=entry.kind,
        also_called=entry.also_called,
    )


def title_from_name(name: str) -> str:
    """ "mål/egelund-laereplan.txt" -> "Egelund laereplan"."""
    stem = name.rsplit("/", 1)[-1].rsplit(".", 1)[0]
    words = " ".join(stem.replace("_", " ").replace("-", " ").split())[:TITLE_FROM_NAME_CHARACTERS]
    return words[:1].upper() + words[1:] if words else name
