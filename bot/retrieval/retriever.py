"""Question (and earlier questions) -> ranked passages."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from bot.retrieval.answerable import FEATURES, answerable_features
from bot.retrieval.follow_ups import leans_on_earlier
from bot.retrieval.in_force import joined, not_in_force, split
from bot.retrieval.query import Query, follow_up, query_of
from bot.retrieval.ranking import Logistic, Ranked, Ranking, load_ranking, rank
from bot.retrieval.signals import signals_for
from bot.schema import Hit
from bot.store.snapshot import Snapshot

if TYPE_CHECKING:
    from bot.models.encoder import Encoder

EARLIER_QUESTIONS = 3
"""How many questions back a follow-up can reach."""
BETTER = 0.15
"""A question that could stand alone is read as a follow-up only if that makes an answer this much more probable."""

ASKED_BEFORE = 0.95
"""A question this similar to one of the bank is that question, and the bank knows that it is answered."""
AS_SURE = 0.15
"""Documents in force come before those that are not where they answer about as surely; else the old ones speak."""


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """What was searched for, and what was found.

    `answerable` is the probability that the documents answer the question at all, `follow_up` whether it was read
    together with the earlier ones. `behind` are the documents not in force, where one in force answers.
    """

    query: Query
    ranked: Ranked
    answerable: float
    follow_up: bool
    behind: frozenset[str] = frozenset()


class Searcher:
    """Ranks the passages of one snapshot; keeps nothing of a question, so threads may share it."""

    def __init__(
        self,
        snapshot: Snapshot,
        encoder: Encoder,
        ranking: Ranking | None = None,
        today: Callable[[], date] = date.today,
    ) -> None:
        self.snapshot = snapshot
        self.today = today
        self.encoder = encoder
        ranking = ranking or load_ranking()
        self.model = ranking.with_bank if len(snapshot.bank.questions) else ranking.without_bank
        self._old: tuple[date | None, frozenset[str]] = (None, frozenset())

    def encode(self, question: str, history: Sequence[str] = ()) -> tuple[Query, list[Query]]:
        """The question and the earlier ones it may lean on, encoded."""
        earlier = [query_of(self.encoder, text) for text in history[-EARLIER_QUESTIONS:] if text.strip()]
        return query_of(self.encoder, question), earlier

    def find(self, query: Query, earlier: Sequence[Query] = ()) -> Found:
        """Rank all candidates for a question; a follow-up takes what it needs from the earlier questions."""
        alone = self._found(query, follow_up=False)
        if not earlier:
            return alone
        together = self._found(follow_up(query, earlier), follow_up=True)
        if leans_on_earlier(query.text):
            return together
        if alone.answerable < self.model.threshold and together.answerable > alone.answerable + BETTER:
            return together
        return alone

    def _found(self, query: Query, *, follow_up: bool) -> Found:
        ranked = rank(signals_for(self.snapshot, query), self.model)
        answerable = self._answerable(query, ranked)
        old = self._not_in_force()
        if old and len(ranked.rows):
            current, others = split(self.snapshot, ranked, old, self.model)
            alone = self._answerable(query, current) if len(current.rows) else 0.0
            if alone >= max(self.model.threshold, answerable - AS_SURE):
                return Found(query, joined(current, others), alone, follow_up, old)
        return Found(query, ranked, answerable, follow_up)

    def _not_in_force(self) -> frozenset[str]:
        """What `not_in_force` says of today: asked once a day, however many documents there are."""
        today, (day, old) = self.today(), self._old
        if day != today:
            old = not_in_force(self.snapshot, today)
            self._old = (today, old)
        return old

    def _answerable(self, query: Query, ranked: Ranked) -> float:
        features = answerable_features(self.snapshot, query, ranked)
        model = self.model.answerable
        if len(model.weights) != len(features):
            # Learned with an encoder of another width: what it knows of questions does not apply to this one.
            features, known = features[: len(FEATURES)], model.weights[: len(FEATURES)]
            model = Logistic(features=FEATURES, weights=known, bias=model.bias)
        probability = float(model.probability(features[None])[0])
        alike = ranked.signals.bank
        return max(probability, min(alike, 1.0)) if alike >= ASKED_BEFORE else probability

    def rank(self, query: Query) -> Ranked:
        """The candidates of one query, best first; what is not in force behind what is, if that answers."""
        return self._found(query, follow_up=False).ranked

    def hits(self, ranked: Ranked, k: int) -> tuple[Hit, ...]:
        """The k best passages with their probabilities."""
        pairs = zip(ranked.rows[:k].tolist(), ranked.probabilities[:k].tolist(), strict=True)
        return tuple(Hit(self.snapshot.passages[row], score) for row, score in pairs)
