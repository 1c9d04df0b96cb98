from __future__ import annotations

import re
from html.parser import HTMLParser

from hypothesis import given
from hypothesis import strategies as st

from bot.schema import Block, BlockKind, Document, Section
from bot.web.render import (
    parted,
    place_link,
    render_document,
    render_ending,
    render_pieces,
    render_related,
    render_shell,
    render_suggestions,
    runs,
)
from tests.web.fakes import FakeAssistant, escape, fake_assistant

HOSTILE = (
    "<script>document.title='x'</script>",
    "<img src=x onerror=alert(1)>",
    '"><svg onload=alert(1)>',
    "' onmouseover='alert(1)",
    "javascript:alert(1)",
    "{{ 7*7 }} {% raw %} ${7*7}",
    "</textarea><iframe src=//evil.example>",
    "&lt;b&gt; &amp;",
)
ALLOWED = frozenset(
    re.findall(
        r"\w+",
        "a article blockquote button cite details div em h3 h4 h5 h6 li mark ol p section span strong summary ul",
    )
)


class Tags(HTMLParser):
    """Collects every element and attribute, and the text, of a fragment."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: set[str] = set()
        self.attributes: list[tuple[str, str | None]] = []
        self.text = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.attributes += attrs

    def handle_data(self, data):
        self.text += data


def check(html: str) -> Tags:
    found = Tags(html)
    assert found.tags <= ALLOWED, found.tags
    assert not [name for name, _ in found.attributes if name.startswith("on") or name in {"style", "src", "srcdoc"}]
    assert all(value.startswith("?") for name, value in found.attributes if name == "href" and value)
    return found


def hostile_document(words: str) -> Document:
    title = f"Titel {words}"
    text = f"{title}\n\nAfsnit {words}\n\nKatten {words} sover.\n\npunkt {words}"
    sections = (Section((title,), 1, 0, len(text)), Section((title, f"Afsnit {words}"), 2, 0, len(text)))
    parts, blocks, at = text.split("\n\n"), [], 0
    kinds = (BlockKind.HEADING, BlockKind.HEADING, BlockKind.PARAGRAPH, BlockKind.LIST_ITEM)
    for number, (part, kind) in enumerate(zip(parts, kinds, strict=True)):
        listed = 0 if kind is BlockKind.LIST_ITEM else None
        blocks.append(Block(kind, at, at + len(part), min(number, 1), listed))
        at += len(part) + 2
    return Document(f"mappe/{words}.txt", title, text, "da", sections, tuple(blocks))


def test_hostile_documents_are_shown_as_text():
    for words in HOSTILE:
        document = hostile_document(words)
        assistant = FakeAssistant([document])
        answer = assistant.ask("Katten sover")
        assert answer.citations
        shown = check("".join(render_pieces(answer, assistant.documents)))
        assert words in shown.text
        assert words in check(render_ending(answer, assistant.documents)).text
        assert words in check(render_document(document, {}, "0-5")).text


def test_hostile_suggestions_are_shown_as_text():
    shown = check(render_suggestions(HOSTILE, "da"))
    assert all(words in shown.text for words in HOSTILE)


@given(st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=80))
def test_any_words_are_shown_as_text(words):
    document = hostile_document(words)
    assistant = FakeAssistant([document])
    answer = assistant.ask("Katten sover")
    check("".join(render_pieces(answer, assistant.documents)) + render_ending(answer, assistant.documents))
    shown = check(render_document(document, {}, f"0-{len(document.text)}"))
    assert " ".join(words.split()) in " ".join(shown.text.split())


def test_quotes_carry_the_language_of_their_document():
    assistant = fake_assistant()
    answer = assistant.ask("Vad betyder Nyfikenhet?")
    html = "".join(render_pieces(answer, assistant.documents))
    assert '<blockquote lang="sv">' in html
    assert escape("a*b") == r"a\*b"


def test_marks_are_links_with_a_name():
    assistant = fake_assistant()
    answer = assistant.ask("Hvad betyder det at anerkende de unge?")
    html = "".join(render_pieces(answer, assistant.documents))
    assert 'data-label="source_mark"' in html
    assert answer.citations[0].title in html
    assert f"at={answer.citations[0].start}-{answer.citations[0].end}" in html


def test_a_refusal_offers_the_nearest():
    assistant = fake_assistant()
    answer = assistant.ask("Hvornår åbner svømmehallen, cafeen, kiosken og biblioteket for unge?")
    assert answer.status == "not_found"
    html = render_ending(answer, assistant.documents)
    assert 'data-text="nearest"' in html
    assert "sources" not in html
    assert "<mark>" in html


def test_the_title_is_not_repeated_at_the_head_of_a_document():
    document = hostile_document("x")
    assert "<h3" not in render_document(document, {})
    assert "<h3" in render_document(document, {}, "0-5")


def test_a_place_that_is_gone_is_said():
    assert "place_moved" in render_document(hostile_document("x"), {}, "4000-5000")


def test_names_are_quoted_in_links():
    assert place_link("mappe/æ&b=1#.txt", "1-2") == "?document=mappe%2F%C3%A6%26b%3D1%23.txt&at=1-2"


def test_the_frame_has_one_of_each_landmark():
    shell = render_shell()
    for tag in ("<main", "<header", "<footer", "<nav"):
        assert shell.count(tag) == 1


def test_neighbouring_numbers_are_put_together():
    assert runs([1, 2, 3, 5, 7, 8]) == ["1–3", "5", "7–8"]
    assert runs([]) == []


def test_a_number_stays_with_the_word_before_it():
    assistant = fake_assistant()
    html = "".join(render_pieces(assistant.ask("Hvad betyder det at anerkende de unge?"), assistant.documents))
    assert '<span class="held">er. <a class="mark-number"' in html
    assert parted("a " + "x" * 99 + " ") == ("a " + "x" * 99 + " ", "")


def test_examples_in_a_word_of_welcome_can_be_asked():
    assistant = fake_assistant()
    html = "".join(render_pieces(assistant.ask("Hej!"), assistant.documents))
    assert 'data-ask="Hvad betyder det at anerkende de unge?"' in html


def test_no_questions_to_go_on_with_draw_nothing():
    assert render_related([], "da") == ""
    assert all(words in check(render_related(HOSTILE, "da")).text for words in HOSTILE)
