"""Questions to go on with after an answer: those of the bank that belong near what was shown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from bot.answering.suggesting import is_short_question
from bot.schema import Answer, Citation, RankedSpan, Status
from bot.store.snapshot import Snapshot

RELATED = 3
NEAREST = 3
"""Passages of a refusal whose own questions are offered: what the documents do say."""
FARTHEST = 4
"""Passages before and after a cited one that count as its neighbours."""


class Related:
    """Finds the questions that belong near an answer, on one snapshot."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._questions: dict[str, dict[int, list[str]]] = {}
        for row, question in zip(snapshot.bank.rows, snapshot.bank.questions, strict=True):
            if is_short_question(question.question):
                self._questions.setdefault(question.language, {}).setdefault(row, []).append(question.question)
        places = [
            (p.document, p.start, p.end, row) for row, entry in enumerate(snapshot.passages) for p in entry.places
        ]
        self._reading: dict[str, list[tuple[int, int, int]]] = {}
        for document, start, end, row in sorted(places):
            self._reading.setdefault(document, []).append((start, end, row))

    def questions(self, answer: Answer, language: str, asked: Sequence[str] = (), count: int = RELATED) -> list[str]:
        """Up to `count` questions in `language`, none of them `answer`'s own or among `asked`.

        After an answer they belong to the passages around the cited ones, nearest first, and only then to these
        themselves. After a refusal they belong to its nearest passages. One for each passage.
        """
        said = {_plain(question) for question in (answer.question, *asked)}
        bank = self._questions.get(language, {})
        found: list[str] = []
        for row in dict.fromkeys(self._rows(answer)):
            fitting = (q for q in bank.get(row, ()) if _plain(q) not in said)
            question = next(fitting, None)
            if question is not None:
                found.append(question)
                said.add(_plain(question))
            if len(found) == count:
                break
        return found

    def _rows(self, answer: Answer) -> Iterator[int]:
        if answer.status is not Status.ANSWERED:
            yield from (row for span in answer.passages[:NEAREST] for _, row in self._covered(span))
            return
        cited = [(c.document, at, row) for c in answer.citations for at, row in self._covered(c)]
        rows = {row for _, _, row in cited}
        places = dict.fromkeys((document, at) for document, at, _ in cited)
        for distance in range(1, FARTHEST + 1):
            # What comes next is what a reader wants next; what came before is context.
            for step in (distance, -distance):
                yield from (row for row in self._neighbours(places, step) if row not in rows)
        yield from (row for _, _, row in cited)

    def _neighbours(self, places: Iterable[tuple[str, int]], step: int) -> Iterator[int]:
        for document, at in places:
            reading = self._reading[document]
            if 0 <= at + step < len(reading):
                yield reading[at + step][2]

    def _covered(self, span: Citation | RankedSpan) -> Iterator[tuple[int, int]]:
        """Position in reading order and row of each passage that a stretch of a document touches."""
        for at, (start, end, row) in enumerate(self._reading.get(span.document, ())):
            if start < span.end and span.start < end:
                yield at, row


def _plain(question: str) -> str:
    return " ".join(question.casefold().split()).rstrip(" ?!.")
