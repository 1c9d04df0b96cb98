from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Iterator

import pytest

from bot.errors import BusyError, TooSlowError
from bot.web.desk import Desk


class Slow:
    """Work that takes until it is released."""

    def __init__(self) -> None:
        self.released = threading.Event()
        self.begun = threading.Semaphore(0)

    def __call__(self) -> str:
        self.begun.release()
        self.released.wait(10)
        return "done"


@pytest.fixture
def slow() -> Iterator[Slow]:
    work = Slow()
    yield work
    work.released.set()


def until_empty(desk: Desk) -> None:
    ends = time.monotonic() + 5
    while desk.inside and time.monotonic() < ends:
        time.sleep(0.005)
    assert desk.inside == 0


def test_work_is_done() -> None:
    desk = Desk(1, 1, 5)

    assert desk.do(lambda: 7) == 7
    assert asyncio.run(desk.attend(lambda: 8)) == 8
    until_empty(desk)


def test_one_too_many_is_told_at_once_and_may_come_back(slow: Slow) -> None:
    desk = Desk(1, 1, 5)
    waiting = [threading.Thread(target=desk.do, args=(slow,)) for _ in range(2)]
    for thread in waiting:
        thread.start()
    slow.begun.acquire()
    while desk.inside < 2:
        time.sleep(0.005)

    with pytest.raises(BusyError, match="moment"):
        desk.do(slow)
    with pytest.raises(BusyError, match="moment"):
        asyncio.run(desk.attend(slow))

    slow.released.set()
    for thread in waiting:
        thread.join()
    until_empty(desk)
    assert desk.do(lambda: 7) == 7


@pytest.mark.parametrize("way", ["do", "attend"])
def test_who_waits_too_long_is_told_so(slow: Slow, way: str) -> None:
    desk = Desk(1, 1, 0.05)

    with pytest.raises(TooSlowError, match=r"0\.05 seconds"):
        desk.do(slow) if way == "do" else asyncio.run(desk.attend(slow))
    with pytest.raises(TooSlowError):  # it never got its turn
        desk.do(lambda: 7)
    assert desk.inside == 1

    slow.released.set()
    until_empty(desk)


@pytest.mark.parametrize("error", [ValueError("x"), TimeoutError("of the work itself")])
def test_an_error_of_the_work_is_passed_on(error: Exception) -> None:
    def fail() -> None:
        raise error

    desk = Desk(1, 1, 5)
    with pytest.raises(type(error), match=str(error)):
        desk.do(fail)
    with pytest.raises(type(error), match=str(error)):
        asyncio.run(desk.attend(fail))
    until_empty(desk)
