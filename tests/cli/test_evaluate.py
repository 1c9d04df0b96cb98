from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.running import (
    Run,
    gold_file,
)

FIGURES = {
    "questions": 3,
    "answerable": 2,
    "unanswerable": 1,
    "recall": 0.5,
    "first_hit": 0.5,
    "verbatim": 1.0,
    "wrongly_refused": 0.5,
    "rightly_refused": 1.0,
    "refusal_f1": 0.667,
    "passage_hit1": 0.5,
    "passage_recall5": 0.5,
    "passage_mrr": 0.5,
}


def test_evaluate_for_programs(ask: Run, tmp_path: Path) -> None:
    done = ask("evaluate", gold_file(tmp_path / "gold.jsonl"), "--json", "--by", "kind")

    [figures] = done.records
    assert (done.code, done.err) == (0, "")
    assert {name: figures[name] for name in FIGURES} == FIGURES
    assert {kind: part["recall"] for kind, part in figures["by"].items()} == {"fact": 1.0, "long": 0.0, "none": None}


def test_evaluate_for_people(ask: Run, tmp_path: Path) -> None:
    done = ask("evaluate", gold_file(tmp_path / "gold.jsonl"), "--failures")

    printed = done.out.splitlines()
    table = dict(line.split(maxsplit=1) for line in printed if len(line.split()) == 2)
    assert {name: table[name] for name in FIGURES} == {name: str(value) for name, value in FIGURES.items()}
    assert [line.split()[0] for line in printed if line.startswith("g")] == ["g2"]


@pytest.mark.parametrize(("content", "named"), [(b"", "no questions"), (b"{\n", "line 1"), (b"\xff", "cannot be read")])
def test_evaluate_needs_questions(ask: Run, tmp_path: Path, content: bytes, named: str) -> None:
    (tmp_path / "gold.jsonl").write_bytes(content)

    complaint = ask("evaluate", tmp_path / "gold.jsonl").complaint

    assert named in complaint
    assert "gold.jsonl" in complaint
