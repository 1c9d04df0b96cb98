from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from bot.web.texts import LANGUAGES
from tests.browser.conftest import SIZES, ask

pytestmark = pytest.mark.browser
OPTIONS = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"], "resultTypes": ["violations"]}


def violations(page, table, row: str, column: str) -> list[str]:
    """What axe finds wrong, and in `table` how many rules were kept and how many broken."""
    found = Axe().run(page, options=OPTIONS).response
    table.setdefault(row, {})[column] = (len(found["violations"]), len(found["passes"]))
    return [
        f"{v['id']}: {node['html'][:160]} {node['failureSummary']}" for v in found["violations"] for node in v["nodes"]
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_no_violation(open_page, axe_table, language, size, scheme):
    page = open_page(f"?lang={language}", size=size, scheme=scheme)
    row = f"{language} {SIZES[size][0]} {scheme}"
    page.locator(".suggestion").first.wait_for()
    assert not violations(page, axe_table, row, "ask")
    ask(page, "Hvad betyder det at anerkende de unge?")
    page.locator(".mark-number").first.hover()
    page.locator(".preview").wait_for()
    assert not violations(page, axe_table, row, "answer")
    ask(page, "Hvornår åbner svømmehallen, cafeen, kiosken og biblioteket for unge?")
    assert not violations(page, axe_table, row, "refusal")
    page.locator(".mark-number").first.click()
    page.locator(".reader mark").wait_for()
    assert not violations(page, axe_table, row, "source")
    page.keyboard.press("Escape")
    for view in ("find", "read", "about"):
        page.locator(f"[data-go={view}]").click()
        page.locator(f"[data-view={view}] h1").wait_for()
        if view == "find":
            page.locator("#words").fill("anerkende de unge")
            page.locator(".hit input").first.check()
        assert not violations(page, axe_table, row, view)


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


@pytest.mark.parametrize("view", ["ask", "find", "read", "about"])
def test_the_page_works_at_a_zoom_of_200_percent(open_page, view):
    """1280 x 860 pixels at 200 % are 640 x 430 of the page's own."""
    page = open_page(f"?show={view}", device_scale_factor=2)
    page.set_viewport_size({"width": 640, "height": 430})
    if view == "ask":
        ask(page, "Hvad betyder det at anerkende de unge?")
        page.locator(".mark-number").first.click()
        expect(page.locator(".reader mark")).to_be_in_viewport()
        page.keyboard.press("Escape")
        expect(page.locator("#question")).to_be_in_viewport()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("motion", ["reduce", "no-preference"])
def test_nothing_moves_when_the_system_asks_for_that(open_page, motion):
    page = open_page()
    page.emulate_media(reduced_motion=motion)
    held = []
    page.route("**/gradio_api/**", lambda route: held.insert(0, route))  # and never goes on
    page.get_by_role("textbox").first.fill("Hvad betyder det at anerkende de unge?")
    page.keyboard.press("Enter")
    page.locator(".searching").wait_for()
    moving = page.evaluate("document.getAnimations().length")
    assert moving == 0 if motion == "reduce" else moving > 0


def test_what_has_the_focus_is_seen(open_page):
    """Every stop of the Tab key is drawn with an outline, or its field is."""
    page = open_page()
    ask(page, "Hvad betyder det at anerkende de unge?")
    page.locator("body").click(position={"x": 5, "y": 400})
    seen = set()
    for _ in range(40):
        page.keyboard.press("Tab")
        name, shown = page.evaluate(
            """() => {
                const e = document.activeElement;
                const own = getComputedStyle(e);
                const field = e.closest(".field");
                const outlined = own.outlineStyle !== "none" && parseFloat(own.outlineWidth) >= 2;
                const ringed = Boolean(field) && getComputedStyle(field).boxShadow.includes("0px 0px 0px 1px");
                return [e.outerHTML.slice(0, 80), e === document.body || outlined || ringed];
            }"""
        )
        assert shown, name
        seen.add(name)
    assert len(seen) > 12


def test_nothing_is_cut_off_at_320_pixels(open_page):
    page = open_page()
    page.set_viewport_size({"width": 320, "height": 600})
    ask(page, "Hvad betyder det at anerkende de unge?")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
