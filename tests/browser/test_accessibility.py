from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe

from bot.web.texts import LANGUAGES
from tests.browser.conftest import SIZES, ask

pytestmark = pytest.mark.browser
OPTIONS = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"], "resultTypes": ["violations"]}


def violations(page) -> list[str]:
    found = Axe().run(page, options=OPTIONS).response["violations"]
    return [f"{v['id']}: {node['html'][:160]} {node['failureSummary']}" for v in found for node in v["nodes"]]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_no_violation(open_page, language, size, scheme):
    page = open_page(f"?lang={language}", size=size, scheme=scheme)
    page.locator(".suggestion").first.wait_for()
    assert not violations(page)
    ask(page, "Hvad betyder det at anerkende de unge?")
    ask(page, "Hvornår åbner svømmehallen, cafeen, kiosken og biblioteket for unge?")
    assert not violations(page)
    page.locator(".mark-number").first.click()
    page.locator(".reader mark").wait_for()
    assert not violations(page)
    page.keyboard.press("Escape")
    for view in ("find", "read", "about"):
        page.locator(f"[data-go={view}]").click()
        page.locator(f"[data-view={view}] h1").wait_for()
        if view == "find":
            page.locator("#words").fill("anerkende de unge")
            page.locator(".hit input").first.check()
        assert not violations(page)


@pytest.mark.parametrize("size", SIZES)
def test_targets_are_large_enough(open_page, size):
    page = open_page(size=size)
    ask(page, "Hvad betyder det at anerkende de unge?")
    for view in ("ask", "find", "read", "about"):
        page.locator(f"[data-go={view}]").last.click()
        page.locator(f"[data-view={view}] h1").wait_for(state="attached")
        assert not small_targets(page)


def small_targets(page) -> list[str]:
    """Links, buttons and fields below 24 pixels; links within running text are excepted (WCAG 2.5.8)."""
    return page.evaluate(
        """() => [...document.querySelectorAll(".page :is(a, button, summary, input, select, textarea)")]
            .filter(e => e.checkVisibility() && !e.closest(".skip"))
            .map(e => [e.outerHTML.slice(0, 80), e.getBoundingClientRect()])
            .filter(([, box]) => box.width < 24 || box.height < 24).map(([html]) => html)"""
    )


def test_nothing_is_cut_off_with_text_twice_as_large(open_page):
    page = open_page()
    ask(page, "Hvad betyder det at anerkende de unge?")
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_nothing_is_cut_off_at_320_pixels(open_page):
    page = open_page()
    page.set_viewport_size({"width": 320, "height": 600})
    ask(page, "Hvad betyder det at anerkende de unge?")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
