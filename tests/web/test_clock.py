"""A machine's clock that is set back, or forward, under a server that runs."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from bot.privacy.feedback import Entry, FeedbackFile, Kind
from bot.web.clock import SteadyClock
from bot.web.passwords import SIGNED_IN_SECONDS, SKEW_SECONDS, Passwords, write_password

DAY_SECONDS = 86_400.0
YEAR = 365 * DAY_SECONDS


class Machine:
    """A machine whose clock can be set; how long it has run cannot."""

    def __init__(self) -> None:
        self.up = 50.0
        self.ahead = 1_800_000_000.0

    def wall(self) -> float:
        return self.up + self.ahead


@pytest.fixture
def machine() -> Machine:
    return Machine()


@pytest.fixture
def clock(machine: Machine) -> SteadyClock:
    return SteadyClock(machine.wall, lambda: machine.up)


def test_time_goes_on_where_it_was(machine: Machine, clock: SteadyClock) -> None:
    begun = clock()
    machine.ahead -= YEAR
    machine.up += 10
    assert clock() == begun + 10
    machine.ahead += YEAR
    machine.up += 10
    assert clock() == begun + 20


def test_a_clock_set_forward_is_believed(machine: Machine, clock: SteadyClock) -> None:
    machine.ahead += YEAR
    assert clock() == machine.wall()


@pytest.mark.parametrize("back", [60.0, DAY_SECONDS, 40 * DAY_SECONDS, YEAR, 50 * YEAR])
def test_feedback_is_neither_lost_nor_kept_for_longer(
    machine: Machine, clock: SteadyClock, tmp_path: Path, back: float
) -> None:
    file = FeedbackFile(tmp_path / "feedback.sqlite", 30, clock.today)
    first = clock.today()
    file.keep(Entry(Kind.UNANSWERED, "Hvad er mad?"))
    machine.ahead -= back
    machine.up += DAY_SECONDS
    file.keep(Entry(Kind.UNANSWERED, "Hvem vandt?"))
    file.expire()
    assert [entry.day for entry in file.entries()] == [first, first + timedelta(days=1)]
    machine.ahead += back  # it is noticed
    assert [entry.day for entry in file.entries()] == [first, first + timedelta(days=1)]
    machine.ahead -= back
    machine.up += 29 * DAY_SECONDS
    assert [entry.question for entry in file.entries()] == ["Hvem vandt?"]
    machine.up += DAY_SECONDS
    assert file.entries() == []


def test_a_server_started_by_a_clock_that_is_behind_keeps_nothing_for_longer(
    machine: Machine, clock: SteadyClock, tmp_path: Path
) -> None:
    path = tmp_path / "feedback.sqlite"
    FeedbackFile(path, 30, clock.today).keep(Entry(Kind.UNANSWERED, "Hvad er mad?"))
    machine.ahead -= YEAR
    again = FeedbackFile(path, 30, SteadyClock(machine.wall, lambda: machine.up).today)
    assert [entry.day for entry in again.entries()] == [date.fromtimestamp(machine.wall())]
    machine.up += 30 * DAY_SECONDS
    again = FeedbackFile(path, 30, SteadyClock(machine.wall, lambda: machine.up).today)
    assert again.entries() == []


def test_staff_stay_signed_in_for_as_long_as_they_would_have(
    machine: Machine, clock: SteadyClock, tmp_path: Path
) -> None:
    write_password(tmp_path / "staff", "anna", "leg er alvor for børn")
    passwords = Passwords(tmp_path / "staff", clock)
    cookie = passwords.cookie("anna")
    machine.ahead -= YEAR
    assert passwords.holds(cookie)
    machine.up += SIGNED_IN_SECONDS - 1
    assert passwords.holds(cookie)
    machine.up += 1
    assert not passwords.holds(cookie)


def test_two_replicas_clocks_need_not_agree_to_the_second(machine: Machine, tmp_path: Path) -> None:
    write_password(tmp_path / "staff", "anna", "leg er alvor for børn")
    ahead = Passwords(tmp_path / "staff", lambda: machine.wall() + SKEW_SECONDS)
    wrong = Passwords(tmp_path / "staff", lambda: machine.wall() + SKEW_SECONDS + 1)
    here = Passwords(tmp_path / "staff", machine.wall)

    assert here.holds(ahead.cookie("anna"))
    assert not here.holds(wrong.cookie("anna"))
