"""What Chroma is told of the rows of each table beside their vectors: the text, and a few fields to filter by."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.documents.groups import group_text, lists_of
from bot.documents.passages import squeeze
from bot.schema import BankQuestion, Group, Passage

Labels = tuple[list[str], list[dict[str, str]]]
"""For each row its text, and its fields."""


def labels_of(
    passages: Sequence[Passage], groups: Sequence[Group], questions: Sequence[BankQuestion]
) -> Mapping[str, Labels]:
    """Texts and fields by table."""
    return {
        "passages": (
            [squeeze(passage.text) for passage in passages],
            [{"document": p.place.document, "language": p.language} for p in passages],
        ),
        "groups": (
            [group_text(group, passages) for group in lists_of(groups)],
            [{"document": g.document, "kind": g.kind.value} for g in lists_of(groups)],
        ),
        "questions": ([question.question for question in questions], [{} for _ in questions]),
    }
