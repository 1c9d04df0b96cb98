from __future__ import annotations

import numpy as np
import pytest

from bot.retrieval import signals
from bot.retrieval.query import query_of
from bot.retrieval.retriever import Searcher
from bot.retrieval.signals import FEATURES, late_interaction, signals_for

QUESTIONS = (
    "Hvad betyder det at anerkende de unge?",
    "Hvilken pædagogik tager UngHerning afsæt i?",
    "Hvor mange distrikter er kommunen inddelt i?",
    "Vad betyder bemöta?",
    "Vilka ledord hör till berika?",
    "What does it say about parents as partners?",
    "forandringsmodellen",
    "Hvorfor blev læringsdagene aflyst?",
    "Wie arbeitet UngHerning mit Inklusion?",
    "Hvad siger de om diagnoser?",
    "Що сказано про спільноту?",
    "STU ungdomsuddannelse for unge i udsatte positioner",
)


@pytest.mark.parametrize("question", [*QUESTIONS[:4], "", "zzz", "💥"])
def test_signals_are_numbers_for_every_candidate(searcher: Searcher, question: str) -> None:
    found = signals_for(searcher.snapshot, query_of(searcher.encoder, question))

    assert found.features.shape == (len(found.rows), len(FEATURES))
    assert np.isfinite(found.features).all()
    assert len(set(found.rows.tolist())) == len(found.rows)
    assert found.bank_row.shape == found.rows.shape
    assert ((found.bank_row >= -1) & (found.bank_row < len(searcher.snapshot.bank.questions))).all()


def test_a_bank_question_speaks_for_its_own_passage(searcher: Searcher) -> None:
    bank = searcher.snapshot.bank
    for number in range(0, len(bank.questions), max(1, len(bank.questions) // 12)):
        found = signals_for(searcher.snapshot, query_of(searcher.encoder, bank.questions[number].question))
        candidate = int(np.flatnonzero(found.rows == bank.rows[number])[0])
        spoke = found.bank_row[candidate]
        assert bank.rows[spoke] == bank.rows[number]
        best = found.features[:, FEATURES.index("bank")].max()
        assert found.features[candidate, FEATURES.index("bank")] == pytest.approx(best)


def test_late_interaction_is_the_mean_of_the_nearest_tokens(searcher: Searcher) -> None:
    table = searcher.snapshot.tables["passages"]
    query = query_of(searcher.encoder, QUESTIONS[0])
    rows = np.array([3, 0, 7])

    scores = late_interaction(table, rows, query)

    for row, score in zip(rows.tolist(), scores.tolist(), strict=True):
        tokens, _ = table.tokens_of([row])
        by_hand = sum(max(float(word @ token) for token in tokens) for word in query.tokens) / len(query.tokens)
        assert score == pytest.approx(by_hand, abs=1e-5)
    assert late_interaction(table, rows[:0], query).shape == (0,)


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_large_index_finds_what_searching_it_whole_finds(
    searcher: Searcher, monkeypatch: pytest.MonkeyPatch, question: str
) -> None:
    query = query_of(searcher.encoder, question)
    whole = searcher.rank(query)

    monkeypatch.setattr(signals, "SEARCHED_WHOLE", 16)
    monkeypatch.setattr(signals, "DENSE_CANDIDATES", 24)
    monkeypatch.setattr(signals, "LEXICAL_CANDIDATES", 12)
    some = searcher.rank(query)

    assert len(some.rows) < len(whole.rows) == len(searcher.snapshot.passages)
    assert some.rows[0] == whole.rows[0]
    assert some.scores[0] == pytest.approx(whole.scores[0], abs=1e-3)
    assert set(some.rows.tolist()) <= set(whole.rows.tolist())
