from __future__ import annotations

import pytest

from bot.web.finding import FOUND_AT_MOST, Wanted, filter_choices, find_passages, mark_words
from bot.web.outline import Cut
from tests.web.fakes import fake_assistant


@pytest.fixture(scope="module")
def assistant():
    return fake_assistant()


def test_the_best_comes_first_and_its_words_are_marked(assistant):
    best = find_passages(assistant, Wanted("unge anerkende de"))[0]
    assert best.document.title == "Værdier og pædagogisk grundlag"
    assert best.path == ("Pædagogisk Grundlag",)
    marked = {s.text for s in best.line.stretches if s.numbers}
    assert {"anerkendende", "anerkende", "unge", "unges"} <= marked
    assert "de" not in marked
    assert "".join(s.text for s in best.line.stretches) == best.document.quote(best.start, best.end)


def test_filters_narrow(assistant):
    swedish = find_passages(assistant, Wanted("barn och unge", language="sv"))
    assert swedish
    assert {f.document.language for f in swedish} == {"sv"}
    publisher = next(d.publisher for d in assistant.documents.values() if d.publisher)
    assert {f.document.publisher for f in find_passages(assistant, Wanted("unge", publisher=publisher))} <= {publisher}
    assert not find_passages(assistant, Wanted("unge", kind="no such kind"))
    assert not find_passages(assistant, Wanted("unge", document="no such document"))


def test_exact_words_stand_side_by_side(assistant):
    found = find_passages(assistant, Wanted("Anerkende  de\nunge", exact=True))
    assert len(found) == 1
    assert not find_passages(assistant, Wanted("unge de anerkende", exact=True))


def test_order_by_place(assistant):
    found = find_passages(assistant, Wanted("unge", by_place=True))
    order = list(assistant.documents)
    places = [(order.index(f.document.name), f.start) for f in found]
    assert places == sorted(places)
    assert len(found) <= FOUND_AT_MOST


@pytest.mark.parametrize("words", ["", "   ", "?!", "<>"])
def test_no_words_find_nothing(assistant, words):
    assert find_passages(assistant, Wanted(words)) == []


def test_forms_of_a_word_are_the_same_word():
    assert mark_words("Skolernes børn, skole og skib", 10, "skolen") == [Cut(10, 19), Cut(26, 31)]


def test_small_words_are_marked_when_there_are_no_others():
    assert mark_words("vi er her", 0, "vi") == [Cut(0, 2)]


def test_filters_offer_what_there_is(assistant):
    choices = filter_choices(assistant.documents)
    assert choices["language"] == ["da", "sv"]
    assert "guideline" in choices["kind"]


def test_words_side_by_side_are_marked_together():
    assert mark_words("De unge: anerkende de\nunge, som de er", 0, "anerkende de unge") == [Cut(9, 26)]


def test_a_short_word_is_not_marked_in_a_longer_one():
    assert mark_words("sammenhæng og samme", 0, "samme") == [Cut(14, 19)]
    assert mark_words("forskningsbaseret", 0, "forskning") == [Cut(0, 17)]
