from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor

import pytest

from bot.composition import build_index
from bot.models.encoder import Encoder
from bot.retrieval.query import query_of
from bot.retrieval.retriever import ASKED_BEFORE, EARLIER_QUESTIONS, Searcher
from bot.settings import Settings
from bot.store.builds import current_folder
from bot.store.snapshot import open_snapshot

ANERKENDE = "Hvad betyder det at anerkende de unge?"
Write = Callable[[Mapping[str, str | bytes]], Settings]


def test_hits_are_the_best_passages(searcher: Searcher) -> None:
    ranked = searcher.rank(query_of(searcher.encoder, ANERKENDE))

    hits = searcher.hits(ranked, 3)

    assert [hit.passage for hit in hits] == [searcher.snapshot.passages[row] for row in ranked.rows[:3]]
    assert len(searcher.hits(ranked, 10_000)) == len(searcher.snapshot.passages)
    assert searcher.hits(ranked, 0) == ()


@pytest.mark.parametrize("question", ["Як школа бачить мого сина?", "How does the school see my son?"])
def test_a_question_of_the_bank_is_known_to_be_answered(searcher: Searcher, question: str) -> None:
    found = searcher.find(query_of(searcher.encoder, question))

    assert found.answerable >= ASKED_BEFORE
    assert "børnesyn" in searcher.hits(found.ranked, 1)[0].passage.text


def test_a_question_alone_is_no_follow_up(searcher: Searcher) -> None:
    query, earlier = searcher.encode("Og hvad med dagtilbud?")

    found = searcher.find(query, earlier)

    assert earlier == []
    assert not found.follow_up
    assert found.query.text == "Og hvad med dagtilbud?"


def test_a_follow_up_takes_what_it_needs_from_the_earlier_question(searcher: Searcher) -> None:
    query, earlier = searcher.encode("Og for dagtilbud?", ["Hvad er Byrådets mål for folkeskolen?"])

    found = searcher.find(query, earlier)

    assert found.follow_up
    assert "folkeskolen" in found.query.text
    places = [hit.passage.place for hit in searcher.hits(found.ranked, 3)]
    assert places[0].document == "herning-boern-og-laering.txt"
    assert any("Dagtilbud" in place.section for place in places)


def test_a_question_of_its_own_is_not_drawn_back(searcher: Searcher) -> None:
    query, earlier = searcher.encode("Vad betyder ordet bemöta i våra yrkesroller?", ["Hvilke værdier har UngHerning?"])

    found = searcher.find(query, earlier)

    assert not found.follow_up
    assert found.query is query


def test_only_the_last_questions_count(searcher: Searcher) -> None:
    history = [f"Spørgsmål nummer {number}?" for number in range(EARLIER_QUESTIONS + 3)]

    assert [query.text for query in searcher.encode("Og hvad så?", history)[1]] == history[-EARLIER_QUESTIONS:]
    assert [query.text for query in searcher.encode("Og hvad så?", [*history[:1], " "])[1]] == history[:1]


@pytest.mark.parametrize("question", ["Hvad leger de med i skoven?", "", "💥"])
def test_a_corpus_without_a_bank(write_corpus: Write, encoder: Encoder, question: str) -> None:
    settings = write_corpus(
        {
            "skov.txt": "I skoven\n\nBørnene leger med kogler og grene i skoven.\n\nDer er langt til bussen.\n",
            "mad.txt": "Mad\n\nVi spiser rugbrød og suppe klokken tolv.\n",
        }
    )
    build_index(settings, encoder)
    snapshot = open_snapshot(current_folder(settings.index), encoder)
    searcher = Searcher(snapshot, encoder)

    found = searcher.find(*searcher.encode(question))

    assert len(found.ranked.rows) == 3
    assert not question.startswith("Hvad") or "kogler" in searcher.hits(found.ranked, 1)[0].passage.text
    snapshot.close()


def test_threads_may_share_it(searcher: Searcher) -> None:
    questions = [ANERKENDE, "Vad betyder bejaka?", "Hvor mange distrikter er der?", "What about parents?"] * 3
    alone = {question: searcher.rank(query_of(searcher.encoder, question)).rows[:5].tolist() for question in questions}

    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(lambda q: searcher.rank(query_of(searcher.encoder, q)).rows[:5].tolist(), questions))

    assert together == [alone[question] for question in questions]
