"""The embedded encoder beside bare sentence-transformers, in one run: `python -m benchmarks.encoder`.

Both take turns, so that whatever else the machine does falls on both; what counts is the ratio. Bare is
`SentenceTransformer.encode` of the same converted model, by torch, with one vector for each text; ours gives the
vectors of all tokens too.
"""

from __future__ import annotations

import argparse
import os
import random
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median

# Read when torch is imported: without it its threads spin, and bare is slower still beside a busy process.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

import numpy as np
from sentence_transformers import SentenceTransformer

from benchmarks.bare import bare_model
from benchmarks.timing import Contest
from bot.documents.corpus import read_corpus
from bot.documents.passages import context_of, passages_of, squeeze
from bot.evaluation.gold import read_gold
from bot.models.encoder import Encoder
from bot.models.encoding import Encoding
from bot.models.loading import find_source, load_encoder
from bot.models.model_folder import converted_folder
from bot.settings import ROOT, Settings, load_settings

QUESTIONS = ROOT / "benchmarks" / "data" / "development.jsonl"
BATCH = 64
"""Passages that are encoded by turns."""
STARTS = {
    "bare": """
from sentence_transformers import SentenceTransformer
SentenceTransformer(sys.argv[1], local_files_only=True).encode("query: Hvad er leg?")
""",
    "ours": """
from bot.models.loading import load_encoder
from bot.settings import load_settings
load_encoder(load_settings()).encode_query("Hvad er leg?")
""",
}
AFTERWARDS = """
from pathlib import Path
status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
print(status["VmHWM"].split()[0])
"""
"""The most memory it had, in kB, on Linux. What getrusage says would begin with that of the process that started it."""


def questions() -> list[str]:
    return [gold.question for gold in read_gold(QUESTIONS)]


def passages(settings: Settings) -> list[str]:
    found = passages_of(read_corpus(settings.corpus).documents)
    return [context_of(passage) + squeeze(passage.text) for passage in found]


def time_questions(bare: SentenceTransformer, ours: Encoder, texts: Sequence[str], turns: int) -> str:
    def alone(turn: int) -> object:
        return bare.encode("query: " + texts[turn % len(texts)], show_progress_bar=False)

    contest = Contest({"bare": alone, "ours": lambda turn: ours.encode_query(texts[turn % len(texts)])}, turns)
    medians = (1000 * contest.median(name) for name in ("bare", "ours"))
    return row("a question, ms", *medians, contest.ratio("ours", "bare"))


def time_passages(bare: SentenceTransformer, ours: Encoder, texts: Sequence[str], turns: int) -> str:
    sample = random.Random(1).sample(list(texts), min(BATCH, len(texts)))
    prompted = ["passage: " + text for text in sample]
    runners: dict[str, Callable[[int], object]] = {
        "bare": lambda _: bare.encode(prompted, show_progress_bar=False),
        "ours": lambda _: ours.encode_passages(sample),
    }
    contest = Contest(runners, turns)
    speeds = (len(sample) / contest.median(name) for name in ("bare", "ours"))
    return row("passages a second", *speeds, 1 / contest.ratio("ours", "bare"))


def time_starts(folder: Path, turns: int) -> list[str]:
    """Process start to first vector; and the most memory that took."""
    memory: dict[str, list[float]] = {name: [] for name in STARTS}

    def start(name: str) -> None:
        code = f"import sys{STARTS[name]}{AFTERWARDS}"
        done = subprocess.run([sys.executable, "-c", code, str(folder)], capture_output=True, check=True, cwd=ROOT)
        memory[name].append(float(done.stdout) / 1024)

    contest = Contest({"bare": lambda _: start("bare"), "ours": lambda _: start("ours")}, turns)
    medians = [contest.median(name) for name in ("bare", "ours")]
    peaks = [median(memory[name]) for name in ("bare", "ours")]
    return [
        row("process start to first vector, s", *medians, contest.ratio("ours", "bare")),
        row("memory at its peak, MB", *peaks, peaks[1] / peaks[0]),
    ]


def lowest_cosines(found: Sequence[Encoding], expected: Sequence[Encoding]) -> tuple[float, float]:
    """The lowest cosine of any text's vector and of any token's vector with the one expected."""
    texts = min(float(one.vector @ other.vector) for one, other in zip(found, expected, strict=True))
    tokens = 1.0
    for one, other in zip(found, expected, strict=True):
        lengths = np.linalg.norm(one.tokens, axis=1) * np.linalg.norm(other.tokens, axis=1)
        tokens = min(tokens, float(((one.tokens * other.tokens).sum(axis=1) / lengths).min()))
    return texts, tokens


def row(what: str, bare: float, ours: float, ratio: float) -> str:
    return f"| {what} | {bare:.4g} | {ours:.4g} | {ratio:.2f} |"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.encoder", description=__doc__)
    parser.add_argument("--turns", type=int, default=200, help="turns of the questions")
    parser.add_argument("--batches", type=int, default=9, help="turns of the passages")
    parser.add_argument("--starts", type=int, default=5, help="turns of the start")
    options = parser.parse_args()
    settings = load_settings()
    ours = load_encoder(settings)
    folder = converted_folder(find_source(), settings.cache, adapted=True).path
    bare = bare_model(settings)
    reference = load_encoder(load_settings(encoder="embedded-torch"))
    asked, indexed = questions(), passages(settings)
    print(f"{os.cpu_count()} cores. Load before: {os.getloadavg()[0]:.1f}.\n")
    print("| | bare | ours | ratio |\n|---|---|---|---|")
    time_questions(bare, ours, asked, 6)
    print(time_questions(bare, ours, asked, options.turns))
    print(time_passages(bare, ours, indexed, options.batches))
    print(*time_starts(folder, options.starts), sep="\n")
    texts, tokens = lowest_cosines(ours.encode_passages(indexed), reference.encode_passages(indexed))
    print(f"\nLowest cosine with torch over {len(indexed)} passages: texts {texts:.7f}, tokens {tokens:.7f}.")
    print(f"Load after: {os.getloadavg()[0]:.1f}.")


if __name__ == "__main__":
    main()
