from __future__ import annotations

import numpy as np
import pytest

from bot.models.encoder import Encoder
from bot.retrieval.query import follow_up, query_of


@pytest.mark.parametrize("text", ["Hvad er leg?", "", "!!!", "leg " * 700])
def test_each_word_counts_the_same(encoder: Encoder, text: str) -> None:
    query = query_of(encoder, text)

    assert query.text == text
    assert query.weights.shape == (len(query.tokens),)
    assert query.weights.sum() == pytest.approx(1, abs=1e-4)
    assert len(set(query.weights.tolist())) == 1
    np.testing.assert_allclose(np.linalg.norm(query.tokens, axis=1), 1, atol=1e-4)
    np.testing.assert_array_equal(query.vector, encoder.encode_query(text).vector)


def test_a_follow_up_has_the_words_of_all_its_questions(encoder: Encoder) -> None:
    earlier = [query_of(encoder, "Hvad er Byrådets mål for dagtilbud?"), query_of(encoder, "Og for skolen?")]
    query = query_of(encoder, "Hvad med specialtilbud?")

    joint = follow_up(query, earlier)

    assert len(joint.tokens) == sum(len(q.tokens) for q in [*earlier, query])
    assert joint.weights.sum() == pytest.approx(1, abs=1e-5)
    assert all(q.text in joint.text for q in [*earlier, query])
    own, theirs = joint.weights[-len(query.tokens) :].sum(), joint.weights[: -len(query.tokens)].sum()
    assert own > theirs > 0
    assert not np.allclose(joint.vector, query.vector, atol=1e-3)
