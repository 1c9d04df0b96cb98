"""Which documents a question names: by title, by another name in the catalogue, or by their publisher."""

from __future__ import annotations

import re
from collections.abc import Mapping

from bot.schema import Document
from bot.store.lexical import fold, words

SHORTEST_NAME = 4
INFLECTED = 3
"""A name may have so many more letters in the question: "UngHernings", "børnesynet"."""


def mentioned_documents(question: str, documents: Mapping[str, Document]) -> list[str]:
    """The names of the documents that the question mentions, in the order of mention.

    A longer name takes its letters away from shorter ones: "UngHerning" is no mention of "Herning".
    """
    text = " ".join(fold(word) for word in words(question))
    names = [(fold_name(name), document.name) for document in documents.values() for name in names_of(document)]
    found: dict[str, int] = {}
    for name, document in sorted(names, key=lambda pair: -len(pair[0])):
        match = re.search(rf"\b{re.escape(name)}\w{{0,{INFLECTED}}}\b", text) if len(name) >= SHORTEST_NAME else None
        if match is not None:
            found.setdefault(document, match.start())
            text = text[: match.start()] + "#" * (match.end() - match.start()) + text[match.end() :]
    return sorted(found, key=found.__getitem__)


def names_of(document: Document) -> list[str]:
    """What a document may be called: its title, other names, and the parts of its publisher."""
    parts = [part.strip() for part in (document.publisher or "").split(",")]
    return [name for name in (document.title, *document.also_called, *parts) if name]


def fold_name(name: str) -> str:
    """A name as it is compared: folded words."""
    return " ".join(fold(word) for word in words(name))
