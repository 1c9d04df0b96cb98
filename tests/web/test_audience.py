"""What a public visitor can learn of a document for staff: nothing, by whatever way is tried.

The strongest test compares with a corpus in which the document does not exist at all: every answer must be the same.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from fastapi.testclient import TestClient

from bot.composition import STAFF_INDEX, build_index, open_assistant, open_staff_assistant
from bot.errors import DocumentError, SettingsError
from bot.settings import Settings, load_settings
from bot.web.application import build_app
from tests.conftest import Tried

if TYPE_CHECKING:
    from bot.models.encoder import Encoder

WAYS = "ways to learn of a document for staff"
HIDDEN = "nyt-om-beredskab.txt"
SHARED = "Vi taler ordentligt til hinanden, og vi lytter til det enkelte barn."
PUBLIC_FILES = {
    "documents/leg.txt": f"Om leg\n\nLeg er den vigtigste vej til læring for de yngste børn.\n\n{SHARED}\n",
    "documents/mad.txt": "Om mad\n\nVi spiser sammen med børnene hver dag klokken tolv, og alle smager.\n",
}
STAFF_FILES = {
    f"documents/{HIDDEN}": (
        f"Hemmeligt beredskab\n\nKoden til nøgleboksen er gemt hos pedellen i kælderen.\n\n{SHARED}\n"
    ),
}
CATALOGUE = '[documents."leg.txt"]\ntitle = "Om leg"\npublisher = "Herning Kommune"\n'
REPLACED = f'replaced_by = "{HIDDEN}"\n'
STAFF_ENTRY = (
    f'[documents."{HIDDEN}"]\ntitle = "Hemmeligt beredskab"\naudience = "staff"\nalso_called = ["Kælderplanen"]\n'
)


def bank(*entries: tuple[str, str, str]) -> str:
    keys = ("question", "document", "quote")
    return "".join(json.dumps({"language": "da", **dict(zip(keys, e, strict=True))}) + "\n" for e in entries)


BANK = bank(("Hvad er vigtigst for de yngste?", "leg.txt", "Leg er den vigtigste vej"))
STAFF_BANK = bank(
    ("Hvor er koden?", HIDDEN, "Koden til nøgleboksen"), ("Hvordan taler pedellen?", HIDDEN, "Vi taler ordentligt")
)
TELLING = ("beredskab", "nøgleboks", "pedel", "kælder", HIDDEN)
PROXY = "10.0.0.1"
SIGNED_IN = {"X-Forwarded-User": "anna"}
PATHS = [
    "/page/view/find", "/page/view/read", "/page/view/about", "/page/suggestions?lang=da",
    "/page/document?name=leg.txt",
    f"/page/document?name={HIDDEN}", f"/page/references?name=text&page=http://a/&place={HIDDEN}@0-9", "/api/documents",
    "/api/search?q=koden+til+nøgleboksen", f"/api/search?q=koden&document={HIDDEN}", "/api/search?q=taler+ordentligt",
    f"/api/documents/{HIDDEN}/passages/0-9", "/api/openapi.json", "/health/ready", "/?document=" + HIDDEN,
    "/index/staff/current", f"/gradio_api/file={HIDDEN}", f"/documents/{HIDDEN}", "/sign-in", "/config",
]  # fmt: skip
QUESTIONS = [
    "Hvor er koden til nøgleboksen?", "Hvad står der i Kælderplanen?", "Hvad siger Hemmeligt beredskab?",
    "Hvilke afsnit har Hemmeligt beredskab?", "Hvordan taler vi til hinanden?", "pedellen", "Hvilke dokumenter er der?",
    "Hvad er vigtigst for de yngste?", "Hej",
]  # fmt: skip


def write(folder: Path, files: Mapping[str, str], encoder: Encoder) -> Settings:
    for name, text in files.items():
        path = folder / "corpus" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    settings = load_settings(
        corpus=folder / "corpus", index=folder / "index", port=0, mcp=True, trusted_proxies=PROXY,
        staff_header="X-Forwarded-User", questions_per_minute=0, requests_per_minute=0,
    )  # fmt: skip
    build_index(settings, encoder)
    return settings


@pytest.fixture(scope="module")
def mixed(tmp_path_factory: pytest.TempPathFactory, encoder: Encoder) -> Settings:
    files = {**PUBLIC_FILES, **STAFF_FILES, "questions.jsonl": BANK + STAFF_BANK}
    catalogue = CATALOGUE + REPLACED + STAFF_ENTRY
    return write(tmp_path_factory.mktemp("mixed"), {**files, "catalogue.toml": catalogue}, encoder)


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory, encoder: Encoder) -> Settings:
    files = {**PUBLIC_FILES, "catalogue.toml": CATALOGUE, "questions.jsonl": BANK}
    return write(tmp_path_factory.mktemp("bare"), files, encoder)


@pytest.fixture(scope="module")
def visitor(mixed: Settings, encoder: Encoder) -> Iterator[TestClient]:
    app = build_app(open_assistant(mixed, encoder), mixed, open_staff_assistant(mixed, encoder))
    with TestClient(app, client=(PROXY, 1)) as client:
        yield client


@pytest.fixture(scope="module")
def unaware(bare: Settings, encoder: Encoder) -> Iterator[TestClient]:
    with TestClient(build_app(open_assistant(bare, encoder), bare), client=(PROXY, 1)) as client:
        yield client


def seen(client: TestClient, path: str, **options: Any) -> tuple[int, str, list[tuple[str, str]]]:
    """All that a visitor sees, but for what differs from one request to the next anyway."""
    answer = client.request("POST" if "json" in options else "GET", path, **options)
    changing = {"x-request-id", "content-security-policy", "content-length", "set-cookie"}
    headers = [(name, value) for name, value in answer.headers.items() if name not in changing]
    text = re.sub(r'"timing_ms": ?\{[^}]*\}|\\"timing_ms\\": ?\{[^}]*\}|nonce="[^"]*"|"app_id": ?\d+', "", answer.text)
    if path.startswith("/?"):
        text = re.sub(r"[0-9]+", "", text)  # Gradio counts the components of all pages of a process together
    return answer.status_code, text, headers


def page_answer(client: TestClient, event: str, data: object, **options: Any) -> str:
    joined = client.post(f"/gradio_api/call/{event}", json={"data": data}, **options)
    return client.get(f"/gradio_api/call/{event}/{joined.json()['event_id']}", **options).text


def tool(client: TestClient, name: str, **arguments: object) -> tuple[int, str, list[tuple[str, str]]]:
    message = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": name, "arguments": arguments}}
    return seen(client, "/mcp", json=message, headers={"Accept": "application/json, text/event-stream"})


@pytest.mark.parametrize("path", PATHS)
def test_every_address_answers_as_if_it_were_not_there(
    visitor: TestClient, unaware: TestClient, path: str, tried: Tried
) -> None:
    told, known = seen(visitor, path), seen(unaware, path)

    tried(WAYS, 1, told != known)
    assert told == known


@pytest.mark.parametrize("question", QUESTIONS)
def test_every_answer_is_as_if_it_were_not_there(
    visitor: TestClient, unaware: TestClient, question: str, tried: Tried
) -> None:
    """Words, order, scores, confidence, the snapshot's id: all of the record but its timing."""
    asked = {"question": question, "history": ["Hvad siger Hemmeligt beredskab?"]}

    assert seen(visitor, "/api/ask", json=asked) == seen(unaware, "/api/ask", json=asked)
    assert tool(visitor, "ask", question=question) == tool(unaware, "ask", question=question)
    assert tool(visitor, "search", words=question) == tool(unaware, "search", words=question)
    tried(WAYS, 3, 0)


