"""Which words exist: those of the documents, those of a dictionary (simplemma's), and compounds of both.

A small model makes words up, and a sentence around them may still be near to its passage. A dictionary never has all
words of a language in which compounds are made as one speaks, so a word that is put together of known ones is known.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache

from bot.answering.phrases import LANGUAGES, answer_language
from bot.answering.writing.rules import NO_NAMES
from bot.answering.writing.words import affixes_of
from bot.schema import Document
from bot.store.lexical import word_stems

SHORTEST = 4
"""Letters; shorter words are mostly grammar and abbreviations, and a dictionary has nearly any three letters."""
WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
CLITIC = re.compile(r"(?:(?<=n)n['’]t|n['’]t|['’][^\W\d_]*)$")
"""What an apostrophe joins to a word: "the school's", "doesn't"."""
SHORTEST_PART = 3
"""Letters of a part of a compound: three letters at its end must be a word of the documents ("mål", "dag")."""
WHOLE_HEAD = 5
"""A first part of three letters that is no word of the documents needs a last one of so many that is no compound."""
LONGEST = 60
"""Letters of a compound: to take apart what a model runs on without end takes time."""
PARTS = 4
"""Words that one compound may be put together of."""
JOINTS = ("", "s", "e")


class Lexicon:
    """The words of the documents, by language, over a dictionary of each. Threads may share it.

    What is known of a language is read when its first word is looked up: a third of a second and 6 MB for a dictionary.
    """

    def __init__(self, documents: Iterable[Document]) -> None:
        texts: dict[str, list[str]] = {language: [] for language in LANGUAGES}
        for document in documents:
            texts[answer_language(document.language)].append(document.text)
        self._texts: Mapping[str, Sequence[str]] = texts
        self._stems: dict[str, frozenset[str]] = {}

    def unknown(self, said: str, language: str, shown: str) -> list[str]:
        """The words of a statement in `language` (da, sv or en) that do not exist, as far as can be told.

        What `shown` has, the passage and what stands around it, is known in whatever language, with whatever ending.
        """
        near = stems_of([shown])
        return [
            word
            for number, word in enumerate(_words(said))
            if len(word) >= SHORTEST and not self._exists(word, language, near, first=number == 0)
        ]

    def _exists(self, word: str, language: str, near: frozenset[str], *, first: bool) -> bool:
        """A first word has a capital always: what the dictionary has only with one is a name not in the passage."""
        small = word.lower()
        if small in NO_NAMES or self._written(small, language, near) or in_dictionary(small, language):
            return True
        if word != small and in_dictionary(word, language):
            return not first
        return len(word) <= LONGEST and self._compound(small, language, near, PARTS)

    def _written(self, word: str, language: str, near: frozenset[str]) -> bool:
        """Does the passage have the word, or a document in that language, with whatever ending?"""
        if language not in self._stems:
            self._stems[language] = stems_of(self._texts[language])
        return any(stem in near or stem in self._stems[language] for stem in word_stems(word))

    def _part(self, word: str, language: str, near: frozenset[str]) -> bool:
        return self._written(word, language, near) or in_dictionary(word, language)

    def _compound(self, word: str, language: str, near: frozenset[str], parts: int) -> bool:
        """Is the word put together of known ones, none of which is only a prefix or an ending?"""
        prefixes, endings = affixes_of(language)
        for first, head in _splits(word):
            if first in prefixes or head in prefixes | endings or not self._part(first, language, near):
                continue
            own = len(head) >= SHORTEST or self._written(head, language, near)
            whole = own and self._part(head, language, near)
            if len(first) < SHORTEST and not self._written(first, language, near):
                if whole and len(head) >= WHOLE_HEAD:
                    return True
            elif whole or (parts > 2 and self._compound(head, language, near, parts - 1)):  # noqa: PLR2004 - a pair
                return True
        return False


def _words(text: str) -> Iterator[str]:
    for match in WORD.finditer(text):
        yield CLITIC.sub("", match.group())


def _splits(word: str) -> Iterator[tuple[str, str]]:
    """The ways to cut a word in two, with or without a joint between its parts, which the first part loses."""
    for at in range(SHORTEST_PART, len(word) - SHORTEST_PART + 1):
        for joint in JOINTS:
            first = word[: at - len(joint)]
            if word[:at].endswith(joint) and len(first) >= SHORTEST_PART:
                yield first, word[at:]


def stems_of(texts: Sequence[str]) -> frozenset[str]:
    """The Danish and Swedish stems of all words of `texts`."""
    words = {word.lower() for text in texts for word in _words(text)}
    return frozenset(stem for word in words for stem in word_stems(word))


@lru_cache(maxsize=50_000)
def in_dictionary(word: str, language: str) -> bool:
    """Does the dictionary of `language` (da, sv or en) have just this word, with just these capitals?"""
    return word in _dictionary(language)


@lru_cache(maxsize=len(LANGUAGES))
def _dictionary(language: str) -> Mapping[str, str]:
    from simplemma.strategies.dictionaries import StreamDictionaryFactory  # noqa: PLC0415

    return StreamDictionaryFactory().get_dictionary(language)
