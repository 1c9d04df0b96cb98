from __future__ import annotations

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


def test_a_document_is_read_and_the_back_button_returns(open_page):
    page = open_page("?show=read")
    page.get_by_role("link", name="Børn og læring").first.click()
    expect(page.locator("#reader-title")).to_have_text("Børn og læring")
    expect(page.locator(".document")).to_contain_text("Dagtilbud")
    page.go_back()
    expect(page.locator(".reader")).to_be_hidden()
    expect(page.get_by_role("heading", level=1)).to_have_text("Læs dokumenterne")


def test_a_section_has_a_link_of_its_own(open_page):
    page = open_page("?show=read")
    book = page.locator(".shelf .book", has_text="Værdier og pædagogisk grundlag")
    book.locator("summary").click()
    book.get_by_role("link", name="Pædagogisk Grundlag", exact=True).click()
    expect(page.locator(".reader mark")).to_have_text("Pædagogisk Grundlag:")
    expect(page.locator(".reader mark")).to_be_in_viewport()


def test_principles_are_sifted_by_words(open_page):
    page = open_page("?show=read")
    page.locator("[data-sift]").fill("data- og forsknings")
    expect(page.locator(".topic li:visible")).to_have_count(1)
    page.locator(".topic li:visible a").click()
    expect(page.locator(".reader mark")).to_contain_text("forskningsbaseret")
    page.keyboard.press("Escape")
    page.locator("[data-sift]").fill("qqq")
    expect(page.locator("[data-sifted]")).to_be_visible()


def test_about_says_what_it_knows_and_what_is_stored(open_page):
    page = open_page("?show=about")
    expect(page.locator("table tbody tr")).to_have_count(5)
    expect(page.locator(".about")).to_contain_text("Intet.")
    expect(page.locator(".state")).to_contain_text("fake-1")


def test_views_follow_the_address(open_page):
    page = open_page()
    for name, heading in (("Læs", "Læs dokumenterne"), ("Om", "Om Grundlag"), ("Find citat", "Find et citat")):
        page.get_by_role("link", name=name, exact=True).click()
        expect(page.get_by_role("heading", level=1)).to_have_text(heading)
    page.go_back()
    expect(page.get_by_role("heading", level=1)).to_have_text("Om Grundlag")
    expect(page.get_by_role("link", name="Om", exact=True)).to_have_attribute("aria-current", "page")
    assert page.title() == "Om · Grundlag"
