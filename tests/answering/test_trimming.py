from __future__ import annotations

import textwrap
from collections.abc import Callable, Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.answering import trimming
from bot.answering.trimming import WHOLE_CHARACTERS, trim
from bot.composition import build_index
from bot.documents.passages import squeeze
from bot.documents.sentences import sentence_spans
from bot.models.encoder import Encoder
from bot.retrieval.query import query_of
from bot.retrieval.retriever import Searcher
from bot.settings import Settings
from bot.store.builds import current_folder
from bot.store.snapshot import open_snapshot

Write = Callable[[Mapping[str, str | bytes]], Settings]
WHITE = st.sampled_from([" ", "  ", "\n", " \n\n", "\u00a0", "\t"])
WORDS = st.lists(st.sampled_from(["Leg", "er", "vigtig.", "Vi", "lærer!", "bl.a.", "Og", "mere?"]), min_size=1)

LONG = (
    "Byrådet mødes den første mandag i hver måned på rådhuset. "
    "Børnenes madpakker skal ligge i køleskabet inden klokken otte om morgenen. "
    "Personalet holder en gang om året en stor sommerfest for alle familier i haven bag huset. "
    "Bussen til svømmehallen kører fra hovedindgangen hver torsdag klokken ni. "
    "Nye medarbejdere får en fast makker i de første seks uger."
)


@given(drawn=st.lists(st.tuples(WORDS, WHITE), min_size=1, max_size=8))
def test_places_in_a_text_are_found_in_its_squeezed_form(drawn: list[tuple[list[str], str]]) -> None:
    text = "".join(white.join([*words, ""]) for words, white in drawn).strip()
    sentences = sentence_spans(text)

    mapped = list(trimming._squeezed(text, sentences))

    assert [squeeze(text)[start:end] for start, end in mapped] == [squeeze(text[s:e]) for s, e in sentences]


def test_a_short_passage_is_quoted_whole(searcher: Searcher) -> None:
    query = query_of(searcher.encoder, "Hvad er vigtigt?")
    for row, passage in enumerate(searcher.snapshot.passages):
        if len(passage.text) <= WHOLE_CHARACTERS:
            quote = trim(searcher.snapshot, query, row)
            assert (quote.document, quote.start, quote.end) == (
                passage.place.document,
                passage.place.start,
                passage.place.end,
            )


@pytest.mark.parametrize("question", ["Hvad er vigtigt?", "Hvordan arbejder de med fællesskab?", "bemöta", "zzz"])
def test_a_long_passage_is_cut_between_sentences(searcher: Searcher, question: str) -> None:
    query = query_of(searcher.encoder, question)
    for row, passage in enumerate(searcher.snapshot.passages):
        quote = trim(searcher.snapshot, query, row)
        place = passage.place
        assert place.start <= quote.start < quote.end <= place.end
        sentences = sentence_spans(passage.text)
        assert quote.start - place.start in {start for start, _ in sentences}
        assert quote.end - place.start in {end for _, end in sentences}
        assert quote.section == place.section


@pytest.mark.parametrize(
    "text",
    [LONG, LONG.replace(" ", "   "), LONG.replace(" ", "\u00a0\t "), " \n  ".join(textwrap.wrap(LONG, 70))],
    ids=["plain", "wide", "tabs", "wrapped"],
)
def test_the_sentence_that_answers_is_kept(write_corpus: Write, encoder: Encoder, text: str) -> None:
    settings = write_corpus({"a.txt": f"Praktisk\n\n{text}\n"})
    build_index(settings, encoder)
    snapshot = open_snapshot(current_folder(settings.index), encoder)

    for sentence in ("Børnenes madpakker", "Bussen til svømmehallen", "Nye medarbejdere"):
        start = LONG.index(sentence)
        whole = LONG[start : LONG.index(".", start) + 1]
        quote = trim(snapshot, query_of(encoder, whole), 0)
        shown = squeeze(snapshot.documents["a.txt"].text[quote.start : quote.end])
        assert whole in shown
        assert len(shown) < len(LONG)
    snapshot.close()
