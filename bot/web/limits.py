"""How much one client may ask: a bucket of tokens for each address, refilled as time passes."""

from __future__ import annotations

import math
import time
from collections import OrderedDict
from collections.abc import Callable

CLIENTS = 20_000
"""Addresses that are remembered; beyond them the one that asked least recently is forgotten."""
SECONDS = 60.0


class Limit:
    """So many requests a minute for each client, in bursts of up to a minute's worth; 0 for no limit."""

    def __init__(self, per_minute: int, clock: Callable[[], float] = time.monotonic, clients: int = CLIENTS) -> None:
        self.per_minute = per_minute
        self._clock = clock
        self._clients = clients
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def wait(self, client: str) -> int:
        """Take one token: 0 if there was one, else the whole seconds after which there will be."""
        if not self.per_minute:
            return 0
        now = self._clock()
        left, since = self._buckets.pop(client, (float(self.per_minute), now))
        left = min(self.per_minute, left + (now - since) * self.per_minute / SECONDS)
        allowed = left >= 1
        self._buckets[client] = (left - 1 if allowed else left, now)
        while len(self._buckets) > self._clients:
            self._buckets.popitem(last=False)
        return 0 if allowed else math.ceil((1 - left) * SECONDS / self.per_minute)

    def __len__(self) -> int:
        return len(self._buckets)
