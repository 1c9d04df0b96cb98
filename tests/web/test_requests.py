from __future__ import annotations

import io
import json

import pytest
from fastapi.testclient import TestClient
from starlette.types import ASGIApp, Receive, Scope, Send

from bot.settings import Settings, load_settings
from bot.web.journal import Journal
from bot.web.metrics import Metrics
from bot.web.requests import Reception, route_name
from bot.web.visitors import VISITOR

WRITTEN = "mit-barn-Frederik"


async def seen(scope: Scope, receive: Receive, send: Send) -> None:
    """Answers with the address that the request is said to come from; breaks where it is asked to."""
    if scope["path"] == f"/break/{WRITTEN}":
        raise ValueError(WRITTEN)
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": str(scope[VISITOR].address).encode()})


def client_of(journal: Journal, peer: str = "203.0.113.9", app: ASGIApp = seen, **options: object) -> TestClient:
    settings: Settings = load_settings(**options)
    return TestClient(Reception(app, settings, Metrics(), journal), client=(peer, 5), raise_server_exceptions=False)


@pytest.fixture
def log() -> io.StringIO:
    return io.StringIO()


@pytest.fixture
def journal(log: io.StringIO) -> Journal:
    return Journal(requests=True, file=log)


def test_a_question_too_many_is_told_when_to_come_back(journal: Journal) -> None:
    client = client_of(journal, questions_per_minute=2)
    answers = [client.post("/api/ask") for _ in range(3)]

    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert answers[2].headers["retry-after"] == "30"
    assert answers[2].headers["content-type"] == "application/problem+json"
    assert answers[2].json()["status"] == 429
    assert client.get("/page/texts").status_code == 200
    assert client.get("/health/live").status_code == 200


def test_lying_about_ones_address_does_not_help(journal: Journal) -> None:
    client = client_of(journal, questions_per_minute=1)
    answers = [client.post("/mcp", headers={"X-Forwarded-For": f"10.0.0.{n}"}) for n in range(2)]

    assert [answer.status_code for answer in answers] == [200, 429]


def test_visitors_behind_a_trusted_proxy_are_told_apart(journal: Journal) -> None:
    client = client_of(journal, "10.1.1.1", questions_per_minute=1, trusted_proxies="10.1.1.1")
    answers = [client.post("/api/ask", headers={"X-Forwarded-For": f"198.51.100.{n}"}) for n in (1, 2, 1)]

    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert answers[1].text == "198.51.100.2"


def test_every_request_has_an_id(journal: Journal, log: io.StringIO) -> None:
    client = client_of(journal)
    first, second = (client.get("/", headers={"X-Request-ID": "chosen-by-a-stranger"}) for _ in range(2))
    trusted = client_of(journal, "10.1.1.1", trusted_proxies="10.1.1.1")

    assert first.headers["x-request-id"] != second.headers["x-request-id"] != "chosen-by-a-stranger"
    assert (
        trusted.get("/", headers={"X-Request-ID": "given-by-the-proxy"}).headers["x-request-id"] == "given-by-the-proxy"
    )
    assert trusted.get("/", headers={"X-Request-ID": "two\tlines"}).headers["x-request-id"] != "two\tlines"
    ids = [json.loads(line)["id"] for line in log.getvalue().splitlines()]
    assert first.headers["x-request-id"] == ids[0]


def test_the_log_has_no_word_of_a_question(journal: Journal, log: io.StringIO) -> None:
    client = client_of(journal)
    for path in (
        f"/api/search?q={WRITTEN}",
        f"/{WRITTEN}",
        f"/api/documents/{WRITTEN}/passages/1-2",
        f"/break/{WRITTEN}",
    ):
        client.get(path)

    lines = [json.loads(line) for line in log.getvalue().splitlines()]
    assert WRITTEN not in log.getvalue()
    assert "203.0.113.9" not in log.getvalue()
    assert [line["route"] for line in lines if line["event"] == "request"] == [
        "/api/search", "other", "/api/documents/…", "other",
    ]  # fmt: skip
    [fault] = [line for line in lines if line["event"] == "fault"]
    assert fault["error"] == "ValueError"
    assert "test_requests.py" in fault["where"][-1]


def test_what_nobody_foresaw_is_told_politely(journal: Journal) -> None:
    answer = client_of(journal).get(f"/break/{WRITTEN}")

    assert answer.status_code == 500
    assert answer.headers["content-type"] == "application/problem+json"
    assert WRITTEN not in answer.text


def test_no_request_is_logged_unless_wanted(log: io.StringIO) -> None:
    client_of(Journal(requests=False, file=log)).get("/")

    assert log.getvalue() == ""


@pytest.mark.parametrize("path", ["/x" * 500, "/page/../api", "/\n", "/mcp/", "//"])
def test_strange_paths_have_no_name_of_their_own(path: str) -> None:
    assert route_name(path) in {"other", "files"}
