"""What every request meets first: an id, its visitor, the limits, the log and the metrics."""

from __future__ import annotations

import re
import secrets
import time

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.settings import Settings
from bot.web.journal import Journal, on_behalf_of
from bot.web.limits import Limit
from bot.web.metrics import Metrics
from bot.web.problems import send_problem
from bot.web.visitors import VISITOR, Visitor, header_values, visitor_of

REQUEST_ID = re.compile(r"[\w.-]{8,64}", re.ASCII)
QUESTIONS = frozenset(
    {"/gradio_api/call/ask", "/gradio_api/call/search", "/api/ask", "/api/search", "/api/feedback", "/mcp"}
)
REQUEST = "grundlag.request"
"""Where a request's scope has its id."""
UNLIMITED = frozenset({"/health/live", "/health/ready", "/metrics"})
# What a path is counted and logged as. The path itself may carry what a person wrote.
ROUTES = (
    (
        re.compile(r"/|/health/(?:live|ready)|/metrics|/mcp|/sign-in|/sign-out|/api/(?:ask|search|documents|feedback)"),
        None,
    ),
    (re.compile(r"/api/documents/.*", re.DOTALL), "/api/documents/…"),
    (re.compile(r"/api/openapi\.json"), None),
    (re.compile(r"/gradio_api/call/(ask|search)(?:/.*)?", re.DOTALL), "/gradio_api/call"),
    (re.compile(r"/page/(?:texts|document|suggestions|references)"), None),
    (re.compile(r"/page/view/.*", re.DOTALL), "/page/view"),
    (re.compile(r"/(?:page|assets)/.*|/theme\.css|/gradio_api/startup-events", re.DOTALL), "files"),
)


class Reception:
    """ASGI middleware in front of everything else."""

    def __init__(self, app: ASGIApp, settings: Settings, metrics: Metrics, journal: Journal) -> None:
        self.app = app
        self._proxies = settings.trusted_proxies
        self._questions = Limit(settings.questions_per_minute)
        self._others = Limit(settings.requests_per_minute)
        self._metrics = metrics
        self._journal = journal

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or ask its sender to wait."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        if scope["type"] != "http":
            await send({"type": "websocket.close", "code": 1008})
            return
        visitor = visitor_of(scope, self._proxies)
        request = _Request(request_id(scope, visitor), send)
        with on_behalf_of(request.id):
            await self._attend({**scope, VISITOR: visitor, REQUEST: request.id}, receive, request)

    async def _attend(self, scope: Scope, receive: Receive, request: _Request) -> None:
        begun = time.perf_counter()
        try:
            await self._serve(scope, receive, request)
        except Exception as error:  # noqa: BLE001 - the outermost layer: what nobody foresaw is told, not shown
            self._journal.fault(error)
            if not request.status:
                await send_problem(request.send, 500, "Something went wrong here. Try again.")
        finally:
            seconds = time.perf_counter() - begun
            name = route_name(scope["path"])
            self._metrics.request(name, request.status, seconds)
            self._journal.request(scope["method"], name, request.status, seconds)

    async def _serve(self, scope: Scope, receive: Receive, request: _Request) -> None:
        path = scope["path"]
        if path not in UNLIMITED:
            limit = self._questions if path in QUESTIONS else self._others
            seconds = limit.wait(scope[VISITOR].key)
            if seconds:
                detail = f"Too many requests from one address. Try again in {seconds} s."
                await send_problem(request.send, 429, detail, {"Retry-After": str(seconds)})
                return
        await self.app(scope, receive, request.send)


class _Request:
    """A request under way: its id, and the status once it is known."""

    def __init__(self, id_: str, send: Send) -> None:
        self.id = id_
        self.status = 0
        self._send = send

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            message["headers"] = [*message.get("headers", []), (b"x-request-id", self.id.encode())]
        await self._send(message)


def request_id(scope: Scope, visitor: Visitor) -> str:
    """The id that a trusted proxy gave a request, or a new one."""
    given = header_values(scope, b"x-request-id") if visitor.trusted else []
    return given[0] if len(given) == 1 and REQUEST_ID.fullmatch(given[0]) else secrets.token_hex(8)


def route_name(path: str) -> str:
    """What a path is counted as: never a word of what a person wrote."""
    for pattern, name in ROUTES:
        if pattern.fullmatch(path):
            return name or path
    return "other"
