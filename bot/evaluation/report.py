"""The figures of an evaluation, for people and for programs."""

from __future__ import annotations

import json
from collections.abc import Sequence

from bot.evaluation.scoring import Judgement, summarise

SHOWN_CHARACTERS = 100


def print_report(judgements: Sequence[Judgement], *, as_json: bool, by: str | None, failures: bool) -> None:
    """Print the figures; a line for each kind, language or persona with `by`; the shortfalls with `failures`."""
    total = summarise(judgements)
    if as_json:
        groups = {name: summarise(part) for name, part in _groups(judgements, by).items()} if by else None
        print(json.dumps({**total, **({"by": groups} if groups is not None else {})}, ensure_ascii=False))
        return
    for name, value in total.items():
        print(f"{name:20s} {value}")
    if by:
        for name, part in _groups(judgements, by).items():
            figures = summarise(part)
            refused = f"{figures['wrongly_refused']}/{figures['rightly_refused']}"
            print(
                f"{name:14s} n={figures['questions']:<4d} recall={figures['recall']} first_hit={figures['first_hit']} "
                f"precision={figures['precision']} refused={refused}"
            )
    if failures:
        for judgement in judgements:
            if judgement.fell_short:
                q = judgement.question
                print(
                    f"{q.id} {q.kind:13s} {q.lang} recall={judgement.recall} answered={judgement.answered} "
                    f"| {' '.join(q.question.split())[:SHOWN_CHARACTERS]}"
                )


def _groups(judgements: Sequence[Judgement], by: str | None) -> dict[str, list[Judgement]]:
    found: dict[str, list[Judgement]] = {}
    for judgement in judgements:
        found.setdefault(str(getattr(judgement.question, by or "kind")), []).append(judgement)
    return dict(sorted(found.items()))
