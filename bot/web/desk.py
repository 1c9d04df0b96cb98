"""Where questions wait their turn: a few are answered at a time, so many may wait, and none for too long."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from typing import TypeVar

from bot.errors import BusyError, TooSlowError

T = TypeVar("T")


class Desk:
    """Does work for everybody who asks, from the page, the API or elsewhere; threads and tasks may share it.

    Work that takes longer than `seconds` is given up: who asked is told so, and its thread is free once it ends.
    """

    def __init__(self, at_a_time: int, waiting: int, seconds: float) -> None:
        self.seconds = seconds
        self._room = at_a_time + waiting
        self._inside = 0
        self._lock = threading.Lock()
        self._threads = ThreadPoolExecutor(at_a_time, thread_name_prefix="question")

    @property
    def inside(self) -> int:
        """How many are being answered or wait."""
        return self._inside

    def do(self, work: Callable[[], T]) -> T:
        """Wait for one's turn and for the work. Raises BusyError at once when there is no room, else TooSlowError."""
        future = self._enter(work)
        try:
            return future.result(self.seconds)
        except TimeoutError:
            # A timeout that the work itself ran into looks the same.
            if future.done() and not future.cancelled():
                raise
            raise self._give_up(future) from None

    async def attend(self, work: Callable[[], T]) -> T:
        """The same for a coroutine; no thread waits."""
        future = self._enter(work)
        try:
            return await asyncio.wait_for(asyncio.wrap_future(future), self.seconds)
        except TimeoutError:
            if future.done() and not future.cancelled():
                raise
            raise self._give_up(future) from None

    def _enter(self, work: Callable[[], T]) -> Future[T]:
        with self._lock:
            if self._inside >= self._room:
                raise BusyError("Many are asking just now. Try again in a moment.")
            self._inside += 1
        try:
            future: Future[T] = self._threads.submit(copy_context().run, work)
        except BaseException:
            self._leave(None)
            raise
        future.add_done_callback(self._leave)
        return future

    def _leave(self, _: object) -> None:
        with self._lock:
            self._inside -= 1

    def _give_up(self, future: Future[T]) -> TooSlowError:
        future.cancel()
        return TooSlowError(f"No answer within {self.seconds:g} seconds. Try again, or ask for less at a time.")
