"""A real Chromium, and the page it looks at, served on loopback."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import uvicorn
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from bot.settings import load_settings
from bot.web.protocol import Assistant
from bot.web.server import build_app
from tests.web.fakes import fake_assistant

CHROMIUM = "/usr/bin/chromium"
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
SIZES = {"wide": (1280, 860), "narrow": (390, 844)}
PATIENCE_MS = 40_000
"""How long something may take to appear: much longer than it does, for a machine may be busy with other things."""
expect.set_options(timeout=PATIENCE_MS)
OpenPage = Callable[..., Page]
Table = dict[str, dict[str, tuple[int, int]]]
AXE = pytest.StashKey[Table]()


class Served:
    """A running server, and the assistant behind it."""

    def __init__(self, assistant: Assistant, port: int = 0, **settings: object) -> None:
        self.assistant: Any = assistant
        config = uvicorn.Config(
            build_app(assistant, load_settings(port=0, requests_per_minute=0, questions_per_minute=0, **settings)),
            host="127.0.0.1",
            port=port,
            log_level="error",
            access_log=False,
            timeout_graceful_shutdown=1,
        )
        self.server = uvicorn.Server(config)
        self.thread = threading.Thread(target=self.server.run, daemon=True)
        self.thread.start()
        while not self.server.started:
            assert self.thread.is_alive()
            time.sleep(0.02)
        self.port: int = self.server.servers[0].sockets[0].getsockname()[1]
        self.address = f"http://127.0.0.1:{self.port}/"

    def stop(self) -> None:
        self.server.should_exit = True
        self.thread.join(10)


@pytest.fixture(scope="session")
def served() -> Iterator[Served]:
    """The page over a small assistant that answers at once, and always the same."""
    served = Served(fake_assistant())
    yield served
    served.stop()


@pytest.fixture(scope="session")
def really_served(assistant: Assistant) -> Iterator[Served]:
    """The page over the real assistant."""
    served = Served(assistant)
    yield served
    served.stop()


@pytest.fixture(scope="module")
def chromium(served: Served) -> Iterator[Browser]:
    """A browser for the tests of a module: Playwright's event loop runs as long, and other tests have their own."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def open_page(chromium: Browser, served: Served) -> Iterator[OpenPage]:
    """Opens the page in a fresh context; fails on a script error, a blocked resource or a foreign request."""
    contexts: list[BrowserContext] = []
    faults: list[str] = []

    def open_(
        path: str = "",
        *,
        at: Served = served,
        language: str = "da-DK",
        size: str = "wide",
        scheme: str = "light",
        **options: object,
    ) -> Page:
        width, height = SIZES[size]
        context = chromium.new_context(
            viewport={"width": width, "height": height},
            locale=language,
            color_scheme=scheme,
            reduced_motion="reduce",
            **options,
        )
        context.set_default_timeout(PATIENCE_MS)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: faults.append(f"script: {error}"))
        page.on("console", lambda said: faults.append(f"console: {said.text}") if said.type == "error" else None)
        page.on("request", lambda sent: faults.append(f"foreign: {sent.url}") if _foreign(sent.url, at) else None)
        page.goto(at.address + path)
        page.locator(".page").wait_for()
        return page

    open_.faults = faults  # type: ignore[attr-defined]
    yield open_
    for context in contexts:
        context.close()
    assert not faults


def _foreign(url: str, served: Served) -> bool:
    return not url.startswith((served.address, "data:", "blob:" + served.address))


def ask(page: Page, question: str) -> None:
    """Type a question, press Enter, and wait for the whole answer."""
    turns = page.locator(".turn").count()
    page.get_by_role("textbox").first.fill(question)
    page.keyboard.press("Enter")
    page.locator(".turn[data-status]").nth(turns).wait_for()


@pytest.fixture(scope="session")
def axe_table(pytestconfig: pytest.Config) -> Table:
    """What axe found on each page of each row: rules broken and rules kept. Printed when the tests are done."""
    return pytestconfig.stash.setdefault(AXE, {})


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """The table of accessibility, where it was measured."""
    table = config.stash.get(AXE, {})
    if not table:
        return
    columns = list(dict.fromkeys(column for row in table.values() for column in row))
    write = terminalreporter.write_line
    terminalreporter.section("axe: rules broken / rules kept (wcag2a, wcag2aa, wcag21a, wcag21aa)")
    write(f"{'':16}" + "".join(f"{column:>10}" for column in columns))
    for name, row in table.items():
        cells = ("{} / {}".format(*row[column]) if column in row else "" for column in columns)
        write(f"{name:16}" + "".join(f"{cell:>10}" for cell in cells))
    broken = sum(count for row in table.values() for count, _ in row.values())
    write(f"{sum(map(len, table.values()))} pages looked at, {broken} rules broken")
