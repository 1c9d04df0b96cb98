"""What Gradio keeps of a question, forgotten when the question is over.

Gradio opens a session for each call of an event that names none, holds its state for the next 10,000 of them and its
name for ever, and an answer that nobody fetches for the next 2,000 calls: some 13 KB for each question.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable

import gradio as gr
from starlette.types import ASGIApp, Receive, Scope, Send

from bot.web.problems import send_problem

CALLS = "/gradio_api/call/"
UNFETCHED_SECONDS = 60.0
"""So long an answer waits for the page that asked, which fetches it at once."""
UNFETCHED = 200
"""Answers that wait; beyond them the oldest goes."""


class Sessions:
    """ASGI middleware around Gradio that forgets, after each call of an event, what is over."""

    def __init__(self, app: ASGIApp, page: gr.Blocks, clock: Callable[[], float] = time.monotonic) -> None:
        self.app = app
        self._page = page
        self._clock = clock
        self._fetching: Counter[str] = Counter()
        self._over: dict[str, float] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""
        if scope["type"] != "http" or not scope["path"].startswith(CALLS):
            await self.app(scope, receive, send)
            return
        event = scope["path"].rpartition("/")[2]
        # Gradio would answer 200, and break off with an error that nobody foresaw.
        if scope["method"] != "POST" and not self._is_known(event):
            await send_problem(send, 404)
            return
        self._fetching[event] += 1
        try:
            await self.app(scope, receive, send)
        finally:
            self._fetching -= Counter([event])
            self.forget()

    def _is_known(self, event: str) -> bool:
        queue = self._page._queue
        return event in queue.event_ids_to_events or any(
            event in unfetched for unfetched in queue.pending_event_ids_session.values()
        )

    def forget(self) -> None:
        """Forget sessions without a question under way: fetched, or not fetched for too long."""
        queue, states = self._page._queue, self._page.state_holder.session_data
        now = self._clock()
        asking = {event.session_hash for event in queue.event_ids_to_events.values()}
        waiting = queue.pending_event_ids_session
        for session in [*waiting, *(session for session in states if session not in waiting)]:
            unfetched = waiting.get(session, set())
            if session in asking or self._fetching.keys() & {session, *unfetched}:
                self._over.pop(session, None)
            elif not unfetched or now - self._over.setdefault(session, now) > UNFETCHED_SECONDS:
                self._drop(session)
        while len(self._over) > UNFETCHED:
            self._drop(next(iter(self._over)))

    def _drop(self, session: str) -> None:
        queue, holder = self._page._queue, self._page.state_holder
        for kept in (
            self._over,
            queue.pending_event_ids_session,
            queue.pending_messages_per_session,
            holder.session_data,
            holder.time_last_used,
        ):
            kept.pop(session, None)
