from __future__ import annotations

import codecs
import json
from pathlib import Path

import pytest

from bot.answering.assistant import Assistant
from bot.answering.pipeline import Question
from bot.cli.questions import read_questions
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
    # Where no other document says the same, nothing is said of that.
    return [{name: getattr(c, name) for name in c.__slots__ if name != "also" or c.also} for c in answer.citations]


def test_batch_of_standard_input(ask: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    given(monkeypatch, lines({"id": "å", "question": ANERKENDE}, {"id": "b", "question": "?"}))

    done = ask("ask", "--batch", "-")

    assert (done.code, done.err) == (0, "")
    assert [(record["id"], record["status"]) for record in done.records] == [("å", "answered"), ("b", "rejected")]


def test_an_empty_batch(ask: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    given(monkeypatch, b"\n")

    assert ask("ask", "--batch", "-") == (0, "", "")


@pytest.mark.parametrize(
    ("line", "named"),
    [
        (b"{", "no JSON"),
        (b"hvad er leg?", "no JSON"),
        (b'{"question": "Hvad?"} {"question": "Hvad?"}', "no JSON"),
        (b"\xef\xbb\xbf{}", "no JSON"),
        ('{"question": "Hvad er børn?"}'.encode("latin-1"), "no UTF-8"),
        (b"[" * 100_000, "nested"),
        (b"3", "no object"),
        (b"null", "no object"),
        (b'["question"]', "no object"),
        (b'{"id": "x"}', "question is null"),
        (b'{"question": 3}', "question is 3"),
        (b'{"question": null}', "question is null"),
        (b'{"question": "Hvad?", "history": [3]}', "history is [3]"),
        (b'{"question": "Hvad?", "history": 3}', "history is 3"),
        (b'{"question": "Hvad?", "history": "abc"}', 'history is "abc"'),
        (b'{"question": "Hvad?", "history": ""}', 'history is ""'),
        (b'{"question": "Hvad?", "history": {"a": 1}}', 'history is {"a": 1}'),
        (b'{"question": "Hvad?", "history": {}}', "history is {}"),
        (b'{"question": "Hvad?", "id": ["a"]}', 'id is ["a"]'),
        (b'{"question": "Hvad?", "id": true}', "id is true"),
        (b'{"question": "Hvad?", "id": 1.5}', "id is 1.5"),
        (b'{"question": "Hvad?", "id": ' + b"9" * 5000 + b"}", "no question"),
    ],
    ids=lambda value: value[:40] if isinstance(value, bytes) else "",
)
def test_a_malformed_line_is_named(run: Run, monkeypatch: pytest.MonkeyPatch, line: bytes, named: str) -> None:
    given(monkeypatch, lines({"id": "a", "question": ANERKENDE}) + line + b"\n")

    done = run("ask", "--batch", "-")

    assert "line 2 is no question" in done.complaint
    assert named in done.complaint
    assert done.out == ""


def read(path: Path, data: bytes) -> list[Question]:
    path.write_bytes(data)
    return list(read_questions(str(path)))


def test_a_question_without_an_id_is_named_by_its_line(tmp_path: Path) -> None:
    found = read(
        tmp_path / "q.jsonl", b'{"id": null, "question": "a"}\n\n{"question": "b"}\n{"id": "", "question": "c"}'
    )

    assert [(question.id, question.text) for question in found] == [("q1", "a"), ("q3", "b"), ("", "c")]


def test_the_mark_at_the_beginning_of_a_file_is_no_part_of_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = codecs.BOM_UTF8 + b'{"question": "Hvad?"}\r\n'
    given(monkeypatch, data)

    assert read(tmp_path / "q.jsonl", data) == list(read_questions("-")) == [Question("Hvad?", (), "q1")]
    assert read(tmp_path / "q.jsonl", codecs.BOM_UTF8) == []


def test_a_line_ends_with_a_line_feed_and_nothing_else(tmp_path: Path) -> None:
    text = "a\u2028b\u2029c\u0085d"
    line = json.dumps({"question": text}, ensure_ascii=False).encode()

    assert [question.text for question in read(tmp_path / "q.jsonl", line + b"\n" + line)] == [text, text]


def test_a_batch_that_cannot_be_read(ask: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    given(monkeypatch, b"\xff\xfe")

    for name in (tmp_path / "gone.jsonl", tmp_path, "-"):
        assert str(name) in ask("ask", "--batch", name).complaint
