"""The two sets of questions, and what is a good ranking for each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

from benchmarks.collections import HERE
from benchmarks.retrieval.figures import EvidenceFigures, ndcg, page_gains
from benchmarks.retrieval.pages import read_questions
from benchmarks.retrieval.system import Result, System, Unit
from bot.evaluation.gold import GoldQuestion, read_gold
from bot.evaluation.scoring import Judge, Judgement, summarise
from bot.schema import Document

Figures = dict[str, float]
ANSWER_FIGURES = ("recall", "first_hit", "precision", "rightly_refused", "wrongly_refused", "cited_chars_median")


class Task(Protocol):
    """Questions with what is right."""

    @property
    def questions(self) -> Sequence[GoldQuestion]:
        """What is asked."""
        ...

    def figures(self, system: System, results: Sequence[Result]) -> Figures:
        """The mean figures of a system's results, in the order of the questions."""
        ...


class Development:
    """The development questions: passages against quoted evidence, and answers by bot.evaluation.scoring."""

    def __init__(self, documents: Mapping[str, Document]) -> None:
        self.questions = read_gold(HERE / "data" / "development.jsonl")
        self._evidence = EvidenceFigures(documents)
        self._judge = Judge(documents)
        self._relevant: dict[tuple[Unit, ...], list[int]] = {}

    def figures(self, system: System, results: Sequence[Result]) -> Figures:
        answerable = [
            (question, result.units, relevant)
            for question, result, relevant in zip(self.questions, results, self._counts(system.units), strict=True)
            if question.evidence
        ]
        found = {
            "recall5": _mean(self._evidence.recall(q, units) for q, units, _ in answerable),
            "first": _mean(self._evidence.first_hit(q, units) for q, units, _ in answerable),
            "ndcg10": _mean(ndcg(self._gains(q, units), relevant) for q, units, relevant in answerable),
        }
        judged = [
            self._judge.judge(q, result.answer)
            for q, result in zip(self.questions, results, strict=True)
            if result.answer
        ]
        return found | (_answer_figures(judged) if judged else {})

    def _gains(self, question: GoldQuestion, units: Sequence[Unit]) -> list[bool]:
        return [self._evidence.relevant(question, unit) for unit in units[:10]]

    def _counts(self, units: tuple[Unit, ...]) -> list[int]:
        """How many of a system's units are right, for each question."""
        if units not in self._relevant:
            self._relevant[units] = [sum(self._evidence.relevant(q, u) for u in units) for q in self.questions]
        return self._relevant[units]


class Pages:
    """SweQUAD-MC: pages, each as good as its best passage."""

    def __init__(self) -> None:
        asked = list(read_questions())
        self.questions = tuple(GoldQuestion(id=identity, question=text) for identity, text, _ in asked)
        self._right = [right for _, _, right in asked]

    def figures(self, system: System, results: Sequence[Result]) -> Figures:
        gains = [page_gains(result, right) for result, right in zip(results, self._right, strict=True)]
        return {
            "ndcg10": _mean(ndcg(found, len(right)) for found, right in zip(gains, self._right, strict=True)),
            "first": _mean(found[0] if found else 0.0 for found in gains),
        }


def _answer_figures(judged: Sequence[Judgement]) -> Figures:
    summary = summarise(judged)
    return {name: float(value) for name in ANSWER_FIGURES if (value := summary[name]) is not None}


def _mean(values: Iterable[float]) -> float:
    known = list(values)
    return sum(known) / len(known)
