from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bot.answering.assistant import Assistant, record
from bot.answering.quotes import Quote, cite, prove
from bot.answering.repeats import Repeats
from bot.composition import build_index
from bot.errors import CitationError
from bot.retrieval.retriever import Searcher
from bot.settings import load_settings
from bot.store.builds import current_folder
from bot.store.snapshot import Snapshot, open_snapshot
from bot.web.render import render_ending

if TYPE_CHECKING:
    from bot.models.encoder import Encoder

SHARED = "Vi taler pænt til hinanden både i klassen og på nettet, også når vi er uenige om noget. Det øver vi hver dag."
WRAPPED = SHARED.replace("både ", "både\n")
FILES = {
    "skole.md": f"# Skolens ordensregler\n\n## Fælles for alle\n\n{WRAPPED}\n\n## Cykler\n\n"
    "Elever fra 4. klasse må cykle til skole uden en voksen, når de har fået et cykelbevis af færdselslæreren.\n",
    # The same words, in other lines, stand in a web page twice.
    "sfo.html": f"<h1>SFO'ens aftaler</h1><h2>Sprog</h2><p>{SHARED}</p><h2>På tur</h2><p>{SHARED}</p>",
}
QUESTION = "Skal man tale pænt på nettet?"


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory, encoder: Encoder) -> Iterator[Snapshot]:
    folder = tmp_path_factory.mktemp("repeats")
    (folder / "documents").mkdir()
    for name, text in FILES.items():
        (folder / "documents" / name).write_text(text, encoding="utf-8")
    build_index(load_settings(corpus=folder, index=folder / "index"), encoder)
    snapshot = open_snapshot(current_folder(Path(folder / "index")), encoder)
    yield snapshot
    snapshot.close()


def test_a_quote_names_the_other_document_that_says_it(opened: Snapshot, encoder: Encoder) -> None:
    answer = Assistant(Searcher(opened, encoder)).ask(QUESTION)

    [cited] = [citation for citation in answer.citations if "taler pænt" in citation.quote]
    [other] = cited.also
    assert {cited.document, other.document} == set(FILES)
    assert opened.documents[other.document].quote(other.start, other.end).split() == cited.quote.split()
    assert other.title == opened.documents[other.document].title
    assert record(answer)["citations"][cited.number - 1]["also"][0]["document"] == other.document


def test_a_comparison_names_each_place_once(opened: Snapshot, encoder: Encoder) -> None:
    answer = Assistant(Searcher(opened, encoder)).ask("Hvordan taler vi til hinanden?")

    assert {citation.document for citation in answer.citations} == set(FILES)
    assert not any(citation.also for citation in answer.citations)


def test_the_page_links_both_places(opened: Snapshot, encoder: Encoder) -> None:
    answer = Assistant(Searcher(opened, encoder)).ask(QUESTION)
    other = next(citation for citation in answer.citations if citation.also).also[0]

    page = render_ending(answer, opened.documents)
    without = render_ending(answer, {n: d for n, d in opened.documents.items() if n != other.document})

    assert 'data-text="also_in"' in page
    assert f"document={other.document}&amp;at={other.start}-{other.end}" in page
    # A page kept open while that document was withdrawn.
    assert "also_in" not in without


def test_a_part_of_a_passage_is_found_where_lines_are_broken_otherwise(opened: Snapshot) -> None:
    repeats = Repeats(opened)
    for name in FILES:
        text = opened.documents[name].text
        start = text.index("hinanden")
        quote = Quote(name, start, text.index("uenige") + len("uenige"), ())

        [other] = repeats.elsewhere(quote)

        found = opened.documents[other.document].quote(other.start, other.end)
        assert other.document != name
        assert found.split() == text[quote.start : quote.end].split()


def test_what_stands_in_one_document_alone_stands_nowhere_else(opened: Snapshot) -> None:
    text = opened.documents["skole.md"].text
    start = text.index("Elever fra")
    alone = Quote("skole.md", start, start + 20, ())
    across = Quote("skole.md", text.index("hver dag"), start + 20, ())

    assert Repeats(opened).elsewhere(alone) == ()
    assert Repeats(opened).elsewhere(across) == ()


def test_a_place_that_says_something_else_is_never_shown(opened: Snapshot) -> None:
    start = opened.documents["sfo.html"].text.index(SHARED)
    quote = Quote("sfo.html", start, start + len(SHARED), ())
    [citation] = cite([quote], opened.documents, Repeats(opened).elsewhere)
    [other] = citation.also
    prove([citation], "[1]", opened.documents)

    for wrong in (replace(other, start=other.start + 1), replace(other, document="væk.txt")):
        with pytest.raises(CitationError):
            prove([replace(citation, also=(wrong,))], "[1]", opened.documents)
