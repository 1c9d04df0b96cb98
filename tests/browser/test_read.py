from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Served
from tests.web.fakes import FakeAssistant, real_documents

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


def test_principles_are_put_in_order_by_topic(open_page):
    page = open_page("?show=read")
    page.get_by_role("button", name="Efter emne").click()
    topics = page.locator(".topic:visible")
    names = topics.evaluate_all("all => all.map(e => e.dataset.name)")
    assert names[:3] == ["Bejaka", "Bemöta", "Berika"]
    assert len(names) == topics.count() > 12
    expect(topics.first).to_contain_text("Centrala Barn- och Elevhälsans värdegrund")
    page.locator("[data-sift]").fill("gensidig respekt")
    expect(page.locator(".topic:visible")).to_have_count(1)
    page.locator(".topic:visible h4 a").click()
    expect(page.locator(".reader mark")).to_have_text("TROVÆRDIGHED")
    page.keyboard.press("Escape")
    page.locator("[data-sift]").fill("")
    page.get_by_role("button", name="Efter dokument").click()
    expect(page.locator(".principles .book").first.locator(".topic")).to_have_count(4)


@pytest.mark.parametrize(
    ("language", "day", "ended"),
    [
        ("da", "28. maj 2013", "Gjaldt til 31. december 2020"),
        ("sv", "28 maj 2013", "Gällde till 31 december 2020"),
        ("en", "28 May 2013", "In force until 31 December 2020"),
    ],
)
def test_what_the_catalogue_knows_of_dates_is_shown(open_page, language, day, ended):
    first, *others = real_documents()
    dated = replace(first, adopted="2013-05-28", valid_until=date(2020, 12, 31))
    served = Served(FakeAssistant([dated, *others]))
    page = open_page(f"?lang={language}&show=about", at=served)
    row = page.locator("tbody tr", has_text=first.title)
    expect(row).to_contain_text(day)
    expect(row).to_contain_text(ended)
    row.get_by_role("link").click()
    expect(page.locator("#reader-above")).to_have_text(f"{first.publisher} · {day}")
    expect(page.locator(".reader .notice")).to_have_text(ended)
    served.stop()


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
