"""A question, text to record, beside the bare encoder and LangChain's quick start: `python -m benchmarks.question`.

The three take turns with each development question in one process. Bare is `SentenceTransformer.encode` of the
question by the same model (torch, float32) and nothing else. The quick start is what LangChain's introduction builds,
with that same encoder: chunks of 1,000 characters in Chroma, and `retriever.invoke`, which only finds. Ours is the
whole answer, searched, chosen, worded, and its quotes compared with the documents.
"""

from __future__ import annotations

import argparse
import math
import os
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from statistics import median

from benchmarks.bare import BareEmbeddings, bare_model
from benchmarks.report import Run, judged, table
from benchmarks.retrieval.quick_start import open_quick_start
from benchmarks.timing import Contest, spread
from bot.composition import open_assistant
from bot.evaluation.gold import read_gold
from bot.progress import indexed
from bot.settings import ROOT, load_settings

COMMAND = "python -m benchmarks.question"
QUESTIONS = ROOT / "benchmarks" / "data" / "development.jsonl"
WARM = 5
SHOWN = 4
MOST = 0.6
PEOPLE = (30, 300, 3_000, 30_000)
SECONDS_BETWEEN = 60
"""A person reads an answer before the next question."""
BUSY = 0.5
"""Beyond this share of a core's time, questions wait for one another."""
NAMES = {
    "bare": "bare `SentenceTransformer.encode`",
    "chain": "LangChain's quick start, retrieval only",
    "ours": "Grundlag, whole answer record",
}


def throughput(ask: Callable[[int], object], count: int, threads: int) -> float:
    """Answers a second, when so many threads ask."""
    with ThreadPoolExecutor(threads) as pool:
        begun = time.perf_counter()
        list(pool.map(ask, range(count)))
        return count / (time.perf_counter() - begun)


def sizing(capacity: float) -> list[list[str]]:
    """Rows of people, questions a second and cores, by the answers a second that one core gives."""
    found = []
    for people in PEOPLE:
        asked = people / SECONDS_BETWEEN
        found.append([f"{people:,}", f"{asked:.1f}", f"{max(1, math.ceil(asked / (capacity * BUSY)))}"])
    return found


def cores_here() -> int:
    """The cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def main() -> None:
    """Measure, and write the section."""
    parser = argparse.ArgumentParser(prog=COMMAND, description=__doc__)
    parser.add_argument("--quick", action="store_true", help="each question once instead of three times")
    options = parser.parse_args()
    run = Run(COMMAND)
    settings = load_settings()
    indexed(settings)
    assistant = open_assistant(settings)
    model = bare_model(settings)
    encoder = assistant.searcher.encoder
    start = open_quick_start(
        "quick start", assistant.documents, encoder, encoder.fingerprint, settings.cache / "benchmarks"
    )
    retriever = start.retriever(BareEmbeddings(model), SHOWN)
    questions = [gold.question for gold in read_gold(QUESTIONS)]
    laps: list[tuple[float, float, float]] = []

    def ours(turn: int) -> None:
        timing = assistant.ask(questions[turn % len(questions)]).timing_ms
        laps.append((timing.encode, timing.retrieve, timing.compose))

    runners = {
        "bare": lambda turn: model.encode(
            questions[turn % len(questions)], prompt_name="query", show_progress_bar=False
        ),
        "chain": lambda turn: retriever.invoke(questions[turn % len(questions)]),
        "ours": ours,
    }
    Contest(runners, WARM)
    laps.clear()
    contest = Contest(runners, len(questions) * (1 if options.quick else 3))
    rows = [
        [
            NAMES[name],
            spread([1000 * seconds for seconds in contest.taken[name]]),
            spread(contest.ratios(name, "bare"), ".2f"),
            spread(contest.ratios(name, "chain"), ".2f"),
        ]
        for name in runners
    ]
    parts = [median(lap[number] for lap in laps) for number in range(3)]
    cores = cores_here()
    capacity = throughput(lambda number: assistant.ask(questions[number]), len(questions), cores)
    body = [
        f"{len(questions)} development questions on {len(assistant.searcher.snapshot.passages)} passages and "
        f"{len(assistant.searcher.snapshot.bank.questions)} bank questions, {len(contest.taken['ours'])} turns. In "
        "brackets, between which two eight of ten turns lie.",
        table(["", "ms", "× bare encode", "× quick start"], rows),
        f"Of our time {parts[0]:.1f} ms are for encoding (with telling the language), {parts[1]:.1f} for retrieving, "
        f"{parts[2]:.1f} for composing (medians).",
        judged("a whole question beside bare encode of it", contest.ratio("ours", "bare"), MOST, " x"),
    ]
    body += [
        f"Asked by as many threads as there are cores ({cores}), {capacity:.0f} answers a second: "
        f"**{capacity / cores:.1f} a second and core**. With that, cores that are busy half the time where so many "
        "people each ask a question a minute:",
        table(["people asking at a time", "questions a second", "cores"], sizing(capacity / cores)),
    ]
    run.write("question", "A question", "\n\n".join(body))


if __name__ == "__main__":
    main()
