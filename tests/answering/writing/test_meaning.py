from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.answering.writing.meaning import clause_spans


@pytest.mark.parametrize(
    ("text", "clauses"),
    [
        ("Det er frivilligt at komme, og vi har ikke ansvar for det.", 2),
        ("Vi taler om det. Varje avdelning har en timme.", 2),
        ("Sproget er en tilgang og ikke en hindring her.", 2),
        ("Ja, nej, tak.", 1),
    ],
)
def test_where_clauses_end(text: str, clauses: int) -> None:
    assert len(clause_spans(text)) == clauses


@given(st.text(alphabet="ab .,;:!?\n", max_size=120))
def test_no_clause_is_lost_or_told_twice(text: str) -> None:
    spans = clause_spans(text)

    assert all(start <= end for start, end in spans)
    assert all(end <= start for (_, end), (start, _) in pairwise(spans))
    assert "".join("".join(text[s:e].split()) for s, e in spans) == "".join(text.split())
