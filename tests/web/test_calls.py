"""Every line that the log has of a request bears the id that its answer carries; no traceback stands between them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

import httpx
import pytest
from starlette.testclient import TestClient

from bot.errors import BusyError
from bot.schema import Answer
from bot.settings import load_settings
from bot.web.application import build_app
from tests.web.fakes import FakeAssistant, fake_assistant

TOLD = "mit barn hedder Frederik"


class Broken(FakeAssistant):
    """Breaks in a way that nobody foresaw, with the question in the error's text; or has no room."""

    busy = False

    def ask(self, question: str, history: Sequence[str] = (), *, expected: str | None = None) -> Answer:
        raise BusyError("Many are asking just now.") if self.busy else RuntimeError(question)

    def search(self, words: str, **_: object) -> list[object]:  # type: ignore[override]
        raise RuntimeError(words)


class Unrendered(FakeAssistant):
    """Answers with what the page cannot show."""

    def related(self, *_: object) -> list[str]:  # type: ignore[override]
        raise KeyError(TOLD)


def broken(kind: type[FakeAssistant] = Broken) -> FakeAssistant:
    return kind(list(fake_assistant().documents.values()))


@pytest.fixture
def client() -> Iterator[TestClient]:
    with TestClient(build_app(broken(), load_settings(port=0, log_requests=True))) as client:
        yield client


def called(client: TestClient, event: str, given: dict[str, str]) -> tuple[httpx.Response, str]:
    """The answer to the call of an event, and the stream of its steps."""
    joined = client.post(f"/gradio_api/call/{event}", json={"data": [given]})
    return joined, client.get(f"/gradio_api/call/{event}/{joined.json()['event_id']}").text


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    printed = capsys.readouterr()
    assert TOLD not in printed.out + printed.err
    return [json.loads(line) for line in printed.err.splitlines()]


def test_a_fault_bears_the_id_of_its_request(client: TestClient, capsys: pytest.CaptureFixture[str]) -> None:
    ids = {client.post("/api/ask", json={"question": TOLD}).headers["x-request-id"]}
    ids.add(client.get("/api/search", params={"q": TOLD}).headers["x-request-id"])
    for event, given in (("ask", {"question": TOLD}), ("search", {"words": TOLD})):
        joined, steps = called(client, event, given)
        assert "event: error" in steps
        ids.add(joined.headers["x-request-id"])

    logged = lines(capsys)
    faults = [line for line in logged if line["event"] == "fault"]
    assert {line["error"] for line in faults} == {"RuntimeError"}
    assert {line["id"] for line in faults} == ids
    assert all(line["id"] for line in logged)


def test_what_the_page_cannot_show_is_a_line_too(capsys: pytest.CaptureFixture[str]) -> None:
    with TestClient(build_app(broken(Unrendered), load_settings(port=0))) as client:
        joined, steps = called(client, "ask", {"question": "Hvad betyder det at anerkende de unge?"})

    assert "event: error" in steps
    [fault] = lines(capsys)
    assert (fault["event"], fault["error"]) == ("fault", "KeyError")
    assert fault["id"] == joined.headers["x-request-id"]


def test_who_meets_a_full_desk_on_the_page_is_told_so(capsys: pytest.CaptureFixture[str]) -> None:
    assistant = broken()
    assistant.busy = True  # type: ignore[attr-defined]
    with TestClient(build_app(assistant, load_settings(port=0))) as client:
        _, steps = called(client, "ask", {"question": TOLD})

    assert '"title": "busy"' in steps
    assert lines(capsys) == []


def test_feedback_that_cannot_be_written_bears_the_id_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "other").write_text("no database " * 20, encoding="utf-8")
    settings = load_settings(port=0, feedback=tmp_path / "other", feedback_keeps="feedback,unanswered")
    with TestClient(build_app(fake_assistant(), settings)) as client:
        told = client.post("/api/feedback", json={"question": TOLD, "helpful": True})
        asked = client.post("/api/ask", json={"question": "Hvem vandt fodboldkampen i går?"})
        assert asked.json()["status"] == "not_found"

    assert told.status_code == 503
    ids = [line.get("id") for line in lines(capsys) if line["event"] == "feedback_file"]
    assert told.headers["x-request-id"] in ids
    assert asked.headers["x-request-id"] in ids
