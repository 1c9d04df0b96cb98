"""Puts every question to every system, in turn, and takes the time."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median

from benchmarks.retrieval.system import Result, System
from benchmarks.retrieval.tasks import Figures, Task
from bot.progress import counted

Bare = Callable[[str], object]
"""SentenceTransformer.encode and nothing else."""
WARM_UP = 3


@dataclass(frozen=True, slots=True)
class Measured:
    """A system's figures, its median time for a question, and the median of its ratio to the bare encoder."""

    name: str
    figures: Figures
    milliseconds: float
    ratio: float


def measure(task: Task, systems: Sequence[System], bare: Bare) -> tuple[list[Measured], float]:
    """All systems over one task, and the bare encoder's median milliseconds.

    The systems take turns with each question, a different one first each time, so that whatever else the machine
    does falls on all of them.
    """
    for question in task.questions[:WARM_UP]:
        for system in systems:
            system.search(question.question, question.history)
    results: list[list[Result]] = [[] for _ in systems]
    times: list[list[float]] = [[] for _ in (*systems, bare)]
    for number, question in enumerate(counted(task.questions, len(task.questions))):
        for turn in range(len(times)):
            which = (number + turn) % len(times)
            begun = time.perf_counter()
            if which == len(systems):
                bare(question.question)
            else:
                results[which].append(systems[which].search(question.question, question.history))
            times[which].append(1000 * (time.perf_counter() - begun))
    measured = [
        Measured(
            name=system.name,
            figures=task.figures(system, found),
            milliseconds=median(taken),
            ratio=median(one / other for one, other in zip(taken, times[-1], strict=True)),
        )
        for system, found, taken in zip(systems, results, times, strict=False)
    ]
    return measured, median(times[-1])
