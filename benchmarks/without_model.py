"""No chat model is set: `python -m benchmarks.without_model` shows that nothing is as if there were one.

Three processes answer the development questions: as the program is; as it would be had nobody written the part that
writes (its modules are replaced by ones that refuse to be used); and with a chat model set that cannot be reached. The
records of the first two must be the same bytes but for the times; those of the third have the same quotes behind a word
on why. Each question is put to them one after another, every second time in the other order, and times compared.
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
from operator import truediv
from types import ModuleType
from typing import Any

from benchmarks.serving import free_port
from bot.settings import ROOT

QUESTIONS = ROOT / "benchmarks" / "data" / "development.jsonl"
WARM = 5
"""Questions before the clock counts."""
WRITING = "bot.answering.writing"
CHAT_LIBRARIES = ("langchain_openai", "openai", "langchain_ollama", "langchain_anthropic", "langchain.chat_models")
WAYS = ("as it is", "without the part that writes", "a model out of reach")
OWN_FIELDS = ("model", "dropped", "text", "timing_ms")
"""What a model that is set, and out of reach, may change in a record."""


class Way:
    """A process that answers one way; `records` are what it said, without times, `milliseconds` how long each took."""

    def __init__(self, number: int) -> None:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("GRUNDLAG_")}
        environment |= {name: os.environ[name] for name in ("GRUNDLAG_CACHE",) if name in os.environ}
        if WAYS[number] == "a model out of reach":
            url = f"http://127.0.0.1:{free_port()}/v1"
            unreachable = {"MODEL": "openai:none", "URL": url, "KEY": "none", "RETRIES": "0"}
            environment |= {f"GRUNDLAG_CHAT_{name}": value for name, value in unreachable.items()}
        self.records: list[dict[str, Any]] = []
        self.milliseconds: list[float] = []
        self.imported: list[str] = []
        self._process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.without_model", "--way", str(number)],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def ask(self, question: int, *, counts: bool = True) -> None:
        """Put a question by its number to it; unless it `counts`, only to warm up."""
        assert self._process.stdin is not None  # noqa: S101 - both are pipes
        assert self._process.stdout is not None  # noqa: S101
        print(question, file=self._process.stdin, flush=True)
        said = json.loads(self._process.stdout.readline())
        if counts:
            self.records.append(said["record"])
            self.milliseconds.append(said["milliseconds"])
            self.imported = said["imported"]

    def end(self) -> None:
        """No more questions."""
        self._process.communicate()

    @property
    def digest(self) -> str:
        """The hash of all records."""
        lines = "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in self.records)
        return hashlib.sha256(lines.encode()).hexdigest()[:16]


def main() -> int:
    """Print what was found; 1 if a record differs or a chat library was imported."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--questions", type=int, default=0, help="only so many; all of them unless given")
    parser.add_argument("--way", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.way is not None:
        _answer(options.way)
        return 0
    asked = [number for number, _ in enumerate(QUESTIONS.read_text(encoding="utf-8").splitlines())]
    ways = [Way(number) for number, _ in enumerate(WAYS)]
    for way in ways:
        for number in range(WARM):
            way.ask(number, counts=False)
    for number in asked[: options.questions or None]:
        for way in ways if number % 2 else reversed(ways):
            way.ask(number)
    for way in ways:
        way.end()
    return _print(ways)


def _answer(way: int) -> None:
    """Answer in this process the questions whose numbers are read, a line each."""
    if WAYS[way] == "without the part that writes":
        _take_out()
    from bot.answering.assistant import record  # noqa: PLC0415 - after what is taken out
    from bot.composition import open_assistant  # noqa: PLC0415
    from bot.evaluation.gold import read_gold  # noqa: PLC0415
    from bot.settings import load_settings  # noqa: PLC0415

    assistant = open_assistant(load_settings())
    questions = read_gold(QUESTIONS)
    for line in sys.stdin:
        asked = questions[int(line)]
        begun = time.perf_counter()
        answer = assistant.ask(asked.question, asked.history, identity=asked.id)
        milliseconds = 1000 * (time.perf_counter() - begun)
        fields = record(answer)
        del fields["timing_ms"]
        imported = [name for name in CHAT_LIBRARIES if name in sys.modules]
        print(json.dumps({"record": fields, "milliseconds": milliseconds, "imported": imported}), flush=True)


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


def _print(ways: list[Way]) -> int:
    plain, _, out_of_reach = ways
    count = len(plain.records)
    print(f"{count} questions, each put to all three in turn, {WARM} before them to warm up\n")
    print(
        "| | records | chat libraries imported | median of a question | ratio to the first, median of the questions |"
    )
    print("|---|---|---|---|---|")
    for name, way in zip(WAYS, ways, strict=True):
        ratio = statistics.median(map(truediv, way.milliseconds, plain.milliseconds))
        middle = statistics.median(way.milliseconds)
        print(f"| {name} | {way.digest} | {', '.join(way.imported) or 'none'} | {middle:.1f} ms | {ratio:.3f} |")
    same = len({way.digest for way in ways[:2]}) == 1
    kept = sum(map(_kept, plain.records, out_of_reach.records))
    print(f"\nrecords the same bytes with and without the part that writes: {'yes' if same else 'NO'}")
    print(f"a model out of reach, all the same but the word on why: {kept} of {count}")
    return 0 if same and not plain.imported and kept == count else 1


def _kept(plain: dict[str, Any], fallen_back: dict[str, Any]) -> bool:
    """Is the record the same, but for what says that a model should have written?"""
    rest = [{name: value for name, value in one.items() if name not in OWN_FIELDS} for one in (plain, fallen_back)]
    return rest[0] == rest[1] and fallen_back["text"].endswith(plain["text"])


if __name__ == "__main__":
    sys.exit(main())
