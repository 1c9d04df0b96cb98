from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.store.lexical import TOKENISERS, LexicalIndex, fold, ngrams, stems, top_rows, words

TEXTS = (
    "Leg er den vigtigste vej til læring for børnene.",
    "Vi bemöter den enskilde individen med respekt.",
    "Byrådet vil give garanti for en plads i dagtilbud.",
    "Forældrene er væsentlige samarbejdspartnere.",
    "Ordet bemöta är ett centralt begrepp.",
)
INDEXES = {name: LexicalIndex.build(name, TEXTS) for name in TOKENISERS}
KNOWN = st.lists(st.sampled_from(sorted({word for text in TEXTS for word in text.split()})), max_size=8).map(" ".join)


@given(query=st.one_of(st.text(max_size=40), KNOWN))
def test_scores_are_shares(query: str) -> None:
    for index in INDEXES.values():
        scores = index.scores(query)
        assert scores.shape == (len(TEXTS),)
        assert scores.dtype == np.float32
        assert np.isfinite(scores).all()
        assert ((scores >= 0) & (scores <= 1)).all()


@pytest.mark.parametrize("name", TOKENISERS)
def test_a_text_is_nearest_to_itself(name: str) -> None:
    for row, text in enumerate(TEXTS):
        assert int(INDEXES[name].scores(text).argmax()) == row


@pytest.mark.parametrize("name", TOKENISERS)
def test_unknown_words_count_in_the_whole(name: str) -> None:
    alone = INDEXES[name].scores("garanti plads")[2]
    beside = INDEXES[name].scores("garanti plads svømmehal kryptovaluta xylofonkoncert")[2]

    assert 0 < beside < alone


@pytest.mark.parametrize("query", ["", "???", "kryptovaluta zzz"])
def test_nothing_known_is_nothing_found(query: str) -> None:
    assert not INDEXES["stems"].scores(query).any()


def test_stems_of_both_languages() -> None:
    scores = INDEXES["stems"].scores("forældre")

    assert scores[3] > 0
    assert INDEXES["stems"].scores("individ")[1] > 0
    assert "barn" in stems("barnet")


def test_ngrams_forgive_spelling_and_find_parts() -> None:
    for query in ("bemota", "bemøta"):
        assert int(INDEXES["ngrams"].scores(query).argmax()) in {1, 4}
    assert int(INDEXES["ngrams"].scores("samarbejde").argmax()) == 3
    assert int(INDEXES["ngrams"].scores("vigtigst laring").argmax()) == 0


@pytest.mark.parametrize(
    ("word", "folded"),
    [("lærke", "laerke"), ("laerke", "laerke"), ("ø", "oe"), ("ö", "oe"), ("å", "aa"), ("ä", "ae"), ("é", "e")],
)
def test_folding(word: str, folded: str) -> None:
    assert fold(word) == folded


@given(text=st.text(max_size=40))
def test_tokens_of_any_text(text: str) -> None:
    assert words(text) == words(text.upper().lower()) or not text.isascii()
    assert bool(ngrams(text)) == bool(stems(text)) == bool(words(text))


@pytest.mark.parametrize("name", TOKENISERS)
def test_an_index_on_disk_is_the_same(tmp_path: Path, name: str) -> None:
    INDEXES[name].save(tmp_path / name)

    opened = LexicalIndex.open(name, tmp_path / name, len(TEXTS))

    for query in ("leg og læring", "bemöta respekt", "garanti for svømmehal", "zzz"):
        np.testing.assert_array_equal(opened.scores(query), INDEXES[name].scores(query))


@pytest.mark.parametrize("name", TOKENISERS)
def test_a_row_without_words(name: str) -> None:
    index = LexicalIndex.build(name, ["…", "Leg og læring."])

    assert index.scores("leg")[0] == 0
    assert index.scores("leg")[1] > 0


def test_top_rows() -> None:
    scores = np.array([0.1, 0.0, 0.9, 0.5], dtype=np.float32)

    assert top_rows(scores, 2) == [2, 3]
    assert top_rows(scores, 10) == [2, 3, 0]
    assert top_rows(scores, 0) == []
    assert top_rows(scores[:0], 3) == []
