from __future__ import annotations

import html
import string
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from bot.answering.phrases import LANGUAGES, answer_language, escape, phrase, phrases, unescape
from bot.web.prose import parse_prose

MARKDOWN = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
ACTIVE = st.text(alphabet="<>[]()*_`#|~\\!:\"'/&;=+ aå1.-\n", max_size=40)


def fields(template: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(template) if name}


@pytest.mark.parametrize(
    ("asked", "answered"),
    [("da", "da"), ("sv", "sv"), ("en", "en"), ("nb", "da"), ("nn", "da"), ("no", "da"), ("de", "en"), ("uk", "en")],
)
def test_whom_the_bot_answers_in_what(asked: str, answered: str) -> None:
    assert answer_language(asked) == answered


def test_each_language_has_the_same_phrases() -> None:
    found = phrases()

    assert set(found) == set(LANGUAGES)
    for language in LANGUAGES:
        assert set(found[language]) == set(found["da"])
        for name, template in found[language].items():
            if template and found["da"][name]:
                assert fields(template) == fields(found["da"][name]), f"{language}.{name}"


def test_values_are_filled_in_as_they_are() -> None:
    text = phrase("da", "too_long", found="{limit}", limit=1000)

    assert "{limit}" in text
    assert "1000" in text


@given(text=st.one_of(ACTIVE, st.text(max_size=40)))
@example("<script>alert(1)</script>")
@example("[klik](javascript:alert(1)) ![x](y) [1]: http://a")
@example("**fed** _kursiv_ `kode` ~~streg~~ \\[1] a | b")
@example("# Overskrift\n> citat\n---")
@example("&lt;b&gt; &copy; &#60;")
@example("1986. Et godt år")
@example("1) først")
@example("+ plus")
@example("- minus")
@example("-")
@example("1.")
@example("===")
def test_escaped_text_shows_itself(text: str) -> None:
    # Control characters are left to the page; Markdown has none of them.
    plain = "".join(c for c in text if unicodedata.category(c) not in {"Cc", "Cs"} or c == "\n")
    said = " ".join(plain.split())
    escaped = escape(plain)

    shown = MARKDOWN.render(escaped)

    assert html.unescape(shown) == (f"<p>{said}</p>\n" if said else "")
    assert shown.count("<") == (2 if said else 0)
    assert unescape(escaped) == said
    assert "".join(span.text for piece in parse_prose(escaped, {1}) for line in piece.lines for span in line) == said


def test_a_terminal_shows_no_emphasis() -> None:
    assert unescape("**Børn** og *unge* \\* 2 \\\\**fed**\n\n> \\- leg [1]") == "Børn og unge * 2 \\fed\n\n> - leg [1]"


@given(text=ACTIVE)
def test_an_escaped_quote_opens_nothing(text: str) -> None:
    rendered = MARKDOWN.render(f"> {escape(text)} \\[1\\]\n>\n> - {escape(text)} \\[2\\]\n")

    for tag in (
        "<a",
        "<img",
        "<script",
        "<h1",
        "<h2",
        "<em",
        "<strong",
        "<code",
        "<table",
        "<hr",
        "<del",
        "<pre",
        "<ol",
    ):
        assert tag not in rendered
    assert rendered.count("<li") == rendered.count("<blockquote") == 1


def test_a_number_in_a_document_is_no_mark() -> None:
    assert "[1]" not in escape("Se note [1] og [2].")
