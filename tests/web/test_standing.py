from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from bot.schema import Document, Status
from bot.web.render import render_document, render_ending
from bot.web.standing import contact_link, contacts, standing
from tests.web.fakes import FakeAssistant, real_documents
from tests.web.test_render import HOSTILE, Tags, check, hostile_document

TODAY = date(2026, 6, 1)
PLAIN = Document("a.txt", "A", "Katten sover.", "da")


@pytest.mark.parametrize(
    ("known", "text", "values"),
    [
        ({"replaced_by": "b.txt"}, "standing_replaced", {"by": "B"}),
        ({"replaced_by": "Loven"}, "standing_replaced", {"by": "Loven"}),
        ({"valid_until": date(2026, 5, 31)}, "standing_ended", {"until": "2026-05-31"}),
        ({"valid_from": date(2026, 6, 2)}, "standing_later", {"from": "2026-06-02"}),
    ],
)
def test_what_is_not_simply_in_force_is_said(known, text, values):
    documents = {"b.txt": replace(PLAIN, name="b.txt", title="B")}
    found = standing(replace(PLAIN, **known), documents, TODAY)
    assert found is not None
    assert (found.text, dict(found.values)) == (text, values)
    assert found.name == ("b.txt" if values.get("by") == "B" else "")


@pytest.mark.parametrize("known", [{}, {"valid_until": TODAY}, {"valid_from": TODAY, "adopted": "1999"}])
def test_what_is_in_force_needs_no_word(known):
    assert standing(replace(PLAIN, **known), {}, TODAY) is None


@pytest.mark.parametrize(
    ("words", "link"),
    [
        ("skole(at)herning.example", ""),
        ("Skolen i Snejbjerg", ""),
        ("+45 96 28 28 28", "tel:+4596282828"),
        ("https://herning.example/skoler", "https://herning.example/skoler"),
        ("javascript:alert(1)", ""),
        ("data:text/html,x", ""),
    ],
)
def test_a_contact_is_a_link_where_it_is_an_address(words, link):
    assert contact_link(words) == link


def test_a_mail_address_is_a_link():
    address = "@".join(("skole", "herning.example"))
    assert contact_link(address) == f"mailto:{address}"
    assert contact_link(f"{address}?bcc=x") == ""


def test_each_contact_is_named_once_with_its_documents():
    one, two, three = (replace(PLAIN, name=f"{n}.txt", title=n) for n in "abc")
    one, two = replace(one, contact="Skolen"), replace(two, contact="Skolen")
    (found,) = contacts([one, two, one, three])
    assert [document.title for document in found.documents] == ["a", "b"]


def test_a_refusal_names_whom_to_ask():
    documents = [replace(document, contact=f"Kontoret for {document.title}") for document in real_documents()]
    assistant = FakeAssistant(documents)
    answer = assistant.ask("Hvornår åbner svømmehallen, cafeen, kiosken og biblioteket for unge?")
    html = render_ending(answer, assistant.documents)
    nearest = assistant.documents[answer.passages[0].document]
    assert html.index('data-text="contacts"') < html.index('data-text="nearest"')
    assert f"Kontoret for {nearest.title}" in html


def test_a_document_out_of_force_says_so_where_it_is_read_and_where_it_is_cited():
    document = replace(real_documents()[0], valid_until=date(2001, 1, 1))
    assistant = FakeAssistant([document])
    assert "standing_ended" in render_document(document, assistant.documents)
    answer = assistant.ask("Hvad er reflekterende dialoger?")
    assert answer.citations
    assert "standing_ended" in render_ending(answer, assistant.documents)


def test_hostile_contacts_are_shown_as_text():
    for words in HOSTILE:
        document = replace(hostile_document("x"), contact=words, replaced_by=words, adopted=words, publisher=words)
        assistant = FakeAssistant([document])
        answer = replace(assistant.ask("Katten sover"), status=Status.NOT_FOUND, citations=())
        assert words in check(render_ending(answer, assistant.documents)).text
        attributes = Tags(render_document(document, assistant.documents)).attributes
        assert not [name for name, _ in attributes if name.startswith("on")]
