from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator, Sequence

import httpx
import pytest

from bot.schema import Answer
from bot.settings import load_settings
from bot.web import gate, server
from bot.web.application import build_app
from tests.web.fakes import FakeAssistant, fake_assistant, real_documents
from tests.web.serving import LOCAL, Running, request, status

ASK = "/gradio_api/call/ask"
JSON = "Content-Type: application/json"


@pytest.fixture(scope="module")
def running() -> Iterator[Running]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(server, "REQUEST_SECONDS", 0.3)
        patch.setattr(gate, "BODY_SECONDS", 0.3)
        settings = load_settings(port=0, questions_per_minute=0, requests_per_minute=0)
        running = Running(build_app(fake_assistant(), settings), settings)
        yield running
        running.stop()


@pytest.mark.parametrize(
    ("expected", "data"),
    [
        (200, request("GET /")),
        (200, request("GET /", host="Host: grundlag.herning.dk:8443")),
        (200, request("GET /", host="Host: [::1]:7860")),
        (400, request("GET /", host="")),
        (400, request("GET /", "Host: b.example")),
        (400, request("GET /", host="Host: a.example/<script>")),
        (400, request("GET /", host="Host: a@b.example")),
        (400, request("GET /", host="Host: ")),
        (400, request("GET /", "X: a\x00b")),
        (400, request("GET / x")),
        (400, b"GET /\r\n\r\n"),
        (400, b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 40 + b"\r\n\r\n"),
        (431, request("GET /", "X: " + "x" * 40_000)),
        (431, request("GET /?" + "x" * 40_000)),
        (400, request("POST " + ASK, JSON, "Content-Length: 5", "Content-Length: 6", body=b"{}   ")),
        (400, request("POST " + ASK, JSON, "Content-Length: -5", body=b"{}   ")),
        (413, request("POST " + ASK, JSON, "Content-Length: 70000")),
        (413, request("POST " + ASK, JSON, "Content-Length: 99999999999999999")),
        (
            413,
            request(
                "POST " + ASK, JSON, "Transfer-Encoding: chunked", body=b"11170\r\n" + b"x" * 70_000 + b"\r\n0\r\n\r\n"
            ),
        ),
        (408, request("POST " + ASK, JSON, "Content-Length: 50", body=b'{"data"')),
        (404, request("GET /..%2f..%2fetc/passwd")),
        (404, request("GET /page/%00")),
        (404, request("TRACE /")),
        (404, request("CONNECT a.example:443")),
    ],
)
def test_what_comes_in_is_checked(running: Running, expected: int, data: bytes) -> None:
    answer = running.send(data)

    assert status(answer) == expected
    assert b"Traceback" not in answer


def test_endless_headers_are_not_listened_to(running: Running) -> None:
    # Whoever is still talking when the server hangs up may not hear its last word.
    assert status(running.send(request("GET /", "X: " + "x" * 500_000))) in {0, 400}


@pytest.mark.parametrize("data", [b"", b"GET / HT", b"GET / HTTP/1.1\r\nHost: a.example\r\nX-Slow: "])
def test_who_takes_too_long_is_hung_up_on(running: Running, data: bytes) -> None:
    assert running.send(data) == b""


def test_who_comes_back_slowly_is_hung_up_on_too(running: Running) -> None:
    with socket.create_connection((LOCAL, running.port), timeout=20) as connection:
        connection.sendall(b"GET /health/live HTTP/1.1\r\nHost: a.example\r\n\r\n")
        answer = connection.recv(65536)
        connection.sendall(b"GET / HT")
        received = answer
        while part := connection.recv(65536):
            received += part

    assert status(answer) == 200
    assert received.count(b"HTTP/1.1") == 1


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b"null", b'"x"', b"\xff\xfe", b'{"data": 5}', b'{"data": []}', b'{"data": [1, 2, 3, 4, 5]}',
     b'{"data": [' + b"[" * 30_000, b'{"data": [{"question": "\\ud800"}]}', b'{"data": [NaN, []]}',
     b'{"data":[{}],"data":[]}', b'{"data": [' + b"1" * 5000 + b", []]}",
     b'{"event_data": {}, "session_hash": "../x", "fn_index": 9, "data": []}'],
)  # fmt: skip
def test_a_body_that_is_none_breaks_nothing(running: Running, body: bytes) -> None:
    answer = running.send(request("POST " + ASK, JSON, f"Content-Length: {len(body)}", body=body))

    assert status(answer) in {200, 400, 422}
    assert b"Traceback" not in answer
    assert status(running.send(request("GET /health/ready"))) == 200


def test_a_web_socket_is_not_opened(running: Running) -> None:
    answer = running.send(
        request("GET /", "Upgrade: websocket", "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: AAAA").replace(
            b"Connection: close", b"Connection: close, upgrade"
        )
    )

    assert status(answer) == 200  # the page, as if nothing had been asked for


class Thoughtful(FakeAssistant):
    """Answers when it is allowed to."""

    def __init__(self) -> None:
        super().__init__(real_documents())
        self.asked_already = threading.Event()
        self.allowed = threading.Event()

    def ask(self, question: str, history: Sequence[str] = (), *, expected: str | None = None) -> Answer:
        self.asked_already.set()
        self.allowed.wait(10)
        return super().ask(question, history, expected=expected)


def test_a_question_in_flight_is_answered_before_the_server_stops() -> None:
    assistant = Thoughtful()
    settings = load_settings(port=0)
    running = Running(build_app(assistant, settings), settings)
    answers: list[str] = []

    def ask() -> None:
        with httpx.Client(base_url=running.address, timeout=20) as client:
            data = [{"question": "Hvad betyder det at anerkende de unge?"}]
            event = client.post(ASK, json={"data": data}).json()["event_id"]
            answers.append(client.get(f"{ASK}/{event}").text)

    asker = threading.Thread(target=ask)
    asker.start()
    assert assistant.asked_already.wait(10)
    running.begin_stop()
    while running.server.servers and running.server.servers[0].sockets:
        time.sleep(0.01)
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"http://{LOCAL}:{running.port}/")
    assistant.allowed.set()
    asker.join(20)
    running.stop()

    assert "event: complete" in answers[0]
    assert "blockquote" in answers[0]
