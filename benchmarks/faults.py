"""What goes wrong, on purpose, and what became of it: `python -m benchmarks.faults`.

Builds run as programs of their own on a copy of the corpus and are killed, started twice, or run out of disk; bytes
of a finished snapshot are flipped; documents vanish and change while they are read. After each fault the index
answers all development questions exactly as the old or as the new snapshot does, and the next build succeeds, or the
row says so.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bot.answering.assistant import Assistant, record
from bot.composition import build_index, open_assistant
from bot.documents.corpus import read_corpus
from bot.errors import GrundlagError
from bot.models.encoder import Encoder
from bot.models.loading import load_encoder
from bot.retrieval.retriever import Searcher
from bot.settings import ROOT, Settings, load_settings
from bot.store.builds import current_folder
from bot.store.snapshot import open_snapshot, verify_snapshot

QUESTIONS = ROOT / "benchmarks" / "data" / "development.jsonl"
SMALLEST_LIMIT, LARGEST_LIMIT = 10_000, 30_000_000
"""Bytes that no file may exceed: from less than the smallest table to more than the largest."""


@dataclass
class Outcome:
    """How often a fault was tried, what was seen how often, and what was not as it must be."""

    fault: str
    tried: int = 0
    seen: dict[str, int] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)

    def note(self, what: str) -> None:
        self.tried += 1
        self.seen[what] = self.seen.get(what, 0) + 1


class Bench:
    """A copy of the corpus that has two editions, an index, and the answers that each edition's snapshot gives."""

    def __init__(self, folder: Path, encoder: Encoder, questions: int) -> None:
        self.encoder = encoder
        self.corpus = Path(shutil.copytree(ROOT / "corpus", folder / "corpus"))
        self.settings: Settings = load_settings(corpus=self.corpus, index=folder / "index")
        self._catalogue = (self.corpus / "catalogue.toml").read_text(encoding="utf-8")
        lines = QUESTIONS.read_text(encoding="utf-8").splitlines()[:questions]
        self._questions = [json.loads(line)["question"] for line in lines]
        self.edition = 0
        self._expected: dict[str, str] = {}
        for _ in range(2):
            self.turn()
            build_index(self.settings, encoder)
            self._expected[current_folder(self.settings.index).name.partition("-")[0]] = self._answers()

    def turn(self) -> None:
        """Write the other edition: every document has another publisher, so every passage is embedded again."""
        self.edition = 1 - self.edition
        text = self._catalogue.replace('publisher = "', 'publisher = "Ny ' if self.edition else 'publisher = "')
        (self.corpus / "catalogue.toml").write_text(text, encoding="utf-8")

    def _answers(self) -> str:
        assistant = open_assistant(self.settings, self.encoder)
        try:
            return "\n".join(_answer(assistant, question) for question in self._questions)
        finally:
            assistant.searcher.snapshot.close()

    def start(self, limit: int | None = None) -> subprocess.Popen[bytes]:
        """A build in a program of its own; `limit` is the size that no file may exceed."""

        def bounded() -> None:
            if limit is not None:
                signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
                resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

        command = [sys.executable, "-m", "bot", "index", "--corpus", self.corpus, "--index", self.settings.index]
        return subprocess.Popen(
            command,
            cwd=ROOT,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            preexec_fn=bounded,  # noqa: PLW1509
        )

    def judge(self, outcome: Outcome, what: str, before: str) -> None:
        """The index answers as one of the editions, whole in every byte, and the next build succeeds."""
        outcome.note(what)
        name = "?"
        try:
            folder = current_folder(self.settings.index)
            name = folder.name.partition("-")[0]
            verify_snapshot(folder, self.encoder)
            if self._answers() != self._expected.get(name):
                outcome.wrong.append(f"{what}: the answers are not those of {name}")
            build_index(self.settings, self.encoder)
            after = current_folder(self.settings.index).name.partition("-")[0]
            if after == before:
                outcome.wrong.append(f"{what}: the next build did not bring the new edition")
        except GrundlagError as error:
            outcome.wrong.append(f"{what}: {name}: {error}")

    @property
    def current(self) -> str:
        """The id of the snapshot in use."""
        return current_folder(self.settings.index).name.partition("-")[0]


def _answer(assistant: Assistant, question: str) -> str:
    answer = replace(assistant.ask(question), model="")
    return json.dumps({k: v for k, v in record(answer).items() if k != "timing_ms"}, default=str, sort_keys=True)


def killed(bench: Bench, times: int, chooser: random.Random) -> Outcome:
    outcome = Outcome("kill -9 at a random moment of a build")
    bench.turn()
    begun = time.monotonic()
    bench.start().communicate()
    whole = time.monotonic() - begun
    for _ in range(times):
        before = bench.current
        bench.turn()
        process = bench.start()
        try:
            process.communicate(timeout=chooser.uniform(0.05, 1.0) * whole)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
        bench.judge(outcome, "old in use" if bench.current == before else "new in use", before)
        print(outcome.tried, outcome.seen, outcome.wrong, file=sys.stderr, flush=True)
    return outcome


def twice(bench: Bench, times: int) -> Outcome:
    outcome = Outcome("two builds at once")
    for _ in range(times):
        before = bench.current
        bench.turn()
        both = [bench.start(), bench.start()]
        said = [process.communicate()[1].decode() for process in both]
        codes = sorted(process.returncode for process in both)
        if codes not in ([0, 0], [0, 1]) or "Traceback" in "".join(said):
            outcome.wrong.append(f"ended with {codes}: {said}")
        bench.judge(
            outcome, "one built, one was told to wait" if codes == [0, 1] else "one built, one found it", before
        )
    return outcome


