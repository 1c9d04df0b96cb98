"""Text and structure, and what the catalogue knows -> Document."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from bot.documents.catalogue import Entry
from bot.documents.draft import Draft
from bot.documents.invisible import note_of
from bot.documents.structure import Structure, structure_of
from bot.language import detect_language
from bot.schema import Document

TITLE_FROM_NAME_CHARACTERS = 80
SAMPLE_CHARACTERS = 60
LANGUAGE_SAMPLE_CHARACTERS = 2000


def drafted(name: str, draft: Draft, entry: Entry | None, *, title: str = "", notes: Iterable[str] = ()) -> Document:
    """The document of a draft; `title` is what the file calls itself, for when no heading does."""
    structure = structure_of(draft.chunks)
    if structure.title is None:
        structure = replace(structure, title=draft.title or " ".join(title.split()) or None)
    taken_out = note_of(draft.invisible)
    return described(name, draft.text, structure, entry, (*notes, *([taken_out] if taken_out else [])))


def described(name: str, text: str, structure: Structure, entry: Entry | None, notes: Iterable[str] = ()) -> Document:
    """The document of this text; what the catalogue does not say is inferred, the title at last from `name`."""
    entry = entry or Entry()
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
        contact=entry.contact,
        adopted=entry.adopted,
        valid_from=entry.valid_from,
        valid_until=entry.valid_until,
        replaced_by=entry.replaced_by,
        audience=entry.audience,
        source=entry.source,
        notes=tuple(notes),
    )


def hidden_note(hidden: Sequence[str]) -> list[str]:
    """A note on what a file says where nobody sees it; none where it hides nothing."""
    said = " ".join(" ".join(hidden).split())
    return [f"{len(said)} hidden characters were left out, beginning {said[:SAMPLE_CHARACTERS]!r}"] if said else []


def title_from_name(name: str) -> str:
    """ "mål/egelund-laereplan.txt" -> "Egelund laereplan"."""
    stem = name.rsplit("/", 1)[-1].rsplit(".", 1)[0]
    words = " ".join(stem.replace("_", " ").replace("-", " ").split())[:TITLE_FROM_NAME_CHARACTERS]
    return words[:1].upper() + words[1:] if words else name
