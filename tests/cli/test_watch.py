from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bot.cli import watching
from bot.cli.watching import folder_state, watch_corpus
from bot.composition import build_index
from bot.documents.corpus import Corpus
from bot.errors import IndexBusyError
from bot.models.encoder import Encoder
from bot.settings import Settings
from bot.store.builds import current_folder
from bot.store.manifest import read_manifest
from bot.store.report import Report
from tests.cli.running import LEG, MAD, Run, Write

SECONDS = 60.0


class Watched:
    """A watch in a thread, and what it says."""

    def __init__(self, settings: Settings, encoder: Encoder) -> None:
        self.settings = settings
        self.lines: list[str] = []
        self.faults: list[Exception] = []
        self.stopped = threading.Event()

        def build() -> tuple[Report, Corpus]:
            if self.faults:
                raise self.faults.pop()
            return build_index(settings, encoder)

        self.thread = threading.Thread(
            target=watch_corpus, args=(settings, build, self.lines.append, self.stopped), daemon=True
        )
        self.thread.start()

    def says(self, words: str, times: int = 1) -> str:
        """The line with these words, once it has been said so often."""
        end = time.monotonic() + SECONDS
        while time.monotonic() < end:
            found = [line for line in list(self.lines) if words in line]
            if len(found) >= times:
                return found[-1]
            time.sleep(0.02)
        raise AssertionError(f"{words!r} was not said: {self.lines}")

    def stop(self) -> None:
        self.stopped.set()
        self.thread.join(SECONDS)
        assert not self.thread.is_alive()


@pytest.fixture
def watch(encoder: Encoder, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Settings], Watched]]:
    monkeypatch.setattr(watching, "LOOK_MILLISECONDS", 300)
    monkeypatch.setattr(watching, "AWAY_SECONDS", 0.2)
    begun: list[Watched] = []

    def begin(settings: Settings) -> Watched:
        begun.append(Watched(settings, encoder))
        return begun[-1]

    yield begin
    for watched in begun:
        watched.stop()


def names(settings: Settings) -> set[str]:
    return set(read_manifest(current_folder(settings.index)).documents)


def test_what_changes_is_built(write_corpus: Write, watch: Callable[[Settings], Watched]) -> None:
    settings = write_corpus({"leg.txt": LEG})
    watched = watch(settings)
    watched.says("added leg.txt")

    write_corpus({"mad.txt": MAD})
    watched.says("added mad.txt")
    assert names(settings) == {"leg.txt", "mad.txt"}

    (settings.corpus / "leg.txt").rename(settings.corpus / "om leg.txt")
    watched.says("renamed leg.txt to om leg.txt")

    (settings.corpus / "mad.txt").unlink()
    line = watched.says("removed mad.txt")
    assert "0 texts embedded" in line
    assert names(settings) == {"om leg.txt"}
    assert len(watched.lines) == 4


def test_nothing_ends_it(write_corpus: Write, watch: Callable[[Settings], Watched]) -> None:
    settings = write_corpus({"leg.txt": LEG})
    watched = watch(settings)
    watched.says("added leg.txt")

    write_corpus({"catalogue.toml": "[documents\n"})
    watched.says("not built")
    write_corpus({"catalogue.toml": "", "tom.txt": ""})
    watched.says("left out: tom.txt")
    watched.faults += [RuntimeError("no\nmemory"), IndexBusyError("Another process is building.")]
    write_corpus({"mad.txt": MAD})
    watched.says("not built: Another process is building.")
    watched.says("unexpected RuntimeError: no memory")
    watched.says("added mad.txt")

    assert all("\n" not in line for line in watched.lines)
    assert sum("tom.txt" in line for line in watched.lines) == 1


def test_a_folder_that_goes_may_return(
    write_corpus: Write, watch: Callable[[Settings], Watched], tmp_path: Path
) -> None:
    settings = write_corpus({"leg.txt": LEG})
    watched = watch(settings)
    watched.says("added leg.txt")

    settings.corpus.rename(tmp_path / "away")
    watched.says("not built: There is no folder")
    write_corpus({"mad.txt": MAD})
    watched.says("added mad.txt")
    write_corpus({"mad.txt": MAD.replace("tolv", "elleve")})
    watched.says("changed mad.txt")


def test_what_is_no_document_is_not_looked_at(write_corpus: Write) -> None:
    settings = write_corpus({"leg.txt": LEG, ".git/x": "x", ".hidden": "x", "ude/mad.txt": MAD, "index/builds/a": "x"})
    inside = settings.corpus / "index"

    assert {Path(name).name for name in folder_state(settings.corpus, inside)} == {"leg.txt", "mad.txt"}
    assert folder_state(settings.corpus / "none", inside) == {}


def test_a_corpus_that_is_not_there_is_named(run: Run, tmp_path: Path) -> None:
    assert "--corpus" in run("watch", "--corpus", tmp_path / "none", "--index", tmp_path / "index").complaint
