"""A browser that lets no page store anything: everything works, but for what a reload would bring back."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import CHROMIUM, FLAGS, PATIENCE_MS, ask

pytestmark = pytest.mark.browser
QUESTION = "Hvad betyder det at anerkende de unge?"
BLOCKED = {"profile": {"default_content_setting_values": {"cookies": 2}, "cookie_controls_mode": 1}}


@pytest.fixture
def page(chromium, tmp_path, served):
    """A page in a profile whose settings block cookies and storage, as a school's computers may."""
    (tmp_path / "Default").mkdir()
    (tmp_path / "Default" / "Preferences").write_text(json.dumps(BLOCKED))
    context = chromium.browser_type.launch_persistent_context(
        str(tmp_path), executable_path=CHROMIUM, args=FLAGS, locale="da-DK"
    )
    context.set_default_timeout(PATIENCE_MS)
    page = context.new_page()
    faults = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.goto(served.address)
    page.locator(".page").wait_for()
    yield page
    context.close()
    assert not faults


def test_storage_is_really_blocked(page):
    refused = page.evaluate("() => { try { sessionStorage.length; return ''; } catch (e) { return e.name; } }")
    assert refused == "SecurityError"


def test_everything_works_without_storage(page):
    ask(page, QUESTION)
    page.locator(".mark-number").first.click()
    expect(page.locator(".reader mark")).to_be_in_viewport()
    page.go_back()
    page.get_by_role("button", name="Svenska").click()
    expect(page.locator(".sources h3")).to_have_text("Källor")
    page.get_by_role("link", name="Hitta citat").click()
    page.locator("#words").fill("anerkende de unge")
    expect(page.locator(".hit").first).to_be_visible()
    page.get_by_role("button", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    page.reload()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.locator("#words")).to_have_value("anerkende de unge")


def test_nothing_is_stored_but_the_tabs_own_conversation(open_page):
    page = open_page()
    ask(page, QUESTION)
    page.locator("[data-go=find]").click()
    page.locator("#words").fill("anerkende")
    page.locator(".hit").first.wait_for()
    assert page.context.cookies() == []
    assert page.evaluate("Object.keys(localStorage)") == []
    assert page.evaluate("Object.keys(sessionStorage)") == ["grundlag"]
    assert page.evaluate("indexedDB.databases().then(all => all.length)") == 0
