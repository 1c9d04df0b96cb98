from __future__ import annotations

import pytest
from playwright.sync_api import expect

from bot.web.texts import LANGUAGES, page_texts
from tests.browser.conftest import ask

pytestmark = pytest.mark.browser
QUESTION = "Hvad betyder det at anerkende de unge?"


@pytest.mark.parametrize(
    ("browser", "page_language"), [("da-DK", "da"), ("sv-SE", "sv"), ("en-GB", "en"), ("nb-NO", "da"), ("pl-PL", "en")]
)
def test_the_browsers_language_at_first(open_page, browser, page_language):
    page = open_page(language=browser)
    expect(page.get_by_role("heading", level=1)).to_have_text(page_texts(page_language)["welcome_title"])
    expect(page.locator("html")).to_have_attribute("lang", page_language)


def test_the_switch_changes_every_word_and_keeps_the_conversation(open_page):
    page = open_page()
    ask(page, QUESTION)
    page.get_by_role("button", name="Svenska").click()
    expect(page.locator(".sources h3")).to_have_text("Källor")
    expect(page.locator("html")).to_have_attribute("lang", "sv")
    assert page.locator(".mark-number").first.get_attribute("aria-label").startswith("Källa 1: ")
    expect(page.locator("blockquote").first).to_have_attribute("lang", "da")
    assert "lang=sv" in page.url
    page.reload()
    expect(page.locator(".sources h3")).to_have_text("Källor")


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_word_of_another_language_is_left(open_page, language):
    """Every visible word and every name is a text of the page's language, or content."""
    page = open_page(f"?lang={language}")
    page.locator(".suggestion").first.wait_for()
    own = set(page_texts(language).values()) | {"Dansk", "Svenska", "English"}
    content = set(page.locator(".suggestion").all_inner_texts())
    assert not [word for word in words(page) if word not in own | content]
    others = {text for other in LANGUAGES if other != language for text in page_texts(other).values()}
    ask(page, QUESTION)
    page.locator(".mark-number").first.click()
    page.locator(".reader mark").wait_for()
    assert not [word for word in words(page) if word in others - own]
    for view in ("find", "read", "about"):
        page.goto(page.url.split("?")[0] + f"?lang={language}&show={view}")
        page.locator(f"[data-view={view}] h1").wait_for()
        assert not [word for word in words(page) if word in others - own]
        assert page.title() == f"{page_texts(language)[f'page_{view}']} · Grundlag"


def words(page) -> list[str]:
    """Every name and every text of the page itself: what is quoted carries a language of its own."""
    return page.evaluate(
        """() => [...document.querySelectorAll("body *")].flatMap(e => [
            e.getAttribute("aria-label"), e.getAttribute("title"), e.getAttribute("placeholder"), e.getAttribute("alt"),
            ...[...e.childNodes].filter(n => n.nodeType === 3 &&
                !e.closest("script, style, noscript, [hidden], [lang]:not(html)"))
                .map(n => n.textContent.trim())]).filter(Boolean)"""
    )
