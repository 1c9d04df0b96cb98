"""The page over the real assistant: what a newcomer does first."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import ask

pytestmark = pytest.mark.browser
SENTENCE = "Det at anerkende de unge er ikke det samme som at give dem ret."


def test_a_newcomer_asks_reads_on_and_finds_the_sentence(open_page, really_served):
    page = open_page(at=really_served)
    expect(page.locator(".suggestion")).to_have_count(4)
    ask(page, "Hvad betyder det at anerkende de unge?")
    expect(page.locator(".answer-text")).to_contain_text(SENTENCE)
    quote = page.locator("blockquote", has_text=SENTENCE)
    quote.locator(".mark-number").last.click()
    expect(page.locator(".reader mark")).to_contain_text(SENTENCE)
    expect(page.locator(".reader mark")).to_be_in_viewport()


def test_what_is_quoted_is_marked_in_the_document(open_page, really_served):
    page = open_page(at=really_served)
    for question in ("Vilka ledord hör till Berika?", "Hvad er Byrådets mål for dagtilbud?", "What is trust about?"):
        ask(page, question)
    for number in range(page.locator(".mark-number").count()):
        mark = page.locator(".mark-number").nth(number)
        quote = " ".join(mark.get_attribute("data-quote").split())
        mark.click()
        expect(page.locator(".reader mark").first).to_be_in_viewport()
        shown = " ".join(" ".join(page.locator(".reader mark").all_inner_texts()).split())
        assert shown == quote
        page.keyboard.press("Escape")


def test_places_are_found_as_one_types(open_page, really_served):
    page = open_page("?show=find", at=really_served)
    page.locator("#words").press_sequentially("ikke det samme som at give dem ret")
    expect(page.locator(".hit").first).to_contain_text(SENTENCE)


def test_an_empty_answer_is_never_shown(open_page, really_served):
    page = open_page(at=really_served)
    for question in ("?", "asdf qwer", "Hej"):
        ask(page, question)
        assert page.locator(".answer-text").last.inner_text().strip()
