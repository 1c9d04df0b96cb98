"""People who ask, by Locust: at human pace for some minutes, then 500 at once; what they got, and what it cost.

    python -m pip install -c constraints.txt -e '.[bench]'
    python -m benchmarks.load --people 50 --minutes 10 --crowd 500

Starts `grundlag serve` on loopback and Locust in processes of their own. A person opens the page, asks there (one time
in four by the API), reads for 20 to 40 s, and asks again. The crowd asks once, all within a second; the server holds
66 questions and tells the others to come back. Prints a line a minute, and at the end what memory has done since minute
5, and whether the 95th percentile is below three times what one person alone waited, plus the queue (`bound`).
"""

from __future__ import annotations

import argparse
import csv
import json
import math
import os
import random
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPException
from pathlib import Path

import httpx

from benchmarks.replicas import QUESTIONS
from benchmarks.serving import Replica
from bot.settings import ROOT, load_settings

MEGABYTE = 1_000_000
CALL = "/gradio_api/call/ask"
QUESTION = "Hvad betyder det at anerkende de unge?"
MEMORY = "process_resident_memory_bytes"
ALONE = 60
"""Questions of one person alone."""
PAUSE_SECONDS = 30.0
"""Between two questions of one person, on the average (benchmarks/people.py)."""
AT_A_TIME = 2
WARM_MINUTES = 5
RECOVERED_SECONDS = 10.0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--people", type=int, default=50)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--crowd", type=int, default=500)
    options = parser.parse_args()
    limits = {"QUESTIONS_PER_MINUTE": "0", "REQUESTS_PER_MINUTE": "0"}
    replica = Replica({"INDEX": str(load_settings().index), **limits})
    replica.wait()
    try:
        print(f"load of the machine at the start: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
        alone, together = single(replica), saturated(replica)
        limit = bound(options.people, alone, together)
        memory = steadily(replica, options.people, options.minutes, limit)
        at_once(replica, options.crowd)
        crowded = replica.figure(MEMORY) or 0.0
        print(f"memory after the crowd: {crowded / MEGABYTE:.0f} MB ({crowded / memory - 1:+.1%})")
        print(f"load of the machine at the end: {os.getloadavg()[0]:.1f}")
    finally:
        replica.end()
    return 0


def single(replica: Replica) -> float:
    """Seconds that one person waits who asks one question after the other, the median."""
    took = sorted(_ask_some(replica, ALONE))
    median = statistics.median(took)
    late = took[math.ceil(0.95 * len(took)) - 1]
    print(f"one person alone: median {median * 1000:.0f} ms, p95 {late * 1000:.0f} ms ({len(took)} questions)")
    return median


def saturated(replica: Replica) -> float:
    """Seconds that a question takes while the other place is taken all the time."""
    begun = time.perf_counter()
    with ThreadPoolExecutor(AT_A_TIME) as people:
        for done in [people.submit(_ask_some, replica, ALONE) for _ in range(AT_A_TIME)]:
            done.result()
    took = (time.perf_counter() - begun) / ALONE
    print(
        f"two without pause: {AT_A_TIME / took:.1f} questions a second, {took * 1000:.0f} ms for each of two at a time"
    )
    return took


def bound(people: int, alone: float, together: float) -> float:
    """What the 95th percentile has to stay below, in seconds: 3 x alone, and the queue that two cores must have.

    The queue is that of M/M/2, whose service times vary more than ours do, and whose queue is the longer for it.
    """
    offered = people / (PAUSE_SECONDS + alone)
    busy = offered * together / AT_A_TIME
    if busy >= 1:
        print(f"offered: {offered:.2f} questions a second, more than two cores answer")
        return math.inf
    waits = 2 * busy**2 / (1 + busy)
    queue = max(0.0, math.log(waits / 0.05)) * together / (AT_A_TIME * (1 - busy)) if waits else 0.0
    limit = 3 * alone + queue
    print(
        f"offered: {people} people / ({PAUSE_SECONDS:.0f} s + {alone * 1000:.0f} ms) = {offered:.2f} a second\n"
        f"busy: {offered:.2f} x {together * 1000:.0f} ms / {AT_A_TIME} = {busy:.1%}\n"
        f"queue (M/M/2): {waits:.2%} have to wait at all, so 95 of 100 wait at most {queue * 1000:.0f} ms; "
        f"bound: 3 x {alone * 1000:.0f} + {queue * 1000:.0f} = {limit * 1000:.0f} ms",
        flush=True,
    )
    return limit


def steadily(replica: Replica, people: int, minutes: float, limit: float) -> float:
    """Locust's figures for people at human pace; the bytes of memory after five minutes, or after the first."""
    with tempfile.TemporaryDirectory() as folder, _locust(replica, people, minutes, Path(folder)) as locust:
        samples = [replica.figure(MEMORY) or 0.0]
        print(f"minute 0: {samples[0] / MEGABYTE:.0f} MB", flush=True)
        begun = time.monotonic()
        while locust.poll() is None:
            time.sleep(1)
            if time.monotonic() - begun >= 60 * len(samples):
                samples.append(replica.figure(MEMORY) or 0.0)
                print(
                    f"minute {len(samples) - 1}: {samples[-1] / MEGABYTE:.1f} MB, {_said(_figures(folder))}", flush=True
                )
        samples.append(replica.figure(MEMORY) or 0.0)
        total = _figures(folder)
        if total is None:
            raise RuntimeError(f"locust did not run: {Path(folder, 'said').read_text()[-300:]}")
    print(
        f"{people} people for {minutes:g} minutes: {_said(total)}, at most {float(total['Max Response Time']):.0f} ms"
    )
    late = float(total["95%"]) / 1000
    verdict = "below" if late < limit else "ABOVE"
    print(f"p95 {late * 1000:.0f} ms is {verdict} the bound of {limit * 1000:.0f} ms")
    warm = WARM_MINUTES if len(samples) > WARM_MINUTES + 2 else min(1, len(samples) - 2)
    grown = samples[-1] / samples[warm] - 1
    print(
        f"memory: {samples[warm] / MEGABYTE:.1f} MB after minute {warm}, {samples[-1] / MEGABYTE:.1f} MB at the end "
        f"({grown:+.2%}; from the start, before anything was asked by so many: {samples[-1] / samples[0] - 1:+.2%})",
        flush=True,
    )
    return samples[warm]


def at_once(replica: Replica, crowd: int) -> None:
    """What a crowd gets that asks within one second, and how soon the next person is answered as before."""
    saw: Counter[str] = Counter()
    counting = threading.Lock()
    together = threading.Barrier(crowd + 1)

    def ask() -> None:
        together.wait(120)
        seen = _asked(replica)
        with counting:
            saw[seen] += 1

    with ThreadPoolExecutor(crowd) as people:
        for _ in range(crowd):
            people.submit(ask)
        together.wait(120)
        begun = time.perf_counter()
    took = time.perf_counter() - begun
    replica.ask(QUESTION)
    recovered = time.perf_counter() - begun - took
    print(f"{crowd} at once, all done after {took:.1f} s, the next question answered {recovered:.2f} s later:")
    for seen, count in saw.most_common():
        print(f"    {count} {seen}")
    verdict = "within" if took + recovered < RECOVERED_SECONDS else "NOT within"
    print(f"recovered {verdict} {RECOVERED_SECONDS:.0f} s of the rush")


def _asked(replica: Replica) -> str:
    """What one of a crowd gets: answered, the words of a refusal, or how it failed."""
    connection = HTTPConnection(replica.address.removeprefix("http://"), timeout=120)
    try:
        connection.request("POST", "/api/ask", json.dumps({"question": QUESTION}), {"Content-Type": "application/json"})
        answer = connection.getresponse()
        told = json.loads(answer.read())
        return (
            "answered" if answer.status == 200 else f"told: {answer.status} {told['title']}. {told.get('detail', '')}"
        )
    except (OSError, HTTPException, ValueError) as error:
        return f"FAILED: {type(error).__name__}"
    finally:
        connection.close()


def _ask_some(replica: Replica, times: int) -> list[float]:
    """Seconds for each of some development questions, one after the other, asked as Locust's people do."""
    asked = [json.loads(line) for line in QUESTIONS.read_text(encoding="utf-8").splitlines() if line.strip()]
    took = []
    with httpx.Client(base_url=replica.address, timeout=60) as client:
        client.get("/").raise_for_status()
        for number, one in enumerate(random.sample(asked, times)):
            body = {"question": one["question"], "history": one.get("history", [])}
            begun = time.perf_counter()
            if number % 4:
                event = client.post(CALL, json={"data": [body]}).raise_for_status().json()["event_id"]
                client.get(f"{CALL}/{event}").raise_for_status()
            else:
                client.post("/api/ask", json=body).raise_for_status()
            took.append(time.perf_counter() - begun)
    return took


@contextmanager
def _locust(replica: Replica, people: int, minutes: float, folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, "-m", "locust", "--locustfile", str(Path(__file__).with_name("people.py"))]
    command += ["--headless", "--users", str(people), "--spawn-rate", str(max(1, people // 10)), "--only-summary"]
    command += ["--run-time", f"{int(minutes * 60)}s", "--host", replica.address, "--csv", f"{folder}/load"]
    with (folder / "said").open("wb") as said:
        environment = os.environ | {"GRUNDLAG_LOAD_QUESTIONS": str(QUESTIONS)}
        process = subprocess.Popen(command, cwd=ROOT, stdout=said, stderr=said, env=environment)
        try:
            yield process
        finally:
            process.terminate()
            process.wait(30)


def _figures(folder: str) -> dict[str, str] | None:
    """What Locust has written of the questions so far."""
    table = Path(folder, "load_stats.csv")
    if not table.is_file():
        return None
    with table.open(encoding="utf-8", newline="") as file:
        return next((row for row in csv.DictReader(file) if row["Name"] == "ask"), None)


def _said(figures: dict[str, str] | None) -> str:
    if figures is None:
        return "nothing asked yet"
    asked, failed, half, late = (figures[name] for name in ("Request Count", "Failure Count", "50%", "95%"))
    return f"{asked} questions, {failed} failed, median {half} ms, p95 {late} ms"


if __name__ == "__main__":
    sys.exit(main())
