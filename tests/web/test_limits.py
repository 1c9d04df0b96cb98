from __future__ import annotations

from bot.web.limits import Limit


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_a_minutes_worth_then_a_wait_then_more() -> None:
    clock = Clock()
    limit = Limit(6, clock)

    assert [limit.wait("a") for _ in range(7)] == [0] * 6 + [10]
    clock.now += 9
    assert limit.wait("a") == 1
    clock.now += 1
    assert limit.wait("a") == 0
    clock.now += 10_000
    assert [limit.wait("a") > 0 for _ in range(7)] == [False] * 6 + [True]


def test_clients_do_not_spend_each_others() -> None:
    limit = Limit(1, Clock())

    assert [limit.wait(client) for client in "abca"] == [0, 0, 0, 60]


def test_no_limit() -> None:
    limit = Limit(0, Clock())

    assert {limit.wait("a") for _ in range(1000)} == {0}
    assert len(limit) == 0


def test_memory_is_bounded() -> None:
    limit = Limit(1, Clock(), clients=10)

    for number in range(1000):
        limit.wait(str(number))

    assert len(limit) == 10
