"""Search on the page: hits narrowed by the page's filters, in the order wanted, with the words marked."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.schema import Block, BlockKind, Document
from bot.web.outline import Cut, Line, document_blocks, draw_block
from bot.web.protocol import Assistant
from bot.web.sources import shown_path

FOUND_AT_ONCE = 10
FOUND_AT_MOST = 50
LOOKED_THROUGH = 200
"""Passages asked of the core; the filters that it does not know choose among them."""
FAR = 0.1
"""A passage less likely than this to be meant, with none of the words in it, is not shown."""
WORD = re.compile(r"\w+")
STEM_CHARACTERS = 4
"""Words that agree in their first letters, all but an ending of up to three, are marked as the same word."""
ENDING_CHARACTERS = 3
COMPOUND_CHARACTERS = 6
"""A word of so many letters is also marked where it begins a longer one: "samme" is not in "sammenhæng"."""
SMALL_WORD_CHARACTERS = 3


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a person searches for; an empty filter lets everything through."""

    words: str
    document: str = ""
    publisher: str = ""
    language: str = ""
    kind: str = ""
    exact: bool = False
    by_place: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """A passage as it is shown: where it stands, and its text with the words marked."""

    document: Document
    path: tuple[str, ...]
    start: int
    end: int
    line: Line

    @property
    def at(self) -> str:
        """The passage as a link's `at`."""
        return f"{self.start}-{self.end}"

    @property
    def place(self) -> str:
        """Where it stands, in words."""
        return ", ".join((self.document.title, *self.path))


def find_passages(assistant: Assistant, wanted: Wanted) -> list[Found]:
    """The passages for some words, at most FOUND_AT_MOST, best first or as they stand in the documents."""
    if not WORD.search(wanted.words):
        return []
    hits = assistant.search(
        wanted.words, document=wanted.document or None, language=wanted.language or None, k=LOOKED_THROUGH
    )
    documents = assistant.documents
    found = []
    for hit in hits:
        # A passage that stands in several places is shown once, where the filters want it.
        for place in hit.passage.places:
            document = documents.get(place.document)
            if document is None or not _passes(document, wanted):
                continue
            text = document.quote(place.start, place.end)
            if wanted.exact and not _holds_all(text, wanted.words):
                continue
            if hit.score < FAR and not mark_words(text, 0, wanted.words):
                continue
            found.append(_found(document, place.start, place.end, place.section, wanted.words))
            break
    found = found[:FOUND_AT_MOST]
    if wanted.by_place:
        order = {name: number for number, name in enumerate(documents)}
        found.sort(key=lambda item: (order[item.document.name], item.start))
    return found


def filter_choices(documents: Mapping[str, Document]) -> dict[str, list[str]]:
    """What the filters offer: publishers, languages and kinds, each in alphabetical order."""
    values = documents.values()
    return {
        "publisher": sorted({d.publisher for d in values if d.publisher}),
        "language": sorted({d.language for d in values}),
        "kind": sorted({d.kind for d in values if d.kind}),
    }


def mark_words(text: str, start: int, words: str) -> list[Cut]:
    """The stretches of `text`, which begins at `start`, that hold the `words` side by side; else each of them alone."""
    if not WORD.search(words):
        return []
    phrase = [Cut(start + m.start(), start + m.end()) for m in _phrase(words).finditer(text)]
    if phrase:
        return phrase
    given = [word.casefold() for word in WORD.findall(words)]
    # "anerkende de unge": marking every "de" would only be noise.
    wanted = [word for word in given if len(word) > SMALL_WORD_CHARACTERS] or given
    return [
        Cut(start + match.start(), start + match.end())
        for match in WORD.finditer(text)
        if any(_same_word(match[0].casefold(), word) for word in wanted)
    ]


def _found(document: Document, start: int, end: int, section: Sequence[str], words: str) -> Found:
    cuts = mark_words(document.quote(start, end), start, words)
    line = draw_block(document, Block(_kind(document, start, end), start, end), cuts)
    return Found(document, shown_path(document.title, section), start, end, line)


def _kind(document: Document, start: int, end: int) -> BlockKind:
    blocks = document_blocks(document)
    return next((b.kind for b in blocks if b.start < end and start < b.end), BlockKind.PARAGRAPH)


def _passes(document: Document, wanted: Wanted) -> bool:
    pairs = (
        (wanted.document, document.name),
        (wanted.publisher, document.publisher),
        (wanted.language, document.language),
        (wanted.kind, document.kind),
    )
    return all(value in ("", own) for value, own in pairs)


def _holds_all(text: str, words: str) -> bool:
    """Whether the words stand in the text side by side, in this order, whatever is between them."""
    return _phrase(words).search(text) is not None


def _phrase(words: str) -> re.Pattern[str]:
    return re.compile(r"\b" + r"\W+".join(WORD.findall(words)) + r"\b", re.IGNORECASE)


def _same_word(word: str, wanted: str) -> bool:
    if word == wanted:
        return True
    if len(wanted) >= COMPOUND_CHARACTERS and word.startswith(wanted):
        return True
    shared = max(STEM_CHARACTERS, len(wanted) - ENDING_CHARACTERS)
    alike = len(wanted) >= STEM_CHARACTERS and word[:shared] == wanted[:shared]
    return alike and len(word) <= len(wanted) + ENDING_CHARACTERS
