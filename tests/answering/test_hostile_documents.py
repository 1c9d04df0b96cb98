"""Documents that try to be more than text: what they say is shown as they say it, and does nothing."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from bot.answering.assistant import Assistant
from bot.answering.quotes import prove
from bot.composition import build_index
from bot.documents.passages import squeeze
from bot.models.encoder import Encoder
from bot.retrieval.ranking import load_ranking
from bot.retrieval.retriever import Searcher
from bot.schema import Status
from bot.settings import load_settings
from bot.store.builds import current_folder
from bot.store.snapshot import open_snapshot

TEXT = """Plan for <b>leg</b> [1](javascript:alert(1))

Om leg [2] <i onclick="alert(1)">i skoven</i>

Børnene leger <script>alert("leg")</script> i skoven hver dag [1], og de samler kogler [2](javascript:alert(3)).

Om mad | `drikke`

![Måltidet](http://evil.example/x.png) er **vigtigt** for _alle_ ~~voksne~~ børn, siger <img src=x onerror=alert(4)>.

Det er vores mål for [sangen](data:text/html,x) at

• [3]: http://evil.example "synge"
• <!-- skjult --> synge sammen hver morgen
• # synge \\[1\\] højt
"""
CATALOGUE = """[documents."plan.txt"]
title = "Plan *for* <b>leg</b> [1](javascript:alert(1)) {title}"
publisher = "<script>alert(2)</script> & [4] {section} Kommune"
language = "da"
"""
QUESTIONS = (
    "Hvad leger børnene med i skoven?",
    "![Måltidet](http://evil.example/x.png) er **vigtigt** for _alle_ voksne børn",
    "Hvad er målet med sangen?",
    "Nævn alle mål for sang og musik",
    "What do the children do in the forest?",
    "Hvilke afsnit har planen?",
)
MARKDOWN = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory, encoder: Encoder) -> Iterator[Assistant]:
    """An assistant that never says no, over one hostile document."""
    folder: Path = tmp_path_factory.mktemp("hostile")
    (folder / "corpus").mkdir()
    (folder / "corpus" / "plan.txt").write_text(TEXT, encoding="utf-8")
    (folder / "corpus" / "catalogue.toml").write_text(CATALOGUE, encoding="utf-8")
    settings = load_settings(corpus=folder / "corpus", index=folder / "index")
    build_index(settings, encoder)
    ranking = load_ranking()
    certain = ranking.without_bank.model_copy(update={"threshold": 0.0})
    snapshot = open_snapshot(current_folder(settings.index), encoder)
    yield Assistant(Searcher(snapshot, encoder, ranking.model_copy(update={"without_bank": certain})))
    snapshot.close()


@pytest.mark.parametrize("question", QUESTIONS)
def test_it_is_shown_as_text(hostile: Assistant, question: str) -> None:
    answer = hostile.ask(question)

    assert answer.status is Status.ANSWERED
    prove(answer.citations, answer.text, hostile.documents)
    marks = [int(number) for number in re.findall(r"(?<!\\)\[(\d+)\]", answer.text)]
    assert list(dict.fromkeys(marks)) == list(range(1, len(answer.citations) + 1))
    rendered = MARKDOWN.render(answer.text)
    assert set(re.findall(r"<(\w+)", rendered)) <= {"p", "blockquote", "ul", "ol", "li", "strong", "em"}
    assert "href" not in re.sub(r"&lt;.*?&gt;", "", rendered)
    shown = squeeze(html.unescape(re.sub(r"<[^>]*>", " ", rendered)))
    for citation in answer.citations:
        assert squeeze(citation.quote) in shown
        assert f"{squeeze(citation.quote)} [{citation.number}]" in shown


def test_each_part_of_the_document_was_shown(hostile: Assistant) -> None:
    """Or else the test above looks at harmless parts only."""
    quotes = " ".join(citation.quote for question in QUESTIONS for citation in hostile.ask(question).citations)

    for part in ("<script>", "javascript:", "[1]", "onerror", "[3]:"):
        assert part in quotes


def test_a_refusal_names_hostile_titles_as_text(hostile: Assistant) -> None:
    ranking = load_ranking()
    never = ranking.without_bank.model_copy(update={"threshold": 1.1})
    searcher = Searcher(
        hostile.searcher.snapshot, hostile.searcher.encoder, ranking.model_copy(update={"without_bank": never})
    )

    answer = Assistant(searcher).ask(QUESTIONS[0])

    assert answer.status is Status.NOT_FOUND
    assert answer.citations == ()
    assert set(re.findall(r"<(\w+)", MARKDOWN.render(answer.text))) <= {"p", "strong", "em"}
    assert not re.findall(r"(?<!\\)\[\d+\]", answer.text)
    assert "<b>leg</b>" in html.unescape(MARKDOWN.render(answer.text))