def test_the_pages_answers_are_too(visitor: TestClient, unaware: TestClient, tried: Tried) -> None:
    for event, data in (("ask", [{"question": QUESTIONS[0]}]), ("search", [{"words": "koden", "document": HIDDEN}])):
        assert page_answer(visitor, event, data) == page_answer(unaware, event, data)
    assert tool(visitor, "documents") == tool(unaware, "documents")
    assert tool(visitor, "read", document=HIDDEN, start=0, end=5) == tool(
        unaware, "read", document=HIDDEN, start=0, end=5
    )
    tried(WAYS, 4, 0)


def test_the_public_index_has_no_word_of_it(mixed: Settings, bare: Settings, tried: Tried) -> None:
    files = [path for path in (mixed.index / "builds").rglob("*") if path.is_file()]

    assert files
    for path in files:
        data = path.read_bytes()
        assert not any(word.encode() in data for word in TELLING), path
    assert len(files) == sum(path.is_file() for path in (bare.index / "builds").rglob("*"))
    assert [path.name for path in (mixed.index / "builds").iterdir()] == [
        path.name for path in (bare.index / "builds").iterdir()
    ]
    tried(WAYS, len(files), 0)


def test_staff_are_answered_from_it(visitor: TestClient) -> None:
    found = visitor.get("/api/search", params={"q": "koden til nøgleboksen"}, headers=SIGNED_IN)

    assert found.json()[0]["document"] == HIDDEN
    assert found.headers["cache-control"] == "private, no-store"
    assert "Hemmeligt" in visitor.get("/page/view/read", headers=SIGNED_IN).text


