"""Figures for answers against gold questions: recall, first hit, precision, verbatim share, refusals, length."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from bot.evaluation.gold import Evidence, GoldQuestion
from bot.schema import Answer, Document, Status

COVERED_SHARE = 0.7
"""A gold quote counts as cited when this share of its letters and digits is."""
INSIDE_SHARE = 0.5
"""A citation counts as precise when this share of its letters lies inside a gold quote."""
FIRST_PASSAGES = 5

Span = tuple[str, int, int]
"""Document, start, end."""


class Letters:
    """The letters and digits of a document's text, lower case, and where each one stands."""

    def __init__(self, text: str) -> None:
        pairs = [(c.lower()[:1], offset) for offset, c in enumerate(text) if c.isalnum()]
        self.joined = "".join(c for c, _ in pairs)
        self.offsets = [offset for _, offset in pairs]

    def occurrences(self, quote: str) -> Iterable[set[int]]:
        """The offsets of the letters of each place where `quote` stands, whatever its white space."""
        wanted = letters_of(quote)
        at = self.joined.find(wanted) if wanted else -1
        while at >= 0:
            yield set(self.offsets[at : at + len(wanted)])
            at = self.joined.find(wanted, at + 1)


def letters_of(text: str) -> str:
    """Letters and digits in lower case."""
    return "".join(c.lower()[:1] for c in text if c.isalnum())


@dataclass(frozen=True)
class Judgement:
    """One answer beside its gold question; None where a figure does not apply."""

    question: GoldQuestion
    answered: bool
    recall: float | None
    first_hit: float | None
    precision: float | None
    cited_characters: int | None
    verbatim: tuple[bool, ...]
    passage_hit: float | None
    passage_recall: float | None
    reciprocal_rank: float | None
    milliseconds: float

    @cached_property
    def fell_short(self) -> bool:
        """Did the answer miss evidence, answer what cannot be answered, or misquote?"""
        missed = self.recall < 1 if self.recall is not None else self.answered
        return missed or not all(self.verbatim)


class Judge:
    """Judges answers against gold questions over the same documents."""

    def __init__(self, documents: Mapping[str, Document]) -> None:
        self._documents = documents
        self._letters = {name: Letters(document.text) for name, document in documents.items()}

    def judge(self, question: GoldQuestion, answer: Answer) -> Judgement:
        """Compare one answer with its gold question."""
        spans: list[Span] = [(c.document, c.start, c.end) for c in answer.citations]
        ranked: list[Span] = [(p.document, p.start, p.end) for p in answer.passages]
        answered = answer.status is Status.ANSWERED
        gold = question.evidence
        verbatim = tuple(self._documents[c.document].text[c.start : c.end] == c.quote for c in answer.citations)
        if not gold:
            return Judgement(
                question, answered, None, None, None, None, verbatim, None, None, None, answer.timing_ms.total
            )
        hits = [any(self._covered(e, [span]) or self._inside(e, span) for e in gold) for span in spans]
        ranks = [n for n, span in enumerate(ranked, 1) if any(self._covered(e, [span]) for e in gold)]
        return Judgement(
            question=question,
            answered=answered,
            recall=self._combined(question, spans, answer.text) if answered else 0.0,
            first_hit=float(answered and any(self._covered(e, spans[:1]) for e in gold)) if spans else 0.0,
            precision=sum(hits) / len(hits) if answered and hits else None,
            cited_characters=sum(end - start for _, start, end in spans) if answered else None,
            verbatim=verbatim,
            passage_hit=float(any(self._covered(e, ranked[:1]) for e in gold)),
            passage_recall=self._combined(question, ranked[:FIRST_PASSAGES]),
            reciprocal_rank=1 / ranks[0] if ranks else 0.0,
            milliseconds=answer.timing_ms.total,
        )

    def _combined(self, question: GoldQuestion, spans: Sequence[Span], text: str = "") -> float:
        found = [self._covered(evidence, spans, text) for evidence in question.evidence]
        return sum(found) / len(found) if question.mode == "all" else float(any(found))

    def _covered(self, evidence: Evidence, spans: Sequence[Span], text: str = "") -> bool:
        cited = {offset for name, start, end in spans if name == evidence.document for offset in range(start, end)}
        letters = self._letters.get(evidence.document)
        places = letters.occurrences(evidence.quote) if letters else ()
        if any(len(place & cited) >= COVERED_SHARE * len(place) for place in places):
            return True
        wanted = letters_of(evidence.quote)
        return bool(wanted) and bool(text) and wanted in letters_of(text)

    def _inside(self, evidence: Evidence, span: Span) -> bool:
        name, start, end = span
        if name != evidence.document or name not in self._letters:
            return False
        size = max(1, len(letters_of(self._documents[name].text[start:end])))
        cited = set(range(start, end))
        return any(
            len(place & cited) >= INSIDE_SHARE * size for place in self._letters[name].occurrences(evidence.quote)
        )


def summarise(judgements: Sequence[Judgement]) -> dict[str, float | int | None]:
    """The figures over many judgements."""
    gold = [j for j in judgements if j.recall is not None]
    none = [j for j in judgements if j.recall is None]
    verbatim = [v for j in judgements for v in j.verbatim]
    right, wrong = sum(not j.answered for j in none), sum(not j.answered for j in gold)
    precision = right / (right + wrong) if right + wrong else 0.0
    recall = right / len(none) if none else 0.0
    lengths = sorted(j.cited_characters for j in gold if j.cited_characters)
    times = sorted(j.milliseconds for j in judgements)
    return {
        "questions": len(judgements),
        "answerable": len(gold),
        "unanswerable": len(none),
        "recall": _mean(j.recall for j in gold),
        "first_hit": _mean(j.first_hit for j in gold),
        "precision": _mean(j.precision for j in gold),
        "verbatim": round(sum(verbatim) / len(verbatim), 4) if verbatim else None,
        "wrongly_refused": round(wrong / len(gold), 3) if gold else None,
        "rightly_refused": round(recall, 3) if none else None,
        "refusal_f1": round(2 * precision * recall / (precision + recall), 3) if precision + recall else 0.0,
        "passage_hit1": _mean(j.passage_hit for j in gold),
        "passage_recall5": _mean(j.passage_recall for j in gold),
        "passage_mrr": _mean(j.reciprocal_rank for j in gold),
        "cited_chars_median": lengths[len(lengths) // 2] if lengths else None,
        "cited_chars_p95": lengths[int(0.95 * (len(lengths) - 1))] if lengths else None,
        "ms_median": times[len(times) // 2] if times else None,
    }


def _mean(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return round(statistics.fmean(known), 3) if known else None
