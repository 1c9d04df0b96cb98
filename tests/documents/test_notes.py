from __future__ import annotations

import json
from pathlib import Path

import pytest

from bot.documents.catalogue import Entry
from bot.documents.notes import LONGEST, NOTES, read_notes, settle_notes
from bot.documents.passages import passages_of
from bot.documents.plain_text import read_plain_text
from bot.errors import NoteFileError
from bot.schema import Passage, PassageNote

SAID = "Vi leger ude  hver dag, og vi synger sammen."
FULL = {
    "document": "a.txt",
    "quote": "Vi leger ude hver dag, og vi synger sammen.",
    "language": "da",
    "note": "Børn er ude.",
}


def passages(text: str, name: str = "a.txt") -> list[Passage]:
    return list(passages_of([read_plain_text(text.encode(), name, Entry(language="da"))]))


def kept(corpus: Path, *lines: object) -> tuple[PassageNote, ...]:
    written = [line if isinstance(line, str) else json.dumps(line, ensure_ascii=False) for line in lines]
    (corpus / NOTES).write_text("\n".join(written) + "\n", encoding="utf-8")
    return read_notes(corpus)


def test_without_a_file_there_are_none(tmp_path: Path) -> None:
    assert read_notes(tmp_path) == ()


def test_a_note_is_read_in_one_line(tmp_path: Path) -> None:
    [note] = kept(tmp_path, "", {**FULL, "note": " Børn\ner\u2028ude. "})

    assert note == PassageNote("a.txt", FULL["quote"], "da", "Børn er ude.")


def test_a_line_with_an_empty_note_has_none(tmp_path: Path) -> None:
    assert kept(tmp_path, {**FULL, "note": " "}) == ()


@pytest.mark.parametrize(
    "line",
    [
        "{",
        "3",
        "[]",
        "null",
        "[" * 100_000,
        *(json.dumps({**FULL, name: value}) for name in FULL for value in (None, 3, ["x"])),
        *(json.dumps({**FULL, name: " "}) for name in ("document", "quote", "language")),
        json.dumps({**FULL, "language": "de"}),
        json.dumps({**FULL, "text": "et felt for meget"}),
        json.dumps({**FULL, "note": "x" * (LONGEST + 1)}),
        json.dumps({name: value for name, value in FULL.items() if name != "note"}),
        json.dumps({**FULL, "note": "Den anden om det samme."}),
    ],
    ids=lambda line: line[:90],
)
def test_a_line_that_is_no_note_is_named(tmp_path: Path, line: str) -> None:
    with pytest.raises(NoteFileError, match="line 2") as caught:
        kept(tmp_path, FULL, line)

    assert "\n" not in str(caught.value)
    assert str(tmp_path / NOTES) in str(caught.value)


@pytest.mark.parametrize("content", [b"\xff\xfe{}", None], ids=["no text", "a folder"])
def test_a_file_that_cannot_be_read(tmp_path: Path, content: bytes | None) -> None:
    if content is None:
        (tmp_path / NOTES).mkdir()
    else:
        (tmp_path / NOTES).write_bytes(content)

    with pytest.raises(NoteFileError, match=r"cannot be read.*UTF-8"):
        read_notes(tmp_path)


def test_a_note_belongs_to_the_passage_that_says_just_that(tmp_path: Path) -> None:
    notes = settle_notes(
        kept(tmp_path, FULL, {**FULL, "language": "en", "note": "Outside."}), passages(f"Om leg\n\n{SAID}\n")
    )

    [place] = notes.by_place
    assert notes.lost == ()
    assert [note.text for note in notes.at("a.txt", place.start + 3, place.start + 4)] == ["Børn er ude.", "Outside."]
    assert [note.text for note in notes.at("a.txt", place.start, place.end, "en")] == ["Outside."]
    assert notes.at("a.txt", 0, place.start) == notes.at("b.txt", place.start, place.end) == []


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (SAID.replace("hver dag", "ikke hver dag"), "a.txt"),
        (SAID + " Og mere til.", "a.txt"),
        (SAID, "b.txt"),
    ],
    ids=["changed", "longer", "in another document"],
)
def test_a_note_whose_passage_says_something_else_is_lost(tmp_path: Path, text: str, name: str) -> None:
    notes = settle_notes(kept(tmp_path, FULL), passages(f"Om leg\n\n{text}\n", name))

    assert notes.by_place == {}
    assert [note.text for note in notes.lost] == ["Børn er ude."]


def test_a_passage_that_stands_twice_has_its_note_at_both_places(tmp_path: Path) -> None:
    notes = settle_notes(kept(tmp_path, FULL), passages(f"Om leg\n\n{SAID}\n\nMere\n\n{SAID}\n"))

    assert len(notes.by_place) == 2
