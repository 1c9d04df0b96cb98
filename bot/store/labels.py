"""What Chroma is told of the rows of each table beside their vectors: the text, and a few fields to filter by."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.documents.groups import group_text, lists_of
from bot.documents.passages import squeeze
from bot.schema import BankQuestion, Group, Passage

Labels = tuple[list[str], list[dict[str, str]]]
"""For each row its text, and its fields."""
TOLD_ROWS = 8192
"""Chroma is told the texts of a table of at most so many rows. It keeps each four times, one of them for a search of
letters that nobody asks for: more than all else that a snapshot has of the text. Whoever searches a larger table there
finds rows, and their texts in the snapshot."""


def labels_of(
    passages: Sequence[Passage], groups: Sequence[Group], questions: Sequence[BankQuestion]
) -> Mapping[str, Labels]:
    """Texts and fields by table."""
    return {
        "passages": (
            _told([squeeze(passage.text) for passage in passages]),
            [{"document": p.place.document, "language": p.language} for p in passages],
        ),
        "groups": (
            _told([group_text(group, passages) for group in lists_of(groups)]),
            [{"document": g.document, "kind": g.kind.value} for g in lists_of(groups)],
        ),
        "questions": (_told([question.question for question in questions]), [{} for _ in questions]),
    }


def _told(texts: list[str]) -> list[str]:
    return texts if len(texts) <= TOLD_ROWS else [""] * len(texts)
