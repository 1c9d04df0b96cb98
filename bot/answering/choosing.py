"""Which shape of answer a question wants, told by the question and by the structure of what was found."""

from __future__ import annotations

from collections.abc import Mapping

from bot.answering.lists import best_list
from bot.answering.mentions import mentioned_documents
from bot.answering.outlines import asks_for_headings, best_outline
from bot.answering.selecting import Selection, select_comparison, select_list, select_passages
from bot.retrieval.ranking import Model
from bot.retrieval.retriever import Found
from bot.store.snapshot import Snapshot

WHOLE_LIST = 0.5
"""A list at least this probable is shown whole."""
OUTLINE = 0.35
"""A question that names headings or parts, and is this probably about a document's make-up, gets its headings."""
COMPARISON = 0.5
DOCUMENTS_COMPARED = 2


def choose(snapshot: Snapshot, found: Found, intents: Mapping[str, float], model: Model) -> Selection:
    """The quotes that answer."""
    text = found.query.text
    if asks_for_headings(text) and intents["outline"] >= OUTLINE:
        outline = best_outline(snapshot, found)
        if outline is not None:
            return outline
    candidate = best_list(snapshot, found.query, found.ranked, intents, model.whole_list)
    if candidate is not None and candidate.probability >= WHOLE_LIST:
        return select_list(snapshot, candidate.group)
    named = mentioned_documents(text, snapshot.documents)
    if len(named) >= DOCUMENTS_COMPARED or intents["compare"] >= COMPARISON:
        comparison = select_comparison(snapshot, found, named)
        if comparison is not None:
            return comparison
    return select_passages(snapshot, found.query, found.ranked)
