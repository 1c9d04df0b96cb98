"""Which shape of answer a question wants, told by the question and by the structure of what was found."""

from __future__ import annotations

from bot.answering.selecting import Selection, select_passages
from bot.retrieval.retriever import Found
from bot.store.snapshot import Snapshot


def choose(snapshot: Snapshot, found: Found) -> Selection:
    """The quotes that answer."""
    return select_passages(snapshot, found.query, found.ranked)
