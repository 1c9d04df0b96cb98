from __future__ import annotations

import pytest
from fastapi.testclient import TestClient

from bot.schema import Hit
from bot.settings import load_settings
from bot.web.application import build_app
from tests.web.fakes import FakeAssistant, fake_assistant, real_documents

LOCAL = "127.0.0.1"


def client_of(assistant: FakeAssistant, peer: str = LOCAL, **options: object) -> TestClient:
    return TestClient(build_app(assistant, load_settings(port=0, **options)), client=(peer, 5))


@pytest.fixture(scope="module")
def local() -> TestClient:
    return client_of(fake_assistant())


def test_alive_and_ready(local: TestClient) -> None:
    assert local.get("/health/live").json() == {"status": "alive"}
    assert local.get("/health/ready").json() == {"status": "ready"}


class Lost(FakeAssistant):
    """An assistant whose index finds the wrong passages."""

    def search(self, words: str, **options: object) -> list[Hit]:
        return super().search("barn", k=1)


class Broken(FakeAssistant):
    """An assistant whose index is gone."""

    def search(self, words: str, **options: object) -> list[Hit]:
        raise OSError("No such file")


@pytest.mark.parametrize("kind", [Lost, Broken])
def test_what_does_not_find_what_it_holds_is_not_ready(kind: type[FakeAssistant]) -> None:
    client = client_of(kind(real_documents()))

    answer = client.get("/health/ready")

    assert answer.status_code == 503
    assert "grundlag doctor" in answer.json()["detail"]
    assert client.get("/health/live").status_code == 200


def test_figures(local: TestClient) -> None:
    local.get("/nothing/of/the/kind")
    text = local.get("/metrics").text

    assert 'grundlag_requests_total{route="other",status="404"}' in text
    assert "grundlag_questions_inside 0.0" in text
    assert "process_resident_memory_bytes" in text
    assert "of/the/kind" not in text


def test_figures_are_for_those_who_run_the_server() -> None:
    assistant = fake_assistant()
    behind = client_of(assistant, "10.1.1.1", trusted_proxies="10.1.1.1")

    assert client_of(assistant, "203.0.113.5").get("/metrics").status_code == 404
    assert client_of(assistant).get("/metrics", headers={"X-Forwarded-For": LOCAL}).status_code == 404
    assert behind.get("/metrics", headers={"X-Forwarded-For": "203.0.113.5"}).status_code == 404
    assert behind.get("/metrics", headers={"X-Forwarded-For": LOCAL}).status_code == 200
    assert client_of(assistant, "10.9.9.9", metrics_from="10.9.0.0/16").get("/metrics").status_code == 200
