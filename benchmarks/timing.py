"""Times taken by turns, and how much memory a process has."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles

REST_SECONDS = 0.003
"""Between two turns: the threads of the one before go to sleep meanwhile."""
MEGABYTE = 1024
"""/proc counts in kB."""


class Contest:
    """Runs each of the named runners once a turn, another one first each time, and keeps the seconds they took."""

    def __init__(self, runners: Mapping[str, Callable[[int], object]], turns: int) -> None:
        self.taken: dict[str, list[float]] = {name: [] for name in runners}
        names = list(runners)
        for turn in range(turns):
            # Who begins has the colder caches.
            first = turn % len(names)
            for name in names[first:] + names[:first]:
                time.sleep(REST_SECONDS)
                begun = time.perf_counter()
                runners[name](turn)
                self.taken[name].append(time.perf_counter() - begun)

    def median(self, name: str) -> float:
        """The median time of one of them, in seconds."""
        return median(self.taken[name])

    def ratios(self, name: str, other: str) -> list[float]:
        """For each turn, the time of one as a share of another's."""
        return [one / two for one, two in zip(self.taken[name], self.taken[other], strict=True)]

    def ratio(self, name: str, other: str) -> float:
        """The median of the ratios."""
        return median(self.ratios(name, other))


def spread(values: Sequence[float], form: str = ".1f") -> str:
    """The median, and between which two eight of ten values lie."""
    if len(values) < 2:
        return format(values[0], form)
    tenths = quantiles(values, n=10, method="inclusive")
    return f"{median(values):{form}} ({tenths[0]:{form}} to {tenths[-1]:{form}})"


def percentile(values: Sequence[float], percent: int) -> float:
    """The value that so many per cent of the values do not exceed."""
    return quantiles(values, n=100, method="inclusive")[percent - 1]


@dataclass(frozen=True, slots=True)
class Memory:
    """What a process has in memory, in MB: its own, the pages of files (which the system may drop), the most so far."""

    own: float
    files: float
    peak: float

    @classmethod
    def of(cls, process: int | str = "self") -> Memory:
        """The memory of a process by its number. Linux only."""
        lines = Path(f"/proc/{process}/status").read_text(encoding="utf-8").splitlines()
        figures = {name: line.split() for name, _, line in (entry.partition(":") for entry in lines)}
        own, files, peak = (int(figures[name][0]) / MEGABYTE for name in ("RssAnon", "RssFile", "VmHWM"))
        return cls(own, files, peak)
