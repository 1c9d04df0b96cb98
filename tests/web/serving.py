"""A real server on loopback, and a client that may send whatever it likes."""

from __future__ import annotations

import socket
import threading
import time
from contextlib import suppress

import uvicorn
from starlette.types import ASGIApp

from bot.settings import Settings
from bot.web.server import listening_socket, server_config

LOCAL = "127.0.0.1"


class Running:
    """An application served as `grundlag serve` does, in a thread."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._listening = listening_socket(LOCAL, 0)
        self.port: int = self._listening.getsockname()[1]
        self.server = uvicorn.Server(server_config(app, settings))
        self.thread = threading.Thread(target=self.server.run, args=([self._listening],), daemon=True)
        self.thread.start()
        while not self.server.started:
            assert self.thread.is_alive()
            time.sleep(0.01)

    @property
    def address(self) -> str:
        return f"http://{LOCAL}:{self.port}"

    def begin_stop(self) -> None:
        """What SIGTERM does."""
        self.server.should_exit = True

    def stop(self) -> None:
        self.begin_stop()
        self.thread.join(20)
        self._listening.close()
        assert not self.thread.is_alive()

    def send(self, data: bytes) -> bytes:
        """Send raw bytes; everything that comes back until the server hangs up."""
        with socket.create_connection((LOCAL, self.port), timeout=20) as connection:
            received = b""
            with suppress(ConnectionError):
                connection.sendall(data)
                while part := connection.recv(65536):
                    received += part
        return received


def request(start: str, *headers: str, body: bytes = b"", host: str = "Host: a.example") -> bytes:
    lines = [start + " HTTP/1.1", *([host] if host else []), "Connection: close", *headers, "", ""]
    return "\r\n".join(lines).encode("latin-1") + body


def status(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1]) if answer else 0
