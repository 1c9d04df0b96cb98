from __future__ import annotations

import json

import pytest

from bot.evaluation.gold import Evidence, GoldQuestion
from bot.evaluation.report import print_report
from bot.evaluation.scoring import Judgement, summarise

EVIDENCE = (Evidence(document="a.txt", quote="Leg."),)


def judgement(identity: str, kind: str, *, recall: float | None, answered: bool = True) -> Judgement:
    question = GoldQuestion(
        id=identity,
        question=f"Spørgsmål {identity}?",
        kind=kind,
        lang="da",
        persona="parent",
        evidence=EVIDENCE if recall is not None else (),
    )
    figure = recall if recall is not None else None
    return Judgement(question, answered, figure, figure, figure, 10, (True,), figure, figure, figure, 1.0)


JUDGEMENTS = [
    judgement("a1", "fact", recall=1.0),
    judgement("a2", "fact", recall=0.0),
    judgement("a3", "list", recall=1.0),
    judgement("a4", "none", recall=None, answered=False),
]


def test_figures_for_programs(capsys: pytest.CaptureFixture[str]) -> None:
    print_report(JUDGEMENTS, as_json=True, by="kind", failures=False)

    printed = json.loads(capsys.readouterr().out)
    groups = printed.pop("by")
    assert printed == summarise(JUDGEMENTS)
    assert set(groups) == {"fact", "list", "none"}
    assert groups["fact"]["recall"] == 0.5
    assert groups["fact"]["questions"] == 2


def test_figures_for_people(capsys: pytest.CaptureFixture[str]) -> None:
    print_report(JUDGEMENTS, as_json=False, by="kind", failures=True)

    lines = capsys.readouterr().out.splitlines()
    table = dict(line.split(maxsplit=1) for line in lines[: len(summarise(JUDGEMENTS))])
    assert table["questions"] == "4"
    assert table["recall"] == "0.667"
    assert [line.split()[0] for line in lines[len(table) :]] == ["fact", "list", "none", "a2"]
    assert "Spørgsmål a2?" in lines[-1]


def test_no_groups_unless_asked(capsys: pytest.CaptureFixture[str]) -> None:
    print_report(JUDGEMENTS, as_json=True, by=None, failures=False)

    assert "by" not in json.loads(capsys.readouterr().out)
