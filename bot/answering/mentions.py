"""Which documents a question names: by title, by another name in the catalogue, or by their publisher."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping

from bot.naming import NameIndex
from bot.schema import Document
from bot.store.lexical import fold, words

SHORTEST_NAME = 4
SHORTEST_WORD = 6
"""A single word of a title or publisher must be this long to stand for the whole document."""
INFLECTED = 3
"""A name may have so many more letters in the question: "UngHernings", "børnesynet"."""
# Words that many documents' names have, in folded letters; they name nobody.
COMMON = frozenset({
    "afdeling", "afdelingen", "barnen", "boerne", "elever", "forskolan", "forvaltning", "forvaltningen", "grundlag",
    "kommune", "kommunes", "kommuns", "laereplan", "paedagogisk", "paedagogiske", "politik", "retningslinjer",
    "riktlinje", "skolan", "skolen", "strategi", "vaerdegrund", "vaerdigrundlag",
})  # fmt: skip


class Names:
    """The names of some documents, made once for many questions."""

    def __init__(self, documents: Mapping[str, Document]) -> None:
        pairs = [(_folded(name), d.name) for d in documents.values() for name in _full_names(d)]
        titles = Counter(word for d in documents.values() for word in set(_title_words(d)))
        publishers = Counter(word for d in documents.values() for word in set(_publisher_words(d)))
        texts = _texts_with(documents.values(), {word for word in titles if titles[word] == 1})
        for document in documents.values():
            pairs += [
                (word, document.name)
                for word in _title_words(document)
                if titles[word] == 1 and texts[word] <= {document.name}
            ]
            pairs += [(word, document.name) for word in _publisher_words(document) if publishers[word] == 1]
        self._pairs = sorted({pair for pair in pairs if len(pair[0]) >= SHORTEST_NAME}, key=lambda p: (-len(p[0]), p))
        self._index = NameIndex([name for name, _ in self._pairs])

    def mentioned(self, question: str) -> list[str]:
        """The names of the documents that a question mentions, in the order of mention.

        A longer name takes its letters away from shorter ones: "UngHerning" is no mention of "Herning".
        """
        text = _folded(question)
        found: dict[str, int] = {}
        for name, document in (self._pairs[number] for number in self._index.in_text(text)):
            for match in re.finditer(rf"\b{re.escape(name)}\w{{0,{INFLECTED}}}\b", text):
                found[document] = min(found.get(document, match.start()), match.start())
                text = text[: match.start()] + "#" * len(match.group()) + text[match.end() :]
        return sorted(found, key=found.__getitem__)


def _texts_with(documents: Iterable[Document], wanted: Collection[str]) -> Mapping[str, set[str]]:
    """For each folded word of `wanted`, the names of the documents that have it in their text."""
    folded: dict[str, str] = {}
    found: dict[str, set[str]] = {word: set() for word in wanted}
    for document in documents:
        for word in set(words(document.text)):
            plain = folded[word] if word in folded else folded.setdefault(word, fold(word))
            if plain in found:
                found[plain].add(document.name)
    return found


def _full_names(document: Document) -> Iterator[str]:
    yield from (document.title, *document.also_called)
    yield from (part.strip() for part in (document.publisher or "").split(","))


def _title_words(document: Document) -> list[str]:
    return _distinctive(document.title)


def _publisher_words(document: Document) -> list[str]:
    return _distinctive((document.publisher or "").split(",")[0])


def _distinctive(name: str) -> list[str]:
    return [w for w in (fold(word) for word in words(name)) if len(w) >= SHORTEST_WORD and w not in COMMON]


def _folded(text: str) -> str:
    return " ".join(fold(word) for word in words(text))
