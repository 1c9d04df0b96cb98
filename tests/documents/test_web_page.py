from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.documents.catalogue import Entry
from bot.documents.web_page import read_web_page
from bot.errors import DocumentError
from bot.schema import Document
from tests.documents.invariants import check_invariants

KNOWN = Entry(language="da")


def read(markup: str | bytes) -> Document:
    return read_web_page(markup if isinstance(markup, bytes) else markup.encode(), "a.html", KNOWN)


def blocks(markup: str) -> list[tuple[str, str]]:
    document = read(markup)
    return [(block.kind.value, document.text[block.start : block.end]) for block in document.blocks]


def said(markup: str) -> list[str]:
    return [text for _, text in blocks(markup)]


def test_a_page_is_its_main_part() -> None:
    document = read(
        "<html><head><title>Plan | Egelund</title></head><body><header><a>Forside</a></header><nav>Menu</nav>"
        "<div class='cookie-banner'>Vi bruger cookies</div>"
        "<main><nav>Du er her</nav><h1>Plan for leg</h1><p>Vi leger ude.</p><h2>Mad</h2><p>Vi spiser.</p></main>"
        "<aside>Nyheder</aside><footer>Rådhuset</footer></body></html>"
    )

    assert document.text == "Plan for leg\n\nVi leger ude.\n\nMad\n\nVi spiser.\n"
    assert document.title == "Plan for leg"
    assert [section.path for section in document.sections] == [("Plan for leg",), ("Mad",)]
    assert document.notes == ()


def test_a_page_without_a_main_part() -> None:
    markup = "<header><h1>Plan</h1></header><div role='navigation'>Menu</div><p>Vi leger.</p><footer>Bund</footer>"

    assert said(markup) == ["Plan", "Vi leger."]


def test_a_title_below_other_lines() -> None:
    document = read("<title>Side 1</title><p>Hjem &gt; Planer</p><h1>Plan</h1><h2>Leg</h2><p>Vi leger ude.</p>")

    assert document.title == "Plan"
    assert read("<title>Side 1</title><p>Vi leger ude, når det er godt vejr.</p>").title == "Side 1"


def test_marked_headings_are_the_only_ones() -> None:
    markup = (
        "<h1>Plan</h1><h2>Leg</h2><p>Kort linje</p><p>Vi leger.</p><h3>Ude</h3><p>Vi er ude.</p><h2>Mad</h2><p>Ja</p>"
    )
    document = read(markup)

    assert [s.path for s in document.sections] == [("Plan",), ("Leg",), ("Leg", "Ude"), ("Mad",)]
    assert ("paragraph", "Kort linje") in blocks(markup)


def test_a_short_bold_line_is_a_heading() -> None:
    document = read("<h1>Plan</h1><h2>Leg</h2><p>Vi leger.</p><p><b>Om vejret</b></p><p>Det <b>regner</b> tit.</p>")

    assert document.sections[-1].path == ("Leg", "Om vejret")


def test_a_list_with_its_lead_in() -> None:
    markup = (
        "<h1>Plan</h1><h2>Mål</h2><p>Mål:</p><ul><li>lege<li><p>synge</p><p>højt</p></ul><ol start=3><li>spise</ol>"
    )

    assert blocks(markup)[2:] == [
        ("lead_in", "Mål:"),
        ("list_item", "lege"),
        ("list_item", "synge højt"),
        ("list_item", "spise"),
    ]
    document = read(markup)
    assert [block.list_number for block in document.blocks] == [None, None, 0, 0, 0, 1]
    assert "• lege\n• synge højt\n\n3. spise" in document.text


def test_a_list_in_a_list_is_one_list() -> None:
    markup = "<h1>P</h1><h2>M</h2><ul><li>Ude<ul><li>i skoven<li>på marken</ul></li><li>Inde</li></ul>"

    assert said(markup)[2:] == ["Ude", "i skoven", "på marken", "Inde"]
    assert {block.list_number for block in read(markup).blocks[2:]} == {0}


def test_a_list_of_cards_is_no_list() -> None:
    markup = "<h1>P</h1><ul><li><h2>Ude</h2><p>I skoven.</p></li><li><h2>Inde</h2><p>I huset.</p></li></ul>"

    assert [kind for kind, _ in blocks(markup)] == ["heading", "heading", "paragraph", "heading", "paragraph"]


def test_a_table_row_by_row() -> None:
    markup = (
        "<h1>P</h1><h2>Q</h2><table><caption>Priser:</caption><thead><tr><th>Tilbud<th>Pris</thead>"
        "<tr><td>Klub<td>100 kr.<tr><td>SFO<td>200 kr.</table><p>Og mere.</p>"
    )

    assert blocks(markup)[2:] == [
        ("lead_in", "Priser:"),
        ("list_item", "Tilbud: Klub; Pris: 100 kr."),
        ("list_item", "Tilbud: SFO; Pris: 200 kr."),
        ("paragraph", "Og mere."),
    ]


