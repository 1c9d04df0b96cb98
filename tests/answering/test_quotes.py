from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bot.answering.quotes import Quote, cite, prove
from bot.errors import CitationError
from bot.schema import Citation, Document

SPANS = st.lists(st.tuples(st.integers(0, 4), st.floats(0, 0.99), st.integers(1, 200)), min_size=1, max_size=4)
Drawn = list[tuple[int, float, int]]


def cited(documents: Mapping[str, Document], drawn: Drawn) -> tuple[Citation, ...]:
    """Citations of any stretches of the documents."""
    quotes = []
    for which, share, length in drawn:
        document = list(documents.values())[which]
        start = int(share * len(document.text))
        end = min(start + length, len(document.text))
        assume(document.text[start:end].strip())
        quotes.append(Quote(document.name, start, end, ("Afsnit",)))
    return cite(quotes, documents)


def marks(citations: tuple[Citation, ...]) -> str:
    return " ".join(f"Noget. [{citation.number}]" for citation in citations)


@given(drawn=SPANS)
def test_what_is_cited_is_proven(documents: Mapping[str, Document], drawn: Drawn) -> None:
    citations = cited(documents, drawn)

    prove(citations, marks(citations), documents)

    assert [citation.number for citation in citations] == list(range(1, len(citations) + 1))
    for citation in citations:
        document = documents[citation.document]
        assert document.text[citation.start : citation.end] == citation.quote
        assert citation.title == document.title
        assert citation.section == ("Afsnit",)


@given(drawn=SPANS, which=st.integers(0, 3), shift=st.integers(-5, 5).filter(bool), letter=st.integers(0, 199))
def test_what_is_tampered_with_is_not(
    documents: Mapping[str, Document], drawn: Drawn, which: int, shift: int, letter: int
) -> None:
    citations = cited(documents, drawn)
    number = which % len(citations)
    good = citations[number]
    at = letter % len(good.quote)
    size = len(documents[good.document].text)
    others = [name for name, d in documents.items() if d.text[good.start : good.end] != good.quote]
    tampered = [
        replace(good, start=good.start + shift),
        replace(good, end=good.end + shift),
        replace(good, quote=good.quote[:at] + "¤" + good.quote[at + 1 :]),
        replace(good, quote=good.quote + " "),
        replace(good, quote=""),
        replace(good, document="gone.txt"),
        replace(good, number=good.number + 1),
        replace(good, number=0),
        replace(good, start=-1),
        replace(good, start=good.start - size, end=good.end - size),  # Python would find the same words there
        replace(good, end=10**9),
        replace(good, start=good.start, end=good.start, quote=""),
        *(replace(good, document=name) for name in others),
    ]

    for bad in tampered:
        changed = (*citations[:number], bad, *citations[number + 1 :])
        with pytest.raises(CitationError, match="withheld"):
            prove(changed, marks(citations), documents)


@given(drawn=SPANS, which=st.integers(0, 3))
def test_a_citation_that_is_not_used_is_not_proven(documents: Mapping[str, Document], drawn: Drawn, which: int) -> None:
    citations = cited(documents, drawn)
    number = 1 + which % len(citations)

    with pytest.raises(CitationError, match="not used"):
        prove(citations, marks(citations).replace(f"[{number}]", f"\\[{number}\\]"), documents)


def test_white_space_is_no_quote(documents: Mapping[str, Document]) -> None:
    document = next(d for d in documents.values() if "\n\n" in d.text)
    at = document.text.index("\n\n")
    citations = cite([Quote(document.name, at, at + 2, ())], documents)

    with pytest.raises(CitationError):
        prove(citations, marks(citations), documents)


def test_no_citations_prove_nothing_wrong(documents: Mapping[str, Document]) -> None:
    prove((), "Det står der ikke noget om.", documents)


def test_a_whole_passage_is_quoted_by_its_place(documents: Mapping[str, Document]) -> None:
    document = next(iter(documents.values()))
    block = document.blocks[0]
    place_quote = Quote(document.name, block.start, block.end, ())

    [citation] = cite([place_quote], documents)

    assert citation.quote == document.quote(block.start, block.end)
    assert citation.page is None
