"""People who ask, by Locust: at human pace for some minutes, then 500 at once; what they got, and what it cost.

    python -m pip install -c constraints.txt -e '.[bench]'
    python -m benchmarks.load --people 50 --minutes 3 --crowd 500

Starts `grundlag serve` on loopback and Locust in processes of their own. A person asks, reads for 20 to 40 s, and asks
again. The crowd asks once, all within a second; the server holds 66 questions and tells the others to come back.
"""

from __future__ import annotations

import argparse
import csv
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx

from benchmarks.replicas import QUESTIONS
from benchmarks.serving import Replica
from bot.settings import ROOT, load_settings

MEGABYTE = 1_000_000
QUESTION = "Hvad betyder det at anerkende de unge?"
MEMORY = "process_resident_memory_bytes"
POLITE = {503, 504, 429}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--people", type=int, default=50)
    parser.add_argument("--minutes", type=float, default=3)
    parser.add_argument("--crowd", type=int, default=500)
    options = parser.parse_args()
    limits = {"QUESTIONS_PER_MINUTE": "0", "REQUESTS_PER_MINUTE": "0"}
    replica = Replica({"INDEX": str(load_settings().index), **limits})
    replica.wait()
    try:
        alone = single(replica)
        print(f"load of the machine at the start: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
        print(f"one person alone: median {alone * 1000:.0f} ms")
        before = replica.figure(MEMORY) or 0.0
        steadily(replica, options.people, options.minutes)
        after = replica.figure(MEMORY) or 0.0
        print(f"memory: {before / MEGABYTE:.0f} MB before, {after / MEGABYTE:.0f} MB after ({after / before - 1:+.1%})")
        at_once(replica, options.crowd)
        crowded = replica.figure(MEMORY) or 0.0
        print(f"memory after the crowd: {crowded / MEGABYTE:.0f} MB ({crowded / before - 1:+.1%})")
    finally:
        replica.end()
    return 0


def single(replica: Replica, times: int = 20) -> float:
    """Seconds that one person waits, the median of some questions."""
    took = []
    for _ in range(times):
        begun = time.perf_counter()
        replica.ask(QUESTION)
        took.append(time.perf_counter() - begun)
    return statistics.median(took)


def steadily(replica: Replica, people: int, minutes: float) -> None:
    """Locust's figures for people at human pace."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "locust", "--locustfile", str(Path(__file__).with_name("people.py"))]
        command += ["--headless", "--users", str(people), "--spawn-rate", str(max(1, people // 10)), "--only-summary"]
        command += ["--run-time", f"{int(minutes * 60)}s", "--host", replica.address, "--csv", f"{folder}/load"]
        done = subprocess.run(
            command,
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
            env=os.environ | {"GRUNDLAG_LOAD_QUESTIONS": str(QUESTIONS)},
        )
        table = Path(folder, "load_stats.csv")
        if not table.is_file():
            raise RuntimeError(f"locust did not run: {done.stderr[-300:]}")
        with table.open(encoding="utf-8", newline="") as file:
            total = next(row for row in csv.DictReader(file) if row["Name"] == "Aggregated")
    asked, failed = total["Request Count"], total["Failure Count"]
    times = f"median {total['50%']} ms, p95 {total['95%']} ms, at most {float(total['Max Response Time']):.0f} ms"
    print(f"{people} people for {minutes:g} minutes: {asked} questions, {failed} failed, {times}")


def at_once(replica: Replica, crowd: int) -> None:
    """What a crowd gets that asks within one second, and how soon the next person is answered as before."""
    saw: Counter[str] = Counter()
    counting = threading.Lock()
    together = threading.Barrier(crowd)

    def ask() -> None:
        with httpx.Client(timeout=120) as client:
            together.wait(120)
            try:
                status = client.post(f"{replica.address}/api/ask", json={"question": QUESTION}).status_code
                seen = (
                    "answered" if status == httpx.codes.OK else "politely refused" if status in POLITE else str(status)
                )
            except httpx.HTTPError as error:
                seen = type(error).__name__
        with counting:
            saw[seen] += 1

    begun = time.perf_counter()
    with ThreadPoolExecutor(crowd) as people:
        for _ in range(crowd):
            people.submit(ask)
    took = time.perf_counter() - begun
    replica.ask(QUESTION)
    recovered = time.perf_counter() - begun - took
    seen = ", ".join(f"{count} {kind}" for kind, count in saw.most_common())
    print(f"{crowd} at once: {seen}; all done after {took:.1f} s, the next question answered {recovered:.2f} s later")


if __name__ == "__main__":
    sys.exit(main())
