"""Talking to the chat model within bounds: so long, so much, so many at a time."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bot.errors import ModelError

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

    from bot.answering.writing.prompts import Messages

MAX_REASON_CHARACTERS = 200
_END = object()


class NoReplyError(ModelError):
    """The chat model gave no whole reply: it is gone, busy, too slow, or failed half-way."""


@dataclass(frozen=True, slots=True)
class Talk:
    """One conversation with the model, which has until `deadline` (time.monotonic) for all its replies."""

    model: BaseChatModel
    deadline: float
    max_characters: int
    listeners: list[threading.Thread] = field(default_factory=list)

    def stream(self, messages: Messages) -> Iterator[str]:
        """The reply as it comes. Raises NoReplyError when it breaks off, or is not over at the deadline.

        What a thread waits for cannot be taken from it: past the deadline it is left to end by the model's own time
        limit, and nobody waits for it.
        """
        pieces: queue.SimpleQueue[object] = queue.SimpleQueue()
        stop = threading.Event()
        listener = threading.Thread(target=self._listen, args=(messages, pieces, stop), daemon=True)
        self.listeners.append(listener)
        listener.start()
        left = self.max_characters
        try:
            while True:
                piece = self._next(pieces)
                if piece is _END:
                    return
                if isinstance(piece, Exception):
                    raise NoReplyError(_reason(piece)) from None
                text = str(piece)[:left]
                left -= len(text)
                yield text
                if left <= 0:
                    return
        finally:
            stop.set()

    def reply(self, messages: Messages) -> str:
        """The whole reply. Raises NoReplyError as `stream` does."""
        return "".join(self.stream(messages))

    def _next(self, pieces: queue.SimpleQueue[object]) -> object:
        """What comes next. Past the deadline nothing does, though it be there: who reads it needs time as well."""
        left = self.deadline - time.monotonic()
        try:
            if left > 0:
                return pieces.get(timeout=left)
        except queue.Empty:
            pass
        raise NoReplyError("The chat model took too long; raise GRUNDLAG_CHAT_DEADLINE or take a faster one.")

    def _listen(self, messages: Messages, pieces: queue.SimpleQueue[object], stop: threading.Event) -> None:
        try:
            for chunk in self.model.stream(messages):
                if stop.is_set():
                    return
                if chunk.text:
                    pieces.put(chunk.text)
            pieces.put(_END)
        except Exception as error:  # noqa: BLE001 - each provider has errors of its own
            pieces.put(error)


class Talker:
    """A chat model that answers at most `at_a_time` people at a time. Threads may share it."""

    def __init__(self, model: BaseChatModel, *, seconds: float, at_a_time: int, max_characters: int) -> None:
        self.model = model
        self.seconds = seconds
        self.max_characters = max_characters
        self._places = threading.BoundedSemaphore(at_a_time)

    @contextmanager
    def talk(self, share: float = 1.0) -> Iterator[Talk]:
        """A conversation that may take a `share` of the time an answer has.

        Raises NoReplyError if no place is free in time: half of the time is left for the reply.
        """
        seconds = share * self.seconds
        deadline = time.monotonic() + seconds
        if not self._places.acquire(timeout=seconds / 2):
            raise NoReplyError("The chat model is busy; raise GRUNDLAG_CHAT_AT_A_TIME if it can do more.")
        talk = Talk(self.model, deadline, self.max_characters)
        try:
            yield talk
        finally:
            # The place is free when the model is done with it, not when nobody listens any more.
            left = [listener for listener in talk.listeners if listener.is_alive()]
            if left:
                threading.Thread(target=self._free_after, args=(left,), daemon=True).start()
            else:
                self._places.release()

    def _free_after(self, listeners: list[threading.Thread]) -> None:
        for listener in listeners:
            listener.join()
        self._places.release()


def _reason(error: Exception) -> str:
    reason = " ".join(str(error).split())[:MAX_REASON_CHARACTERS]
    return (
        f"The chat model did not answer ({type(error).__name__}: {reason}); look at GRUNDLAG_CHAT_MODEL, "
        "GRUNDLAG_CHAT_URL and GRUNDLAG_CHAT_KEY."
    )
