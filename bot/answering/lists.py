"""Is a whole list asked for, and which? Told by the question and by the structure of what was found.

"Hvilke mål har Byrådet for dagtilbud?" meets the heading and lead-in of a list more than any of its items; "hvilke
verdier skal være sentrale i skolen?" meets one item. The words of the question alone cannot tell them apart.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bot.retrieval.query import Query
from bot.retrieval.ranking import Logistic, Ranked
from bot.retrieval.signals import late_interaction
from bot.schema import Group, GroupKind
from bot.store.snapshot import Snapshot
from bot.store.table import Table

TOP = 10
"""Lists of the passages ranked so high are considered."""
LIST_FEATURES = (
    "intent_list",
    "intent_single",
    "intent_outline",
    "heading",
    "item",
    "whole",
    "best",
    "spread",
    "bank",
    "rank",
)
# Words for single words that stand for something, in the languages people ask in.
GUIDE_WORDS = re.compile(
    r"""ledord|ledeord|stikord|stikkord|nyckelord|nøgleord|nøkkelord|key\s?words?\b|guid(?:e|ing)\ words?|watchwords?
      |leitw[oö]rt|stichw[oö]rt|schlüsselw[oö]rt
      |słow\w*\ kluczow|haseł|hasła|ключов\w*\ слов|гасл|الكلمات\ المفتاحية""",
    re.IGNORECASE | re.VERBOSE,
)


def asks_for_words(question: str) -> bool:
    """Are guide words asked for, and not what they mean?"""
    return bool(GUIDE_WORDS.search(question))


@dataclass(frozen=True, slots=True)
class ListCandidate:
    """A list and the probability that the question asks for all of it."""

    group: Group
    probability: float


def best_list(
    snapshot: Snapshot,
    query: Query,
    ranked: Ranked,
    intents: Mapping[str, float],
    model: Logistic,
    without: Collection[str] = (),
) -> ListCandidate | None:
    """The list most probably asked for, in no document of `without`; None where no list was found."""
    candidates = [n for n in list_candidates(snapshot, ranked) if snapshot.groups[n].document not in without]
    if not candidates:
        return None
    features = np.stack([list_features(snapshot, query, ranked, intents, number) for number in candidates])
    probabilities = model.probability(features)
    best = int(np.argmax(probabilities))
    return ListCandidate(snapshot.groups[candidates[best]], float(probabilities[best]))


def list_candidates(snapshot: Snapshot, ranked: Ranked) -> list[int]:
    """The lists that hold one of the best passages, as positions in the snapshot's groups."""
    found = snapshot.memberships.of(ranked.rows[:TOP].tolist())
    return [number for number in found if snapshot.groups[number].kind is GroupKind.LIST]


def list_features(
    snapshot: Snapshot, query: Query, ranked: Ranked, intents: Mapping[str, float], number: int
) -> NDArray[np.float64]:
    """LIST_FEATURES of one list, the snapshot's group of that number, for one question."""
    group = snapshot.groups[number]
    table = snapshot.tables["passages"]
    heading, item = _heading_and_item(table, group, query)
    place = dict(zip(ranked.rows.tolist(), range(len(ranked.rows)), strict=True))
    positions = sorted(place.get(row, len(place)) for row in group.members)
    scores = np.array([ranked.scores[place[row]] for row in group.members if row in place])
    everything = float(ranked.scores.std()) or 1.0
    bank_row = ranked.signals.bank_row[ranked.order[0]]
    asked_whole = bank_row >= 0 and snapshot.bank.questions[bank_row].list
    whole = late_interaction(snapshot.tables["groups"], np.array([number]), query)[0]
    inside = sum(1 for position in positions if position < len(group.members) + 1)
    return np.array(
        [
            intents["list"],
            intents["single"],
            intents["outline"],
            (heading - ranked.signals.interaction),
            (item - heading),
            (float(whole) - ranked.signals.interaction),
            (float(scores.max()) - float(ranked.scores[0])) / everything if len(scores) else -5.0,
            float(scores.std()) / everything if len(scores) else 0.0,
            float(asked_whole and snapshot.bank.rows[bank_row] in group.members),
            inside / len(group.members),
        ]
    )


def _heading_and_item(table: Table, group: Group, query: Query) -> tuple[float, float]:
    """MaxSim with the headings and lead-in of a list alone, and the best with an item's own words alone."""
    tokens, begins = table.tokens_of(group.members)
    own = table.own_words(group.members)
    similarities = table.project(query.tokens) @ tokens.T
    nowhere = np.float32(-1.0)
    items = query.weights @ np.maximum.reduceat(np.where(own, similarities, nowhere), begins, axis=1)
    headings = query.weights @ np.maximum.reduceat(np.where(own, nowhere, similarities), begins, axis=1)
    return max(0.0, float(headings.max())), max(0.0, float(items.max()))
