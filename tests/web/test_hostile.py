"""Hostile input of every kind against the whole server: how many of each were tried, and that nothing got through.

The table is printed at the end: `make hostile`.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from html.parser import HTMLParser
from typing import TYPE_CHECKING

import httpx
import pytest

from bot.answering.assistant import Assistant
from bot.documents.corpus import read_corpus
from bot.settings import Settings, load_settings
from bot.web import gate, server
from bot.web.application import build_app
from bot.web.events import ask_event, search_event
from tests.answering.writing.chat_server import saying, serving
from tests.conftest import Tried
from tests.web.hostility import (
    BODIES,
    ENDPOINTS,
    HEADERS,
    HIDDEN_NUMBERS,
    INJECTIONS,
    JSON,
    OVERSIZE,
    PATHS,
    SCRIPTS,
    SLOW,
    TOO_MUCH,
    UNICODE,
    body_of,
    bombs,
    hostile_assistant,
)
from tests.web.serving import Running, request, status

if TYPE_CHECKING:
    from bot.models.encoder import Encoder
    from bot.retrieval.retriever import Searcher

Write = Callable[[Mapping[str, str | bytes]], Settings]
HARMLESS = re.compile(r"(?:\?|#|mailto:|tel:|page/|assets/|\./|https?://127\.0\.0\.1)|$")
SECRETS = (b"root:x:", b"[project]", b"repositoryformatversion", b"class Settings", b"Traceback")


class Live(HTMLParser):
    """What in a page would act: scripts, handlers, addresses that are no places."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in {"script", "iframe", "object", "embed", "base", "meta", "style", "link", "math", "img", "template"}:
            self.found.append(tag)
        for name, value in attrs:
            if name.startswith("on") or name in {"srcdoc", "style", "autofocus"}:
                self.found.append(f"{tag} {name}")
            if name in {"href", "src", "action", "formaction"} and not HARMLESS.match(value or ""):
                self.found.append(f"{tag} {name}={value}")


def live(html: str) -> list[str]:
    parser = Live()
    parser.feed(html)
    return parser.found


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory, encoder: Encoder) -> Iterator[Assistant]:
    with hostile_assistant(tmp_path_factory.mktemp("hostile"), encoder) as assistant:
        yield assistant


@pytest.fixture(scope="module")
def running(hostile: Assistant) -> Iterator[Running]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(server, "REQUEST_SECONDS", 0.5)
        patch.setattr(gate, "BODY_SECONDS", 0.5)
        settings = load_settings(port=0, questions_per_minute=0, requests_per_minute=0, mcp=True)
        running = Running(build_app(hostile, settings), settings)
        yield running
        running.stop()


@pytest.fixture(scope="module")
def client(running: Running) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=running.address, timeout=60) as client:
        yield client


def asked(assistant: Assistant, question: str, history: Sequence[str] = ()) -> str:
    """All the HTML that the page's event gives for a question."""
    steps = ask_event(assistant)({"question": question, "history": list(history)})
    return "".join(step.get(key, "") for step in steps for key in ("part", "whole", "html", "related"))


def test_scripts_in_titles_and_file_names(client: httpx.Client, hostile: Assistant, tried: Tried) -> None:
    names = [name for name in hostile.documents if name.startswith("leg")]
    assert len(names) == len(SCRIPTS)
    pages = [client.get(f"/page/view/{view}").text for view in ("find", "read", "about")]
    pages += [client.get("/page/document", params={"name": name, "at": "0-9"}).text for name in names]
    assert all("hit()" in page for page in pages[:2])

    tried("XSS in a title", len(SCRIPTS) * 4, sum(bool(live(page)) for page in pages))
    tried("XSS in a file name", len(SCRIPTS) * 4, sum(bool(live(page)) for page in pages))


def test_scripts_in_passages(hostile: Assistant, tried: Tried) -> None:
    through = shown = 0
    for number in range(len(SCRIPTS)):
        answer = asked(hostile, f"Hvad leger børnene, leg nummer {number} i skoven?")
        found = search_event(hostile)({"words": f"leg nummer {number} i skoven"})["html"]
        shown += "hit()" in answer
        through += bool(live(answer)) + bool(live(found))

    assert shown > len(SCRIPTS) / 2
    tried("XSS in a passage", 2 * len(SCRIPTS), through)


def test_scripts_in_questions_and_history(hostile: Assistant, tried: Tried) -> None:
    through = [0, 0]
    for script in SCRIPTS:
        through[0] += bool(live(asked(hostile, f"{script} Hvad er leg?")))
        through[1] += bool(live(asked(hostile, "og hvad så?", [f"{script} Hvad er leg?"])))

    tried("XSS in a question", len(SCRIPTS), through[0])
    tried("XSS in the history", len(SCRIPTS), through[1])


