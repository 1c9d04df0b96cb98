"""Breaks things under a server that is being asked, and prints what people saw: python -m benchmarks.outages

Each row is a real process on loopback, asked by a few people without pause. "Politely refused" is 429, 503 or 504
with the remedy, "failed" anything else that is no answer. Names of functions below choose some of the rows.
"""

from __future__ import annotations

import itertools
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import httpx

from benchmarks.clock import WallClock
from benchmarks.serving import ChromaServer, Replica
from bot.composition import build_index
from bot.privacy.feedback import FeedbackFile
from bot.progress import loaded_encoder
from bot.settings import ROOT, Settings, load_settings
from bot.web.passwords import write_password

PEOPLE = 3
QUESTIONS = ("Hvad betyder det at anerkende de unge?", "Vilka ledord hör till Berika?", "Hvad er Byrådets mål?")
POLITE = {429, 503, 504}
RECOVERED_SECONDS = 10.0
YEAR_SECONDS = 365 * 86_400
PASSWORD = "leg er alvor for alle børn"  # noqa: S105 - of a server that lives for a minute


class People:
    """A few people who ask one server after another, without pause; what became of their questions is counted."""

    def __init__(self, addresses: list[str]) -> None:
        self.saw: Counter[str] = Counter()
        self.indexes: set[str] = set()
        self.broken: list[float] = []
        self._addresses = addresses
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._ask, args=(n,), daemon=True) for n in range(PEOPLE)]

    def __enter__(self) -> People:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join(60)

    def _ask(self, number: int) -> None:
        for turn in itertools.count(number):
            if self._stop.is_set():
                return
            seen = "failed"
            # As a proxy would: the next one if nobody answers at the first.
            for address in self._addresses:
                try:
                    body = {"question": QUESTIONS[turn % len(QUESTIONS)]}
                    answer = httpx.post(f"{address}/api/ask", json=body, timeout=60)
                except httpx.HTTPError:
                    continue
                if answer.status_code == httpx.codes.OK:
                    seen = "answered"
                    self.indexes.add(answer.json()["index"])
                elif answer.status_code in POLITE:
                    seen = "politely refused"
                break
            self.saw[seen] += 1
            if seen == "failed":
                self.broken.append(time.monotonic())
                time.sleep(0.1)


@contextmanager
def asked(*replicas: Replica) -> Iterator[People]:
    with People([replica.address for replica in replicas]) as people:
        while not people.saw["answered"]:
            time.sleep(0.05)
        yield people


def settled(people: People, seconds: float = 3.0) -> None:
    """Let them ask on until so many more are answered, or for so long."""
    before, until = people.saw["answered"], time.monotonic() + 10 * seconds
    while people.saw["answered"] < before + 2 * PEOPLE and time.monotonic() < until:
        time.sleep(0.1)


def row(name: str, people: People, what: str) -> None:
    seen = ", ".join(f"{count} {kind}" for kind, count in people.saw.most_common() if count)
    print(f"| {name} | {seen} | {what} |", flush=True)


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="grundlag-faults-") as place:
        folder = Path(place)
        shutil.copytree(ROOT / "corpus", folder / "corpus")
        index = load_settings().index
        for name in ("builds", "current"):
            copy = shutil.copytree if (index / name).is_dir() else shutil.copy
            copy(index / name, folder / name)  # type: ignore[operator]
        (folder / "index").mkdir()
        for name in ("builds", "current"):
            (folder / name).rename(folder / "index" / name)
        settings = load_settings(corpus=folder / "corpus", index=folder / "index")
        print("| fault | what people saw | afterwards |\n|---|---|---|")
        for fault in (killed, stopped, switched, chroma_away, disk_full, clock_back, removed):
            if fault.__name__ in sys.argv[1:] or not sys.argv[1:]:
                fault(settings)
    return 0


def replica_of(settings: Settings, environment: Mapping[str, str] | None = None, /, **more: str) -> Replica:
    own = {"INDEX": str(settings.index), "CORPUS": str(settings.corpus), "QUESTIONS_PER_MINUTE": "0"}
    replica = Replica({**own, **more}, environment)
    replica.wait()
    return replica


def killed(settings: Settings) -> None:
    one, other = replica_of(settings), replica_of(settings)
    with asked(one, other) as people:
        one.end(signal.SIGKILL)
        settled(people)
    other.end()
    row("one of two replicas killed", people, "the other answers")


