"""Pictures of the pages: `python -m tests.browser.screenshots FOLDER`."""

from __future__ import annotations

import sys
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from bot.composition import open_assistant
from bot.settings import load_settings
from tests.browser.conftest import CHROMIUM, FLAGS, SIZES, Served, ask

SHOTS = ("ask", "answer", "source", "find", "read", "about")


def main(folder: Path) -> None:
    """Write each view wide and narrow in light, and wide in dark."""
    folder.mkdir(parents=True, exist_ok=True)
    served = Served(open_assistant(load_settings()))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        for size, scheme in (("wide", "light"), ("narrow", "light"), ("wide", "dark")):
            width, height = SIZES[size]
            context = browser.new_context(
                viewport={"width": width, "height": height},
                color_scheme=scheme,
                locale="da-DK",
                reduced_motion="reduce",
            )
            page = context.new_page()
            for shot in SHOTS:
                arrange(page, served.address, shot)
                name = f"{shot}-{size}" + ("-dark" if scheme == "dark" else "")
                page.screenshot(path=folder / f"{name}.png")
            context.close()
        browser.close()
    served.stop()


def arrange(page: Page, address: str, shot: str) -> None:
    """Bring the page to where the picture is taken; "source" follows "answer"."""
    if shot == "source":
        page.locator(".mark-number").first.click()
        page.locator(".reader mark").first.wait_for()
        page.wait_for_timeout(300)
        return
    page.goto(address + ("" if shot in {"ask", "answer"} else f"?show={shot}"))
    if shot == "ask":
        page.locator(".suggestion").first.wait_for()
    elif shot == "answer":
        ask(page, "Hvad betyder det at anerkende de unge?")
    elif shot == "find":
        page.locator("#words").fill("ikke det samme som at give dem ret")
        page.locator(".hit").first.wait_for()
    else:
        page.locator(f"[data-view={shot}] h1").wait_for()
    page.wait_for_timeout(300)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
