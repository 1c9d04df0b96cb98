"""From the start of a process to its first answer, and to a page that answers: `python -m benchmarks.starting`.

Beside it the bare imports of the libraries that answering (or the page) needs, and loading the model's tokenizer and
graph, in a process that does nothing else. All are started by turns, and timed until they say the first thing, which
the bare ones do when everything is loaded; when they have ended is told too.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median

import httpx

from benchmarks.report import Run, judged, table
from benchmarks.timing import Contest, Memory, spread
from bot.models.loading import find_source
from bot.models.model_folder import converted_folder
from bot.progress import indexed
from bot.settings import ROOT, load_settings

COMMAND = "python -m benchmarks.starting"
QUESTION = "Hvad er målet med det pædagogiske arbejde?"
TURNS, FEW_TURNS = 9, 3
MOST = 1.25
USED = """
import sys
import bm25s, lingua, numpy, onnxruntime, pydantic_settings, Stemmer, tokenizers
from langchain_core.embeddings import Embeddings
"""
"""What one question loads of them in the end."""
NEEDED = """
import sys
import bm25s, chromadb, langchain_chroma, lingua, numpy, onnxruntime, pydantic_settings, Stemmer, tokenizers
import langchain_core.embeddings, langchain_core.retrievers, langchain_core.runnables
"""
PAGE = "import fastapi, gradio, jinja2, markdown_it, prometheus_client, uvicorn\n"
LOAD = """
tokenizer = tokenizers.Tokenizer.from_file(sys.argv[1] + "/tokenizer.json")
options = onnxruntime.SessionOptions()
options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC
session = onnxruntime.InferenceSession(sys.argv[1] + "/encoder.onnx", options, providers=["CPUExecutionProvider"])
print("loaded", flush=True)
"""
LISTENING = re.compile(r"Grundlag: (http://\S+)")
NAMES = {
    "bare": "bare imports and model, for answering",
    "bare used": "the same, of what one question uses",
    "answer": "`grundlag ask`, to the first answer",
    "bare page": "bare imports and model, for the page",
    "page": "`grundlag serve`, to an answered question",
}


class Starts:
    """Starts each kind of process, and keeps when it said the first thing, in seconds, and what memory it had."""

    def __init__(self, model: Path) -> None:
        self._model = str(model)
        self._environment = os.environ | {"ORT_DISABLE_TELEMETRY": "1", "GRUNDLAG_BUILD_ON_START": "0"}
        self.ready: dict[str, list[float]] = {name: [] for name in NAMES}
        self.peaks: dict[str, list[float]] = {name: [] for name in NAMES}
        self.rests: list[Memory] = []

    def bare(self, name: str, *imports: str) -> None:
        self._run(name, ["-c", "".join(imports) + LOAD, self._model])

    def answer(self) -> None:
        self._run("answer", ["-m", "bot", "ask", QUESTION, "--json"])

    def page(self) -> None:
        """Until a question that is put to the server is answered."""
        environment = self._environment | {"GRUNDLAG_PORT": "0"}
        begun = time.perf_counter()
        process = self._started(["-m", "bot", "serve"], environment, subprocess.DEVNULL, subprocess.PIPE)
        try:
            address = next(found[1] for line in process.stderr or () if (found := LISTENING.match(line)))
            httpx.post(f"{address}/api/ask", json={"question": QUESTION}, timeout=60).raise_for_status()
            self.ready["page"].append(time.perf_counter() - begun)
            self.rests.append(Memory.of(process.pid))
            self.peaks["page"].append(self.rests[-1].peak)
        finally:
            process.kill()
            process.wait()
            if process.stderr is not None:
                process.stderr.close()

    def ratio(self, name: str, other: str) -> float:
        """The median of one kind's seconds as a share of the other's in the same turn."""
        return median(one / two for one, two in zip(self.ready[name], self.ready[other], strict=True))

    def _run(self, name: str, arguments: Sequence[str]) -> None:
        begun = time.perf_counter()
        process = self._started(arguments, self._environment, subprocess.PIPE, subprocess.DEVNULL)
        if process.stdout is not None:
            process.stdout.readline()
            self.ready[name].append(time.perf_counter() - begun)
            process.stdout.close()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            raise RuntimeError(f"{NAMES[name]} ended with {process.returncode}.")
        self.peaks[name].append(usage.ru_maxrss / 1024)

    @staticmethod
    def _started(arguments: Sequence[str], environment: dict[str, str], out: int, err: int) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, *arguments], cwd=ROOT, env=environment, stdout=out, stderr=err, text=True
        )


def main() -> None:
    """Measure, and write the section."""
    parser = argparse.ArgumentParser(prog=COMMAND, description=__doc__)
    parser.add_argument("--quick", action="store_true", help=f"{FEW_TURNS} turns instead of {TURNS}")
    options = parser.parse_args()
    run = Run(COMMAND)
    settings = load_settings()
    indexed(settings)
    starts = Starts(converted_folder(find_source(), settings.cache, adapted=True).path)
    runners = {
        "bare": lambda _: starts.bare("bare", NEEDED),
        "bare used": lambda _: starts.bare("bare used", USED),
        "answer": lambda _: starts.answer(),
        "bare page": lambda _: starts.bare("bare page", NEEDED, PAGE),
        "page": lambda _: starts.page(),
    }
    Contest(runners, 1)
    for kept in (*starts.ready.values(), *starts.peaks.values(), starts.rests):
        kept.clear()
    contest = Contest(runners, FEW_TURNS if options.quick else TURNS)
    beside = {"bare": "bare", "bare used": "bare", "answer": "bare", "bare page": "bare page", "page": "bare page"}
    rows = [
        [
            NAMES[name],
            spread(starts.ready[name], ".2f"),
            f"{starts.ratio(name, beside[name]):.2f}",
            "" if name == "page" else f"{contest.median(name):.2f}",
            f"{median(starts.peaks[name]):.0f}",
        ]
        for name in NAMES
    ]
    own, files = (median(getattr(rest, part) for rest in starts.rests) for part in ("own", "files"))
    body = [
        f"{len(contest.taken['answer'])} turns, files in the system's cache. In brackets, between which two eight of "
        "ten turns lie.",
        table(["", "s", "× bare", "until it has ended, s", "memory at its peak, MB"], rows),
        f"The server at rest after its first answer: {own:.0f} MB of its own, {files:.0f} MB of files that are mapped "
        "(the model's weights above all), which all processes share and the system may drop.",
        judged("start to first answer beside bare imports and model", starts.ratio("answer", "bare"), MOST, " x"),
    ]
    run.write("starting", "Starting", "\n\n".join(body))


if __name__ == "__main__":
    main()
