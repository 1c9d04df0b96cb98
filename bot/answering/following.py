"""An assistant that follows its index: a new snapshot is picked up while questions are being answered."""

from __future__ import annotations

import threading
import time
import weakref
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from bot.answering.assistant import Assistant
from bot.errors import GrundlagError, IndexMissingError
from bot.schema import Answer, Document, Hit, PassageNote
from bot.store.snapshot import Snapshot

LOOK_SECONDS = 2.0
"""How often the index is looked at: one small file is read."""
AGAIN_SECONDS = 30.0
"""After so long a snapshot that could not be opened is tried again."""
AWAY = "Chroma's server does not answer: until it does, the index's own vectors are searched."


class Following:
    """The assistant over the snapshot that its index names now. Threads may share it.

    What was begun on one snapshot is finished on it: `now` hands out the assistant of this moment, and its files are
    let go of when nobody holds it any more. A snapshot that cannot be opened is said so, and the one before stays.
    `folder_in_use` raises IndexMissingError where there is none.
    """

    def __init__(
        self,
        folder_in_use: Callable[[], Path],
        open_folder: Callable[[Path], Assistant],
        say: Callable[[str], None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._folder_in_use = folder_in_use
        self._open_folder = open_folder
        self._say = say
        self._clock = clock
        self._folder = folder_in_use()
        self._assistant = open_folder(self._folder)
        self._up = self._assistant.vectors_up
        if not self._up:
            self._say(AWAY)
        self._refused: tuple[Path, float] | None = None
        self._left: list[tuple[weakref.ref[Assistant], Snapshot]] = []
        self._stopped = threading.Event()
        self._thread: threading.Thread | None = None

    def look(self) -> bool:
        """Change to the snapshot that the index names, if that is another; whether it was. One thread may look."""
        self._let_go()
        self._tend()
        try:
            folder = self._folder_in_use()
        except IndexMissingError:
            return False
        if folder == self._folder or self._is_refused(folder):
            return False
        try:
            opened = self._open_folder(folder)
        except GrundlagError as error:
            if self._refused is None or self._refused[0] != folder:
                self._say(f"The new index is not used, answers come from the one before: {error}")
            self._refused = (folder, self._clock())
            return False
        self._left.append((weakref.ref(self._assistant), self._assistant.searcher.snapshot))
        self._assistant, self._folder, self._refused = opened, folder, None
        self._say(f"Answers come from snapshot {opened.snapshot_id} now, {len(opened.documents)} documents.")
        return True

    def _tend(self) -> None:
        up = self._assistant.tend()
        if up != self._up:
            self._up = up
            self._say("Chroma's server answers again." if up else AWAY)

    def start(self, seconds: float = LOOK_SECONDS) -> None:
        """Look every so many seconds, in a thread of its own, until `stop`."""

        def follow() -> None:
            while not self._stopped.wait(seconds):
                try:
                    self.look()
                except Exception as error:  # noqa: BLE001 - whatever happens, it goes on answering, and looking
                    self._say(f"The index could not be looked at ({type(error).__name__}).")

        self._thread = threading.Thread(target=follow, daemon=True, name="following")
        self._thread.start()

    def stop(self) -> None:
        """Look no more."""
        self._stopped.set()
        if self._thread is not None:
            self._thread.join()

    def now(self) -> Assistant:
        """The assistant of this moment: whoever holds it gets answers from one snapshot."""
        return self._assistant

    @property
    def documents(self) -> Mapping[str, Document]:
        """The documents by name, in order."""
        return self.now().documents

    def source_hash(self, name: str) -> str | None:
        """The SHA-256 of the file that a document was read from."""
        return self.now().source_hash(name)

    def notes_on(self, document: str) -> list[tuple[int, PassageNote]]:
        """The notes in plain words on a document."""
        return self.now().notes_on(document)

    @property
    def snapshot_id(self) -> str:
        """The id of the snapshot in use."""
        return self.now().snapshot_id

    @property
    def vectors_up(self) -> bool:
        """Were vectors found where they are meant to be?"""
        return self.now().vectors_up

    @property
    def model_name(self) -> str:
        """The encoder's name, and the chat model's if there is one."""
        return self.now().model_name

    @property
    def writes(self) -> bool:
        """Does a chat model write the answers?"""
        return self.now().writes

    @property
    def sent_to(self) -> str:
        """Where questions and passages go to be written about: a host, or "" if they stay here."""
        return self.now().sent_to

    def ask(self, question: str, history: Sequence[str] = (), *, expected: str | None = None) -> Answer:
        """The answer record for a question."""
        return self.now().ask(question, history, expected=expected)

    def ask_growing(
        self,
        question: str,
        history: Sequence[str] = (),
        *,
        expected: str | None = None,
        reader: str | None = None,
    ) -> Iterator[Answer]:
        """The answer record as it grows."""
        return self.now().ask_growing(question, history, expected=expected, reader=reader)

    def search(self, words: str, *, document: str | None = None, language: str | None = None, k: int = 10) -> list[Hit]:
        """The k passages nearest to `words`, best first."""
        return self.now().search(words, document=document, language=language, k=k)

    def suggestions(self, language: str, reader: str | None = None) -> list[str]:
        """Questions to begin with."""
        return self.now().suggestions(language, reader)

    def related(self, answer: Answer, language: str, asked: Sequence[str] = ()) -> list[str]:
        """Questions to go on with after an answer."""
        return self.now().related(answer, language, asked)

    def _is_refused(self, folder: Path) -> bool:
        refused = self._refused
        return refused is not None and refused[0] == folder and self._clock() - refused[1] < AGAIN_SECONDS

    def _let_go(self) -> None:
        """Close the snapshots whose assistant nobody holds any more."""
        held = []
        for assistant, snapshot in self._left:
            if assistant() is None:
                snapshot.close()
            else:
                held.append((assistant, snapshot))
        self._left = held
