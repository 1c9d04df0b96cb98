"""No chat model is set: `python -m benchmarks.without_model` shows that nothing is as if there were one.

The development questions are answered by three processes in turn, round after round: as the program is, as it would be
had nobody written the part that writes (its modules are replaced by empty ones and refuse to be imported), and with a
chat model set that cannot be reached. The records of the first two must be the same bytes but for the times; those of
the third have the same quotes behind a word on why. Times are compared within a round.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from types import ModuleType
from typing import Any

from benchmarks.serving import free_port
from bot.settings import ROOT

QUESTIONS = ROOT / "benchmarks" / "data" / "development.jsonl"
ROUNDS = 3
WRITING = "bot.answering.writing"
CHAT_LIBRARIES = ("langchain_openai", "openai", "langchain_ollama", "langchain_anthropic", "langchain.chat_models")
WAYS = ("as it is", "without the part that writes", "a model out of reach")
OWN_FIELDS = ("model", "dropped", "text", "timing_ms")
"""What a model that is set, and out of reach, may change in a record."""


class Round:
    """What one process said: its records without times, the seconds of all of its questions, what it had imported."""

    def __init__(self, said: dict[str, Any]) -> None:
        self.records: list[dict[str, Any]] = said["records"]
        self.milliseconds: list[float] = said["milliseconds"]
        self.imported: list[str] = said["imported"]

    @property
    def digest(self) -> str:
        """The hash of all records."""
        lines = "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in self.records)
        return hashlib.sha256(lines.encode()).hexdigest()[:16]


def main() -> int:
    """Print what was found; 1 if a record differs or a chat library was imported."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--questions", type=int, default=0, help="only so many; all of them unless given")
    parser.add_argument("--way", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.way is not None:
        print(json.dumps(_answered(options.way, options.questions)))
        return 0
    rounds = [[_process(way, options.questions) for way in range(len(WAYS))] for _ in range(options.rounds)]
    return _print(rounds)


def _process(way: int, questions: int) -> Round:
    """One way, in a process of its own with no setting but the cache."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GRUNDLAG_")}
    environment |= {name: os.environ[name] for name in ("GRUNDLAG_CACHE",) if name in os.environ}
    if way == WAYS.index("a model out of reach"):
        unreachable = {
            "MODEL": "openai:none",
            "URL": f"http://127.0.0.1:{free_port()}/v1",
            "KEY": "none",
            "RETRIES": "0",
        }
        environment |= {f"GRUNDLAG_CHAT_{name}": value for name, value in unreachable.items()}
    command = [sys.executable, "-m", "benchmarks.without_model", "--way", str(way), "--questions", str(questions)]
    done = subprocess.run(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, check=True)
    return Round(json.loads(done.stdout.splitlines()[-1]))


def _answered(way: int, wanted: int) -> dict[str, object]:
    """The questions answered one by one, in this process."""
    if way == 1:
        _take_out()
    from bot.answering.assistant import record  # noqa: PLC0415 - after what is taken out
    from bot.composition import open_assistant  # noqa: PLC0415
    from bot.evaluation.gold import read_gold  # noqa: PLC0415
    from bot.settings import load_settings  # noqa: PLC0415

    assistant = open_assistant(load_settings())
    questions = read_gold(QUESTIONS)[: wanted or None]
    records, milliseconds = [], []
    for asked in questions:
        begun = time.perf_counter()
        answer = assistant.ask(asked.question, asked.history, identity=asked.id)
        milliseconds.append(1000 * (time.perf_counter() - begun))
        fields = record(answer)
        del fields["timing_ms"]
        records.append(fields)
    imported = [name for name in (*CHAT_LIBRARIES, *_written_parts()) if name in sys.modules]
    return {"records": records, "milliseconds": milliseconds, "imported": imported}


def _written_parts() -> Iterator[str]:
    yield from (f"{WRITING}.{path.stem}" for path in (ROOT / "bot" / "answering" / "writing").glob("[a-z]*.py"))


class Nothing(ModuleType):
    """A module that has every name, and nothing behind it: whoever uses one is told so."""

    def __getattr__(self, name: str) -> type:
        if name.startswith("__"):
            raise AttributeError(name)

        def refuse(*_: object, **__: object) -> None:
            raise AssertionError(f"{self.__name__}.{name} was used without a chat model")

        return type(name, (), {"__init__": refuse})


def _take_out() -> None:
    """Whatever writes is as if it had never been there."""
    for name in (WRITING, *_written_parts(), "bot.models.chat", "bot.models.entailment"):
        module = Nothing(name)
        module.__path__ = []
        sys.modules[name] = module


def _print(rounds: list[list[Round]]) -> int:
    count = len(rounds[0][0].records)
    print(f"{count} questions, {len(rounds)} rounds, each way in a process of its own, in turn\n")
    print("| | records | chat libraries imported | median of a question | ratio to the first, by round |")
    print("|---|---|---|---|---|")
    for way, name in enumerate(WAYS):
        found = [one[way] for one in rounds]
        digests = sorted({one.digest for one in found})
        chat = sorted({library for one in found for library in one.imported if library in CHAT_LIBRARIES})
        middle = statistics.median(time for one in found for time in one.milliseconds)
        ratios = [statistics.median(r[way].milliseconds) / statistics.median(r[0].milliseconds) for r in rounds]
        shown = ", ".join(f"{ratio:.3f}" for ratio in ratios)
        print(f"| {name} | {' '.join(digests)} | {', '.join(chat) or 'none'} | {middle:.1f} ms | {shown} |")
    same = len({one.digest for found in rounds for one in found[:2]}) == 1
    kept = sum(map(_kept, rounds[0][0].records, rounds[0][2].records))
    unused = not any(library in CHAT_LIBRARIES for found in rounds for one in found[:2] for library in one.imported)
    print(f"\nrecords the same bytes with and without the part that writes: {'yes' if same else 'NO'}")
    print(f"a model out of reach, all the same but the word on why: {kept} of {count}")
    return 0 if same and unused and kept == count else 1


def _kept(plain: dict[str, Any], fallen_back: dict[str, Any]) -> bool:
    """Is the record the same, but for what says that a model should have written?"""
    rest = [{name: value for name, value in one.items() if name not in OWN_FIELDS} for one in (plain, fallen_back)]
    return rest[0] == rest[1] and fallen_back["text"].endswith(plain["text"])


if __name__ == "__main__":
    sys.exit(main())
