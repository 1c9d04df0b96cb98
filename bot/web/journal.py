"""The log: one JSON object a line on standard error, with no word of a question and no address in it."""

from __future__ import annotations

import json
import sys
import traceback
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO


class Journal:
    """Writes requests, if wanted, and always what went wrong."""

    def __init__(self, *, requests: bool, file: TextIO | None = None) -> None:
        self._requests = requests
        self._file = file

    def request(self, id_: str, method: str, route: str, status: int, seconds: float) -> None:
        """A request that was answered; `route` is a name out of a fixed list."""
        if self._requests:
            self._write("info", "request", id=id_, method=method, route=route, status=status, ms=_ms(seconds))

    def fault(self, error: BaseException, id_: str = "") -> None:
        """An error that nobody foresaw: its kind and where it came from.

        What it says is left out: an error's text may repeat the question.
        """
        frames = traceback.extract_tb(error.__traceback__)[-8:]
        where = [f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in frames]
        self._write("error", "fault", id=id_, error=type(error).__name__, where=where)

    def event(self, name: str, **fields: object) -> None:
        """Something an administrator should know of, such as a file that cannot be written."""
        self._write("warning", name, **fields)

    def _write(self, level: str, event: str, **fields: object) -> None:
        time = datetime.now(UTC).isoformat(timespec="milliseconds")
        line = json.dumps({"time": time, "level": level, "event": event, **fields}, ensure_ascii=False)
        print(line, file=self._file or sys.stderr, flush=True)


def _ms(seconds: float) -> float:
    return round(seconds * 1000, 1)
