"""What the page does with what should not have been written."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from bot.web.texts import page_texts
from tests.browser.conftest import ask

pytestmark = pytest.mark.browser
QUESTION = "Hvad betyder det at anerkende de unge?"


@pytest.mark.parametrize("language", ["da", "sv", "en"])
def test_a_personal_number_is_forgotten_at_once(open_page, served, language):
    page = open_page(f"?lang={language}")
    ask(page, f"010203-1234: {QUESTION}")

    expect(page.locator(".turn .warning")).to_have_text(page_texts(language)["personal_number"])
    expect(page.locator(".question .words")).to_have_text(f"[…]: {QUESTION}")
    expect(page.locator("[data-announcer]")).to_contain_text(page_texts(language)["personal_number"])
    assert "010203" not in page.content() + page.evaluate("JSON.stringify({...sessionStorage})")

    ask(page, "Og trivsel?")
    assert served.assistant.asked[-1] == ("Og trivsel?", (f"[…]: {QUESTION}",))
    page.reload()
    expect(page.locator(".turn .warning")).to_have_count(1)
    assert "010203" not in page.content()
