"""The one file in which something about questions may be kept, if it is set: feedback, and what was asked in vain.

SQLite, opened for each use and closed again: it may be erased, moved or put back at any time. Everything is redacted
before it is written, and gone after so many days.
"""

from __future__ import annotations

import os
import sqlite3
import stat
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from pathlib import Path

from bot.errors import FeedbackError
from bot.privacy.redaction import redact

SECONDS = 0.5
"""How long a write waits for another process; the one that asks waits behind it."""
MAX_ENTRIES = 100_000
"""Beyond them the oldest go: nobody can fill the disk by asking."""
APPLICATION = 0x4772756E
"""What SQLite keeps in the head of the file to tell whose it is: "Grun"."""
HEAD = b"SQLite format 3\0"
OWNER_ONLY = stat.S_IRUSR | stat.S_IWUSR
SCHEMA = """
CREATE TABLE entry (
    id INTEGER PRIMARY KEY,
    token TEXT UNIQUE,
    day TEXT NOT NULL,
    kind TEXT NOT NULL,
    question TEXT NOT NULL,
    language TEXT NOT NULL,
    status TEXT NOT NULL,
    helpful INTEGER,
    comment TEXT NOT NULL
)
"""
WRITE = """
INSERT INTO entry (token, day, kind, question, language, status, helpful, comment) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (token) DO UPDATE SET day = excluded.day, helpful = excluded.helpful, comment = excluded.comment
"""
READ = "SELECT kind, question, language, status, helpful, comment, token, day FROM entry ORDER BY id"


class Kind(StrEnum):
    """Why something was written down."""

    FEEDBACK = "feedback"
    UNANSWERED = "unanswered"


@dataclass(frozen=True, slots=True)
class Entry:
    """What is kept of one question; `status` is how it ended.

    `token` is a random word of the page's for one answer, so that a comment joins the judgement it belongs to; ""
    for none. `day` is when it was written; the time of day is not kept.
    """

    kind: Kind
    question: str
    language: str = ""
    status: str = ""
    helpful: bool | None = None
    comment: str = ""
    token: str = ""
    day: date | None = None


class FeedbackFile:
    """The file at `path`, in which nothing stands longer than `days` days. Threads and processes may share it.

    Every method raises FeedbackError where the file cannot be used: no room, no permission, locked, damaged, foreign.
    """

    def __init__(self, path: Path, days: int, today: Callable[[], date] = date.today, seconds: float = SECONDS) -> None:
        self.path = path
        self.days = days
        self._today = today
        self._seconds = seconds

    def keep(self, entry: Entry) -> None:
        """Write an entry, redacted; what is too old goes. One with the token of an earlier one takes its place."""
        fields = (
            entry.token or None,
            self._today().isoformat(),
            entry.kind.value,
            _written(entry.question),
            entry.language,
            entry.status,
            entry.helpful,
            _written(entry.comment),
        )
        with self._opened() as database:
            database.execute(WRITE, fields)
            self._expire(database)

    def expire(self) -> None:
        """Take out what is too old."""
        with self._opened() as database:
            self._expire(database)

    def entries(self) -> Sequence[Entry]:
        """Everything that is kept, oldest first; what is too old goes before."""
        with self._opened() as database:
            self._expire(database)
            rows = database.execute(READ).fetchall()
        return [_entry(*row) for row in rows]

    def erase(self) -> None:
        """Take everything out, and overwrite where it stood. A damaged file is removed."""
        if not self.path.exists():
            return
        try:
            with self._opened() as database:
                database.execute("DELETE FROM entry")
            with self._opened() as database:
                database.execute("VACUUM")
                database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        except FeedbackError:
            if not self._is_damaged():
                raise
            self._remove()

    @contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection]:
        try:
            self._prepare()
            with closing(sqlite3.connect(self.path, timeout=self._seconds, isolation_level=None)) as database:
                self._begin(database)
                database.execute("PRAGMA secure_delete = ON")
                yield database
        except (sqlite3.Error, OSError, ValueError) as error:
            reason = " ".join(str(getattr(error, "strerror", None) or error).split())
            raise FeedbackError(
                f"The feedback file {self.path} cannot be used ({reason}). Make room for it, let this user write it, "
                "or start it anew with `grundlag privacy --erase`."
            ) from None

    def _prepare(self) -> None:
        """The file, readable by its owner alone before anything stands in it; those beside it take after it."""
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        # Not blocking: what is named may be a pipe.
        opened = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_NONBLOCK | getattr(os, "O_NOFOLLOW", 0), OWNER_ONLY)
        try:
            state = os.fstat(opened)
            if not stat.S_ISREG(state.st_mode):
                raise OSError("it is no plain file")
            if stat.S_IMODE(state.st_mode) != OWNER_ONLY:
                os.fchmod(opened, OWNER_ONLY)
        finally:
            os.close(opened)

    def _begin(self, database: sqlite3.Connection) -> None:
        """Make the table in a file that is new; refuse to write into what is someone else's."""
        if not _is_ours(database):
            # In one transaction: another process may be about the same.
            database.execute("BEGIN IMMEDIATE")
            if not _is_ours(database):
                database.execute(SCHEMA)
                database.execute(f"PRAGMA application_id = {APPLICATION}")
            database.execute("COMMIT")
        if database.execute("PRAGMA journal_mode").fetchone() != ("wal",):
            # Where another process has the file just now, it is done the next time.
            with suppress(sqlite3.OperationalError):
                database.execute("PRAGMA journal_mode = WAL")

    def _expire(self, database: sqlite3.Connection) -> None:
        today = self._today()
        # Where the clock was put back, what is dated ahead would outlive its days.
        database.execute("UPDATE entry SET day = ? WHERE day > ?", (today.isoformat(), today.isoformat()))
        database.execute("DELETE FROM entry WHERE day <= ?", ((today - timedelta(days=self.days)).isoformat(),))
        database.execute("DELETE FROM entry WHERE id <= (SELECT max(id) FROM entry) - ?", (MAX_ENTRIES,))

    def _is_damaged(self) -> bool:
        """Is it a file of ours, by its head, that SQLite cannot read?"""
        with self.path.open("rb") as file:
            head = file.read(72)
        return head.startswith(HEAD) and head[68:72] == APPLICATION.to_bytes(4, "big")

    def _remove(self) -> None:
        for name in (self.path, *(self.path.with_name(self.path.name + end) for end in ("-wal", "-shm"))):
            if name.exists():
                name.write_bytes(bytes(name.stat().st_size))
                name.unlink()


def _is_ours(database: sqlite3.Connection) -> bool:
    """Is it a file that this program began; or an empty one? Raises OSError for another program's."""
    # In this order: whoever begins the file just now writes both at once, so tables that are seen have an owner.
    [[tables]] = database.execute("SELECT count(*) FROM sqlite_master")
    [[owner]] = database.execute("PRAGMA application_id")
    if owner != APPLICATION and (owner or tables):
        raise OSError("it is the database of another program")
    return bool(tables)


def _written(text: str) -> str:
    """A text as it may stand in the file: redacted, one line, nothing that a terminal would act on."""
    line = " ".join(redact(text).split())
    return "".join(c for c in line if c.isprintable())


def _entry(
    kind: str, question: str, language: str, status: str, helpful: int | None, comment: str, token: str | None, day: str
) -> Entry:
    judged = None if helpful is None else bool(helpful)
    return Entry(Kind(kind), question, language, status, judged, comment, token or "", date.fromisoformat(day))