def test_a_table_for_the_layout_is_no_table() -> None:
    assert said("<table role=presentation><tr><td>Vi leger.<td>Vi synger.</table>") == ["Vi leger.", "Vi synger."]
    assert said("<table><tr><td><h2>Leg</h2><td>Vi leger ude.</table>") == ["Leg", "Vi leger ude."]


@pytest.mark.parametrize(
    "hidden",
    [
        "<p hidden>x</p>",
        "<p style='display: none'>x</p>",
        "<p style='visibility:hidden'>x</p>",
        "<span style='font-size:0'>x</span>",
        "<span style='font-size: 0px'>x</span>",
        "<div style='opacity:0'><b>x</b></div>",
        "<div style='position:absolute;left:-9999px'>x</div>",
        "<p style='text-indent:-999em'>x</p>",
        "<p style='height:0; overflow:hidden'>x</p>",
        "<p style='color: transparent'>x</p>",
        "<style>.gemt{DISPLAY:none}</style><p class='a gemt'>x</p>",
        "<style>/* */ h2, p#gemt { color: red; display: none }</style><p id=gemt>x</p>",
        "<table><tr><td>a<td>b<td style='display:none'>x</table>",
    ],
)
def test_what_is_hidden_is_left_out_and_said(hidden: str) -> None:
    document = read(f"<p>Vi leger ude.</p>{hidden}<p>Vi synger.</p>")

    assert "x" not in document.text
    assert [note for note in document.notes if "1 hidden" in note and "'x'" in note]


@pytest.mark.parametrize(
    "shown",
    [
        "<p style='opacity:0.5'>x</p>",
        "<p style='font-size:0.9em'>x</p>",
        "<p style='left:-1px'>x</p>",
        "<style>@media print { .p {display:none} }</style><p class=p>x</p>",
        "<style>.a .p {display:none} body{display:none}</style><p class=p>x</p>",
        "<details><summary>Mere</summary><p>x</p></details>",
        "<form><p>x</p></form>",
        "<h2><button>x</button></h2><p>y</p>",
        "<o:p>x</o:p>",
    ],
)
def test_what_is_shown_is_read(shown: str) -> None:
    document = read(f"<p>Vi leger ude.</p>{shown}<p>Vi synger.</p>")

    assert "x" in document.text
    assert document.notes == ()


@pytest.mark.parametrize("tag", ["script", "style", "template", "noscript", "textarea", "svg", "button"])
def test_what_is_no_text_is_left_out(tag: str) -> None:
    assert said(f"<p>Vi leger.</p><{tag}>x</{tag}><p>Ude.</p>") == ["Vi leger.", "Ude."]


def test_words_stay_together() -> None:
    assert said("<p>Bø<b>r</b>n &amp; unge<br>leger\n  ude<!-- x -->. </p>") == ["Børn & unge", "leger ude."]


@pytest.mark.parametrize("depth", [1000, 1500])
def test_a_page_may_be_nested_deep(depth: int) -> None:
    assert said("<div>" * depth + "Vi leger." + "</div>" * depth + "<p>Og synger.</p>") == ["Vi leger.", "Og synger."]


def test_a_page_that_is_nested_without_end_is_refused() -> None:
    with pytest.raises(DocumentError, match=r"^a\.html is HTML nested too deep"):
        read("<div>" * 5000 + "Vi leger." + "</div>" * 5000)


@pytest.mark.parametrize("markup", ["<p></p>", "<script>x</script>", "<p hidden>x</p>", "<!-- x -->"])
def test_a_page_without_text_is_refused(markup: str) -> None:
    with pytest.raises(DocumentError, match=r"^a\.html "):
        read(markup)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252", "iso-8859-1", "iso-8859-15"])
def test_encodings(encoding: str) -> None:
    markup = f"<?xml version='1.0' encoding='{encoding}'?><html><meta charset='{encoding}'><p>Børn på Åløkke leger.</p>"

    assert read(markup.encode(encoding)).text == "Børn på Åløkke leger.\n"


TAGS = (
    "div p h1 h2 h3 ul ol li table tr td th b br main nav article header q pre span caption details".split()  # noqa: SIM905
)
MARKUP = st.lists(
    st.one_of(
        st.sampled_from([f"<{tag}>" for tag in TAGS] + [f"</{tag}>" for tag in TAGS]),
        st.sampled_from(
            ["Vi leger. ", "at", "• ", "1) ", "&shy;", "&#8203;", "\n", "Leg", "<p hidden>", "<!--", "<td colspan=9>"]
        ),
        st.text(max_size=8),
    ),
    max_size=40,
).map("".join)


@given(markup=MARKUP)
@example("<ul><table><li>a</ul></table><td>b")
@example("</li>a<li>b</ol>c")
@example("<q><h1>a<q><li>b")
def test_any_markup_is_read(markup: str) -> None:
    try:
        document = read(markup)
    except DocumentError as error:
        assert "\n" not in str(error)
        return
    check_invariants(document)
