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
    """Every visible word and every name comes from the texts of the page's language, or is content."""
    page = open_page(f"?lang={language}")
    page.locator(".suggestion").first.wait_for()
    own = page_texts(language)
    others = [page_texts(other) for other in LANGUAGES if other != language]
    foreign = {text for texts in others for text in texts.values()} - set(own.values())
    words = page.evaluate(
        """() => [...document.querySelectorAll("body *")].flatMap(e => [
            e.getAttribute("aria-label"), e.getAttribute("title"), e.getAttribute("placeholder"), e.getAttribute("alt"),
            ...[...e.childNodes].filter(n => n.nodeType === 3 && !e.closest("script, style, noscript, [hidden]"))
                .map(n => n.textContent.trim())]).filter(Boolean)"""
    )
    known = set(own.values()) | {"Dansk", "Svenska", "English"}
    content = set(page.locator(".suggestion").all_inner_texts())
    assert not [word for word in words if word in foreign - known]
    assert not [word for word in words if word not in known | content]
    assert page.title().startswith(own["app_title"])
