"""Keeps an index up to date with a folder: builds whenever a file has changed, until stopped."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from bot.errors import CatalogueError, DocumentError, GrundlagError, QuestionFileError

if TYPE_CHECKING:
    from bot.documents.corpus import Corpus
    from bot.settings import Settings
    from bot.store.report import Report

QUIET_MILLISECONDS = 400
"""A build begins when nothing has changed for so long: a program that saves writes several times."""
PATIENCE_MILLISECONDS = 5000
"""And at the latest so long after the first change."""
LOOK_MILLISECONDS = 5000
"""The folder is looked at so often even if the system tells of no change: network drives tell of none."""
AWAY_SECONDS = 2.0
NAMED = 3
Build = Callable[[], "tuple[Report, Corpus]"]
State = dict[str, tuple[int, int, int]]
"""Size, time of change and number of each file by its path."""


def watch_corpus(settings: Settings, build: Build, say: Callable[[str], None], stopped: threading.Event) -> None:
    """Build now, and again after each change, until `stopped`; one line for each build, and nothing ends it but that.

    What could not be read is named once, for as long as it stays so.
    """
    keeper = _Keeper(settings, build, say)
    keeper.look()
    for _ in _changes(settings.corpus, stopped):
        keeper.look()


class _Keeper:
    """Remembers what was built from, and what was said about it."""

    def __init__(self, settings: Settings, build: Build, say: Callable[[str], None]) -> None:
        self._corpus = settings.corpus
        self._index = settings.index
        self._build = build
        self._say = say
        self._built: State | None = None
        self._complaint = ""
        self._problems: tuple[str, ...] = ()

    def look(self) -> None:
        """Build if a file is another than when it was built last."""
        # Taken before anything is read: what changes during the build is built after it.
        state = folder_state(self._corpus, self._index)
        if state == self._built:
            return
        begun = time.monotonic()
        try:
            report, corpus = self._build()
        except (DocumentError, CatalogueError, QuestionFileError) as error:
            self._built = state  # only another file can mend it
            self._complain(" ".join(str(error).split()))
        except GrundlagError as error:
            self._complain(" ".join(str(error).split()))
        except Exception as error:  # noqa: BLE001 - a watch goes on, whatever one build runs into
            self._complain(f"an unexpected {type(error).__name__}: {' '.join(str(error).split())[:200]}")
        else:
            self._built, self._complaint = state, ""
            if report.built:
                self._tell(f"{summary(report)} ({time.monotonic() - begun:.1f} s)")
            for problem in corpus.problems:
                if problem not in self._problems:
                    self._tell(f"left out: {problem}")
            self._problems = corpus.problems

    def _complain(self, complaint: str) -> None:
        """Say what went wrong, unless that was the last thing said: it is tried again at every look."""
        if complaint != self._complaint:
            self._tell(f"not built: {complaint}")
        self._complaint = complaint

    def _tell(self, line: str) -> None:
        self._say(f"{time.strftime('%H:%M:%S')} {line}")


def summary(report: Report) -> str:
    """A build in one line."""
    renamed = tuple(f"{was} to {now}" for was, now in report.renamed)
    kinds = (
        ("added", report.added),
        ("changed", report.changed),
        ("renamed", renamed),
        ("removed", report.removed),
    )
    parts = [f"{verb} {_named(names)}" for verb, names in kinds if names]
    if report.described:
        parts.append("the catalogue or the question bank changed")
    done = "; ".join(parts) or "built"
    return f"{done}: {report.passages} passages, {report.embedded} texts embedded, snapshot {report.snapshot}"


def _named(names: tuple[str, ...]) -> str:
    rest = len(names) - NAMED
    return ", ".join(names[:NAMED]) + (f" and {rest} more" if rest > 0 else "")


def folder_state(folder: Path, index: Path) -> State:
    """What can be told of the files below `folder` without reading them, but for hidden ones and those of `index`."""
    state: State = {}
    own = os.path.realpath(index)
    for parent, folders, files in os.walk(folder):
        # The index may lie inside the folder, and is no document.
        folders[:] = [
            name for name in folders if not name.startswith(".") and os.path.realpath(Path(parent, name)) != own
        ]
        for name in files:
            path = os.path.join(parent, name)  # noqa: PTH118 - thousands of them, every few seconds
            try:
                found = os.stat(path)  # noqa: PTH116
            except OSError:
                continue
            if not name.startswith("."):
                state[path] = (found.st_size, found.st_mtime_ns, found.st_ino)
    return state


def _changes(folder: Path, stopped: threading.Event) -> Iterator[None]:
    """Once for each burst of changes below `folder`, and every few seconds; a folder that is gone may return."""
    from watchfiles import watch

    while not stopped.is_set():
        try:
            identity = folder.stat().st_ino
            for _ in watch(
                folder,
                watch_filter=None,
                debounce=PATIENCE_MILLISECONDS,
                step=QUIET_MILLISECONDS,
                rust_timeout=LOOK_MILLISECONDS,
                yield_on_timeout=True,
                stop_event=stopped,
                ignore_permission_denied=True,
            ):
                yield
                if folder.stat().st_ino != identity:
                    break  # another folder of the same name: it is not the one that is watched
        except OSError:
            yield
            stopped.wait(AWAY_SECONDS)
