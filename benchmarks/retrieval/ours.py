"""The search and the assistant of this project, as systems to be measured."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from benchmarks.retrieval.system import Result, Span, Unit, best_of, units_of
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
    empty = Table.of([], (passages.vectors.shape[1], passages.token_dimension), [])
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
        ranked = searcher.find(query, earlier).ranked
        return best_of(self.units, ranked.rows, ranked.scores)


class Answering:
    """The whole assistant: the answer record, and the passages in it."""

    def __init__(self, name: str, snapshot: Snapshot, encoder: Encoder, rankings: Rankings) -> None:
        self.name = name
        self.units = units_of(snapshot)
        self._snapshot = snapshot
        self._encoder = encoder
        self._rankings = rankings
        self._assistants: dict[int, Assistant] = {}
        self._places: dict[str, list[tuple[int, int, Unit]]] = {}
        for unit in self.units:
            for name_of, start, end in unit:
                self._places.setdefault(name_of, []).append((start, end, unit))

    def search(self, question: str, history: Sequence[str]) -> Result:
        answer = self._assistant(question).ask(question, history)
        units = tuple(self._unit((p.document, p.start, p.end)) for p in answer.passages)
        return Result(units, tuple(-float(rank) for rank in range(len(units))), answer)

    def _unit(self, span: Span) -> Unit:
        """The span, and the other places where its passage stands: the record names one of them."""
        name, start, end = span
        places = self._places.get(name, ())
        others = next((unit for at, until, unit in places if at < end and start < until), ())
        return (span, *(place for place in others if place[0] != name))

    def _assistant(self, question: str) -> Assistant:
        ranking = self._rankings(question)
        if id(ranking) not in self._assistants:
            self._assistants[id(ranking)] = Assistant(Searcher(self._snapshot, self._encoder, ranking))
        return self._assistants[id(ranking)]
