"""The files that documents were read from: as they were indexed, for whom they are, and never run by a browser."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import pytest
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.formats.content import Kind, Piece
from benchmarks.formats.writers import to_pdf
from bot.composition import build_index, open_assistant, open_staff_assistant
from bot.models.encoder import Encoder
from bot.settings import Settings
from bot.web.application import build_app
from bot.web.originals import original_headers
from bot.web.render import render_document, render_ending

Write = Callable[[Mapping[str, str | bytes]], Settings]
PAGE = "<h1>Om leg</h1><p>Leg er den vigtigste vej til læring.</p><script>alert(1)</script>"
STAFF = "Om beredskab\n\nKoden til nøgleboksen er gemt hos pedellen.\n"
CATALOGUE = '[documents."beredskab.txt"]\naudience = "staff"\n'
SENTENCE = "Børnene i gruppe {0} leger ude hver dag, og de voksne leger med, når børnene gerne vil have det."
PDF = to_pdf([Piece(Kind.TITLE, "Plan"), *[Piece(Kind.PARAGRAPH, SENTENCE.format(n)) for n in range(60)]])
SIGNED_IN = {"X-User": "anna"}


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory, encoder: Encoder) -> Settings:
    folder = tmp_path_factory.mktemp("originals")
    files = {"ude/om leg.html": PAGE.encode(), "beredskab.txt": STAFF.encode(), "plan.pdf": PDF}
    for name, data in {**files, "../catalogue.toml": CATALOGUE.encode()}.items():
        path = folder / "corpus" / "documents" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    settings = Settings(
        corpus=folder / "corpus",
        index=folder / "index",
        staff_header="X-User",
        trusted_proxies="10.0.0.1",  # type: ignore[arg-type]
        questions_per_minute=0,
        requests_per_minute=0,
    )
    build_index(settings, encoder)
    return settings


def served(settings: Settings, encoder: Encoder) -> TestClient:
    app = build_app(open_assistant(settings, encoder), settings, open_staff_assistant(settings, encoder))
    return TestClient(app, base_url="http://a.example", client=("10.0.0.1", 1))


@pytest.fixture(scope="module")
def client(settings: Settings, encoder: Encoder) -> Iterator[TestClient]:
    with served(settings, encoder) as client:
        client.headers["X-Forwarded-For"] = "192.0.2.7"
        yield client


def test_a_file_is_handed_out_to_be_saved(client: TestClient) -> None:
    answer = client.get("/page/original", params={"name": "ude/om leg.html"})

    assert answer.status_code == 200
    assert answer.content == PAGE.encode()
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-disposition"].startswith('attachment; filename="om leg.html"')
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "no-store" in answer.headers["cache-control"]
    pdf = client.get("/page/original", params={"name": "plan.pdf"})
    assert pdf.content == PDF
    assert (pdf.headers["content-type"], pdf.headers["content-disposition"][:10]) == ("application/pdf", "attachment")


@pytest.mark.parametrize(
    "name",
    ["", "none.txt", "../catalogue.toml", "catalogue.toml", "/etc/passwd", "ude/../plan.pdf", "ude", "beredskab.txt"],
)
def test_nothing_else_is_handed_out(client: TestClient, name: str) -> None:
    answer = client.get("/page/original", params={"name": name})

    assert answer.status_code == 404
    assert answer.content == client.get("/page/original", params={"name": "none.txt"}).content


def test_staff_get_what_is_for_staff(client: TestClient) -> None:
    answer = client.get("/page/original", params={"name": "beredskab.txt"}, headers=SIGNED_IN)

    assert (answer.status_code, answer.content) == (200, STAFF.encode())
    assert "private" in answer.headers["cache-control"]


def test_what_was_changed_since_is_not_handed_out(client: TestClient, settings: Settings) -> None:
    path = settings.corpus / "documents" / "ude" / "om leg.html"
    path.write_bytes(PAGE.encode() + b"<p>Hemmeligt.</p>")
    try:
        assert client.get("/page/original", params={"name": "ude/om leg.html"}).status_code == 404
        path.unlink()
        assert client.get("/page/original", params={"name": "ude/om leg.html"}).status_code == 404
    finally:
        path.write_bytes(PAGE.encode())


def test_the_reader_links_the_file_and_tells_the_pages(client: TestClient) -> None:
    shown = client.get("/page/document", params={"name": "plan.pdf"}).text

    assert 'href="page/original?name=plan.pdf"' in shown
    assert [shown.count(f'data-text="on_page" data-values="{{&#34;n&#34;: {page}}}"') for page in (1, 2)] == [1, 1]
    web = client.get("/page/document", params={"name": "ude/om leg.html"}).text
    assert 'href="page/original?name=ude/om%20leg.html"' in web
    assert "on_page" not in web


def test_originals_may_be_kept_back(settings: Settings, encoder: Encoder) -> None:
    with served(settings.model_copy(update={"originals": False}), encoder) as client:
        client.headers["X-Forwarded-For"] = "192.0.2.7"
        assert client.get("/page/original", params={"name": "plan.pdf"}).status_code == 404
        assert "page/original" not in client.get("/page/document", params={"name": "plan.pdf"}).text


def test_sources_tell_the_page(settings: Settings, encoder: Encoder) -> None:
    assistant = open_assistant(settings, encoder)
    answer = assistant.ask("Hvad gør børnene i gruppe 55?")
    pages = {citation.page for citation in answer.citations}

    assert answer.citations
    assert None not in pages
    ending = render_ending(answer, assistant.documents)
    for page in pages:
        assert f'data-text="on_page" data-values="{{&#34;n&#34;: {page}}}"' in ending
    assert "page/original" not in render_document(assistant.documents["plan.pdf"], {})
    assistant.searcher.snapshot.close()


@given(st.text(min_size=1))
def test_a_name_cannot_break_out_of_its_header(name: str) -> None:
    name = name.encode("utf-8", "replace").decode()
    value = original_headers(name)["Content-Disposition"]

    assert value.isascii()
    assert value.isprintable()
    assert value.count('"') == 2
    assert value.count(";") == 2