def full(bench: Bench, times: int, chooser: random.Random) -> Outcome:
    outcome = Outcome("no room in the middle of a build")
    for _ in range(times):
        before = bench.current
        bench.turn()
        limit = int(SMALLEST_LIMIT * (LARGEST_LIMIT / SMALLEST_LIMIT) ** chooser.random())
        process = bench.start(limit)
        said = process.communicate()[1].decode().strip().splitlines()
        if process.returncode not in {0, 1} or any("Traceback" in line for line in said):
            outcome.wrong.append(f"limit {limit}: ended with {process.returncode}: {said[-1:]}")
        elif process.returncode == 1 and not any("disk is full" in line for line in said):
            outcome.wrong.append(f"limit {limit}: said {said[-1:]}")
        what = "one line, old in use" if process.returncode else "fitted, new in use"
        bench.judge(outcome, what, before)
    return outcome


def flipped(bench: Bench, times: int, chooser: random.Random) -> Outcome:
    """Each file of a snapshot in turn, so often."""
    outcome = Outcome("a byte flipped in each file of a snapshot")
    folder = current_folder(bench.settings.index)
    documents = {document.name: document.text for document in read_corpus(bench.corpus).documents}
    for path in sorted(path for path in folder.rglob("*") if path.is_file() and path.stat().st_size):
        name, whole = path.relative_to(folder).as_posix(), path.read_bytes()
        for _ in range(times):
            data = bytearray(whole)
            data[chooser.randrange(len(data))] ^= 1 << chooser.randrange(8)
            path.write_bytes(data)
            try:
                verify_snapshot(folder, bench.encoder)
                outcome.wrong.append(f"{name}: not noticed")
            except GrundlagError:
                outcome.note(_opened(folder, bench, documents, outcome, name))
            path.write_bytes(whole)
    return outcome


def _opened(folder: Path, bench: Bench, documents: dict[str, str], outcome: Outcome, name: str) -> str:
    """What an app makes of the damaged snapshot: refused when it is opened, or its citations are right all the same."""
    try:
        snapshot = open_snapshot(folder, bench.encoder)
    except GrundlagError:
        return "noticed by doctor, refused when opened"
    try:
        assistant = Assistant(Searcher(snapshot, bench.encoder))
        for question in bench._questions[:3]:
            for citation in assistant.ask(question).citations:
                if documents[citation.document][citation.start : citation.end] != citation.quote:
                    outcome.wrong.append(f"{name}: a wrong citation")
    except GrundlagError:
        return "noticed by doctor, an answer refused"
    finally:
        snapshot.close()
    return "noticed by doctor, citations right"


def moving(bench: Bench, times: int) -> Outcome:
    """Documents are replaced and removed while they are read."""
    outcome = Outcome("documents vanish and change while they are read")
    path = bench.corpus / "documents" / "flygtig.txt"
    texts = ["Om leg\n\n" + f"Børnene leger i skoven i udgave {number}. " * 20_000 for number in range(2)]
    done = threading.Event()

    def move() -> None:
        number = 0
        while not done.is_set():
            number += 1
            path.write_text(texts[number % 2], encoding="utf-8")
            if number % 3 == 0:
                path.unlink()

    mover = threading.Thread(target=move)
    mover.start()
    try:
        for _ in range(times):
            found = read_corpus(bench.corpus)
            mine = [document for document in found.documents if document.name == path.name]
            problems = [problem for problem in found.problems if problem.startswith(path.name)]
            if mine and not any(text.startswith(mine[0].text.strip()) for text in texts):
                outcome.wrong.append("a mixture of two editions was read")
            outcome.note("read" if mine else "left out, and named" if problems else "not there")
    finally:
        done.set()
        mover.join()
        path.unlink(missing_ok=True)
    return outcome


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=30)
    parser.add_argument("--questions", type=int, default=160)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    chooser = random.Random(chosen.seed)
    with tempfile.TemporaryDirectory(prefix="faults-") as folder:
        bench = Bench(Path(folder), load_encoder(load_settings()), chosen.questions)
        runs: list[Callable[[], Outcome]] = [
            lambda: flipped(bench, 1, chooser),
            lambda: moving(bench, 30),
            lambda: killed(bench, chosen.kills, chooser),
            lambda: twice(bench, max(1, chosen.kills // 10)),
            lambda: full(bench, max(2, chosen.kills // 5), chooser),
        ]
        outcomes = []
        for run in runs:
            outcomes.append(run())
            print(outcomes[-1], file=sys.stderr, flush=True)
    table = Table("fault", "tried", "what happened", "wrong")
    for outcome in outcomes:
        seen = "; ".join(f"{count} times {what}" for what, count in sorted(outcome.seen.items()))
        table.add_row(outcome.fault, str(outcome.tried), seen, str(len(outcome.wrong)))
    Console(width=140).print(table)
    for outcome in outcomes:
        for line in outcome.wrong:
            print(f"{outcome.fault}: {line}")
    return 1 if any(outcome.wrong for outcome in outcomes) else 0


if __name__ == "__main__":
    sys.exit(main())
