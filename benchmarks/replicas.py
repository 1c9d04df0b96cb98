"""Two replicas that share an index and Chroma's own server, beside one process: the same answer records?

    python -m benchmarks.replicas

Starts `chroma run` and two `grundlag serve` as processes on loopback, with every search of vectors left to the
server (GRUNDLAG_EXACT_ROWS=0), asks both all development questions, and compares each record with that of the
assistant in this process, byte for byte but for times. Then once more with the server stopped.
"""

from __future__ import annotations

import json
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.serving import ChromaServer, Replica, comparable
from bot.answering.assistant import Assistant, record
from bot.composition import open_assistant
from bot.progress import counted, indexed
from bot.settings import ROOT, load_settings

QUESTIONS = ROOT / "benchmarks" / "data" / "development.jsonl"


def main() -> int:
    settings = load_settings()
    indexed(settings)
    questions = [json.loads(line) for line in QUESTIONS.read_text(encoding="utf-8").splitlines() if line.strip()]
    assistant = open_assistant(settings)
    server = ChromaServer(Path(tempfile.mkdtemp(prefix="grundlag-chroma-")) / "data")
    server.start()
    replicas = [
        Replica(
            {"INDEX": str(settings.index), "CHROMA_URL": server.url, "EXACT_ROWS": "0", "QUESTIONS_PER_MINUTE": "0"}
        )
        for _ in range(2)
    ]
    try:
        for replica in replicas:
            replica.wait()
        differing = compared("with the server", questions, assistant, replicas)
        server.stop()
        differing += compared("server stopped", questions, assistant, replicas)
    finally:
        for replica in replicas:
            replica.end()
        server.stop()
    return 1 if differing else 0


def compared(label: str, questions: Sequence[dict[str, Any]], assistant: Assistant, replicas: Sequence[Replica]) -> int:
    """Print how many records differ, and what a question took; the number that differ."""
    differing = 0
    own, theirs = [], []
    for question in counted(questions, len(questions)):
        history = question.get("history", [])
        begun = time.perf_counter()
        wanted = comparable(record(assistant.ask(question["question"], history)))
        own.append(time.perf_counter() - begun)
        for replica in replicas:
            begun = time.perf_counter()
            differing += comparable(replica.ask(question["question"], history)) != wanted
            theirs.append(time.perf_counter() - begun)
    times = (
        f"median {statistics.median(theirs) * 1000:.0f} ms by HTTP, {statistics.median(own) * 1000:.0f} ms in process"
    )
    print(f"{label}: {len(theirs)} records of {len(replicas)} replicas, {differing} differ; {times}", flush=True)
    return differing


if __name__ == "__main__":
    sys.exit(main())
