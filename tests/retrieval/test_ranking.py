from __future__ import annotations

import numpy as np
import pytest

from bot.retrieval.query import query_of
from bot.retrieval.ranking import load_ranking
from bot.retrieval.retriever import Searcher
from bot.retrieval.signals import FEATURES


@pytest.mark.parametrize("question", ["Hvad betyder det at anerkende de unge?", "Vad är bejaka?", "", "zzz 💥"])
def test_ranked_passages(searcher: Searcher, question: str) -> None:
    ranked = searcher.rank(query_of(searcher.encoder, question))

    assert sorted(ranked.rows.tolist()) == list(range(len(searcher.snapshot.passages)))
    assert (np.diff(ranked.scores) <= 0).all()
    assert ((ranked.probabilities >= 0) & (ranked.probabilities <= 1)).all()
    assert (np.diff(ranked.probabilities) <= 1e-9).all()


def test_the_same_question_is_ranked_the_same(searcher: Searcher) -> None:
    one, other = (searcher.rank(query_of(searcher.encoder, "Hvad er Byrådets mål?")) for _ in range(2))

    np.testing.assert_array_equal(one.rows, other.rows)
    np.testing.assert_array_equal(one.scores, other.scores)


def test_the_weights_of_the_package() -> None:
    ranking = load_ranking()

    for model in (ranking.with_bank, ranking.without_bank):
        assert len(model.weights) == len(FEATURES)
        assert 0 < model.threshold < 1
    # Without a bank its signal says nothing, so nothing may hang on it.
    assert ranking.without_bank.weights[FEATURES.index("bank")] == 0


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("Det at anerkende de unge er ikke det samme som at give dem ret.", "anerkende de unge er ikke det samme"),
        ("Give garanti for en plads i forhold til de 13 distrikter", "13 distrikter"),
        ("Alla förtjänar ett gott bemötande, vuxna som barn.", "gott bemötande"),
        ("aflyse Læringsdag 5 og 5.1 på grund af covid-19", "covid-19"),
        ("Der er fokus på progression og inddragelse af barnets stemme", "barnets stemme"),
    ],
)
def test_whoever_remembers_the_words_finds_them_first(searcher: Searcher, question: str, words: str) -> None:
    ranked = searcher.rank(query_of(searcher.encoder, question))

    assert words in searcher.snapshot.passages[int(ranked.rows[0])].text
