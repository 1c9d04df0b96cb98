"""Pictures of the pages: `python -m tests.browser.screenshots FOLDER [--pictures FOLDER]`.

The first folder gets each view wide, narrow and dark, and the states between; the second the few that the README shows,
made small.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from bot.composition import open_assistant
from bot.settings import load_settings
from tests.browser.conftest import CHROMIUM, FLAGS, SIZES, Served, ask

VIEWS = ("ask", "find", "read", "about")
QUESTIONS = {
    "answer": "Hvad betyder det at anerkende de unge?",
    "list": "Hvad er Byrådets mål for dagtilbud?",
    "comparison": "Hvad siger UngHerning og Elevhälsan om respekt?",
    "refusal": "Hvornår åbner svømmehallen?",
    "greeting": "Hej!",
    "english": "What do they say about parents?",
    "ukrainian": "Що кажуть про довіру до дітей?",
}
STATES = (*VIEWS, *QUESTIONS, "source", "principles", "topics", "too-long", "waiting", "unreachable")
LOOKS = (("wide", "light"), ("narrow", "light"), ("wide", "dark"), ("narrow", "dark"))
PICTURES = {"source-wide": "answer-wide.png", "list-narrow": "answer-narrow.png", "find-wide-dark": "find-dark.png"}
"""What the README shows: the screenshot, and the name of the picture."""
COLOURS = 64
"""A page has few colours; so many keep its letters smooth."""


def main() -> None:
    """Take the pictures."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--pictures", type=Path, help="where the README's pictures are kept")
    given = parser.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    served = Served(open_assistant(load_settings()))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        for size, scheme in LOOKS:
            for state in STATES:
                name = f"{state}-{size}" + ("-dark" if scheme == "dark" else "")
                take(browser, served.address, state, size, scheme, given.folder / f"{name}.png")
        browser.close()
    served.stop()
    if given.pictures:
        given.pictures.mkdir(parents=True, exist_ok=True)
        for shot, name in PICTURES.items():
            shrink(given.folder / f"{shot}.png", given.pictures / name)


def take(browser: Browser, address: str, state: str, size: str, scheme: str, path: Path) -> None:
    """One picture, in a browser that has seen nothing before."""
    width, height = SIZES[size]
    context = browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme=scheme,  # type: ignore[arg-type]
        locale="en-GB" if state in {"english", "ukrainian"} else "da-DK",
        reduced_motion="reduce",
    )
    page = context.new_page()
    arrange(page, address, state)
    page.wait_for_timeout(300)
    page.screenshot(path=path)
    page.unroute_all(behavior="ignoreErrors")
    context.close()


def arrange(page: Page, address: str, state: str) -> None:
    """Bring the page to where the picture is taken."""
    views = {"principles": "read", "topics": "read"}
    shown = views.get(state, state if state in VIEWS else "ask")
    page.goto(address if shown == "ask" else f"{address}?show={shown}")
    page.locator(f"[data-view={shown}] h1").wait_for()
    if shown == "ask":
        page.locator(".suggestion").first.wait_for()
    if state in QUESTIONS:
        ask(page, QUESTIONS[state])
    elif state == "source":
        ask(page, QUESTIONS["answer"])
        page.locator(".source .show").first.click()
        page.locator(".reader mark").first.wait_for()
    elif state == "find":
        page.locator("#words").fill("ikke det samme som at give dem ret")
        page.locator(".hit input").first.check()
    elif state in {"principles", "topics"}:
        page.locator(f"[data-order={'topic' if state == 'topics' else 'document'}]").click()
        page.locator(".principles").evaluate("e => e.scrollIntoView()")
    elif state == "too-long":
        page.locator("#question").fill("Hvad siger I om tillid? " * 42)
    elif state in {"waiting", "unreachable"}:
        page.route("**/gradio_api/**", lambda route: route.abort() if state == "unreachable" else None)
        page.locator("#question").fill(QUESTIONS["answer"])
        page.locator("#question").press("Enter")
        page.locator(".fault" if state == "unreachable" else ".searching").wait_for()


def shrink(shot: Path, picture: Path) -> None:
    """The same picture in few colours."""
    with Image.open(shot) as image:
        image.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE).save(picture, optimize=True)


if __name__ == "__main__":
    main()
