from __future__ import annotations

from dataclasses import replace

import pytest
from playwright.sync_api import expect

from bot.web.texts import LANGUAGES, page_texts
from tests.browser.conftest import Served, ask
from tests.web.fakes import FakeAssistant, fake_assistant, real_documents

pytestmark = pytest.mark.browser
QUESTION = "Hvad betyder det at anerkende de unge?"
SENTENCE = "Det at anerkende de unge er ikke det samme som at give dem ret."


def test_a_question_is_answered_with_a_quote_that_opens_in_its_document(open_page):
    page = open_page()
    ask(page, QUESTION)
    expect(page.locator("blockquote").first).to_contain_text(SENTENCE)
    expect(page.locator(".sources")).to_contain_text("Pædagogisk Grundlag")
    mark = page.locator(".mark-number").first
    assert mark.get_attribute("aria-label").startswith("Kilde 1: Værdier og pædagogisk grundlag")
    mark.click()
    expect(page.locator(".reader mark")).to_contain_text(SENTENCE)
    expect(page.locator(".reader mark")).to_be_in_viewport()
    expect(page.locator("#reader-title")).to_have_text("Værdier og pædagogisk grundlag")
    assert "document=ungherning" in page.url


def test_the_question_is_seen_at_once_and_something_moves(open_page):
    page = open_page()
    held = []
    page.route("**/gradio_api/**", lambda route: held.insert(0, route))  # and never goes on
    page.get_by_role("textbox").first.fill(QUESTION)
    # Not a moment later: when the key press has been dealt with, it is there.
    shown = page.evaluate(
        """() => {
            const box = document.querySelector("#question");
            box.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true, cancelable: true }));
            return [...document.querySelectorAll(".question .words, .searching")].map(e => e.textContent);
        }"""
    )
    assert shown == [QUESTION, page_texts("da")["searching"]]
    expect(page.locator(".searching")).to_be_in_viewport()


def test_an_example_is_asked_by_a_click(open_page):
    page = open_page()
    page.locator(".suggestion").first.click()
    page.locator(".turn[data-status=answered]").wait_for()
    expect(page.locator(".question")).to_contain_text(QUESTION)
    expect(page.locator(".examples")).to_be_hidden()


def test_a_refusal_looks_different_and_offers_the_nearest(open_page):
    page = open_page()
    ask(page, "Hvornår åbner svømmehallen, cafeen, kiosken og biblioteket for unge?")
    turn = page.locator(".turn")
    expect(turn).to_have_attribute("data-status", "not_found")
    expect(turn.get_by_role("heading", name="Det nærmeste, der står")).to_be_visible()
    expect(turn.locator(".sources")).to_have_count(0)
    assert turn.locator(".nearest .show").count() == 3
    assert turn.locator(".answer-text").evaluate("e => getComputedStyle(e).borderStyle") == "dashed"


def test_a_refusal_names_whom_to_ask(open_page):
    documents = [replace(document, contact=f"Kontoret for {document.title}") for document in real_documents()]
    served = Served(FakeAssistant(documents))
    page = open_page(at=served)
    ask(page, "Hvornår åbner svømmehallen, cafeen, kiosken og biblioteket for unge?")
    expect(page.get_by_role("heading", name="Spørg eventuelt her")).to_be_visible()
    expect(page.locator(".contacts li").first).to_contain_text("Kontoret for")
    served.stop()


def test_questions_to_go_on_with_stand_under_the_newest_answer(open_page, served):
    page = open_page()
    ask(page, QUESTION)
    page.locator(".related .suggestion").first.click()
    page.locator(".turn[data-status]").nth(1).wait_for()
    assert served.assistant.asked[-1] == ("Hvilke værdier har UngHerning?", (QUESTION,))
    expect(page.locator(".turn").nth(0).locator(".related")).to_be_hidden()
    related = page.locator(".turn").nth(1).locator(".related .suggestion")
    expect(related.first).to_be_visible()
    assert QUESTION not in related.all_inner_texts()


def test_a_greeting_offers_questions_and_no_passage(open_page, served):
    page = open_page()
    ask(page, "Hej!")
    expect(page.locator(".nearest, .related")).to_have_count(0)
    page.locator(".answer-text").get_by_role("button", name=QUESTION).click()
    page.locator(".turn[data-status=answered]").wait_for()
    assert served.assistant.asked[-1][0] == QUESTION


