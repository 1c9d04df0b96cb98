from __future__ import annotations

import json
from pathlib import Path

import pytest

from bot.errors import QuestionFileError
from bot.evaluation.gold import Evidence, GoldQuestion, read_gold

FULL = {
    "id": "a1",
    "persona": "parent",
    "lang": "da",
    "kind": "fact",
    "question": "Hvad er leg?",
    "history": ["Hej"],
    "mode": "all",
    "evidence": [{"document": "a.txt", "quote": "Leg er læring."}],
    "answer_points": ["ikke brugt"],
}


def test_lines_with_and_without_the_optional_fields(tmp_path: Path) -> None:
    path = tmp_path / "gold.jsonl"
    path.write_text(f"{json.dumps(FULL)}\n\n{json.dumps({'id': 'b', 'question': 'Hvad?'})}\n", encoding="utf-8")

    full, plain = read_gold(path)

    assert full.evidence == (Evidence(document="a.txt", quote="Leg er læring."),)
    assert (full.mode, full.history, full.kind, full.lang, full.persona) == ("all", ("Hej",), "fact", "da", "parent")
    assert plain == GoldQuestion(id="b", question="Hvad?")


@pytest.mark.parametrize(
    ("line", "named"),
    [
        ("{", "line 2"),
        ("3", "line 2"),
        (json.dumps({"id": "x"}), "question"),
        (json.dumps({**FULL, "evidence": [{"document": "a.txt"}]}), "evidence.0.quote"),
        (json.dumps({**FULL, "history": "tekst"}), "history"),
    ],
)
def test_a_line_that_is_no_question_is_named(tmp_path: Path, line: str, named: str) -> None:
    path = tmp_path / "gold.jsonl"
    path.write_text(f"{json.dumps(FULL)}\n{line}\n", encoding="utf-8")

    with pytest.raises(QuestionFileError, match="line 2") as caught:
        read_gold(path)

    assert named in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_line_ends_with_a_line_feed_and_nothing_else(tmp_path: Path) -> None:
    text = "Hvad er\u2028\u2029\u0085leg?"
    line = json.dumps({**FULL, "question": text}, ensure_ascii=False)
    (tmp_path / "gold.jsonl").write_text(f"\ufeff{line}\n{line}\n", encoding="utf-8")

    assert [question.question for question in read_gold(tmp_path / "gold.jsonl")] == [text, text]


def test_no_questions(tmp_path: Path) -> None:
    (tmp_path / "empty.jsonl").write_text("\n", encoding="utf-8")

    for path in (tmp_path / "empty.jsonl", tmp_path / "gone.jsonl", tmp_path):
        with pytest.raises(QuestionFileError, match="JSON Lines"):
            read_gold(path)
