from __future__ import annotations

import resource
import sqlite3
import stat
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from bot.errors import FeedbackError
from bot.privacy import feedback
from bot.privacy.feedback import Entry, FeedbackFile, Kind

DAY = date(2026, 3, 1)
ENTRY = Entry(Kind.FEEDBACK, "Hvad er leg?", "da", "answered", helpful=False, comment="Svaret er for langt")


class Clock:
    """A day that can be moved."""

    def __init__(self) -> None:
        self.day = DAY

    def __call__(self) -> date:
        return self.day


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def file(tmp_path: Path, clock: Clock) -> FeedbackFile:
    return FeedbackFile(tmp_path / "kept" / "feedback.sqlite", 30, clock, seconds=0.05)


def bytes_of(file: FeedbackFile) -> bytes:
    return b"".join(path.read_bytes() for path in file.path.parent.iterdir())


@contextmanager
def no_room(limit: int) -> Iterator[None]:
    """No file can be made longer than `limit` bytes, as on a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_what_is_kept_comes_back(file: FeedbackFile) -> None:
    file.keep(ENTRY)
    file.keep(Entry(Kind.UNANSWERED, "Hvornår åbner hallen?", "da", "not_found"))

    assert file.entries() == [
        replace(ENTRY, day=DAY),
        Entry(Kind.UNANSWERED, "Hvornår åbner hallen?", "da", "not_found", day=DAY),
    ]


def test_it_is_redacted_before_it_is_written(file: FeedbackFile) -> None:
    written = "Min søn hedder Alfons, 010203-1234, a.b@c.example, tlf. 22 33 44 55"

    file.keep(replace(ENTRY, question=written, comment=f"{written}\x1b[31m\n\ud800"))

    [entry] = file.entries()
    assert entry.question == "Min søn hedder [name], […], [e-mail], tlf. [telephone]"
    for word in (b"Alfons", b"010203", b"1234", b"a.b@", b"44 55", b"\x1b"):
        assert word not in bytes_of(file)
    assert entry.comment.isprintable()


def test_a_comment_joins_its_judgement(file: FeedbackFile) -> None:
    file.keep(replace(ENTRY, token="a" * 32, helpful=True, comment=""))
    file.keep(replace(ENTRY, token="a" * 32))
    file.keep(replace(ENTRY, token="b" * 32))

    assert [(entry.helpful, entry.comment) for entry in file.entries()] == [(False, ENTRY.comment)] * 2


def test_it_is_gone_after_its_days(file: FeedbackFile, clock: Clock) -> None:
    file.keep(ENTRY)
    clock.day = DAY + timedelta(days=29)
    file.expire()
    assert len(file.entries()) == 1
    clock.day = DAY + timedelta(days=30)
    file.keep(replace(ENTRY, question="Hvad er mad?", comment=""))

    assert [entry.question for entry in file.entries()] == ["Hvad er mad?"]
    assert b"for langt" not in bytes_of(file)


def test_a_clock_that_was_ahead_makes_nothing_last(file: FeedbackFile, clock: Clock) -> None:
    clock.day = DAY + timedelta(days=5000)
    file.keep(ENTRY)
    clock.day = DAY
    assert len(file.entries()) == 1
    clock.day = DAY + timedelta(days=30)

    assert file.entries() == []


def test_nobody_else_may_read_it(file: FeedbackFile) -> None:
    file.path.parent.mkdir()
    file.path.touch(0o666)
    file.path.chmod(0o666)
    reader = sqlite3.connect(file.path)
    file.keep(ENTRY)
    reader.execute("SELECT * FROM entry").fetchall()  # so that the files beside it stay

    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in file.path.parent.iterdir()}
    reader.close()

    assert modes == dict.fromkeys(("feedback.sqlite", "feedback.sqlite-shm", "feedback.sqlite-wal"), 0o600)


def test_the_oldest_make_room(file: FeedbackFile, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feedback, "MAX_ENTRIES", 3)
    for number in range(5):
        file.keep(replace(ENTRY, question=f"Hvad er {number}?"))

    assert [entry.question for entry in file.entries()] == [f"Hvad er {number}?" for number in (2, 3, 4)]


def test_erasing_leaves_nothing(file: FeedbackFile) -> None:
    for _ in range(50):
        file.keep(ENTRY)
    file.erase()

    assert file.entries() == []
    assert b"for langt" not in bytes_of(file)
    assert b"leg?" not in bytes_of(file)


def test_nothing_to_erase(file: FeedbackFile) -> None:
    file.erase()

    assert not file.path.exists()


def test_no_room(file: FeedbackFile) -> None:
    file.keep(ENTRY)
    with no_room(1000), pytest.raises(FeedbackError, match="cannot be used"):
        file.keep(replace(ENTRY, comment="x" * 1000))

    assert [entry.comment for entry in file.entries()] == [ENTRY.comment]


def test_a_locked_file_is_not_waited_for(file: FeedbackFile) -> None:
    file.keep(ENTRY)
    other = sqlite3.connect(file.path, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    with pytest.raises(FeedbackError, match="locked"):
        file.keep(ENTRY)
    other.close()
    file.keep(ENTRY)

    assert len(file.entries()) == 2


def test_a_damaged_file_is_named_and_can_be_erased(file: FeedbackFile) -> None:
    for number in range(200):
        file.keep(replace(ENTRY, comment=f"{number} " * 50))
    whole = bytearray(file.path.read_bytes())
    whole[100:] = b"\xa5" * (len(whole) - 100)
    file.path.write_bytes(whole)

    with pytest.raises(FeedbackError, match="--erase"):
        file.keep(ENTRY)
    file.erase()
    file.keep(ENTRY)

    assert len(file.entries()) == 1


@pytest.mark.parametrize("content", [b"x" * 5000, b"127.0.0.1 localhost\n"])
def test_a_file_of_someone_else_is_left_alone(file: FeedbackFile, content: bytes) -> None:
    file.path.parent.mkdir()
    file.path.write_bytes(content)

    for use in (file.entries, file.erase, lambda: file.keep(ENTRY)):
        with pytest.raises(FeedbackError):
            use()
    assert file.path.read_bytes() == content


def test_a_database_of_someone_else_is_left_alone(file: FeedbackFile) -> None:
    file.path.parent.mkdir()
    with sqlite3.connect(file.path) as other:
        other.execute("CREATE TABLE accounts (name TEXT)")
        other.execute("INSERT INTO accounts VALUES ('x')")
    other.close()
    before = file.path.read_bytes()

    for use in (file.entries, file.erase, lambda: file.keep(ENTRY)):
        with pytest.raises(FeedbackError, match="another program"):
            use()
    assert file.path.read_bytes() == before


def test_a_folder_or_a_link_is_no_file(file: FeedbackFile, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").touch()
    file.path.mkdir(parents=True)
    with pytest.raises(FeedbackError):
        file.keep(ENTRY)
    file.path.rmdir()
    file.path.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(FeedbackError):
        file.keep(ENTRY)

    assert (tmp_path / "elsewhere").read_bytes() == b""


def test_many_may_begin_and_write_at_once(file: FeedbackFile) -> None:
    def write(number: int) -> None:
        FeedbackFile(file.path, 30, file._today, seconds=10).keep(replace(ENTRY, question=f"Hvad er {number}?"))

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(write, range(40)))

    assert len(file.entries()) == 40
    assert file.path.read_bytes()[18] == 2  # what SQLite writes there in WAL mode
