"""What people asked in vain, put together by what it is about: what the documents should perhaps say."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from bot.answering.intents import load_intents
from bot.models.encoder import Encoder
from bot.privacy.feedback import Entry, Kind
from bot.store.lexical import words

ALIKE = 0.55
"""Cosine of two questions' vectors, without what all questions have in common, from which on they go together. Of the
bank's pairs so near 0.61 are questions for the same sentence; at 0.5 it is 0.50, at 0.65 it is 0.78 of far fewer."""
FEW = 20
"""Questions whose mean says nothing yet."""


@dataclass(frozen=True, slots=True)
class Gap:
    """Questions about one thing. `questions` are they with how often each was asked, most often first."""

    questions: tuple[tuple[str, int], ...]
    unanswered: int
    """So often the documents did not answer."""
    unhelpful: int
    """So often an answer was called no help."""
    comments: tuple[str, ...]
    languages: tuple[str, ...]
    first: date | None
    last: date | None

    @property
    def count(self) -> int:
        """How often it was asked in vain."""
        return self.unanswered + self.unhelpful


def find_gaps(entries: Iterable[Entry], encoder: Encoder) -> list[Gap]:
    """The questions asked in vain in groups, the most frequent first.

    In vain is what the documents did not answer, and an answer that was called no help. A refusal that was called no
    help counts once, where the refusals themselves are kept.
    """
    entries = list(entries)
    refused = {_same(entry.question) for entry in entries if entry.kind is Kind.UNANSWERED}
    vain: dict[str, list[Entry]] = {}
    for entry in entries:
        again = entry.kind is Kind.FEEDBACK and entry.status == "not_found" and _same(entry.question) in refused
        if entry.kind is Kind.UNANSWERED or (entry.helpful is False and not again):
            vain.setdefault(_same(entry.question), []).append(entry)
    ranked = sorted(vain.values(), key=len, reverse=True)
    groups = _grouped(_vectors([alike[0].question for alike in ranked], encoder))
    gaps = [_gap([entry for number in group for entry in ranked[number]]) for group in groups]
    return sorted(gaps, key=lambda gap: -gap.count)


def _same(question: str) -> str:
    return " ".join(words(question)) or question


def _vectors(questions: Sequence[str], encoder: Encoder) -> NDArray[np.float32]:
    """(questions, dimension), of length 1, without what all questions have in common."""
    if not questions:
        return np.zeros((0, encoder.dimension), np.float32)
    vectors = np.stack([encoding.vector for encoding in encoder.encode_queries(questions)])
    mean = np.asarray(load_intents().mean, np.float32)
    if mean.shape != vectors[0].shape:
        mean = vectors.mean(axis=0) if len(vectors) >= FEW else np.zeros_like(vectors[0])
    centred = vectors - mean
    found: NDArray[np.float32] = centred / np.maximum(np.linalg.norm(centred, axis=1, keepdims=True), 1e-9)
    return found


def _grouped(vectors: NDArray[np.float32]) -> list[list[int]]:
    """The rows in groups: each goes to the nearest group whose first row it is like, else it begins one."""
    groups: list[list[int]] = []
    for row in range(len(vectors)):
        leaders = vectors[[group[0] for group in groups]] if groups else vectors[:0]
        likeness = leaders @ vectors[row]
        if len(likeness) and likeness.max() >= ALIKE:
            groups[int(likeness.argmax())].append(row)
        else:
            groups.append([row])
    return groups


def _gap(entries: Sequence[Entry]) -> Gap:
    counts = Counter(entry.question for entry in entries)
    days = sorted(entry.day for entry in entries if entry.day is not None)
    return Gap(
        tuple(counts.most_common()),
        unanswered=sum(entry.kind is Kind.UNANSWERED for entry in entries),
        unhelpful=sum(entry.kind is Kind.FEEDBACK for entry in entries),
        comments=tuple(dict.fromkeys(entry.comment for entry in entries if entry.comment)),
        languages=tuple(sorted({entry.language for entry in entries if entry.language})),
        first=days[0] if days else None,
        last=days[-1] if days else None,
    )
