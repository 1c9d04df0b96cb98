"""What the core returns -> HTML, through templates that escape every value.

The fragments carry no words of their own: an element names its text (`data-text="sources"`), and the page fills it
in, so that switching the language redraws nothing.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from urllib.parse import urlencode

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from bot.language import detect_language
from bot.schema import Answer, Citation, Document, Note, PassageNote, RankedSpan, Status
from bot.web.outline import Cut, Line, document_lines, page_starts, parse_cuts
from bot.web.prose import Piece, Style, parse_prose
from bot.web.sources import group_sources, place_in_words, shown_path, surroundings
from bot.web.standing import contacts, standing
from bot.web.texts import DEFAULT_LANGUAGE, LANGUAGES, page_texts

NEAREST = 3
"""How many passages a refusal offers as the nearest."""
LONGEST_HELD = 24
"""Characters of a word that a number is held to; one that is longer may have to be broken itself."""


@cache
def templates() -> Environment:
    """The templates of the pages; every value put into them is escaped."""
    environment = Environment(
        loader=PackageLoader("bot.web"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(link=place_link, naming=naming, values=values, known=known)
    environment.filters.update(lists=lists, runs=runs, parted=parted)
    return environment


def place_link(document: str, at: str = "") -> str:
    """The address of a document, opened at a place."""
    return "?" + urlencode({"document": document} | ({"at": at} if at else {}))


def naming(attribute: str, key: str, **given: object) -> Markup:
    """The attributes by which the page gives an element its text (`text`), `label` or `hint`."""
    # The values become part of an attribute: escape them as such. ensure_ascii keeps odd characters apart.
    return Markup('data-{}="{}" data-values="{}"').format(attribute, key, json.dumps(given))


def values(**given: object) -> Markup:
    """The attribute with the values that an element's text is filled in with."""
    return Markup('data-values="{}"').format(json.dumps(given))


def known(key: str) -> Markup:
    """The attribute by which an element gets the text called `key`; nothing if there is no such text."""
    return Markup('data-text="{}"').format(key) if key in page_texts(DEFAULT_LANGUAGE) else Markup("")


def lists(lines: Sequence[Line | None]) -> list[tuple[int | None, list[Line | None]]]:
    """Neighbouring list items put together under the number of their list; everything else under None."""
    keyed = groupby(lines, key=lambda line: line.list_number if line and line.kind == "list_item" else None)
    return [(number, list(group)) for number, group in keyed]


def runs(numbers: Sequence[int]) -> list[str]:
    """Numbers with those that follow each other put together: 1, 2, 3, 5 -> "1–3", "5"."""
    found: list[list[int]] = []
    for number in numbers:
        if found and number == found[-1][-1] + 1:
            found[-1].append(number)
        else:
            found.append([number])
    return [str(run[0]) if len(run) == 1 else f"{run[0]}–{run[-1]}" for run in found]


def parted(text: str) -> tuple[str, str]:
    """A text without its last word, and that word: the number after it is not torn from it at the end of a line."""
    head, space, word = text.rstrip().rpartition(" ")
    return (head + space, word + " ") if len(word) <= LONGEST_HELD else (text, "")


def render_shell(*, keeps: bool = False, reader: str = "") -> str:
    """The frame of the page: header, views, question box, reader; at its foot, whether anything is kept.

    `reader` is how answers are written unless one chooses another; empty where none are written.
    """
    footer = "footer_note_kept" if keeps else "footer_note"
    return templates().get_template("shell.html").render(footer=footer, reader=reader)


def render_pieces(answer: Answer, documents: Mapping[str, Document]) -> list[str]:
    """The answer's text, piece by piece.

    A word to someone who has asked nothing (no passage is near it) sets its examples in emphasis: each can be asked.
    """
    citations = {citation.number: citation for citation in answer.citations}
    asks = answer.status is Status.NOT_FOUND and not answer.passages
    template = templates().get_template("piece.html")
    return [
        template.render(
            piece=piece,
            citations=citations,
            language=_language(piece, citations, documents),
            translated=_translated(piece, answer),
            place=place,
            asks=asks,
        )
        for piece in parse_prose(answer.text, citations.keys())
    ]


