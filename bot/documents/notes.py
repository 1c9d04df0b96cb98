"""Notes in plain words on passages: read from the corpus, and matched with the passages as they are now."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.documents.passages import squeeze
from bot.errors import NoteFileError
from bot.schema import Passage, PassageNote, Place

NOTES = "notes.jsonl"
FIELDS = ("document", "quote", "language", "note")
LANGUAGES = ("da", "sv", "en")
LONGEST = 1000
"""Characters: a note is a few sentences."""


@dataclass(frozen=True, slots=True)
class Notes:
    """Notes by the place of their passage, and those whose passage is gone or says something else now.

    Nobody is shown a `lost` note: what it explains is not what stands there.
    """

    by_place: Mapping[Place, tuple[PassageNote, ...]]
    lost: tuple[PassageNote, ...]

    def at(self, document: str, start: int, end: int, language: str | None = None) -> list[PassageNote]:
        """The notes on what stands in a stretch of a document, in reading order; in one language if wanted."""
        places = sorted((place for place in self.by_place if place.document == document), key=lambda p: p.start)
        inside = [place for place in places if place.start < end and start < place.end]
        return [note for place in inside for note in self.by_place[place] if language in {None, note.language}]


NO_NOTES = Notes({}, ())


def read_notes(corpus: Path) -> tuple[PassageNote, ...]:
    """The notes of `corpus`/notes.jsonl; none where there is no such file. A line whose note is empty has none.

    Raises NoteFileError naming the line that is no note.
    """
    path = corpus / NOTES
    if not path.exists():
        return ()
    try:
        # Not splitlines, which would part a note at a line separator inside it.
        lines = path.read_text(encoding="utf-8-sig").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise NoteFileError(f"{path} cannot be read ({error}). Save it as a UTF-8 text file.") from None
    found: dict[tuple[str, str, str], PassageNote] = {}
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            note = _note(json.loads(line))
            key = (note.document, note.quote, note.language)
            if key in found:
                raise ValueError(f"it is the second one on its passage in the language {note.language}")
        except (ValueError, RecursionError) as error:
            raise NoteFileError(
                f"{path} line {number} is no note ({error}): expected {', '.join(FIELDS[:-1])} and {FIELDS[-1]}."
                " Mend or remove the line."
            ) from None
        found[key] = note
    return tuple(note for note in found.values() if note.text)


def _note(fields: object) -> PassageNote:
    if not isinstance(fields, dict):
        raise ValueError("it is no object")
    if other := sorted(set(fields) - set(FIELDS)):
        raise ValueError(f"{other[0]!r} is none of its fields")
    for name in FIELDS:
        if not isinstance(fields.get(name), str) or not (fields[name].strip() or name == "note"):
            raise ValueError(f"{name} is no text")
    if fields["language"] not in LANGUAGES:
        raise ValueError(f"language is {fields['language']!r}, not {', '.join(LANGUAGES[:-1])} or {LANGUAGES[-1]}")
    text = squeeze(fields["note"])
    if len(text) > LONGEST:
        raise ValueError(f"note has {len(text)} characters, at most {LONGEST} can be shown")
    return PassageNote(fields["document"], squeeze(fields["quote"]), fields["language"], text)


def settle_notes(notes: Sequence[PassageNote], passages: Sequence[Passage]) -> Notes:
    """Find each note's passage: the one of its document that says exactly what the note was written about."""
    where: dict[tuple[str, str], list[Place]] = {}
    if notes:
        for passage in passages:
            for place in passage.places:
                where.setdefault((place.document, squeeze(passage.text)), []).append(place)
    by_place: dict[Place, list[PassageNote]] = {}
    lost = []
    for note in notes:
        places = where.get((note.document, note.quote), [])
        for place in places:
            by_place.setdefault(place, []).append(note)
        if not places:
            lost.append(note)
    return Notes({place: tuple(found) for place, found in by_place.items()}, tuple(lost))
