"""The search and the assistant of this project, as systems to be measured."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from benchmarks.retrieval.system import DEPTH, Result, units_of
from bot.answering.assistant import Assistant
from bot.models.encoder import Encoder
from bot.retrieval.ranking import Ranking
from bot.retrieval.retriever import Searcher
from bot.store.bank import Bank
from bot.store.snapshot import Snapshot
from bot.store.table import Table

Rankings = Callable[[str], Ranking]
"""The learned weights that a question is answered with: those that were learned without it."""


def without_bank(snapshot: Snapshot) -> Snapshot:
    """The snapshot as if nobody had written questions for it."""
    passages = snapshot.tables["passages"]
    empty = Table.of([], (passages.vectors.shape[1], passages.tokens.shape[1]), [])
    return replace(snapshot, bank=Bank((), (), (), ()), tables={**snapshot.tables, "questions": empty})


class Searching:
    """The search alone: ranked passages."""

    def __init__(self, name: str, snapshot: Snapshot, encoder: Encoder, rankings: Rankings) -> None:
        self.name = name
        self.units = units_of(snapshot)
        self._snapshot = snapshot
        self._encoder = encoder
        self._rankings = rankings

    def search(self, question: str, history: Sequence[str]) -> Result:
        searcher = Searcher(self._snapshot, self._encoder, self._rankings(question))
        query, earlier = searcher.encode(question, history)
        found = searcher.find(query, earlier)
        return Result(tuple(self.units[row] for row in found.ranked.rows[:DEPTH]))


class Answering:
    """The whole assistant: the answer record, and the passages in it."""

    def __init__(self, name: str, snapshot: Snapshot, encoder: Encoder, rankings: Rankings) -> None:
        self.name = name
        self.units = units_of(snapshot)
        self._snapshot = snapshot
        self._encoder = encoder
        self._rankings = rankings
        self._assistants: dict[int, Assistant] = {}

    def search(self, question: str, history: Sequence[str]) -> Result:
        answer = self._assistant(question).ask(question, history)
        return Result(tuple(((p.document, p.start, p.end),) for p in answer.passages), answer)

    def _assistant(self, question: str) -> Assistant:
        ranking = self._rankings(question)
        if id(ranking) not in self._assistants:
            self._assistants[id(ranking)] = Assistant(Searcher(self._snapshot, self._encoder, ranking))
        return self._assistants[id(ranking)]
