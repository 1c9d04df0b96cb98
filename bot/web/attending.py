"""An assistant as the server lends it to everybody: in turn, for a bounded time, counted, and silent about faults."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import copy_context
from functools import partial

from bot.errors import BusyError, FailedError, GrundlagError, TooSlowError
from bot.schema import Answer, Document, Hit, PassageNote
from bot.web.desk import Desk
from bot.web.journal import Journal
from bot.web.metrics import Metrics
from bot.web.protocol import Assistant
from bot.web.tracing import NoTracer, Tracer

Notice = Callable[[Answer], None]
SILENT = NoTracer()


def no_notice(_: Answer) -> None:
    """Nothing about a question is kept."""


class Attended:
    """An assistant whose answers and searches wait their turn at a desk.

    Raises BusyError, TooSlowError, or FailedError for whatever nobody foresaw: what an error says may repeat the
    question, so only its kind and place go into the log.
    """

    def __init__(
        self,
        assistant: Assistant,
        desk: Desk,
        metrics: Metrics,
        journal: Journal,
        notice: Notice = no_notice,
        tracer: Tracer = SILENT,
    ) -> None:
        self._assistant = assistant
        self._desk = desk
        self._metrics = metrics
        self._journal = journal
        self._notice = notice
        self._tracer = tracer

    def now(self) -> Attended:
        """The same over one snapshot, for work of several steps."""
        now = self._assistant.now()
        if now is self._assistant:
            return self
        return Attended(now, self._desk, self._metrics, self._journal, self._notice, self._tracer)

    @property
    def documents(self) -> Mapping[str, Document]:
        """The documents by name."""
        return self._assistant.documents

    def source_hash(self, name: str) -> str | None:
        """The SHA-256 of the file that a document was read from."""
        return self._assistant.source_hash(name)

    def notes_on(self, document: str) -> list[tuple[int, PassageNote]]:
        """The notes in plain words on a document."""
        return self._assistant.notes_on(document)

    @property
    def snapshot_id(self) -> str:
        """The id of the index that answers come from."""
        return self._assistant.snapshot_id

    @property
    def vectors_up(self) -> bool:
        """Were vectors found where they are meant to be?"""
        return self._assistant.vectors_up

    @property
    def model_name(self) -> str:
        """The name of the encoder."""
        return self._assistant.model_name

    def ask(self, question: str, history: Sequence[str] = (), *, expected: str | None = None) -> Answer:
        """The answer, when it is this question's turn."""
        with self._counted():
            return self._desk.do(partial(self._answer, question, history, expected))

    @property
    def writes(self) -> bool:
        """Does a chat model write the answers?"""
        return self._assistant.writes

    @property
    def sent_to(self) -> str:
        """Where questions and passages are sent for that."""
        return self._assistant.sent_to

    def ask_growing(
        self,
        question: str,
        history: Sequence[str] = (),
        *,
        expected: str | None = None,
        reader: str | None = None,
    ) -> Iterator[Answer]:
        """The answer as it grows, when it is this question's turn; at once and whole where nothing is written."""
        if not self.writes:
            yield self.ask(question, history, expected=expected)
            return
        grown: queue.SimpleQueue[Answer | Exception | None] = queue.SimpleQueue()

        def work() -> None:
            for answer in self._assistant.ask_growing(question, history, expected=expected, reader=reader):
                grown.put(answer)
            self._metrics.answer(answer)
            self._tracer.answered(answer)
            self._notice(answer)

        def attend() -> None:
            try:
                with self._counted():
                    self._desk.do(work)
                grown.put(None)
            except Exception as error:  # noqa: BLE001 - raised where it is waited for
                grown.put(error)

        threading.Thread(target=copy_context().run, args=(attend,), daemon=True).start()
        while (step := grown.get()) is not None:
            if isinstance(step, Exception):
                raise step
            yield step

    async def answer(self, question: str, history: Sequence[str] = (), *, expected: str | None = None) -> Answer:
        """The same for a coroutine."""
        with self._counted():
            return await self._desk.attend(partial(self._answer, question, history, expected))

    def search(self, words: str, *, document: str | None = None, language: str | None = None, k: int = 10) -> list[Hit]:
        """The passages, when it is this search's turn."""
        with self._counted():
            return self._desk.do(partial(self._assistant.search, words, document=document, language=language, k=k))

    async def find(
        self, words: str, *, document: str | None = None, language: str | None = None, k: int = 10
    ) -> list[Hit]:
        """The same for a coroutine."""
        with self._counted():
            return await self._desk.attend(
                partial(self._assistant.search, words, document=document, language=language, k=k)
            )

    def suggestions(self, language: str, reader: str | None = None) -> list[str]:
        """Questions to begin with."""
        return self._assistant.suggestions(language, reader)

    def related(self, answer: Answer, language: str, asked: Sequence[str] = ()) -> list[str]:
        """Questions to go on with."""
        return self._assistant.related(answer, language, asked)

    def _answer(self, question: str, history: Sequence[str], expected: str | None) -> Answer:
        answer = self._assistant.ask(question, history, expected=expected)
        self._metrics.answer(answer)
        self._tracer.answered(answer)
        self._notice(answer)
        return answer

    @contextmanager
    def _counted(self) -> Iterator[None]:
        try:
            yield
        except BusyError:
            self._metrics.refused("busy")
            raise
        except TooSlowError:
            self._metrics.refused("slow")
            raise
        except GrundlagError:
            self._metrics.refused("failed")
            raise
        except Exception as error:  # noqa: BLE001 - the last place that may know what was asked
            self._metrics.refused("failed")
            self._journal.fault(error)
            raise FailedError("Something went wrong here. Try again.") from None
