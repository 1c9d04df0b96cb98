"""What Gradio keeps of a question is forgotten once the question is over, however it ended."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import gradio as gr
import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from bot.web.application import GRADIO_CHOICES, build_page
from bot.web.sessions import UNFETCHED, UNFETCHED_SECONDS, Sessions
from tests.web.fakes import fake_assistant

QUESTION = {"question": "Hvad betyder det at anerkende de unge?"}


class Visited:
    """A page that is served, with a clock of its own, and what Gradio holds of those who asked."""

    def __init__(self, client: TestClient, page: gr.Blocks) -> None:
        self.client = client
        self.now = 0.0
        self._page = page

    def ask(self, **more: str) -> str:
        """The id of a question that is asked and answered, but not fetched."""
        joined = self.client.post("/gradio_api/call/ask", json={"data": [QUESTION], **more})
        event = str(joined.json()["event_id"])
        self.client.portal.call(self._over, event)  # type: ignore[union-attr]
        return event

    def fetch(self, event: str) -> str:
        return self.client.get(f"/gradio_api/call/ask/{event}").text

    async def _over(self, event: str) -> None:
        while event in self._page._queue.event_ids_to_events:
            await asyncio.sleep(0.01)

    def held(self) -> set[str]:
        queue, holder = self._page._queue, self._page.state_holder
        return {
            *queue.pending_event_ids_session,
            *queue.pending_messages_per_session,
            *holder.session_data,
            *holder.time_last_used,
        }


@pytest.fixture
def visited(monkeypatch: pytest.MonkeyPatch) -> Iterator[Visited]:
    for name, value in GRADIO_CHOICES.items():
        monkeypatch.setenv(name, value)
    found: list[Visited] = []

    async def build() -> tuple[FastAPI, gr.Blocks]:  # outside an event loop Gradio opens some, and leaves them open
        app, page = FastAPI(), build_page(fake_assistant(), 64)
        gr.mount_gradio_app(app, page, path="/")
        return app, page

    app, page = asyncio.run(build())
    app.add_middleware(Sessions, page=page, clock=lambda: found[0].now)
    with TestClient(app) as client:
        found.append(Visited(client, page))
        yield found[0]


def test_gradio_holds_what_is_not_forgotten(visited: Visited) -> None:
    event = visited.ask()
    assert event in visited.held()


def test_a_fetched_answer_is_forgotten(visited: Visited) -> None:
    for _ in range(5):
        assert "event: complete" in visited.fetch(visited.ask())
    last = visited.ask()
    assert visited.held() == {last}


def test_an_answer_waits_for_who_fetches_it_late(visited: Visited) -> None:
    event = visited.ask()
    visited.now = UNFETCHED_SECONDS
    visited.ask()
    assert "event: complete" in visited.fetch(event)


def test_an_answer_that_nobody_fetches_is_forgotten(visited: Visited) -> None:
    forgotten = visited.ask(session_hash="a name of one's own")
    seen = visited.ask()
    visited.now = 2 * UNFETCHED_SECONDS
    visited.fetch(seen)
    assert "a name of one's own" not in visited.held()
    assert visited.client.get(f"/gradio_api/call/ask/{forgotten}").status_code == 404


def test_so_many_may_wait_and_no_more(visited: Visited) -> None:
    for _ in range(UNFETCHED + 20):
        visited.ask()
    assert len(visited.held()) <= UNFETCHED + 2
