from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bot.answering.assistant import Assistant
from bot.composition import build_index
from bot.retrieval.in_force import not_in_force
from bot.retrieval.retriever import Searcher
from bot.schema import Status
from bot.settings import load_settings
from bot.store.builds import current_folder
from bot.store.snapshot import Snapshot, open_snapshot

if TYPE_CHECKING:
    from bot.models.encoder import Encoder

OLD = """Mobilpolitik for Granly Skole

Mobiltelefoner

Eleverne må have deres mobiltelefon fremme i frikvarteret, men ikke i timerne.

Cykler

Elever fra 4. klasse må cykle til skole uden en voksen, når de har fået et cykelbevis af færdselslæreren.

Fælles for alle

Vi taler pænt til hinanden både i klassen og på nettet, også når vi er uenige om noget.
"""
NEW = """Mobilpolitik 2024 for Granly Skole

Mobiltelefoner

Eleverne afleverer deres mobiltelefon om morgenen og får den igen, når skoledagen er slut.

Fælles for alle

Vi taler pænt til hinanden både i klassen og på nettet, også når vi er uenige om noget.
"""
CATALOGUE = """[documents."a-gammel.txt"]
title = "Mobilpolitik"
valid_until = 2024-07-31
[documents."b-ny.txt"]
title = "Mobilpolitik 2024"
"""
BEFORE, AFTER = date(2024, 7, 31), date(2024, 8, 1)
PHONES = "Må eleverne have mobiltelefon fremme i frikvarteret?"


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory, encoder: Encoder) -> Iterator[Snapshot]:
    """A snapshot of a document that goes out of force and the one that takes its place."""
    folder = tmp_path_factory.mktemp("in_force")
    files = {"documents/a-gammel.txt": OLD, "documents/b-ny.txt": NEW, "catalogue.toml": CATALOGUE}
    for name, text in files.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    build_index(load_settings(corpus=folder, index=folder / "index"), encoder)
    snapshot = open_snapshot(current_folder(Path(folder / "index")), encoder)
    yield snapshot
    snapshot.close()


@pytest.fixture
def assistant_on(opened: Snapshot, encoder: Encoder) -> Callable[[date], Assistant]:
    """The assistant as it answers on a day."""
    return lambda day: Assistant(Searcher(opened, encoder, today=lambda: day))


def test_what_is_in_force(opened: Snapshot) -> None:
    assert not_in_force(opened, BEFORE) == frozenset()
    assert not_in_force(opened, AFTER) == {"a-gammel.txt"}


def test_what_is_in_force_comes_first(assistant_on: Callable[[date], Assistant]) -> None:
    before, after = (
        [hit.passage.place.document for hit in assistant_on(day).search(PHONES)] for day in (BEFORE, AFTER)
    )

    assert before[0] == "a-gammel.txt"
    assert after[0] == "b-ny.txt"
    assert "a-gammel.txt" in after
    assert sorted(before) == sorted(after)


def test_an_answer_cites_what_is_in_force_first(assistant_on: Callable[[date], Assistant]) -> None:
    assert assistant_on(BEFORE).ask(PHONES).citations[0].document == "a-gammel.txt"
    assert assistant_on(AFTER).ask(PHONES).citations[0].document == "b-ny.txt"


def test_what_only_an_old_document_says_is_said_with_its_standing(assistant_on: Callable[[date], Assistant]) -> None:
    question = "Hvornår må elever cykle alene til skole?"
    before, after = (assistant_on(day).ask(question) for day in (BEFORE, AFTER))

    assert (before.status, after.status) == (Status.ANSWERED, Status.ANSWERED)
    assert "cykelbevis" in after.citations[0].quote
    assert "(gjaldt til 31.07.2024):" in after.text
    assert "gjaldt" not in before.text


def test_what_both_say_is_cited_where_it_stays_in_force(opened: Snapshot) -> None:
    [passage] = [passage for passage in opened.passages if "pænt" in passage.text]

    assert [place.document for place in passage.places] == ["b-ny.txt", "a-gammel.txt"]
