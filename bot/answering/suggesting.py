"""Questions to begin with, out of the question bank, in the bank's own order."""

from __future__ import annotations

from bot.store.snapshot import Snapshot

SUGGESTED = 6
LONGEST = 90
"""Characters; a longer example does not fit a phone."""


def suggest(snapshot: Snapshot, language: str, *, reader: str | None = None, count: int = SUGGESTED) -> list[str]:
    """`count` questions of a language and kind of reader, each about another document or passage.

    The first question of each document comes first, as the bank lists them: whoever keeps the bank chooses what is
    suggested by putting it at the top. A corpus without a bank gives none.
    """
    bank = snapshot.bank
    fitting = [
        (row, q.question, q.document)
        for row, q in zip(bank.rows, bank.questions, strict=True)
        if q.language == language and (reader is None or q.reader == reader) and is_short_question(q.question)
    ]
    chosen: dict[int, str] = {}
    for _, row, question in _documents_in_turn(fitting):
        chosen.setdefault(row, question)
    return list(chosen.values())[:count]


def is_short_question(text: str) -> bool:
    """Whether a text reads as a question, and fits a phone."""
    return len(text) <= LONGEST and text.rstrip().endswith("?")


def _documents_in_turn(fitting: list[tuple[int, str, str]]) -> list[tuple[int, int, str]]:
    """The first question of each document, then the second of each, and so on."""
    seen: dict[str, int] = {}
    found = []
    for row, question, document in fitting:
        seen[document] = seen.get(document, 0) + 1
        found.append((seen[document], row, question))
    return sorted(found, key=lambda entry: entry[0])
