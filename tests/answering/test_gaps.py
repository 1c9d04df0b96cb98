from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from bot.answering.gaps import find_gaps
from bot.privacy.feedback import Entry, Kind

if TYPE_CHECKING:
    from bot.models.encoder import Encoder

DAY = date(2026, 3, 1)


def vain(question: str, language: str = "da") -> Entry:
    return Entry(Kind.UNANSWERED, question, language, "not_found", day=DAY)


def judged(question: str, helpful: bool, comment: str = "", status: str = "answered") -> Entry:
    return Entry(Kind.FEEDBACK, question, "da", status, helpful, comment, day=DAY)


def test_what_is_about_one_thing_goes_together(encoder: Encoder) -> None:
    entries = [
        vain("Hvordan melder jeg mit barn syg?"),
        vain("Hvornår åbner svømmehallen?"),
        vain("hvad er svømmehallens åbningstider"),
        vain("When does the swimming pool open?", "en"),
        vain("Hvornår åbner svømmehallen"),
        judged("Hvem er skoleleder på Lindbjergskolen?", helpful=False, comment="Der stod intet navn"),
        judged("Hvad er inklusion?", helpful=True, comment="Tak"),
    ]

    pool, *others = find_gaps(entries, encoder)

    assert (pool.count, pool.unanswered, pool.unhelpful) == (4, 4, 0)
    assert {question for question, _ in pool.questions} == {entry.question for entry in entries[1:5]}
    assert pool.languages == ("da", "en")
    assert (pool.first, pool.last) == (DAY, DAY)
    assert sorted(gap.questions[0][0] for gap in others) == [entries[5].question, entries[0].question]
    [leader] = [gap for gap in others if gap.unhelpful]
    assert leader.comments == ("Der stod intet navn",)


def test_a_refusal_that_was_no_help_counts_once(encoder: Encoder) -> None:
    entries = [vain("Hvornår åbner hallen?"), judged("Hvornår åbner hallen?", helpful=False, status="not_found")]

    assert [gap.count for gap in find_gaps(entries, encoder)] == [1]
    assert [gap.count for gap in find_gaps(entries[1:], encoder)] == [1]


def test_nothing_in_vain(encoder: Encoder) -> None:
    assert find_gaps([], encoder) == []
    assert find_gaps([judged("Hvad er leg?", helpful=True)], encoder) == []
