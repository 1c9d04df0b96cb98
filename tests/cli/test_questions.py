from __future__ import annotations

import json
from pathlib import Path

import pytest

from bot.answering.assistant import Assistant
from tests.cli.running import (
    ANERKENDE,
    HERNING,
    Run,
    given,
    lines,
    untimed,
)

BATCH = (
    {"id": "a2", "question": "Vad betyder bemöta?", "kind": "fact", "evidence": [{"document": "x", "quote": "y"}]},
    {"id": "a1", "question": "", "history": []},
    {"id": 7, "question": "Og for dagtilbud?", "history": ["Hvad er Byrådets mål for folkeskolen?"]},
    {"question": ANERKENDE, "history": None},
    {"id": "last", "question": "ondt \ud83d tegn"},
)


def test_batch_of_a_file(ask: Run, tmp_path: Path, assistant: Assistant) -> None:
    path = tmp_path / "questions.jsonl"
    text = "\n\n".join(json.dumps(question) for question in BATCH)
    path.write_text(text, encoding="utf-8")  # no line end after the last

    done = ask("ask", "--batch", path)

    assert (done.code, done.err) == (0, "")
    records = done.records
    assert [record["id"] for record in records[:3]] == ["a2", "a1", "7"]
    assert records[4]["id"] == "last"
    assert [record["status"] for record in records] == ["answered", "rejected", "answered", "answered", "rejected"]
    assert records[2]["passages"][0]["document"] == HERNING
    assert untimed(records[3])["citations"] == json.loads(json.dumps(untimed_citations(assistant, ANERKENDE)))


def untimed_citations(assistant: Assistant, question: str) -> list[dict[str, object]]:
    answer = assistant.ask(question)
    return [{name: getattr(c, name) for name in c.__slots__} for c in answer.citations]


def test_batch_of_standard_input(ask: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    given(monkeypatch, lines({"id": "å", "question": ANERKENDE}, {"id": "b", "question": "?"}))

    done = ask("ask", "--batch", "-")

    assert (done.code, done.err) == (0, "")
    assert [(record["id"], record["status"]) for record in done.records] == [("å", "answered"), ("b", "rejected")]


def test_an_empty_batch(ask: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    given(monkeypatch, b"\n")

    assert ask("ask", "--batch", "-") == (0, "", "")


@pytest.mark.parametrize(
    "line",
    [
        b"{",
        b"3",
        b"null",
        b'["question"]',
        b'{"id": "x"}',
        b'{"question": 3}',
        b'{"question": null}',
        b'{"question": "Hvad?", "history": [3]}',
        b'{"question": "Hvad?", "history": 3}',
        b"hvad er leg?",
    ],
)
def test_a_malformed_line_is_named(ask: Run, monkeypatch: pytest.MonkeyPatch, line: bytes) -> None:
    given(monkeypatch, lines({"id": "a", "question": ANERKENDE}) + line + b"\n")

    done = ask("ask", "--batch", "-")

    assert "line 2" in done.complaint
    assert done.out == ""


def test_a_batch_that_cannot_be_read(ask: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    given(monkeypatch, b"\xff\xfe")

    for name in (tmp_path / "gone.jsonl", tmp_path, "-"):
        assert str(name) in ask("ask", "--batch", name).complaint
