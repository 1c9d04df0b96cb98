"""What comes out of a printer: black on white, all of the text, nothing that only a screen needs."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import ask

pytestmark = pytest.mark.browser
QUESTION = "Hvad betyder det at anerkende de unge?"
HERNING = "herning-boern-og-laering.txt"


def pages(pdf: bytes) -> int:
    return len(re.findall(rb"/Type\s*/Page\b", pdf))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_conversation_is_printed_black_on_white(open_page, scheme):
    page = open_page(scheme=scheme)
    ask(page, QUESTION)
    page.emulate_media(media="print")
    for seen in (".question", "blockquote >> nth=0", ".sources cite >> nth=0"):
        expect(page.locator(seen)).to_be_visible()
        assert page.locator(seen).evaluate("e => getComputedStyle(e).color") == "rgb(0, 0, 0)"
    for hidden in (".composer", ".pages", ".languages", ".tools", ".related", ".source .show", ".foot", "summary"):
        expect(page.locator(hidden).first).to_be_hidden()
    assert page.locator("body").evaluate("e => getComputedStyle(e).backgroundColor") == "rgb(255, 255, 255)"


@pytest.mark.parametrize("size", ["wide", "narrow"])
def test_a_whole_document_is_printed_from_the_reader(open_page, size):
    page = open_page(f"?document={HERNING}&at=0-14", size=size)
    page.locator(".reader mark").wait_for()
    assert pages(page.pdf(format="A4")) >= 3
    page.emulate_media(media="print")
    last = page.locator(".document li").last
    box = page.locator(".reader").bounding_box()
    end = last.bounding_box()
    assert end["y"] + end["height"] <= box["y"] + box["height"]
    expect(page.locator(".top")).to_be_hidden()
    expect(page.locator("#content")).to_be_hidden()
    expect(page.get_by_role("button", name="Luk")).to_be_hidden()


def test_principles_are_printed_without_their_controls(open_page):
    page = open_page("?show=read")
    page.locator(".topic").first.wait_for()
    page.emulate_media(media="print")
    expect(page.locator(".arrange")).to_be_hidden()
    expect(page.locator(".topic li").first).to_be_visible()