def test_the_pages_language_is_sent_along(open_page, served):
    page = open_page("?lang=sv")
    ask(page, QUESTION)
    assert served.assistant.expected == "sv"
    expect(page.locator(".question .words")).to_have_attribute("lang", "da")


def test_follow_ups_carry_the_earlier_questions_and_starting_anew_forgets_them(open_page, served):
    page = open_page()
    ask(page, QUESTION)
    ask(page, "Og hvad med fællesskab?")
    assert served.assistant.asked[-1] == ("Og hvad med fællesskab?", (QUESTION,))
    page.get_by_role("button", name="Begynd forfra").click()
    expect(page.locator(".turn")).to_have_count(0)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    ask(page, "Hvad er trivsel?")
    assert served.assistant.asked[-1] == ("Hvad er trivsel?", ())


def test_two_tabs_do_not_disturb_each_other(open_page, served):
    first, second = open_page(), open_page()
    ask(first, QUESTION)
    ask(second, "Hvad er trivsel?")
    assert served.assistant.asked[-1] == ("Hvad er trivsel?", ())
    expect(first.locator(".turn")).to_have_count(1)


def test_a_reload_keeps_the_conversation(open_page):
    page = open_page()
    ask(page, QUESTION)
    page.reload()
    expect(page.locator("blockquote").first).to_contain_text(SENTENCE)
    page.locator(".mark-number").first.click()
    expect(page.locator(".reader mark")).to_be_in_viewport()


def test_an_empty_question_is_not_sent(open_page, served):
    page = open_page()
    asked = len(served.assistant.asked)
    page.get_by_role("textbox").first.fill("  \n ")
    page.get_by_role("button", name="Spørg", exact=True).click()
    expect(page.locator("#question")).to_be_focused()
    expect(page.locator(".turn")).to_have_count(0)
    assert len(served.assistant.asked) == asked


def test_a_question_may_not_be_too_long_and_the_page_says_so(open_page, served):
    page = open_page()
    asked = len(served.assistant.asked)
    page.get_by_role("textbox").first.fill("x" * 1004)
    expect(page.locator("#count")).to_have_text("4 tegn for meget")
    page.keyboard.press("Enter")
    assert len(served.assistant.asked) == asked
    expect(page.locator(".turn")).to_have_count(0)


@pytest.mark.parametrize(
    "words",
    ["<img src=x onerror=\"document.title='pwned'\">", "<script>document.title='pwned'</script>", "**a** [1] <b>b"],
)
def test_html_in_a_question_is_shown_as_text(open_page, words):
    page = open_page()
    ask(page, words)
    expect(page.locator(".question .words")).to_have_text(words)
    assert page.locator(".conversation img, .conversation script, .conversation b").count() == 0
    assert page.title() != "pwned"


def test_the_page_says_when_the_server_is_gone_and_the_next_question_works(open_page):
    page = open_page()
    page.route("**/gradio_api/call/**", lambda route: route.abort())
    page.get_by_role("textbox").first.fill(QUESTION)
    page.keyboard.press("Enter")
    expect(page.locator(".fault")).to_contain_text(page_texts("da")["fault_unreachable"])
    page.unroute("**/gradio_api/call/**")
    page.get_by_role("button", name="Prøv igen").click()
    expect(page.locator("blockquote").first).to_contain_text(SENTENCE)
    open_page.faults[:] = [fault for fault in open_page.faults if "ERR_FAILED" not in fault]


def test_the_whole_path_by_keyboard(open_page):
    page = open_page()
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.locator("#question")).to_be_focused()
    page.keyboard.type(QUESTION)
    page.keyboard.press("Enter")
    page.locator(".turn[data-status]").wait_for()
    page.locator(".mark-number").first.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".reader mark")).to_be_in_viewport()
    expect(page.locator(".reader-text")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator(".reader")).to_be_hidden()
    expect(page.locator(".mark-number").first).to_be_focused()


