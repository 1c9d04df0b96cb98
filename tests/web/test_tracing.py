from __future__ import annotations

import pytest
from fastapi.testclient import TestClient
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from bot.answering.assistant import Assistant
from bot.errors import SettingsError
from bot.settings import load_settings
from bot.web import application
from bot.web.application import build_app
from bot.web.tracing import NoTracer, SpanTracer, open_tracer
from tests.web.fakes import fake_assistant

QUESTION = "Hvad betyder det at anerkende de unge?"


def spans_of(assistant: Assistant, question: str) -> tuple[ReadableSpan, ...]:
    exporter = InMemorySpanExporter()
    tracer = SpanTracer(exporter)
    tracer.answered(assistant.ask(question))
    tracer.close()
    return exporter.get_finished_spans()


def test_a_question_is_traced_with_its_steps(assistant: Assistant) -> None:
    *steps, question = spans_of(assistant, QUESTION)

    assert question.name == "question"
    assert [step.name for step in steps] == ["encode", "retrieve", "compose"]
    for step in steps:
        assert step.parent is not None
        assert step.parent.span_id == question.context.span_id
        assert question.start_time <= step.start_time <= step.end_time <= question.end_time  # type: ignore[operator]
    assert dict(question.attributes or {})["grundlag.status"] == "answered"


def test_no_word_of_the_question_is_in_it(assistant: Assistant) -> None:
    told = " ".join(span.to_json() for span in spans_of(assistant, QUESTION))

    for word in ("anerkende", "Anerkende", "unge"):
        assert word not in told


def test_nothing_is_traced_unless_set() -> None:
    assert isinstance(open_tracer(""), NoTracer)


def test_what_people_ask_is_traced(monkeypatch: pytest.MonkeyPatch) -> None:
    exporter = InMemorySpanExporter()
    tracer = SpanTracer(exporter)
    monkeypatch.setattr(application, "open_tracer", {"http://127.0.0.1:4317": tracer}.__getitem__)
    settings = load_settings(port=0, traces_url="http://127.0.0.1:4317")
    with TestClient(build_app(fake_assistant(), settings)) as client:
        client.post("/api/ask", json={"question": QUESTION})
    tracer.close()

    assert [span.name for span in exporter.get_finished_spans()] == ["encode", "retrieve", "compose", "question"]


def test_an_address_that_is_none_is_refused() -> None:
    with pytest.raises(SettingsError, match="GRUNDLAG_TRACES_URL"):
        load_settings(traces_url="collector:4317")
