"""A scripted server that speaks OpenAI's chat protocol on loopback, well or badly."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

PIECE = 7
"""Characters in one chunk: marks and words are cut anywhere."""
Reply = Callable[["Handler"], None]


class Server(ThreadingHTTPServer):
    """Gives the replies of `script` one after another, the last one again and again; keeps what it was asked."""

    daemon_threads = True

    def __init__(self, script: Sequence[Reply]) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.script = list(script)
        self.asked: list[dict[str, Any]] = []
        self.inside = self.most = 0
        self.lock = threading.Lock()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/v1"

    def prompt(self, number: int) -> str:
        return "\n".join(str(message["content"]) for message in self.asked[number]["messages"])


class Handler(BaseHTTPRequestHandler):
    """One call of the model."""

    server: Server
    streams = True
    protocol_version = "HTTP/1.0"

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        with self.server.lock:
            self.server.asked.append(json.loads(body))
            self.streams = bool(self.server.asked[-1].get("stream"))
            self.server.inside += 1
            self.server.most = max(self.server.most, self.server.inside)
            reply = self.server.script.pop(0) if len(self.server.script) > 1 else self.server.script[0]
        try:
            reply(self)
        except (BrokenPipeError, ConnectionResetError):
            pass  # nobody listens any more
        finally:
            with self.server.lock:
                self.server.inside -= 1

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def begin(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()

    def whole(self, text: str) -> None:
        """The reply of a call that does not stream."""
        choice = {"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": "stop"}
        done = {"id": "c", "object": "chat.completion", "created": 0, "model": "m", "choices": [choice]}
        body = json.dumps(done).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def chunk(self, text: str) -> None:
        delta = {"index": 0, "delta": {"role": "assistant", "content": text}, "finish_reason": None}
        self.event(
            json.dumps({"id": "c", "object": "chat.completion.chunk", "created": 0, "model": "m", "choices": [delta]})
        )

    def event(self, data: str) -> None:
        self.wfile.write(f"data: {data}\n\n".encode())
        self.wfile.flush()


def saying(text: str, pause: float = 0.0) -> Reply:
    """A whole reply, piece by piece."""

    def reply(handler: Handler) -> None:
        if not handler.streams:
            handler.whole(text)
            return
        handler.begin()
        for start in range(0, len(text), PIECE):
            handler.chunk(text[start : start + PIECE])
            time.sleep(pause)
        handler.event("[DONE]")

    return reply


def cut_off(text: str) -> Reply:
    """The connection ends in the middle of an event."""

    def reply(handler: Handler) -> None:
        handler.begin()
        handler.chunk(text)
        handler.wfile.write(b'data: {"id": "c", "choices": [{"del')

    return reply


def silent(seconds: float) -> Reply:
    """Nothing for a while."""

    def reply(handler: Handler) -> None:
        handler.begin()
        time.sleep(seconds)

    return reply


def failing(status: int) -> Reply:
    """An error, such as 429 for too many."""

    def reply(handler: Handler) -> None:
        body = b'{"error": {"message": "not now", "type": "x", "code": "x"}}'
        handler.send_response(status)
        handler.send_header("Content-Type", "application/json")
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    return reply


def malformed(handler: Handler) -> None:
    """What is no event stream at all."""
    handler.begin()
    handler.wfile.write(b"data: <html>\xff\xfe not JSON</html>\n\n")


@contextmanager
def serving(*script: Reply) -> Iterator[Server]:
    """A server with such a script."""
    server = Server(script)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
