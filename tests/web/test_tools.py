from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient

from bot.settings import load_settings
from bot.web.application import build_app
from tests.web.fakes import fake_assistant

pytest.importorskip("mcp")
HERNING = "herning-boern-og-laering.txt"
ACCEPT = {"Accept": "application/json, text/event-stream"}


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    with TestClient(build_app(fake_assistant(), load_settings(port=0, mcp=True))) as client:
        yield client


def call(client: TestClient, method: str, **parameters: object) -> dict[str, Any]:
    message = {"jsonrpc": "2.0", "id": 1, "method": method, "params": parameters}
    answer = client.post("/mcp", json=message, headers=ACCEPT)
    assert answer.status_code == 200
    return answer.json()["result"]


def test_the_tools(client: TestClient) -> None:
    assert [tool["name"] for tool in call(client, "tools/list")["tools"]] == ["ask", "search", "documents", "read"]


def test_an_answer_and_its_source(client: TestClient) -> None:
    result = call(client, "tools/call", name="ask", arguments={"question": "Hvad betyder det at anerkende de unge?"})
    answer = json.loads(result["content"][0]["text"])
    cited = answer["citations"][0]
    place = {name: cited[name] for name in ("document", "start", "end")}
    read = call(client, "tools/call", name="read", arguments=place)

    assert answer["status"] == "answered"
    assert json.loads(read["content"][0]["text"])["text"] == cited["quote"]


@pytest.mark.parametrize(
    ("name", "arguments", "said"),
    [
        ("read", {"document": "../pyproject.toml", "start": 0, "end": 9}, "no such document"),
        ("read", {"document": HERNING, "start": 9, "end": 3}, "no such place"),
        ("ask", {"question": "x" * 1001}, "1000"),
        ("search", {"words": "barn", "k": 10_000}, "50"),
    ],
)
def test_what_cannot_be_done_is_said(client: TestClient, name: str, arguments: dict[str, object], said: str) -> None:
    result = call(client, "tools/call", name=name, arguments=arguments)

    assert result["isError"]
    assert said in result["content"][0]["text"]


def test_off_by_default() -> None:
    client = TestClient(build_app(fake_assistant(), load_settings(port=0)))

    message = {"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {}}
    assert client.post("/mcp", json=message, headers=ACCEPT).status_code == 404
