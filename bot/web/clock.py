"""The time of day as the server goes by it: it never goes back while the process runs."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import date


class SteadyClock:
    """Seconds since the epoch. Where the machine's clock is set back, time goes on as if it had not been.

    Where that one is set forward it is believed: what is kept, and who is signed in, ends early rather than late.
    Threads may share it.
    """

    def __init__(self, wall: Callable[[], float] = time.time, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._wall = wall
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._now, self._since = wall(), monotonic()

    def __call__(self) -> float:
        """The time now."""
        with self._lock:
            passed = self._monotonic()
            self._now = max(self._now + passed - self._since, self._wall())
            self._since = passed
            return self._now

    def today(self) -> date:
        """The day, where this machine stands."""
        return date.fromtimestamp(self())