def test_prompt_injection(hostile: Assistant, assistant: Assistant, searcher: Searcher, tried: Tried) -> None:
    pytest.importorskip("langchain_openai")
    from bot.composition import open_writer  # noqa: PLC0415 - beside what it needs

    through = sum("KAPRET" in assistant.ask(told).text for told in INJECTIONS)
    # A document that says so is quoted, if at all, and everything said stands in it.
    for told in INJECTIONS:
        answer = hostile.ask(told)
        through += any(c.quote != hostile.documents[c.document].quote(c.start, c.end) for c in answer.citations)
    for told in INJECTIONS:
        with serving(saying(f"KAPRET. {told} [1] Se https://evil.example/KAPRET [1].")) as model:
            given = {"chat_model": "openai:m", "chat_url": model.url, "chat_key": "k", "chat_retries": 0}
            obeying = Assistant(searcher, open_writer(load_settings(**given), searcher))
            through += "KAPRET" in obeying.ask("Hvad betyder det at anerkende de unge?").text

    tried("prompt injection", 3 * len(INJECTIONS), through)


def test_path_tricks(running: Running, tried: Tried) -> None:
    through = 0
    for path in PATHS:
        answer = running.send(request(f"GET {path}"))
        through += any(secret in answer for secret in SECRETS) or status(answer) not in {200, 400, 404, 405, 422}
        through += status(answer) == 200 and not path.startswith("/page/references")

    tried("path tricks", len(PATHS), through)


def test_oversize(running: Running, client: httpx.Client, tried: Tried) -> None:
    answers = [running.send(data) for data in OVERSIZE]
    through = sum(status(answer) not in {0, 400, 404, 413, 422, 431} or b"Traceback" in answer for answer in answers)
    through += sum(client.post("/api/ask", json=body).status_code != 422 for body in TOO_MUCH)

    tried("oversize", len(OVERSIZE) + len(TOO_MUCH), through)


def test_malformed_json(running: Running, client: httpx.Client, tried: Tried) -> None:
    through = 0
    for endpoint in ENDPOINTS:
        for body in BODIES:
            answer = running.send(request(f"POST {endpoint}", JSON, f"Content-Length: {len(body)}", body=body))
            through += status(answer) not in {200, 202, 400, 404, 406, 422} or any(s in answer for s in SECRETS)

    assert client.get("/health/ready").status_code == 200
    tried("malformed JSON", len(ENDPOINTS) * len(BODIES), through)


def test_header_tricks(running: Running, tried: Tried) -> None:
    wrong = []
    for expected, data in HEADERS:
        answer = running.send(data)
        if status(answer) != expected or b"evil" in answer or b"<script>hit" in answer:
            wrong.append((expected, status(answer), data[:200]))

    assert wrong == []
    tried("header tricks", len(HEADERS), len(wrong))


def test_slow_clients(running: Running, client: httpx.Client, tried: Tried) -> None:
    through = 0
    for data in SLOW:
        begun = time.monotonic()
        answer = running.send(data.replace(b"Connection: close\r\n", b""))
        through += status(answer) not in {0, 400, 408} or time.monotonic() - begun > 15
        assert client.get("/health/live").status_code == 200

    tried("slow clients", len(SLOW), through)


def test_zip_bombs(write_corpus: Write, tried: Tried) -> None:
    files = bombs()
    found = read_corpus(write_corpus({"good.txt": "Om leg\n\nLeg er vigtig for alle børn.\n", **files}).corpus)

    assert [document.name for document in found.documents] == ["good.txt"]
    tried("zip bombs", len(files), len(files) - len(found.problems))


def test_unicode_tricks(client: httpx.Client, hostile: Assistant, tried: Tried) -> None:
    through = 0
    for question in UNICODE:
        answer = client.post("/api/ask", content=body_of(question), headers={"Content-Type": "application/json"})
        through += answer.status_code not in {200, 422} or "set-cookie" in answer.headers or "x-evil" in answer.headers
        through += bool(live(asked(hostile, question)))
    for number in HIDDEN_NUMBERS:
        answer = client.post("/api/ask", json={"question": f"Hvad er leg for {number}?"})
        through += number in answer.text or "warning" not in answer.json()

    tried("unicode tricks", len(UNICODE) + len(HIDDEN_NUMBERS), through)


def test_the_measure_sees_what_acts() -> None:
    assert all(live(f"<p>{script}</p>") for script in (SCRIPTS[0], SCRIPTS[2], SCRIPTS[7], SCRIPTS[18]))
    assert live('<p><a href="?document=x" data-open>x</a></p>') == []
