"""A municipality that a question names and no document does: what another says is no answer about it.

"Hvilke mål har Vejle Kommune for børn og læring?" comes near Herning's goals, and nothing that is near tells the two
apart but the name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import get_close_matches
from functools import cached_property
from itertools import chain

from bot.store.lexical import fold, stems, words
from bot.store.snapshot import Snapshot

NAME = r"(?P<name>[A-ZÆØÅÄÖÉÜ][\wæøåäöéü]+(?:-[A-ZÆØÅÄÖÉÜ][\wæøåäöéü]+)*)"
# Danish, Norwegian, Swedish and English, where a capital inside a sentence tells a name; questions in other languages
# are left to the learned signals.
NAMED = (
    re.compile(rf"\b{NAME}\s+(?P<kind>[Kk]ommun(?:e|en|es|ens|s)?|[Ss]tads?|[Mm]unicipality|[Cc]ity [Cc]ouncil)\b"),
    re.compile(rf"\b(?P<kind>(?:[Mm]unicipality|[Cc]ity|[Tt]own) of)\s+{NAME}\b"),
)
SENTENCE_START = re.compile(r"(?:^|[.?!:]\s)\W*$")
GENITIVE = re.compile(r"(?<=[Kk]ommune)(?:n?s|n)$|(?<=[Kk]ommun)(?:en)?s$|(?<=[Ss]tad)s$")
ALSO_CALLED = {"copenhagen": "koebenhavn", "gothenburg": "goeteborg", "elsinore": "helsingoer"}
"""Places that English calls otherwise, folded."""
NO_NAMES = frozenset({
    "den", "det", "din", "dit", "egen", "en", "er", "hver", "hvilken", "jeres", "min", "mit", "my", "our", "samme",
    "the", "this", "vaar", "vaares", "varje", "vilken", "vor", "vores", "which", "your",
})  # fmt: skip
"""Words before "kommune" that some write with a capital, folded."""
MISTYPED = 0.75
"""So alike, of 1, is a name of the documents that was typed wrong."""


class Elsewhere:
    """Tells the municipalities that a snapshot's documents know from others.

    Where they know none at all, any may be theirs.
    """

    def __init__(self, snapshot: Snapshot) -> None:
        self._stems = snapshot.lexical["stems"].vocabulary
        self._documents = snapshot.documents.values()
        self._titles = [t for d in self._documents for t in (d.title, d.publisher or "", d.name, *d.also_called)]
        self._names = sorted({fold(word) for title in self._titles for word in words(title)})

    def named(self, question: str) -> str:
        """The first municipality of a question, if the documents know none that it names; else nothing."""
        found = list(_municipalities(question))
        if not found or any(self._known(name) for name, _ in found) or not self._knows_one:
            return ""
        return found[0][1]

    @cached_property
    def _knows_one(self) -> bool:
        texts = chain(self._titles, (document.text for document in self._documents))
        return any(pattern.search(text) for text in texts for pattern in NAMED)

    def _known(self, name: str) -> bool:
        for word in words(name):
            folded = fold(word)
            folded = ALSO_CALLED.get(folded, folded)
            if any(stem in self._stems for part in (word, word.removesuffix("s")) for stem in stems(part)):
                return True
            if get_close_matches(folded, self._names, 1, MISTYPED):
                return True
        return False


def _municipalities(question: str) -> Iterator[tuple[str, str]]:
    """Names, and each with the word that says what it is, as they are written."""
    for pattern in NAMED:
        for match in pattern.finditer(question):
            # "Vores kommune" begins with a capital, too; "Vejle Kommune" has a second one.
            if match["kind"][0].islower() and SENTENCE_START.search(question[: match.start()]):
                continue
            if fold(match["name"].lower()) not in NO_NAMES:
                yield match["name"], GENITIVE.sub("", match.group())