def stopped(settings: Settings) -> None:
    one, other = replica_of(settings), replica_of(settings)
    with asked(one, other) as people:
        code = one.end()
        settled(people)
    other.end()
    row("one of two replicas asked to stop", people, f"it answered what it was asked, exit {code}")


def switched(settings: Settings) -> None:
    replica = replica_of(settings)
    document = settings.corpus / "documents" / "hegnet.txt"
    with asked(replica) as people:
        document.write_text("Om hegnet\n\nHullet i hegnet er børnenes vej til skoven, og det holdes åbent.\n", "utf-8")
        new = build_index(settings, loaded_encoder(settings))[0].snapshot
        begun = time.monotonic()
        while new not in people.indexes and time.monotonic() < begun + RECOVERED_SECONDS:
            time.sleep(0.05)
        took = time.monotonic() - begun
        settled(people)
    replica.end()
    row("a new build switched to", people, f"answered from after {took:.1f} s" if new in people.indexes else "NOT USED")


def chroma_away(settings: Settings) -> None:
    server = ChromaServer(settings.index.parent / "chroma")
    server.start()
    replica = replica_of(settings, CHROMA_URL=server.url, EXACT_ROWS="0")
    with asked(replica) as people:
        server.stop()
        settled(people)
        away = replica.figure("grundlag_vectors_up")
        server.start()
        begun = time.monotonic()
        while replica.figure("grundlag_vectors_up") != 1 and time.monotonic() < begun + RECOVERED_SECONDS:
            time.sleep(0.1)
        took = time.monotonic() - begun
    replica.end()
    server.stop()
    row("Chroma's server stopped and started", people, f"vectors_up was {away:g}, and 1 again after {took:.1f} s")


def disk_full(settings: Settings) -> None:
    """Feedback goes to a device that is always full."""
    replica = replica_of(settings, FEEDBACK="/dev/full")
    with asked(replica) as people:
        opinion = {"question": QUESTIONS[0], "helpful": True}
        told = httpx.post(f"{replica.address}/api/feedback", json=opinion, timeout=60)
        settled(people)
        lost = replica.figure("grundlag_not_stored_total") or 0
    replica.end()
    row(
        "feedback cannot be written (/dev/full)",
        people,
        f"feedback is answered {told.status_code}, not_stored {lost:g}",
    )


def clock_back(settings: Settings) -> None:
    """The server's wall clock is set back by a year, and right again later; staff are signed in, feedback is kept."""
    folder = settings.index.parent
    clock = WallClock(folder / "clock")
    write_password(folder / "staff", "anna", PASSWORD)
    file = FeedbackFile(folder / "kept" / "feedback.sqlite", 30)
    more = {"FEEDBACK": str(file.path), "PASSWORDS": str(folder / "staff"), "LOG_REQUESTS": "1"}
    replica = replica_of(settings, clock.environment, **more)
    saw: list[str] = []
    with asked(replica) as people, httpx.Client(base_url=replica.address, timeout=60) as staff:
        staff.post("/sign-in", data={"name": "anna", "password": PASSWORD})
        for seconds in (0, -YEAR_SECONDS, 0):
            clock.set(seconds)
            told = staff.post("/api/feedback", json={"question": QUESTIONS[0], "helpful": True}).status_code
            signed_in = staff.get("/api/documents").headers.get("cache-control") == "private, no-store"
            time.sleep(6)  # so that readiness is looked at anew
            ready = staff.get("/health/ready").status_code
            saw.append(f"feedback {told}, ready {ready}, staff {'signed in' if signed_in else 'SIGNED OUT'}")
            settled(people)
    years = {line[10:14] for line in replica.said if line.startswith('{"time": "')}
    replica.end()
    kept = len(file.entries())
    before, back, after = saw
    same = "as before" if before == back == after else f"before: {before}; back: {back}; after: {after}"
    row(
        "the clock set back by a year",
        people,
        f"{before}: {same}; {kept} of 3 entries kept; years in the log {len(years)}",
    )


def removed(settings: Settings) -> None:
    replica = replica_of(settings)
    with asked(replica) as people:
        shutil.rmtree(settings.index)
        time.sleep(3)
        settled(people)
    replica.end()
    again = subprocess.run(
        [sys.executable, "-m", "bot", "ask", "--index", str(settings.index), "Hvad?"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    row("the index folder removed", people, f"a restart says: {again.stderr.strip().splitlines()[-1][:60]} ...")


if __name__ == "__main__":
    sys.exit(main())
