from __future__ import annotations

import pytest
from playwright.sync_api import expect

from bot.schema import PassageNote
from tests.browser.conftest import ask

pytestmark = pytest.mark.browser
QUESTION = "Hvad betyder det at anerkende de unge?"
HERNING = "herning-boern-og-laering.txt"


def place(served, name: str, words: str) -> str:
    start = served.assistant.documents[name].text.index(words)
    return f"?document={name}&at={start}-{start + len(words)}"


def test_a_link_opens_the_reader_at_the_place(open_page, served):
    page = open_page(place(served, HERNING, "Give garanti for en plads"))
    mark = page.locator(".reader mark")
    expect(mark).to_have_text("Give garanti for en plads")
    expect(mark).to_be_in_viewport()
    page.get_by_role("button", name="Luk").click()
    expect(page.locator(".reader")).to_be_hidden()
    assert "document" not in page.url


@pytest.mark.parametrize("size", ["wide", "narrow"])
def test_the_reader_stands_beside_the_answer_or_over_it(open_page, size):
    page = open_page(size=size)
    ask(page, QUESTION)
    page.locator(".mark-number").first.click()
    expect(page.locator(".reader mark")).to_be_in_viewport()
    modal = page.locator(".reader").evaluate("e => e.matches(':modal')")
    assert modal == (size == "narrow")
    if size == "wide":
        expect(page.locator("blockquote").first).to_be_in_viewport()
        left = page.locator(".composer").bounding_box()
        right = page.locator(".reader").bounding_box()
        assert left["x"] + left["width"] <= right["x"]
    page.keyboard.press("Escape")
    expect(page.locator(".reader")).to_be_hidden()
    expect(page.locator(".mark-number").first).to_be_focused()


def test_the_back_button_closes_the_reader_and_forward_opens_it(open_page):
    page = open_page()
    ask(page, QUESTION)
    page.locator(".mark-number").first.click()
    expect(page.locator(".reader mark")).to_be_visible()
    page.go_back()
    expect(page.locator(".reader")).to_be_hidden()
    expect(page.locator("blockquote").first).to_be_visible()
    page.go_forward()
    expect(page.locator(".reader mark")).to_be_visible()


def test_a_reload_opens_the_same_place(open_page):
    page = open_page()
    ask(page, QUESTION)
    page.locator(".mark-number").first.click()
    marked = page.locator(".reader mark").inner_text()
    page.reload()
    expect(page.locator(".reader mark")).to_have_text(marked)


def test_a_place_or_a_document_that_is_gone_is_said(open_page):
    page = open_page(f"?document={HERNING}&at=90000-90010")
    expect(page.locator(".reader .notice")).to_contain_text("ikke er der længere")
    page = open_page("?document=borte.txt&at=1-2")
    expect(page.locator(".reader .notice")).to_contain_text("findes ikke længere")
    open_page.faults[:] = [fault for fault in open_page.faults if "404" not in fault]


def test_the_contents_lead_to_a_section(open_page):
    page = open_page(f"?document={HERNING}")
    page.locator(".contents summary").click()
    page.locator(".contents a").last.click()
    expect(page.locator(".reader mark")).to_be_in_viewport()


def test_html_in_a_document_is_shown_as_text(open_page, served, monkeypatch):
    document = served.assistant.documents[HERNING]
    words = "<img src=x onerror=\"document.title='pwned'\"><b>fed</b>"
    hostile = type(document)(f"{words}.txt", words, f"{words} Katten sover.", "da")
    monkeypatch.setattr(served.assistant, "documents", {hostile.name: hostile})
    page = open_page()
    page.evaluate("name => window.history.pushState({}, '', '?document=' + encodeURIComponent(name))", hostile.name)
    page.reload()
    expect(page.locator("#reader-title")).to_have_text(words)
    expect(page.locator(".document")).to_contain_text(words)
    assert page.locator(".reader img, .reader b").count() == 0


@pytest.mark.parametrize(("language", "shown", "hidden"), [("da-DK", "da", "en"), ("en-GB", "en", "da")])
def test_a_note_is_shown_in_the_language_of_the_page(open_page, served, monkeypatch, language, shown, hidden):
    words = "Give garanti for en plads"
    start = served.assistant.documents[HERNING].text.index(words)
    texts = {"da": "Alle får en plads.", "en": "Everybody gets a place."}
    notes = [(start, PassageNote(HERNING, words, code, text)) for code, text in texts.items()]
    monkeypatch.setattr(served.assistant, "notes_on", lambda name: notes)
    page = open_page(place(served, HERNING, words), language=language)

    note = page.locator(".reader .note")
    expect(note.filter(has_text=texts[shown])).to_be_visible()
    expect(note.filter(has_text=texts[hidden])).to_be_hidden()
    expect(note.filter(has_text=texts[shown]).locator(".note-head")).not_to_be_empty()
