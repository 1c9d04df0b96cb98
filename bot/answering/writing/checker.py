"""Checks a written statement against the passages it cites, without trusting the model that wrote it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import TYPE_CHECKING, Protocol

import numpy as np
from pydantic import BaseModel, ConfigDict

from bot.answering.phrases import answer_language
from bot.answering.writing.completeness import long_words
from bot.answering.writing.lexicon import Lexicon
from bot.answering.writing.meaning import FEATURES, Alignment, align
from bot.answering.writing.rules import RULES, Pair, known_names
from bot.answering.writing.statements import QUOTED, Statement
from bot.answering.writing.words import words_of, words_of_all
from bot.documents.passages import squeeze
from bot.retrieval.ranking import Logistic
from bot.schema import Passage
from bot.store.snapshot import Snapshot

if TYPE_CHECKING:
    from bot.models.encoder import Encoder

ADDRESS = re.compile(
    r"[a-z][a-z0-9+.-]*:/+\S+|\bwww\.\S+|\S+@\S+\.\w+|<[^<>]*>|\]\(\S*\)|javascript:\S*", re.IGNORECASE
)
"""Links, addresses and tags: none may be in an answer that the passage does not have."""
NUMBERING = re.compile(r"^\d+(?:\.\d+)*\.?\s+(?=[^\W\d_])")
"""Of a heading: no statement may take its numbers from there."""
MOSTLY = 0.4
"""A statement with so large a share of proven quotes means what the passage means."""
FEW, FEW_AGREE = 3, 0.5
"""A statement of so few long words has little to be compared by, so it must agree with a larger probability: the good
ones in benchmarks/ that are as short all have more than 0.8."""
NEAR = 0.02
"""Clauses that account for a statement this nearly as well as the best one are looked at too (a mean cosine)."""


FOLLOWS = 0.5
"""What follows from its passages with a smaller probability, by a model that is set for that, is not supported."""


class Entailment(Protocol):
    """A model that tells how probable it is that a statement follows from a text (bot.models.entailment)."""

    def probability(self, text: str, statement: str) -> float:
        """From 0 to 1."""


class Meaning(BaseModel):
    """What was learned about agreement in meaning (meaning.json)."""

    model_config = ConfigDict(frozen=True)

    learned_on: str
    agrees: Logistic
    threshold: float
    """Below this probability a statement is not supported."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """`reason` is empty where the statement is supported, else the first thing that does not agree."""

    reason: str
    probability: float = 1.0

    @property
    def supported(self) -> bool:
        """May the statement be shown?"""
        return not self.reason


class Checker:
    """Checks statements against the passages of one snapshot. Threads may share it."""

    def __init__(
        self,
        snapshot: Snapshot,
        encoder: Encoder,
        meaning: Meaning | None = None,
        entailment: Entailment | None = None,
    ) -> None:
        self.snapshot = snapshot
        self.encoder = encoder
        self.meaning = meaning or load_meaning()
        self.entailment = entailment
        documents = snapshot.documents.values()
        bodies = [name for document in documents for name in (document.publisher or "", *document.also_called)]
        self._lexicon = Lexicon(documents)
        self._names = known_names([document.text for document in documents], bodies)

    def check(self, statement: Statement, rows: Sequence[int], language: str) -> Verdict:
        """The verdict on a statement in `language` (da, sv or en) whose mark n cites the passage in `rows[n - 1]`."""
        if not statement.marks:
            return Verdict("no_mark", 0.0)
        if any(not 1 <= mark <= len(rows) for mark in statement.marks):
            return Verdict("unknown_mark", 0.0)
        cited = [rows[mark - 1] for mark in statement.marks]
        passages = [self.snapshot.passages[row] for row in cited]
        text = " ".join(squeeze(passage.text) for passage in passages)
        if not set(ADDRESS.findall(statement.words)) <= set(ADDRESS.findall(text)):
            return Verdict("address", 0.0)
        if not all(is_verbatim(quote, text) for quote in statement.quotes):
            return Verdict("misquoted", 0.0)
        aligned = align(self.snapshot, self.encoder, statement.words, cited, language)
        pair = self._pair(statement, passages, text, aligned, language)
        broken = next((name for name, agrees in RULES.items() if not agrees(pair)), "")
        if not broken and self._lexicon.unknown(pair.said, answer_language(language), f"{text} {pair.around}"):
            broken = "unknown_word"
        return Verdict(broken, 0.0) if broken else self._meant(statement, pair, aligned)

    def _meant(self, statement: Statement, pair: Pair, aligned: Alignment) -> Verdict:
        """Does the passage say it? By what was learned, and by the model for entailment if there is one."""
        probability = float(self.meaning.agrees.probability(aligned.features[None].astype(np.float64))[0])
        if sum(map(len, statement.quotes)) >= MOSTLY * len(statement.words):
            return Verdict("", probability)
        few = long_words(statement.words) <= FEW
        if probability < max(self.meaning.threshold, FEW_AGREE if few else 0.0):
            return Verdict("meaning", probability)
        if self.entailment is not None:
            follows = self.entailment.probability(f"{pair.around}. {pair.text}", statement.words)
            return Verdict("" if follows >= FOLLOWS else "entailment", follows)
        return Verdict("", probability)

    def _pair(
        self, statement: Statement, passages: Sequence[Passage], text: str, aligned: Alignment, language: str
    ) -> Pair:
        written = words_of_all(frozenset(answer_language(passage.language) for passage in passages))
        best = [aligned.best(part, NEAR) for part in range(len(aligned.parts))]
        numbers = list(dict.fromkeys(number for found in best for number in found))
        near = [aligned.clauses[number] for number in numbers]
        beside = [
            (part, tuple(aligned.clauses[number] for number in found))
            for part, found in zip(_unquoted(statement.words, aligned.parts), best, strict=True)
        ]
        return Pair(
            said=" ".join(QUOTED.sub(" ", statement.words).split()),
            whole=statement.words,
            spoken=words_of(answer_language(language)),
            text=text,
            around=" ".join(_around(self.snapshot, passage) for passage in passages),
            near=" ".join(near),
            beside=tuple(beside),
            sentences=" ".join(dict.fromkeys(aligned.sentences[number] for number in numbers)),
            written=written,
            bodies=_bodies(self.snapshot, passages),
            names=self._names,
        )


def is_verbatim(quote: str, text: str) -> bool:
    """Do the quoted words stand in `text` just so, but for white space and a full stop at the end?"""
    return squeeze(quote).rstrip(".,;:!?… ") in text


def _unquoted(words: str, parts: Sequence[str]) -> list[str]:
    """The clauses of a statement, what they quote taken out, though a quotation may go over several of them."""
    quoted = [match.span() for match in QUOTED.finditer(words)]
    found, start = [], 0
    for part in parts:
        start = words.index(part, start)
        kept = [c for n, c in enumerate(part, start) if not any(s <= n < e for s, e in quoted)]
        found.append("".join(kept))
        start += len(part)
    return found


def _bodies(snapshot: Snapshot, passages: Sequence[Passage]) -> tuple[str, ...]:
    """The names of those who published the passages, the longest first."""
    documents = [snapshot.documents[place.document] for passage in passages for place in passage.places]
    published = [part.strip() for document in documents for part in (document.publisher or "").split(",")]
    called = [name for document in documents for name in document.also_called]
    return tuple(sorted({name for name in (*published, *called) if name}, key=len, reverse=True))


def _around(snapshot: Snapshot, passage: Passage) -> str:
    names = {place.document for place in passage.places}
    called = [name for document in names for name in snapshot.documents[document].also_called]
    sections = [NUMBERING.sub("", part) for place in passage.places for part in place.section]
    return " ".join(dict.fromkeys([passage.title, passage.publisher or "", *called, *sections]))


@lru_cache(maxsize=1)
def load_meaning() -> Meaning:
    """What was learned, from the file beside this module."""
    text = resources.files("bot.answering.writing").joinpath("meaning.json").read_text("utf-8")
    meaning = Meaning.model_validate_json(text)
    assert meaning.agrees.features == FEATURES  # noqa: S101 - our own file
    return meaning
