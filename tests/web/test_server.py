from __future__ import annotations

import json
import re

import pytest
from fastapi.testclient import TestClient

from bot.errors import SettingsError
from bot.settings import load_settings
from bot.web.gate import MAX_REQUEST_BYTES
from bot.web.server import build_app, listening_socket
from tests.web.fakes import FakeAssistant, fake_assistant

CLOSED = [
    "/config",
    "/docs",
    "/openapi.json",
    "/monitoring",
    "/monitoring/summary",
    "/manifest.json",
    "/login",
    "/gradio_api/info",
    "/gradio_api/openapi.json",
    "/gradio_api/runs",
    "/gradio_api/app_id",
    "/gradio_api/file=/etc/passwd",
    "/gradio_api/file=pyproject.toml",
    "/gradio_api/heartbeat/abc",
    "/gradio_api/queue/data?session_hash=a",
    "/gradio_api/mcp/",
    "/gradio_api/vibe-code",
    "/gradio_api/call/ask",
    "/static/js/iframeResizer.contentWindow.min.js",
    "/assets/../gradio_api/info",
    "/page/nothing.js",
    "/page/0123456789ab/page.js",
    "/page/view/nothing",
    "/page/references?name=odt&page=http://a/&place=a@1-2",
    "/page/texts.py",
    "/page/..%2f..%2fsettings.py",
    "/page/texts?lang=fr",
    "/page/document?name=../../pyproject.toml",
]


@pytest.fixture(scope="module")
def assistant() -> FakeAssistant:
    return fake_assistant()


@pytest.fixture(scope="module")
def client(assistant):
    with TestClient(build_app(assistant, load_settings(port=0))) as client:
        yield client


def steps(client: TestClient, event: str, *data: object) -> list[dict[str, object]]:
    joined = client.post(f"/gradio_api/call/{event}", json={"data": list(data)})
    assert joined.status_code == 200
    stream = client.get(f"/gradio_api/call/{event}/{joined.json()['event_id']}")
    found = re.findall(r"event: (\w+)\ndata: (.*)\n", stream.text)
    return [json.loads(data)[0] for kind, data in found if kind == "generating"]


def test_headers(client):
    for path in ("/", "/page/texts?lang=da", "/nothing"):
        headers = client.get(path).headers
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "http" not in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"


def test_each_document_has_its_own_nonce(client):
    first, second = (client.get("/") for _ in range(2))
    nonce = re.search(r"'nonce-([\w-]+)'", first.headers["content-security-policy"])[1]
    assert nonce not in second.text
    scripts = re.findall(r"<script\b[^>]*>", first.text)
    assert scripts
    assert all(f'nonce="{nonce}"' in script for script in scripts)


@pytest.mark.parametrize(
    ("language", "words"), [("da", "ord for ord"), ("sv", "den pedagogiska grunden"), ("en", "word for word")]
)
def test_the_document_speaks_the_browsers_language(client, language, words):
    page = client.get("/", headers={"Accept-Language": language})
    assert f'lang="{language}"' in page.text.split(">")[1]
    assert words in page.text
    assert page.headers["content-language"] == language


def test_the_address_speaks_louder_than_the_browser(client):
    assert client.get("/?lang=sv", headers={"Accept-Language": "da"}).headers["content-language"] == "sv"


def test_nothing_of_gradios_advertising_is_left(client):
    page = client.get("/?page=x&deep_link=y&__theme=dark")
    assert page.status_code == 200
    for word in ("og:", "twitter:", "iframeResizer", "googleapis", "gstatic", "cdn", "huggingface.co"):
        assert word not in page.text


@pytest.mark.parametrize("path", CLOSED)
def test_what_the_page_does_not_use_is_closed(client, path):
    assert client.get(path).status_code == 404


@pytest.mark.parametrize(
    "path", ["/gradio_api/upload", "/gradio_api/queue/join", "/gradio_api/run/ask", "/login", "/gradio_api/vibe-edit"]
)
def test_nothing_else_takes_a_post(client, path):
    assert client.post(path, json={}).status_code == 404


def test_a_large_request_is_refused(client):
    big = {"data": [{"question": "x" * MAX_REQUEST_BYTES}]}
    assert client.post("/gradio_api/call/ask", json=big).status_code == 413


