"""Quotes -> the answer's Markdown in the asker's language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from itertools import groupby

from bot.answering.phrases import answer_language, escape, phrase
from bot.answering.selecting import Selection, Shape
from bot.answering.standing import standing_of
from bot.schema import Citation, Document, Hit

NEAREST_PLACES = 3


def word_answer(
    language: str,
    selection: Selection,
    citations: Sequence[Citation],
    documents: Mapping[str, Document],
    today: date | None = None,
) -> str:
    """A lead-in for each source, then its quotes, each followed by its [n]; Markdown.

    The lead-in says if the source is not in force `today`.
    """
    parts: list[str] = []
    if selection.shape is Shape.COMPARISON:
        parts.append(phrase(language, "compare"))
    pairs = list(zip(selection.quotes, citations, strict=True))
    by_source = groupby(pairs, key=lambda pair: _source(selection.shape, pair[1]))
    for _, group in by_source:
        cited = list(group)
        first = cited[0][1]
        lead_in = _lead_in(language, selection.shape, first, documents[first.document])
        standing = standing_of(language, documents[first.document], documents, today or date.today())
        parts.append(f"{lead_in.rstrip(':')} ({standing}):" if standing else lead_in)
        lines = [
            f"> {'- ' if quote.bullet else ''}{escape(c.quote)}{' …' if quote.goes_on else ''} [{c.number}]"
            for quote, c in cited
        ]
        parts.append("\n".join(lines) if cited[0][0].bullet else "\n>\n".join(lines))
    spoken = answer_language(language)
    note = phrase(language, "original")
    if note and any(documents[c.document].language != spoken for c in citations):
        parts.append(note)
    return "\n\n".join(parts)


def word_refusal(language: str, nearest: Sequence[Hit], mentioned: str = "", elsewhere: str = "") -> str:
    """That the documents do not say it, and where the nearest passages stand; no citation.

    Or that they only have a word that is `mentioned`, or do not mention a municipality `elsewhere`.
    """
    if elsewhere:
        first = phrase(language, "elsewhere", place=escape(elsewhere))
    else:
        first = phrase(language, "mentioned", words=escape(mentioned)) if mentioned else phrase(language, "not_found")
    places: dict[str, None] = {}
    for hit in nearest:
        section = _path(hit.passage.place.section, hit.passage.title)
        name = "one_place" if section else "one_place_plain"
        places[phrase(language, name, title=escape(hit.passage.title), section=section)] = None
    if not places:
        return first
    listed = list(places)[:NEAREST_PLACES]
    joined = ", ".join(listed[:-1]) + f" {phrase(language, 'and')} " + listed[-1] if len(listed) > 1 else listed[0]
    return f"{first} {phrase(language, 'mentioned_at' if mentioned else 'nearest', places=joined)}"


def word_examples(language: str, name: str, examples: Sequence[str]) -> str:
    """A short word about what can be asked, with `examples`."""
    listed = " · ".join(f"*{escape(example)}*" for example in examples)
    return phrase(language, name, examples=listed)


def _source(shape: Shape, citation: Citation) -> tuple[str, tuple[str, ...]]:
    return citation.document, () if shape is Shape.OUTLINE else citation.section


def _lead_in(language: str, shape: Shape, citation: Citation, document: Document) -> str:
    section = _path(citation.section, document.title)
    values = {"title": escape(document.title), "section": section, "publisher": escape(document.publisher or "")}
    if shape is Shape.OUTLINE:
        return phrase(language, "outline", **values)
    if shape is Shape.LIST:
        return phrase(language, "lists" if section else "lists_plain", **values)
    name = "says_by" if document.publisher else "says"
    return phrase(language, name if section else f"{name}_plain", **values)


def _path(section: tuple[str, ...], title: str) -> str:
    """Headings as "Dagtilbud › Det er Byrådets mål at", without the title again."""
    return " › ".join(escape(part).rstrip(": ") for part in section if part != title)
