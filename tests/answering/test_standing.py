from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from bot.answering.standing import standing_of
from bot.schema import Document

TODAY = date(2025, 6, 1)
PLAN = Document("plan.txt", "Plan *for* leg", "Vi leger.", "da")


@pytest.mark.parametrize(
    ("known", "said"),
    [
        ({}, ""),
        ({"valid_from": TODAY, "valid_until": TODAY}, ""),
        ({"valid_until": date(2024, 12, 31)}, "gjaldt til 31.12.2024"),
        ({"valid_from": date(2026, 1, 1)}, "gælder først fra 01.01.2026"),
        ({"replaced_by": "En ny [plan]"}, r"afløst af *En ny \[plan\]*"),
        ({"replaced_by": "plan.txt", "valid_until": date(2024, 12, 31)}, r"afløst af *Plan \*for\* leg*"),
    ],
)
def test_what_is_said_of_a_document(known: dict[str, object], said: str) -> None:
    document = replace(PLAN, **known)  # type: ignore[arg-type]

    assert standing_of("da", document, {"plan.txt": PLAN}, TODAY) == said
    assert document.is_in_force(TODAY) == (said == "")


@pytest.mark.parametrize(
    ("language", "said"), [("sv", "gällde till 2024-12-31"), ("en", "in force until 31 December 2024")]
)
def test_in_the_language_of_the_answer(language: str, said: str) -> None:
    assert standing_of(language, replace(PLAN, valid_until=date(2024, 12, 31)), {}, TODAY) == said
