"""The log: one JSON object a line on standard error, with no word of a question and no address in it."""

from __future__ import annotations

import json
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO

_REQUEST: ContextVar[str] = ContextVar("request", default="")


@contextmanager
def on_behalf_of(id_: str) -> Iterator[None]:
    """What is logged meanwhile, here and wherever this context is taken along to, bears the id of a request."""
    token = _REQUEST.set(id_)
    try:
        yield
    finally:
        _REQUEST.reset(token)


class Journal:
    """Writes requests, if wanted, and always what went wrong."""

    def __init__(self, *, requests: bool, file: TextIO | None = None) -> None:
        self._requests = requests
        self._file = file

    def request(self, method: str, route: str, status: int, seconds: float) -> None:
        """A request that was answered; `route` is a name out of a fixed list."""
        if self._requests:
            self._write("info", "request", method=method, route=route, status=status, ms=_ms(seconds))

    def fault(self, error: BaseException) -> None:
        """An error that nobody foresaw: its kind and where it came from.

        What it says is left out: an error's text may repeat the question.
        """
        frames = traceback.extract_tb(error.__traceback__)[-8:]
        where = [f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in frames]
        self._write("error", "fault", error=type(error).__name__, where=where)

    def event(self, name: str, **fields: object) -> None:
        """Something an administrator should know of, such as a file that cannot be written."""
        self._write("warning", name, **fields)

    def _write(self, level: str, event: str, **fields: object) -> None:
        time = datetime.now(UTC).isoformat(timespec="milliseconds")
        of = {"id": id_} if (id_ := _REQUEST.get()) else {}
        line = json.dumps({"time": time, "level": level, "event": event, **of, **fields}, ensure_ascii=False)
        print(line, file=self._file or sys.stderr, flush=True)


def _ms(seconds: float) -> float:
    return round(seconds * 1000, 1)