def test_the_answer_is_announced_once(open_page):
    page = open_page()
    page.evaluate(
        """() => {
            window.said = [];
            const status = document.querySelector("[data-announcer]");
            new MutationObserver(() => said.push(status.textContent)).observe(status, {childList: true});
        }"""
    )
    ask(page, QUESTION)
    page.wait_for_function("said.some(text => text.startsWith('Svar'))")
    said = [text for text in page.evaluate("said") if text]
    assert sum(SENTENCE in text for text in said) == 1


def test_the_quote_is_shown_beside_its_number(open_page):
    page = open_page()
    ask(page, QUESTION)
    mark = page.locator(".mark-number").first
    mark.hover()
    expect(page.locator(".preview")).to_contain_text(SENTENCE)
    expect(mark).to_have_attribute("aria-describedby", "preview-quote")
    page.keyboard.press("Escape")
    expect(page.locator(".preview")).to_be_hidden()


def test_a_first_tap_shows_the_quote_and_a_second_opens_it(open_page):
    page = open_page(size="narrow", has_touch=True)
    ask(page, QUESTION)
    mark = page.locator(".mark-number").first
    mark.tap()
    expect(page.locator(".preview-quote")).to_contain_text(SENTENCE)
    expect(page.locator(".reader")).to_be_hidden()
    page.locator(".answer-text > p").first.tap()
    expect(page.locator(".preview")).to_be_hidden()
    mark.tap()
    page.locator(".preview .show").tap()
    expect(page.locator(".reader mark")).to_be_in_viewport()
    page.get_by_role("button", name="Luk").tap()
    expect(mark).to_be_focused()
    mark.tap()
    mark.tap()
    expect(page.locator(".reader mark")).to_be_in_viewport()


def test_a_phones_keyboard_does_not_cover_the_answer(open_page):
    page = open_page(size="narrow", has_touch=True, is_mobile=True)
    ask(page, QUESTION)
    expect(page.locator("#question")).not_to_be_focused()


def test_a_number_does_not_begin_a_line(open_page):
    page = open_page()
    ask(page, QUESTION)
    text = page.locator(".answer-text")
    for width in range(700, 340, -12):
        text.evaluate("(e, width) => e.style.width = `${width}px`", width)
        alone = page.evaluate(
            """() => [...document.querySelectorAll(".held")].filter(e => e.getClientRects().length > 1).length"""
        )
        assert alone == 0


def test_an_answer_is_copied_with_its_references(open_page, served):
    page = open_page(permissions=["clipboard-read", "clipboard-write"])
    ask(page, QUESTION)
    page.get_by_role("button", name="Kopiér svaret").click()
    expect(page.locator("[data-toast]")).to_have_text("Kopieret")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith(QUESTION)
    assert f"{SENTENCE} " in copied
    assert "som den de er. [1]" in copied
    assert f"[1] Værdier og pædagogisk grundlag, Pædagogisk Grundlag – {served.address}?document=ungherning" in copied


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_server_that_starts_again_under_an_open_page_is_no_harm(open_page, language):
    first = Served(fake_assistant())
    page = open_page(f"?lang={language}", at=first)
    ask(page, QUESTION)
    first.stop()
    ask(page, "Hvad er trivsel?")
    expect(page.locator(".fault")).to_contain_text(page_texts(language)["fault_unreachable"])
    page.locator(".mark-number").first.click()
    expect(page.locator(".reader .notice")).to_have_text(page_texts(language)["fault_unreachable"])
    page.keyboard.press("Escape")
    second = Served(fake_assistant(), first.port)
    ask(page, "Hvad er trivsel?")
    expect(page.locator(".turn").last).to_have_attribute("data-status", "answered")
    assert second.assistant.asked == [("Hvad er trivsel?", (QUESTION,))]
    second.stop()
    open_page.faults[:] = [fault for fault in open_page.faults if "ERR_CONNECTION" not in fault]


def test_a_stream_that_breaks_off_is_said(open_page):
    page = open_page()
    page.route(
        "**/gradio_api/call/ask/*",
        lambda route: route.fulfill(content_type="text/event-stream", body="event: generating\ndata: [{}]\n\n"),
    )
    page.get_by_role("textbox").first.fill(QUESTION)
    page.keyboard.press("Enter")
    expect(page.locator(".fault")).to_contain_text(page_texts("da")["fault_unreachable"])
