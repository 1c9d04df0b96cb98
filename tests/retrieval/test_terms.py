"""Which rare term is asked for, and whether the documents explain it or only name it."""

from __future__ import annotations

import pytest

from bot.composition import build_index
from bot.models.encoder import Encoder
from bot.retrieval.terms import mentioned, only_named
from bot.settings import Settings
from bot.store.builds import current_folder
from bot.store.snapshot import Snapshot, open_snapshot

TEXT = """# Lærerguide

Vi holder Stjernestund hver fredag, og Trappemodellen er en af grundstenene i arbejdet. Nye
kolleger møder Kompasgruppen.

Kompasgruppen er fem lærere, som hjælper nye kolleger i gang. Det kalder vi Havnehjælp.

## Fyrtårnet

Her samler skolen sine erfaringer.
"""


@pytest.fixture(scope="module")
def guide(tmp_path_factory: pytest.TempPathFactory, encoder: Encoder) -> Snapshot:
    folder = tmp_path_factory.mktemp("guide")
    (folder / "documents").mkdir()
    (folder / "documents" / "guide.md").write_text(TEXT, encoding="utf-8")
    settings = Settings(corpus=folder, index=folder / "index")
    build_index(settings, encoder)
    return open_snapshot(current_folder(settings.index), encoder)


@pytest.mark.parametrize(
    "question",
    ["Hvad er Stjernestund?", "Hvad går Trappemodellen ud på?", "What is Trappemodellen?", "Що таке Stjernestund?"],
)
def test_a_term_that_is_only_named(guide: Snapshot, question: str) -> None:
    assert only_named(guide, question) == 1.0


@pytest.mark.parametrize(
    "question",
    ["Hvad er Kompasgruppen?", "What does Havnehjælp mean?", "Vad är Fyrtårnet?", "Hvad er en kollega?",
     "Hvornår er der Stjernestund?", "Hvad er?", ""],
)  # fmt: skip
def test_a_term_that_is_explained_or_not_asked_for(guide: Snapshot, question: str) -> None:
    assert only_named(guide, question) == 0.0


def test_where_a_term_is_mentioned(guide: Snapshot) -> None:
    word, hits = mentioned(guide, "Hvad går Trappemodellen ud på?")

    assert word == "Trappemodellen"
    assert ["Trappemodellen" in hit.passage.text for hit in hits] == [True]
    assert mentioned(guide, "Hvad koster en bil?") == ("", ())
