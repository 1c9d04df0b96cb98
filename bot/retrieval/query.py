"""A question as it is searched for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from bot.models.encoding import Encoding
from bot.store.table import unit

if TYPE_CHECKING:
    from bot.models.encoder import Encoder

EARLIER_WEIGHT = 0.5
"""How much a word of an earlier question counts beside one of this question, in a follow-up."""


@dataclass(frozen=True, slots=True, eq=False)
class Query:
    """A question with its vectors; `weights` (tokens,) sum to 1 and say how much each token counts."""

    text: str
    vector: NDArray[np.float32]
    tokens: NDArray[np.float32]
    weights: NDArray[np.float32]


def query_of(encoder: Encoder, text: str) -> Query:
    """The query for a question that stands alone; one encoder pass."""
    return query_from(text, encoder.encode_query(text))


def query_from(text: str, encoding: Encoding) -> Query:
    """The query for a question that was encoded already."""
    tokens = _tokens(encoding)
    return Query(text, encoding.vector, tokens, np.full(len(tokens), 1 / len(tokens), dtype=np.float32))


def follow_up(query: Query, earlier: Sequence[Query]) -> Query:
    """`query` with what it takes from the `earlier` questions.

    Its vector lies between theirs: what kind of thing is asked is told as much by the questions before.
    """
    text = " ".join([*(q.text for q in earlier), query.text])
    tokens = np.concatenate([q.tokens for q in earlier] + [query.tokens])
    share = [EARLIER_WEIGHT / len(earlier)] * len(earlier) + [1.0]
    weights = np.concatenate(
        [np.full(len(q.tokens), s / len(q.tokens)) for q, s in zip([*earlier, query], share, strict=True)]
    )
    vector = unit((np.mean([q.vector for q in earlier], axis=0) + query.vector)[None])[0]
    return Query(text, vector, tokens, (weights / weights.sum()).astype(np.float32))


def _tokens(encoding: Encoding) -> NDArray[np.float32]:
    return unit(encoding.tokens) if len(encoding.tokens) else encoding.vector[None]
