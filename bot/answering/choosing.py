"""Which shape of answer a question wants, told by the question and by the structure of what was found."""

from __future__ import annotations

from collections.abc import Mapping

from bot.answering.lists import asks_for_words, best_list
from bot.answering.mentions import Names
from bot.answering.outlines import asks_for_headings, best_outline, best_values
from bot.answering.selecting import (
    Selection,
    select_comparison,
    select_guide_words,
    select_list,
    select_passages,
)
from bot.retrieval.ranking import Model
from bot.retrieval.retriever import Found
from bot.store.snapshot import Snapshot

WHOLE_LIST = 0.45
"""A list at least this probable is shown whole: a few items too many cost less than one that is missing."""
OUTLINE = 0.5
"""A question that names headings or parts, and is this probably about a document's make-up, gets its headings."""
COMPARISON = 0.5
VALUES_ASKED = 0.5
"""A question that is so probably about several things, and names values, gets the headings that are the values."""
COMPARED = 2


class Chooser:
    """Chooses the quotes of an answer on one snapshot."""

    def __init__(self, snapshot: Snapshot, model: Model) -> None:
        self._snapshot = snapshot
        self._model = model
        self._names = Names(snapshot.documents)

    def outline(self, found: Found, intents: Mapping[str, float]) -> Selection | None:
        """The headings of a document, if they are asked for. No passage need answer such a question."""
        if not asks_for_headings(found.query.text) or intents["outline"] < OUTLINE:
            return None
        return best_outline(self._snapshot, found, self._names.mentioned(found.query.text))

    def choose(self, found: Found, intents: Mapping[str, float]) -> Selection:
        """The quotes that answer."""
        snapshot = self._snapshot
        candidate = best_list(snapshot, found.query, found.ranked, intents, self._model.whole_list, found.behind)
        if candidate is not None and candidate.probability >= WHOLE_LIST:
            alone = intents["list"] >= intents["single"] or asks_for_words(found.query.text)
            return select_list(snapshot, found, candidate.group, alone=alone)
        named = self._names.mentioned(found.query.text)
        if intents["list"] + intents["outline"] >= VALUES_ASKED:
            values = best_values(snapshot, found, named)
            if values is not None:
                return values
        if len(named) >= COMPARED or intents["compare"] >= COMPARISON:
            comparison = select_comparison(snapshot, found, named)
            if comparison is not None:
                return comparison
        return select_guide_words(snapshot, found) or select_passages(snapshot, found)
