"""Addresses for those who run the server: is it alive, can it answer, and its figures."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from bot.errors import BusyError
from bot.schema import Hit
from bot.web.desk import Desk
from bot.web.metrics import TEXT, Metrics
from bot.web.problems import problem
from bot.web.protocol import Assistant
from bot.web.visitors import VISITOR, Network, within

KNOWN_CHARACTERS = 300
FRESH_SECONDS = 5.0
"""So long one look at the index counts: probes may come often, and cost a question each."""


class Readiness:
    """Whether the index finds a passage it is known to hold."""

    def __init__(self, assistant: Assistant, desk: Desk, clock: Callable[[], float] = time.monotonic) -> None:
        self._assistant = assistant
        self._desk = desk
        self._clock = clock
        self._looked: tuple[float, bool] | None = None
        self._looking = asyncio.Lock()

    async def well(self) -> bool:
        """Ask for a known passage, unless that was done a moment ago. A full desk is busy, not broken."""
        async with self._looking:
            now = self._clock()
            if self._looked is None or not 0 <= now - self._looked[0] < FRESH_SECONDS:
                self._looked = (now, await self._look())
            return self._looked[1]

    async def _look(self) -> bool:
        try:
            return await self._desk.attend(self._finds_what_it_holds)
        except BusyError:
            return True
        except Exception:  # noqa: BLE001 - whatever is wrong, it is not ready
            return False

    def _finds_what_it_holds(self) -> bool:
        assistant = self._assistant.now()
        document = next(iter(assistant.documents.values()))
        longest = max(document.blocks, key=lambda block: block.end - block.start)
        words = document.quote(longest.start, longest.end)[:KNOWN_CHARACTERS]
        hits: Sequence[Hit] = assistant.search(words, k=5)
        return any(
            place.document == document.name and place.start < longest.end and longest.start < place.end
            for hit in hits
            for place in hit.passage.places
        )


def health_routes(readiness: Readiness, metrics: Metrics, watchers: Sequence[Network]) -> list[BaseRoute]:
    """/health/live, /health/ready and /metrics; the last for `watchers` only, and for nobody asked through a proxy."""

    async def live(_: Request) -> Response:
        return JSONResponse({"status": "alive"})

    async def ready(_: Request) -> Response:
        if await readiness.well():
            return JSONResponse({"status": "ready"})
        return problem(503, "The index does not find what it holds. Run `grundlag doctor`.")

    async def figures(request: Request) -> Response:
        visitor = request.scope[VISITOR]
        # A proxy on this machine that is not named as trusted would make everybody local.
        if not within(visitor.address, watchers) or not (visitor.direct or visitor.trusted):
            return problem(404)
        return Response(metrics.text(), media_type=TEXT)

    return [Route("/health/live", live), Route("/health/ready", ready), Route("/metrics", figures)]
