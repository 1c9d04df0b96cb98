from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from bot.answering.following import AGAIN_SECONDS, Following
from bot.composition import STAFF_INDEX, build_index, following_assistant, following_staff_assistant
from bot.models.encoder import Encoder
from bot.settings import Settings
from bot.store.builds import CURRENT, current_folder

Write = Callable[[Mapping[str, str | bytes]], Settings]
LEG = "Om leg\n\nLeg er den vigtigste vej til læring for de yngste børn.\n"
MAD = "Om mad\n\nVi spiser sammen med børnene hver dag klokken tolv, og alle smager.\n"
STAFF = '[documents."mad.txt"]\naudience = "staff"\n'


class Now:
    """A clock that is moved by hand."""

    seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def settings(write_corpus: Write, encoder: Encoder) -> Settings:
    # Searched by Chroma, as large tables are: so there is a copy of its folder to look after.
    settings = write_corpus({"leg.txt": LEG}).model_copy(update={"exact_rows": 0})
    build_index(settings, encoder)
    return settings


@pytest.fixture
def following(settings: Settings, encoder: Encoder, said: list[str]) -> Iterator[Following]:
    following = following_assistant(settings, encoder, said.append)
    yield following
    following.stop()


def scratch_of(following: Following) -> Path:
    scratch = following.now().searcher.snapshot.vectors._scratch
    assert scratch is not None
    return scratch.path


def test_a_new_snapshot_is_picked_up(
    following: Following, settings: Settings, write_corpus: Write, encoder: Encoder, said: list[str]
) -> None:
    before, scratch = following.snapshot_id, scratch_of(following)
    assert not following.look()

    write_corpus({"mad.txt": MAD})
    (settings.corpus / "leg.txt").unlink()
    build_index(settings, encoder)

    assert following.snapshot_id == before
    assert following.look()
    assert list(following.documents) == ["mad.txt"]
    assert following.snapshot_id in said[0]
    assert [hit.passage.text for hit in following.search("leg og læring")] == [MAD.splitlines()[2]]
    following.look()
    assert not scratch.exists()
    assert scratch_of(following).exists()


def test_what_was_begun_is_finished_on_its_snapshot(
    following: Following, settings: Settings, write_corpus: Write, encoder: Encoder
) -> None:
    begun, scratch = following.now(), scratch_of(following)
    write_corpus({"leg.txt": MAD})
    build_index(settings, encoder)
    assert following.look()
    write_corpus({"leg.txt": MAD * 2})
    build_index(settings, encoder)
    assert following.look()
    assert not (settings.index / "builds" / begun.snapshot_id).exists()

    answer = begun.ask("Hvad er den vigtigste vej til læring?")

    assert answer.index == begun.snapshot_id != following.snapshot_id
    for citation in answer.citations:
        assert begun.documents[citation.document].quote(citation.start, citation.end) == citation.quote
    assert [hit.passage.text for hit in begun.search("leg")] == [LEG.splitlines()[2]]
    assert scratch.exists()
    del begun
    following.look()
    assert not scratch.exists()


def test_a_rebuild_of_the_same_is_picked_up(following: Following, settings: Settings, encoder: Encoder) -> None:
    build_index(settings, encoder, rebuild=True)

    assert following.look()
    assert not following.look()


def test_a_damaged_snapshot_is_told_once_and_not_used(
    settings: Settings, write_corpus: Write, encoder: Encoder
) -> None:
    said: list[str] = []
    clock = Now()
    real = following_assistant(settings, encoder, said.append)
    following = Following(real._folder_in_use, real._open_folder, said.append, clock)
    write_corpus({"leg.txt": MAD})
    build_index(settings, encoder)
    path = current_folder(settings.index) / "passages.json"
    whole = path.read_bytes()
    path.write_bytes(whole[:-1])

    assert [following.look(), following.look()] == [False, False]
    assert len(said) == 1
    assert "grundlag index" in said[0]
    assert following.search("leg")
    path.write_bytes(whole)
    assert not following.look()
    clock.seconds += AGAIN_SECONDS
    assert following.look()


def test_an_index_that_is_gone_changes_nothing(following: Following, settings: Settings) -> None:
    (settings.index / CURRENT).unlink()

    assert not following.look()
    assert following.search("leg")


def test_it_goes_on_looking_whatever_happens(
    settings: Settings, encoder: Encoder, write_corpus: Write, said: list[str]
) -> None:
    faults = [OSError("odd"), ValueError("odd")]
    following = following_assistant(settings, encoder, said.append)

    def folder_in_use() -> Path:
        if faults:
            raise faults.pop()
        return current_folder(settings.index)

    following = Following(following._folder_in_use, following._open_folder, said.append)
    following._folder_in_use = folder_in_use
    write_corpus({"leg.txt": MAD})
    build_index(settings, encoder)
    following.start(0.01)
    try:
        end = time.monotonic() + 60
        while following.documents["leg.txt"].title != "Om mad" and time.monotonic() < end:
            time.sleep(0.01)
    finally:
        following.stop()

    assert following.documents["leg.txt"].title == "Om mad"
    assert said[:2] == [
        "The index could not be looked at (ValueError).",
        "The index could not be looked at (OSError).",
    ]


def test_who_is_for_staff_changes_while_it_runs(
    settings: Settings, write_corpus: Write, encoder: Encoder, said: list[str]
) -> None:
    signing = settings.model_copy(update={"staff_header": "X-User"})
    assert following_staff_assistant(settings, encoder, said.append) is None
    public = following_assistant(signing, encoder, said.append)
    staff = following_staff_assistant(signing, encoder, said.append)
    assert staff is not None

    write_corpus({"mad.txt": MAD, "catalogue.toml": STAFF})
    build_index(settings, encoder)
    # Nothing about the public index tells that there is a document for staff now.
    assert (public.look(), staff.look()) == (False, True)
    assert list(public.documents) == ["leg.txt"]
    assert list(staff.documents) == ["leg.txt", "mad.txt"]

    (settings.corpus / "catalogue.toml").unlink()
    build_index(settings, encoder)
    assert not (settings.index / STAFF_INDEX).exists()
    assert (public.look(), staff.look()) == (True, True)
    assert list(public.documents) == list(staff.documents) == ["leg.txt", "mad.txt"]