def render_ending(answer: Answer, documents: Mapping[str, Document], *, feedback: bool = False) -> str:
    """What stands under an answer: its sources, or for a refusal the nearest passages; and, for feedback, a form."""
    judged = feedback and answer.status is not Status.REJECTED
    nearest = _nearest(answer.passages, documents) if answer.status is Status.NOT_FOUND else []
    return (
        templates()
        .get_template("ending.html")
        .render(
            sources=group_sources(answer.citations, documents),
            notes=_notes_by_number(answer.notes or ()),
            nearest=nearest,
            contacts=contacts(item.document for item in nearest),
            documents=documents,
            standing=standing,
            feedback=secrets.token_hex(16) if judged else "",
        )
    )


def render_document(
    document: Document,
    documents: Mapping[str, Document],
    at: str = "",
    *,
    original: bool = False,
    notes: Sequence[tuple[int, PassageNote]] = (),
) -> str:
    """A whole document with the stretches named by `at` marked, and a word on whether it is in force.

    With `original` it links the file that it was read from; where the format has pages, they are told. `notes` are
    those kept on it, each with the offset of its passage.
    """
    cuts = parse_cuts(at, len(document.text))
    lines = document_lines(document, cuts)
    if lines and lines[0].kind == "heading" and not lines[0].marked and _text(lines[0]) == document.title:
        lines = lines[1:]
    lost = bool(at) and not any(line.marked for line in lines)
    headings = [line for line in lines if line.kind == "heading"]
    template = templates().get_template("document.html")
    note = standing(document, documents)
    return template.render(
        document=document,
        lines=lines,
        headings=headings,
        lost=lost,
        text=_text,
        note=note,
        pages=page_starts(document, lines),
        notes={line.start: found for line in lines if (found := _notes_in(line, notes))},
        original=original,
    )


def render_suggestions(questions: Sequence[str], language: str) -> str:
    """Questions to begin with, each a button that asks it."""
    return templates().get_template("suggestions.html").render(questions=questions, language=language)


def render_related(questions: Sequence[str], language: str) -> str:
    """Questions to go on with; nothing if there are none."""
    return templates().get_template("related.html").render(questions=questions, language=language) if questions else ""


def place(citation: Citation) -> str:
    """Where a citation stands, in words."""
    return place_in_words(citation.title, shown_path(citation.title, citation.section))


def _language(piece: Piece, citations: Mapping[int, Citation], documents: Mapping[str, Document]) -> str | None:
    """The language of a quoted piece: that of the document it comes from."""
    names = (citations[number].document for number in piece.marks())
    return next((documents[name].language for name in names if name in documents), None) if piece.quoted else None


def _translated(piece: Piece, answer: Answer) -> str | None:
    """The asker's language, where a chat model has translated the piece into it."""
    if piece.quoted or answer.dropped is None or answer.language in LANGUAGES:
        return None
    text = " ".join(span.text for line in piece.lines for span in line if span.style is not Style.MARK)
    found = detect_language(text, default=DEFAULT_LANGUAGE, expected=answer.language)
    return found if found == answer.language else None


@dataclass(frozen=True, slots=True)
class _Near:
    """A passage that a refusal offers."""

    document: Document
    cut: Cut
    lines: list[Line]
    path: tuple[str, ...]

    @property
    def place(self) -> str:
        return ", ".join((self.document.title, *self.path))


def _nearest(spans: Sequence[RankedSpan], documents: Mapping[str, Document]) -> list[_Near]:
    found: list[_Near] = []
    for span in spans:
        document = documents.get(span.document)
        if document is None or len(found) == NEAREST:
            continue
        cut = Cut(span.start, span.end)
        lines = [line for line in surroundings(document, [cut]) if line and line.marked]
        found.append(_Near(document, cut, lines, _path(document, span.start)))
    return found


def _path(document: Document, start: int) -> tuple[str, ...]:
    """The headings above a place of a document."""
    above = [b for b in document.blocks if b.start <= start and b.section is not None]
    section = above[-1].section if above else None
    return shown_path(document.title, document.sections[section].path if section is not None else ())


def _notes_by_number(notes: Sequence[Note]) -> dict[int, list[Note]]:
    return {number: [note for note in notes if note.number == number] for number in {note.number for note in notes}}


def _notes_in(line: Line, notes: Sequence[tuple[int, PassageNote]]) -> list[PassageNote]:
    """The notes on passages that begin in a line."""
    return [note for start, note in notes if line.start <= start < line.end]


def _text(line: Line) -> str:
    return " ".join("".join(stretch.text for stretch in line.stretches).split())
