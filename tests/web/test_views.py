from __future__ import annotations

from dataclasses import replace

import pytest

from bot.schema import BlockKind
from bot.web.events import search_event
from bot.web.principles import topics
from bot.web.views import VIEWS, render_about, render_find, render_read
from tests.web.fakes import FakeAssistant, fake_assistant, real_documents
from tests.web.test_render import HOSTILE, Tags, hostile_document


@pytest.mark.parametrize("document", real_documents(), ids=lambda d: d.name)
def test_every_list_item_is_a_principle(document):
    items = [b for b in document.blocks if b.kind is BlockKind.LIST_ITEM]
    assert sum(len(topic.principles) for topic in topics(document)) == len(items)


def test_principles_keep_their_lead_in():
    herning = next(d for d in real_documents() if d.name.startswith("herning"))
    assert "Det er Byrådets mål at" in {topic.lead_in for topic in topics(herning)}


def test_read_links_every_section_and_principle():
    assistant = fake_assistant()
    html = render_read(assistant)
    assert "Pædagogisk Grundlag" in html
    assert html.count("data-open") > 80


def test_find_offers_the_documents():
    html = render_find(fake_assistant())
    assert "Stærkere Læringsfællesskaber</option>" in html
    assert 'data-text="kind_guideline"' in html


def test_a_value_word_is_a_link_to_where_it_stands():
    ungherning = next(d for d in real_documents() if d.name.startswith("ungherning"))
    values = {topic.name: topic.at for topic in topics(ungherning)}
    assert set(values) == {"TROVÆRDIGHED", "ENGAGEMENT", "FÆLLESSKAB"}
    for name, at in values.items():
        start, end = map(int, at.split("-"))
        assert ungherning.quote(start, end) == name


def test_about_names_index_and_model():
    assert "fake-1" in render_about(fake_assistant())


def test_about_says_what_the_catalogue_knows():
    first, second, *_ = real_documents()
    known = replace(first, adopted="2013-05", contact="https://herning.example/kontakt", replaced_by=second.name)
    html = render_about(FakeAssistant([known, second]))
    assert '<time datetime="2013-05"' in html
    assert '<a href="https://herning.example/kontakt">' in html
    assert 'data-text="standing_replaced"' in html


@pytest.mark.parametrize("view", VIEWS)
def test_views_show_hostile_words_as_text(view):
    harmless = Tags(VIEWS[view](FakeAssistant([hostile_document("x")])))
    assert not harmless.tags & {"script", "img", "iframe", "b"}
    for words in HOSTILE:
        found = Tags(VIEWS[view](FakeAssistant([hostile_document(words)])))
        assert found.tags == harmless.tags
        assert not [name for name, _ in found.attributes if name.startswith("on")]


@pytest.mark.parametrize(
    "fields", [{}, {"words": 5}, {"words": "x" * 9999}, [], None, {"words": "unge", "sort": ["a"]}]
)
def test_any_form_is_answered(fields):
    assert "html" in search_event(fake_assistant())(fields)