@pytest.mark.parametrize(
    "headers",
    [
        [("X-Forwarded-User", "")],
        [("X-Forwarded-User", " , ")],
        [("X-Forwarded-User", "anna"), ("X-Forwarded-User", "bo")],
        [("X_Forwarded_User", "anna")],
        [("X-Forwarded-Groups", "staff")],
        [("Authorization", "Basic YW5uYTphbm5h")],
        [("Cookie", "grundlag_staff=1.YQ.x")],
    ],
)
def test_other_headers_open_nothing(visitor: TestClient, headers: list[tuple[str, str]], tried: Tried) -> None:
    tried(WAYS, 1, visitor.get(f"/page/document?name={HIDDEN}", headers=headers).status_code != 404)


def test_nobody_can_name_himself(mixed: Settings, encoder: Encoder, visitor: TestClient, tried: Tried) -> None:
    stranger = TestClient(visitor.app, client=("203.0.113.5", 1))

    assert stranger.get(f"/page/document?name={HIDDEN}", headers=SIGNED_IN).status_code == 404
    assert (
        stranger.get(f"/page/document?name={HIDDEN}", headers={**SIGNED_IN, "X-Forwarded-For": PROXY}).status_code
        == 404
    )
    tried(WAYS, 2, 0)


def test_feedback_gives_nothing_back(mixed: Settings, encoder: Encoder, tmp_path: Path, tried: Tried) -> None:
    """What staff were asked about stands in the file of both; the answer to feedback is the same for everybody."""
    kept = mixed.model_copy(update={"feedback": tmp_path / "feedback.sqlite"})
    app = build_app(open_assistant(kept, encoder), kept, open_staff_assistant(kept, encoder))
    with TestClient(app, client=(PROXY, 1)) as client:
        judged = {"question": QUESTIONS[0], "helpful": False, "comment": HIDDEN, "id": "0" * 32}
        own = client.post("/api/feedback", json=judged, headers=SIGNED_IN)
        said = [
            seen(client, "/api/feedback", json=judged),
            seen(client, "/api/feedback", json={**judged, "id": "1" * 32}),
        ]

    assert own.status_code == 204
    assert said[0] == said[1]
    assert said[0][:2] == (204, "")
    tried(WAYS, 2, 0)


def test_a_stranger_cannot_read_what_staff_asked(visitor: TestClient, tried: Tried) -> None:
    joined = visitor.post("/gradio_api/call/ask", json={"data": [{"question": QUESTIONS[0]}]}, headers=SIGNED_IN)
    address = f"/gradio_api/call/ask/{joined.json()['event_id']}"

    stolen = visitor.get(address)
    own = visitor.get(address, headers=SIGNED_IN)

    assert not any(word in stolen.text.lower() for word in TELLING)
    assert "pedel" in own.text.lower()
    tried(WAYS, 1, 0)


def test_a_header_that_anybody_could_send_is_refused(mixed: Settings, visitor: TestClient) -> None:
    with pytest.raises(SettingsError, match="GRUNDLAG_TRUSTED_PROXIES"):
        build_app(visitor, mixed.model_copy(update={"trusted_proxies": ()}))  # type: ignore[arg-type]


def test_what_becomes_public_leaves_no_index_for_staff(tmp_path: Path, encoder: Encoder) -> None:
    files = {**PUBLIC_FILES, **STAFF_FILES}
    settings = write(tmp_path, {**files, "catalogue.toml": STAFF_ENTRY}, encoder)
    assert (settings.index / STAFF_INDEX).is_dir()

    write(tmp_path, {"catalogue.toml": STAFF_ENTRY.replace('"staff"', '"public"')}, encoder)

    assert not (settings.index / STAFF_INDEX).exists()
    assert HIDDEN in open_assistant(settings, encoder).documents


def test_a_corpus_for_staff_alone_is_named(tmp_path: Path, encoder: Encoder) -> None:
    with pytest.raises(DocumentError, match="at least one"):
        write(tmp_path, {**STAFF_FILES, "catalogue.toml": STAFF_ENTRY}, encoder)
