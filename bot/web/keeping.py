"""What the server keeps of questions, if it is told to: feedback, and what the documents do not answer.

Nothing here is in the way of an answer: whatever is wrong with the file, it is counted, logged, and gone on.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from contextvars import copy_context
from dataclasses import dataclass
from datetime import date

from bot.errors import FeedbackError
from bot.privacy.feedback import Entry, FeedbackFile, Kind
from bot.schema import Answer, Status
from bot.settings import Settings
from bot.web.journal import Journal
from bot.web.metrics import Metrics

WAITING = 200
"""Entries that may wait to be written; beyond them they are lost rather than the memory."""
EXPIRE_SECONDS = 3600.0
"""Much less than a day, so that the day an entry may last is never missed."""


@dataclass(frozen=True, slots=True)
class Keeping:
    """What is kept, as the page tells it; nothing by default."""

    feedback: bool = False
    unanswered: bool = False
    days: int = 0

    @property
    def anything(self) -> bool:
        """Is anything about a question kept?"""
        return self.feedback or self.unanswered


NOTHING = Keeping()


def keeping_of(settings: Settings) -> Keeping:
    """What the settings say is kept."""
    if settings.feedback is None:
        return NOTHING
    kinds = settings.feedback_keeps
    return Keeping("feedback" in kinds, "unanswered" in kinds, settings.feedback_days)


class Keeper:
    """Writes entries in a thread of its own, one by one."""

    def __init__(
        self, settings: Settings, metrics: Metrics, journal: Journal, today: Callable[[], date] = date.today
    ) -> None:
        self.keeping = keeping_of(settings)
        self._file = FeedbackFile(settings.feedback, settings.feedback_days, today) if settings.feedback else None
        self._metrics = metrics
        self._journal = journal
        self._threads = ThreadPoolExecutor(1, thread_name_prefix="feedback")
        self._room = threading.BoundedSemaphore(WAITING)

    def notice(self, answer: Answer) -> None:
        """Keep a question that the documents do not answer, where that is wanted; a greeting is none."""
        if not self.keeping.unanswered or answer.status is not Status.NOT_FOUND or not answer.passages:
            return
        if not self._room.acquire(blocking=False):
            self._metrics.not_stored()
            return
        entry = Entry(Kind.UNANSWERED, answer.question, answer.language, str(answer.status))
        try:
            self._threads.submit(copy_context().run, self._keep, entry).add_done_callback(
                lambda _: self._room.release()
            )
        except RuntimeError:
            self._room.release()  # the server is stopping

    async def keep(self, entry: Entry) -> bool:
        """Keep what someone says of an answer. Was it written?"""
        return await asyncio.get_running_loop().run_in_executor(self._threads, copy_context().run, self._keep, entry)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Delete what is too old, now and then, as long as the server runs; then write what still waits."""
        if self._file is None:
            yield
            return
        expiring = asyncio.create_task(self._expire_daily())
        try:
            yield
        finally:
            expiring.cancel()
            with suppress(asyncio.CancelledError):
                await expiring
            await asyncio.to_thread(self._threads.shutdown)

    async def _expire_daily(self) -> None:
        while True:
            await asyncio.get_running_loop().run_in_executor(self._threads, self._expire)
            await asyncio.sleep(EXPIRE_SECONDS)

    def _keep(self, entry: Entry) -> bool:
        try:
            assert self._file is not None  # noqa: S101 - nothing is kept without a file
            self._file.keep(entry)
        except Exception as error:  # noqa: BLE001 - no answer waits for this, and none fails by it
            self._metrics.not_stored()
            self._report(error)
            return False
        return True

    def _expire(self) -> None:
        try:
            assert self._file is not None  # noqa: S101 - nothing is kept without a file
            self._file.expire()
        except Exception as error:  # noqa: BLE001 - tried again in a while
            self._report(error)

    def _report(self, error: Exception) -> None:
        if isinstance(error, FeedbackError):
            self._journal.event("feedback_file", reason=str(error))
        else:
            self._journal.fault(error)
