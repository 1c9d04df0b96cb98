"""What the page does with what should not have been written."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from bot.privacy.feedback import FeedbackFile
from bot.web.texts import page_texts
from tests.browser.conftest import SIZES, Served, ask
from tests.browser.test_accessibility import small_targets, violations
from tests.web.fakes import fake_assistant

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


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    """A page whose server keeps feedback."""
    path = tmp_path_factory.mktemp("kept") / "feedback.sqlite"
    served = Served(fake_assistant(), feedback=path)
    served.file = FeedbackFile(path, 30)
    yield served
    served.stop()


def test_no_feedback_is_asked_for_where_none_is_kept(open_page):
    page = open_page()
    ask(page, QUESTION)
    assert page.locator(".feedback").count() == 0


@pytest.mark.parametrize("language", ["da", "sv", "en"])
def test_feedback_by_keyboard(open_page, kept, language):
    kept.file.erase()
    texts = page_texts(language)
    page = open_page(f"?lang={language}", at=kept)
    ask(page, QUESTION)
    page.get_by_role("group", name=texts["feedback_ask"]).get_by_role("button", name=texts["feedback_no"]).focus()
    page.keyboard.press("Enter")
    expect(page.locator(".feedback-said")).to_have_text(texts["feedback_thanks"])
    expect(page.locator("[data-announcer]")).to_have_text(texts["feedback_thanks"])
    expect(page.locator("[data-helpful=no]")).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("Tab")
    expect(page.get_by_role("textbox", name=texts["feedback_comment"])).to_be_focused()
    page.keyboard.type("Min søn hedder Alfons, og svaret er langt")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator(".feedback-said")).to_have_text(texts["feedback_sent"])
    expect(page.locator("[data-helpful=no]")).to_be_focused()

    [entry] = kept.file.entries()
    assert (entry.question, entry.helpful, entry.status) == (QUESTION, False, "answered")
    assert entry.comment == "Min søn hedder [name], og svaret er langt"


def test_a_refusal_can_be_judged_and_the_judgement_changed(open_page, kept):
    kept.file.erase()
    page = open_page(at=kept)
    ask(page, "Hvornår åbner svømmehallen, cafeen, kiosken og biblioteket for unge?")
    page.locator("[data-helpful=no]").click()
    expect(page.locator(".feedback-more")).to_be_visible()
    page.locator("[data-helpful=yes]").click()
    expect(page.locator("[data-helpful=no]")).to_have_attribute("aria-pressed", "false")
    expect(page.locator(".feedback-said")).to_be_visible()
    page.wait_for_function("document.querySelector('.feedback-said').textContent")

    assert [(entry.helpful, entry.status) for entry in kept.file.entries()] == [(True, "not_found")]


@pytest.mark.parametrize("language", ["da", "sv", "en"])
def test_about_says_what_is_kept(open_page, kept, language):
    texts = page_texts(language)
    page = open_page(f"?lang={language}&show=about", at=kept)
    about = page.locator("[data-view=about]")
    expect(about).to_contain_text(texts["about_privacy_feedback"])
    expect(about).to_contain_text(texts["about_privacy_days_other"].replace("{n}", "30"))
    expect(about).not_to_contain_text(texts["about_privacy_text"])
    expect(page.locator(".foot")).to_have_text(texts["footer_note_kept"])


def test_one_polite_line_where_it_cannot_be_kept(open_page, kept):
    page = open_page(at=kept)
    ask(page, QUESTION)
    page.route("**/api/feedback", lambda route: route.abort())
    page.locator("[data-helpful=yes]").click()
    expect(page.locator(".feedback-said")).to_have_text(page_texts("da")["feedback_failed"])
    expect(page.locator("blockquote").first).to_be_visible()
    open_page.faults[:] = [fault for fault in open_page.faults if "ERR_FAILED" not in fault]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
def test_axe_finds_nothing(open_page, kept, axe_table, size, scheme):
    page = open_page(at=kept, size=size, scheme=scheme)
    row = f"da {SIZES[size][0]} {scheme}"
    ask(page, f"010203-1234: {QUESTION}")
    page.locator("[data-helpful=no]").click()
    page.locator(".feedback-more").wait_for()
    assert not violations(page, axe_table, row, "feedback")
    assert not small_targets(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.locator("[data-go=about]").click()
    page.locator("[data-view=about] h1").wait_for()
    assert not violations(page, axe_table, row, "kept")