def test_an_answer_comes_piece_by_piece(client):
    *parts, ending = steps(client, "ask", {"question": "Hvad betyder det at anerkende de unge?"})
    assert len(parts) >= 2
    assert "blockquote" in parts[1]["part"]
    assert ending["status"] == "answered"
    assert "<mark>" in ending["html"]


def test_earlier_questions_are_passed_on(client, assistant):
    history = ["Hvad er trivsel?", 5, "", "x" * 5000]
    steps(client, "ask", {"question": "Og hvad så?", "history": history, "language": "sv"})
    assert assistant.asked[-1] == ("Og hvad så?", ("Hvad er trivsel?",))
    assert assistant.expected == "sv"


@pytest.mark.parametrize("question", ["", "   ", "x" * 1001, "x" * 30000, None, 5, ["a"]])
def test_what_is_no_question_is_rejected_kindly(client, question):
    *_, ending = steps(client, "ask", {"question": question})
    assert ending["status"] == "rejected"


@pytest.mark.parametrize("asked", [None, 5, [], {}, {"question": "?", "history": {}, "language": ["da"]}])
def test_whatever_is_sent_is_answered(client, asked):
    *_, ending = steps(client, "ask", asked)
    assert ending["status"] in {"rejected", "not_found"}


def test_questions_to_go_on_with_come_in_the_pages_language(client):
    *_, ending = steps(client, "ask", {"question": "Hvad betyder det at anerkende de unge?", "language": "sv"})
    assert 'data-ask="Vad betyder det att bejaka?" lang="sv"' in ending["related"]


def test_a_document_is_served_with_its_place(client):
    page = client.get("/page/document", params={"name": "herning-boern-og-laering.txt", "at": "0-14"})
    assert "<mark>Børn og læring</mark>" in page.text


def test_files_may_be_kept_for_their_address_changes(client):
    page = client.get("/").text
    address = re.search(r'src="(page/\w+/page\.js)"', page)[1]
    assert "immutable" in client.get("/" + address).headers["cache-control"]


def test_every_script_finds_what_it_imports(client):
    folder = re.search(r'src="(page/\w+/)page\.js"', client.get("/").text)[1]
    for name in (
        "page",
        "address",
        "conversation",
        "feedback",
        "find",
        "preview",
        "reader",
        "server",
        "texts",
        "voice",
    ):
        script = client.get(f"/{folder}{name}.js")
        assert script.headers["content-type"].startswith("text/javascript")
        for imported in re.findall(r'from "\./(\w+\.js)"', script.text):
            assert client.get(f"/{folder}{imported}").status_code == 200


def test_views_are_served(client):
    for name in ("find", "read", "about"):
        assert "<h1" in client.get(f"/page/view/{name}").text


def test_references_are_written(client):
    query = {
        "name": "apa",
        "page": "https://a.example/",
        "lang": "sv",
        "place": ["herning-boern-og-laering.txt@0-14", "væk.txt@1-2", "herning-boern-og-laering.txt@9-3", "x"],
    }
    written = client.get("/page/references", params=query)
    assert written.headers["content-type"].startswith("text/plain")
    assert written.text.count("https://a.example/?document=herning") == 1
    assert "(u.å.)" in written.text


@pytest.mark.parametrize("page", ["javascript:alert(1)", "https://a/<script>", ""])
def test_a_reference_links_to_a_page_only(client, page):
    query = {"name": "apa", "page": page, "place": "herning-boern-og-laering.txt@0-14"}
    assert client.get("/page/references", params=query).status_code == 422


def test_a_search_is_answered(client):
    joined = client.post("/gradio_api/call/search", json={"data": [{"words": "anerkende de unge"}]})
    stream = client.get(f"/gradio_api/call/search/{joined.json()['event_id']}").text
    assert "data-found" in stream


def test_a_taken_port_is_named_with_the_remedy():
    with listening_socket("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(SettingsError, match=rf"127\.0\.0\.1 port {port} .*--port"):
            listening_socket("127.0.0.1", port)


def test_a_host_that_is_none_is_named():
    with pytest.raises(SettingsError, match="no\\.such\\.host"):
        listening_socket("no.such.host.invalid", 0)
