"""No script of anybody's runs in a real Chromium, whether it came in a document, a file's name or a question."""

from __future__ import annotations

import pytest

from tests.browser.conftest import Served, ask
from tests.web.hostility import SCRIPTS, hostile_assistant

pytestmark = pytest.mark.browser
WATCH = """() => {
    window.hits = [];
    for (const name of ["hit", "alert"]) window[name] = () => window.hits.push(name);
}"""
OPEN = """name => {
    history.replaceState({}, "", "?" + new URLSearchParams({ document: name, at: "0-9" }));
    dispatchEvent(new Event("follow"));
}"""


@pytest.fixture(scope="module")
def hostile(tmp_path_factory, encoder):
    with hostile_assistant(tmp_path_factory.mktemp("hostile"), encoder) as assistant:
        served = Served(assistant)
        yield served
        served.stop()


@pytest.fixture
def page(open_page, hostile):
    """The page over hostile documents; what a script would call is counted."""
    page = open_page(at=hostile)
    page.evaluate(WATCH)
    return page


def hits(page) -> list[str]:
    """How often a script ran, or the page was left."""
    page.wait_for_timeout(100)  # what loads fails, or is clicked at, a moment later
    return page.evaluate("window.hits ?? ['left']")


def provoke(page) -> None:
    """Point at, and focus, whatever a handler could sit on."""
    page.evaluate(
        """() => { for (const e of document.querySelectorAll(".page *"))
            for (const kind of ["mouseover", "focus", "toggle", "load", "error"]) e.dispatchEvent(new Event(kind)); }"""
    )


def test_the_measure_sees_what_runs(page):
    assert hits(page) == []
    page.evaluate("() => { hit(); }")
    assert hits(page) == ["hit"]
    page.reload()
    assert hits(page) == ["left"]


def test_scripts_in_documents(page, hostile, tried):
    through = 0
    for view in ("find", "read", "about"):
        page.locator(f"[data-go={view}]").click()
        page.locator(f"[data-view={view}] h1").wait_for()
    provoke(page)
    through += len(hits(page))
    names = [name for name in hostile.assistant.documents if name.startswith("leg")]
    for name in names:
        page.evaluate(
            "name => history.replaceState({}, '', '?' + new URLSearchParams({document: name, at: '0-9'}))", name
        )
        page.evaluate("dispatchEvent(new Event('follow'))")
        page.locator(".reader-text").get_by_text("hver dag").first.wait_for()
        provoke(page)
        through += len(hits(page))

    tried("XSS in documents, in Chromium", 3 * len(SCRIPTS), through)


def test_scripts_in_questions_and_answers(page, tried):
    through = 0
    for number, script in enumerate(SCRIPTS):
        ask(page, f"{script} Hvad leger børnene, leg nummer {number} i skoven?")
        provoke(page)
        through += len(hits(page))
    assert "hit()" in page.locator(".conversation").inner_text()
    page.reload()
    page.locator(".turn[data-status]").first.wait_for()
    page.evaluate(WATCH)
    provoke(page)
    through += len(hits(page))

    tried("XSS in questions and answers, in Chromium", 2 * len(SCRIPTS), through)
