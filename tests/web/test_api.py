from __future__ import annotations

import time
from collections.abc import Sequence

import pytest
import schemathesis
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.types import ASGIApp

from bot.schema import Answer
from bot.settings import load_settings
from bot.web.api import api_app
from bot.web.attending import Attended
from bot.web.desk import Desk
from bot.web.gate import Gate
from bot.web.journal import Journal
from bot.web.metrics import Metrics
from bot.web.protocol import Assistant
from bot.web.requests import Reception
from tests.web.fakes import FakeAssistant, fake_assistant, real_documents

HERNING = "herning-boern-og-laering.txt"
ANERKENDE = "Hvad betyder det at anerkende de unge?"
UNLIMITED = {"questions_per_minute": 0, "requests_per_minute": 0}


def api(assistant: Assistant, **options: object) -> ASGIApp:
    """The API with all that stands before it, without the page, which takes a while to make."""
    chosen = load_settings(port=0, **{**UNLIMITED, **options})
    metrics, journal = Metrics(), Journal(requests=False)
    desk = Desk(2, chosen.waiting_questions, chosen.question_seconds)
    inner = Starlette(routes=[Mount("/api", api_app(Attended(assistant, desk, metrics, journal)))])
    return Reception(Gate(inner, chosen), chosen, metrics, journal)


@pytest.fixture(scope="module")
def app() -> ASGIApp:
    return api(fake_assistant())


@pytest.fixture(scope="module")
def client(app: ASGIApp) -> TestClient:
    return TestClient(app)


@pytest.fixture(scope="module")
def described(app: ASGIApp):
    return schemathesis.openapi.from_asgi("/api/openapi.json", app)


@pytest.mark.parametrize(
    ("path", "method"),
    [
        ("/ask", "POST"),
        ("/search", "GET"),
        ("/documents", "GET"),
        ("/documents/{document}/passages/{start}-{end}", "GET"),
    ],
)
def test_every_answer_is_as_described(described, path: str, method: str) -> None:
    @settings(max_examples=25, suppress_health_check=list(HealthCheck))
    @given(case=described[path][method].as_strategy())
    def check(case) -> None:
        case.call_and_validate()

    check()


def test_nothing_is_left_undescribed(described) -> None:
    assert sorted(described) == ["/ask", "/documents", "/documents/{document}/passages/{start}-{end}", "/search"]


def test_an_answer_record(client: TestClient) -> None:
    record = client.post("/api/ask", json={"question": ANERKENDE}).json()

    assert record["status"] == "answered"
    assert list(record) == [
        "id", "question", "language", "status", "text", "citations", "passages", "confidence", "timing_ms", "index",
        "model",
    ]  # fmt: skip
    cited = record["citations"][0]
    place = client.get(f"/api/documents/{cited['document']}/passages/{cited['start']}-{cited['end']}").json()
    assert place["text"] == cited["quote"]


def test_a_personal_number_is_warned_of_and_not_repeated(client: TestClient) -> None:
    answer = client.post("/api/ask", json={"question": f"Min søn 010203-1234: {ANERKENDE}", "language": "da"})

    assert answer.json()["question"] == f"Min søn […]: {ANERKENDE}"
    assert "personnummer" in answer.json()["warning"]
    assert "010203" not in answer.text


def test_search(client: TestClient) -> None:
    found = client.get("/api/search", params={"q": "børn", "document": HERNING, "k": 2}).json()

    assert 0 < len(found) <= 2
    assert {passage["document"] for passage in found} == {HERNING}


def test_documents(client: TestClient) -> None:
    documents = client.get("/api/documents").json()

    assert [document["name"] for document in documents] == [document.name for document in real_documents()]
    assert all(document["sections"] for document in documents)


@pytest.mark.parametrize(
    ("status", "method", "path"),
    [
        (404, "GET", "/api/documents/..%2f..%2fpyproject.toml/passages/0-1"),
        (404, "GET", f"/api/documents/{HERNING}/passages/5-5"),
        (404, "GET", f"/api/documents/{HERNING}/passages/0-99999999"),
        (404, "GET", "/api/docs"),
        (405, "DELETE", "/api/ask"),
        (405, "GET", "/api/ask"),
        (422, "GET", "/api/search"),
        (422, "GET", "/api/search?q=a&k=1000"),
        (422, "GET", "/api/search?q=a&language=dansk"),
    ],
)
def test_refusals_are_problem_details(client: TestClient, status: int, method: str, path: str) -> None:
    answer = client.request(method, path)

    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["status"] == status


def test_a_question_that_is_refused_is_not_repeated(client: TestClient) -> None:
    answer = client.post("/api/ask", json={"question": ["010190-1234"], "history": "010190-1234"})

    assert answer.status_code == 422
    assert "010190" not in answer.text


@pytest.mark.parametrize("headers", [{"Sec-Fetch-Site": "cross-site"}, {"Host": "a.example:80"}, {"Host": "A.Example"}])
def test_who_may_ask_can_be_narrowed(headers: dict[str, str]) -> None:
    client = TestClient(api(fake_assistant(), hostnames="a.example, b.example"))

    answer = client.post("/api/ask", json={"question": ANERKENDE}, headers={"Host": "b.example", **headers})
    other = client.post("/api/ask", json={"question": ANERKENDE}, headers={"Host": "evil.example"})

    assert answer.status_code == (403 if "Sec-Fetch-Site" in headers else 200)
    assert other.status_code == 421


class Slow(FakeAssistant):
    """Answers a little too late."""

    def ask(self, question: str, history: Sequence[str] = (), *, expected: str | None = None) -> Answer:
        time.sleep(0.3)
        return super().ask(question, history, expected=expected)


class Faulty(FakeAssistant):
    """Breaks, and repeats the question as it does."""

    def ask(self, question: str, history: Sequence[str] = (), *, expected: str | None = None) -> Answer:
        raise RuntimeError(question)


def test_a_question_that_takes_too_long() -> None:
    client = TestClient(api(Slow(real_documents()), question_seconds=0.05))

    assert client.post("/api/ask", json={"question": ANERKENDE}).status_code == 504


def test_a_fault_repeats_no_question(capsys: pytest.CaptureFixture[str]) -> None:
    client = TestClient(api(Faulty(real_documents())))

    answer = client.post("/api/ask", json={"question": ANERKENDE})

    said = capsys.readouterr()
    assert answer.status_code == 500
    assert "RuntimeError" in said.err
    assert ANERKENDE not in answer.text + said.out + said.err
