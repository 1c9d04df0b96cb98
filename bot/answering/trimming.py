"""Long passages cut to the sentences that answer."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from bot.answering.quotes import Quote
from bot.documents.sentences import sentence_spans
from bot.retrieval.query import Query
from bot.schema import BlockKind, Passage
from bot.store.snapshot import Snapshot

WHOLE_CHARACTERS = 320
"""A passage of up to so many characters is quoted whole: cutting it would cost more sense than reading."""
NEAR_BEST = 0.94
"""A sentence this near to the best one (as a share of its mean cosine) is quoted too."""


def trim(snapshot: Snapshot, query: Query, row: int, document: str | None = None) -> Quote:
    """The passage in `row`, or the run of its sentences that speaks to the question.

    With `document` it is cited where it stands there. The run goes from the first to the last sentence that is near
    the best one, so that nothing between them is lost.
    """
    passage = snapshot.passages[row]
    place = next((p for p in passage.places if p.document == document), passage.place)
    whole = Quote.of_place(place, bullet=passage.kind is BlockKind.LIST_ITEM)
    sentences = sentence_spans(passage.text)
    if len(passage.text) <= WHOLE_CHARACTERS or len(sentences) < 2:  # noqa: PLR2004 - one sentence cannot be cut
        return whole
    scores = _sentence_scores(snapshot, query, row, passage, sentences)
    near = np.flatnonzero(scores >= NEAR_BEST * scores.max())
    start, end = sentences[int(near[0])][0], sentences[int(near[-1])][1]
    return Quote(place.document, place.start + start, place.start + end, place.section, place.page, whole.bullet)


def _sentence_scores(
    snapshot: Snapshot, query: Query, row: int, passage: Passage, sentences: list[tuple[int, int]]
) -> NDArray[np.float32]:
    """MaxSim of the question with each sentence's own tokens, (sentences,)."""
    table = snapshot.tables["passages"]
    tokens, _ = table.tokens_of([row])
    similarities = table.project(query.tokens) @ tokens.T
    middle = table.row_spans(row).mean(axis=1)
    scores = np.zeros(len(sentences), dtype=np.float32)
    for number, (start, end) in enumerate(_squeezed(passage.text, sentences)):
        inside = (middle >= start) & (middle <= end)
        if len(inside) == similarities.shape[1] and inside.any():
            scores[number] = float(query.weights @ similarities[:, inside].max(axis=1))
    return scores


def _squeezed(text: str, spans: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Spans of `text` as spans of the same text with every run of white space as one space."""
    position = np.zeros(len(text) + 1, dtype=np.int64)
    at = 0
    for index, character in enumerate(text):
        position[index] = at
        if not character.isspace() or (index + 1 < len(text) and not text[index + 1].isspace()):
            at += 1
    position[len(text)] = at
    for start, end in spans:
        yield int(position[start]), int(position[end])
