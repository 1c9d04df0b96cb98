from __future__ import annotations

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser
WORDS = "anerkende de unge"


@pytest.fixture
def page(open_page):
    page = open_page("?show=find", permissions=["clipboard-read", "clipboard-write"])
    page.locator("#words").fill(WORDS)
    page.locator(".hit").first.wait_for()
    return page


def clipboard(page) -> str:
    return page.evaluate("navigator.clipboard.readText()")


def test_places_appear_as_one_types_with_the_words_marked(page):
    first = page.locator(".hit").first
    expect(first.locator("mark")).to_have_text(WORDS)
    expect(first).to_contain_text("Pædagogisk Grundlag")
    expect(first.locator("xpath=.")).to_have_attribute("lang", "da")
    page.locator("#words").fill("")
    expect(page.locator(".hit")).to_have_count(0)


def test_filters_narrow_the_places(page):
    page.get_by_label("Sprog").last.select_option("sv")
    page.locator("#words").fill("barn och unge")
    expect(page.locator(".hit").first).to_have_attribute("lang", "sv")
    page.get_by_label("Kun de præcise ord").check()
    expect(page.locator(".found")).to_contain_text("Ingen steder")


def test_a_place_opens_in_its_document(page):
    page.locator(".hit .show").first.click()
    expect(page.locator(".reader mark")).to_contain_text("anerkende")
    page.keyboard.press("Escape")
    expect(page.locator(".hit .show").first).to_be_focused()
    expect(page.locator("#words")).to_have_value(WORDS)


def test_one_reference_is_copied(page, served):
    page.locator("[data-copy-reference]").first.click()
    expect(page.locator("[data-toast]")).to_have_text("Kopieret")
    copied = clipboard(page)
    assert copied.startswith("“UngHerning vil")
    assert f"{served.address}?document=ungherning" in copied
    page.goto(copied.strip().splitlines()[-1])
    expect(page.locator(".reader mark")).to_be_in_viewport()


def test_several_references_are_copied_or_saved(page):
    for number in (0, 1, 2):
        page.locator(".hit input").nth(number).check()
    expect(page.locator(".chosen")).to_contain_text("3 valgt")
    page.get_by_label("Henvisning som").select_option("ris")
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Gem som fil").click()
    assert waiting.value.suggested_filename == "henvisninger.ris"
    assert waiting.value.path().read_text().count("TY  - GEN") == 3
    page.get_by_label("Henvisning som").select_option("bibtex")
    page.get_by_role("button", name="Kopiér", exact=True).click()
    page.wait_for_function("navigator.clipboard.readText().then(text => text.includes('@misc'))")
    assert clipboard(page).count("@misc{") == 3


def test_more_places_are_shown_on_request(page):
    page.locator("#words").fill("børn og unge i fællesskab med læring")
    expect(page.locator(".more")).to_be_visible()
    shown = page.locator(".hit:visible").count()
    page.locator(".more").click()
    assert page.locator(".hit:visible").count() > shown


def test_html_in_the_words_is_shown_as_text(page):
    page.locator("#words").fill("unge <img src=x onerror=\"document.title='pwned'\">")
    page.locator(".hit").first.wait_for()
    assert page.locator(".find img").count() == 0
    assert "pwned" not in page.title()


def test_a_reload_and_the_back_button_keep_what_was_searched_for(page):
    page.get_by_label("Rækkefølge").select_option("place")
    page.get_by_label("Kun de præcise ord").check()
    expect(page.locator(".hit")).to_have_count(1)
    page.locator(".hit .show").click()
    expect(page.locator(".reader mark")).to_be_visible()
    page.reload()
    page.keyboard.press("Escape")
    expect(page.locator("#words")).to_have_value(WORDS)
    expect(page.get_by_label("Kun de præcise ord")).to_be_checked()
    expect(page.locator(".hit")).to_have_count(1)
    page.get_by_role("link", name="Om", exact=True).click()
    page.reload()
    page.go_back()
    expect(page.locator("#words")).to_have_value(WORDS)
    expect(page.locator(".hit")).to_have_count(1)
    assert "anerkende" not in page.url


def test_on_a_phone_the_filters_are_folded(open_page):
    page = open_page("?show=find", size="narrow")
    expect(page.locator("#filters")).to_be_hidden()
    page.get_by_role("button", name="Afgræns").click()
    page.locator("#filters select[name=language]").select_option("sv")
    expect(page.get_by_role("button", name="Afgræns · 1")).to_have_attribute("aria-expanded", "true")
