"""How good a ranking is: nDCG, and what share of the evidence stands at its top."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import groupby

from benchmarks.retrieval.system import Result, Span, Unit
from bot.evaluation.gold import Evidence, GoldQuestion
from bot.evaluation.scoring import COVERED_SHARE, INSIDE_SHARE, Letters, letters_of
from bot.schema import Document

CUT = 10
FIRST_UNITS = 5
SCORE_DIGITS = 5


def ndcg(gains: Sequence[float], relevant: int, cut: int = CUT) -> float:
    """nDCG of a ranking with the gains 0 to 1, where `relevant` right ones exist."""
    found = sum(gain / math.log2(place + 2) for place, gain in enumerate(gains[:cut]))
    best = sum(1 / math.log2(place + 2) for place in range(min(relevant, cut)))
    return min(1.0, found / best) if best else 0.0


def page_gains(result: Result, right: Collection[str]) -> list[float]:
    """The gains of the pages of a result, each as good as its best passage.

    Pages with equal scores share their gain: that is what any order among them is worth on average. Many pages have
    the same passage, word for word.
    """
    pages: dict[str, float] = {}
    for unit, score in zip(result.units, result.scores, strict=True):
        for name, _, _ in unit:
            pages.setdefault(name, round(score, SCORE_DIGITS))
    gains: list[float] = []
    for _, group in groupby(pages.items(), key=lambda page: page[1]):
        equals = [float(name in right) for name, _ in group]
        gains += [sum(equals) / len(equals)] * len(equals)
    return gains


class EvidenceFigures:
    """Recall, first hit and nDCG of units against quoted evidence, by the rules of bot.evaluation.scoring."""

    def __init__(self, documents: Mapping[str, Document]) -> None:
        self._letters = {name: Letters(document.text) for name, document in documents.items()}
        self._texts = {name: document.text for name, document in documents.items()}

    def covered(self, evidence: Evidence, units: Iterable[Unit]) -> bool:
        """Do the units together hold enough of the quote's letters, wherever in its document it stands?"""
        cited = {
            o for unit in units for name, start, end in unit if name == evidence.document for o in range(start, end)
        }
        return any(len(place & cited) >= COVERED_SHARE * len(place) for place in self._places(evidence))

    def relevant(self, question: GoldQuestion, unit: Unit) -> bool:
        """Does the unit hold a piece of evidence, or is it mostly part of one?"""
        return any(self.covered(e, [unit]) or any(self._inside(e, span) for span in unit) for e in question.evidence)

    def recall(self, question: GoldQuestion, units: Sequence[Unit]) -> float:
        """The share of the evidence in the first five units; one piece is enough where the question says so."""
        found = [self.covered(evidence, units[:FIRST_UNITS]) for evidence in question.evidence]
        return sum(found) / len(found) if question.mode == "all" else float(any(found))

    def first_hit(self, question: GoldQuestion, units: Sequence[Unit]) -> float:
        """1 where the first unit holds a piece of evidence."""
        return float(any(self.covered(evidence, units[:1]) for evidence in question.evidence))

    def _places(self, evidence: Evidence) -> Iterable[set[int]]:
        letters = self._letters.get(evidence.document)
        return letters.occurrences(evidence.quote) if letters else ()

    def _inside(self, evidence: Evidence, span: Span) -> bool:
        name, start, end = span
        if name != evidence.document:
            return False
        size = max(1, len(letters_of(self._texts[name][start:end])))
        own = set(range(start, end))
        return any(len(place & own) >= INSIDE_SHARE * size for place in self._places(evidence))
