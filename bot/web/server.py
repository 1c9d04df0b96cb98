"""The web server: listens, answers, and on its way out finishes what was asked."""

from __future__ import annotations

import asyncio
import socket
import sys

import h11
import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol

from bot.errors import SettingsError
from bot.settings import Settings
from bot.web.application import build_app
from bot.web.gate import MAX_HEAD_BYTES
from bot.web.protocol import Assistant

FIRST_QUESTION = "Hvad er grundlaget?"


REQUEST_SECONDS = 15.0
"""How long a request's headers may take to come in."""
IDLE_SECONDS = 75
"""Longer than a reader takes to ask again, and than the proxy keeps a connection (deploy/Caddyfile): a question that
is sent while its connection is being closed gets no answer."""
FINISHING_SECONDS = 2
"""Beyond the longest question: its answer has to get out."""


class _Server(uvicorn.Server):
    """A uvicorn server that says where it listens once it does."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets=sockets)
        if self.started and sockets:
            host, port = sockets[0].getsockname()[:2]
            shown = f"[{host}]" if ":" in host else host
            print(f"Grundlag: http://{shown}:{port}", file=sys.stderr, flush=True)


class _ImpatientProtocol(H11Protocol):
    """uvicorn's HTTP/1.1, which hangs up on who takes too long over a request's headers."""

    _deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._expect()

    def connection_lost(self, exc: Exception | None) -> None:
        self._settle()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self.conn.their_state is h11.IDLE and self.conn.our_state is h11.IDLE:
            self._expect()
        else:
            self._settle()

    def _expect(self) -> None:
        if self._deadline is None:
            self._deadline = self.loop.call_later(REQUEST_SECONDS, self._hang_up)

    def _settle(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _hang_up(self) -> None:
        self._deadline = None
        self.transport.close()


def serve(assistant: Assistant, settings: Settings, staff: Assistant | None = None) -> None:
    """Answer requests on the settings' host and port until interrupted; questions in flight are then finished.

    `staff` is the assistant that answers those who are signed in.

    Raises SettingsError when nothing can listen there.
    """
    with listening_socket(settings.host, settings.port) as listening:
        assistant.ask(FIRST_QUESTION)  # so that the first person who asks need not wait for what is loaded only now
        _Server(server_config(build_app(assistant, settings, staff), settings)).run([listening])


def server_config(app: ASGIApp, settings: Settings) -> uvicorn.Config:
    """How uvicorn serves the application."""
    return uvicorn.Config(
        app,
        http=_ImpatientProtocol,
        ws="none",
        # Who passed a request on is read by `bot.web.visitors`, from trusted proxies only.
        proxy_headers=False,
        h11_max_incomplete_event_size=MAX_HEAD_BYTES,
        limit_concurrency=settings.connections,
        log_level="critical",
        access_log=False,
        server_header=False,
        timeout_keep_alive=IDLE_SECONDS,
        timeout_graceful_shutdown=int(settings.question_seconds) + FINISHING_SECONDS,
    )


def listening_socket(host: str, port: int) -> socket.socket:
    """A socket that listens on host and port; port 0 lets the system choose. Raises SettingsError when it cannot."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family)
    except OSError as error:
        reason = str(error.strerror or error).partition(" (while")[0]
        raise SettingsError(
            f"Nothing can listen on {host} port {port} ({reason}). Choose another with --host and --port; "
            "port 0 takes one that is free."
        ) from None
