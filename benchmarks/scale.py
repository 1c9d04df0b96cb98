"""1,000, 10,000 and 100,000 passages: times, memory, disk, opening. `python -m benchmarks.scale`.

The texts are the pages of SweQUAD-MC and the five documents; beyond them, copies in which long words are changed for
others. Their vectors are made, not encoded: each word has the vectors that it, or another word, has in real passages.
The snapshots are written by the store's own builder and kept among the system's temporary files for the next run.
Each is answered from in a process of its own, where the bare encoder takes turns; its memory is taken before that.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import re
import subprocess
import sys
import tempfile
import time
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.report import Run, judged, table
from benchmarks.retrieval.pages import read_pages, read_questions, write_pages
from benchmarks.timing import Contest, Memory, percentile, spread
from bot.composition import build_index, open_assistant
from bot.documents.corpus import read_corpus
from bot.documents.passages import context_of, passages_of, squeeze
from bot.errors import GrundlagError
from bot.models.encoder import Encoder, Task
from bot.models.encoding import Encoding
from bot.models.loading import load_encoder
from bot.settings import DEFAULT_CORPUS, ROOT, Settings, load_settings
from bot.store.builds import current_folder
from bot.store.manifest import FORMAT, read_manifest
from bot.store.table import unit

COMMAND = "python -m benchmarks.scale"
SIZES, FEW_SIZES = (1_000, 10_000, 100_000), (1_000, 10_000)
PASSAGES_A_PAGE = 7.7
ASKED, FEW_ASKED = 200, 60
WARM = 10
SAMPLE = 400
"""Real passages that are encoded, for the vectors of their words."""
OWN_SHARE = 0.3
"""So much of a text's vector is its own: two texts of the same words are not one."""
LONG = re.compile(r"[A-Za-zÅÄÖåäö]{7,}")
CHANGED = 3
"""One long word of so many is another one in a copy."""
PIECES = re.compile(r"\w{1,7}|[^\w\s]")
"""About as many as the encoder's tokens."""
MOST_GIGABYTES, MOST_GROWTH, MOST_RATIO = 1.5, 1.5, 1.0


class MadeEncoder(Encoder):
    """Vectors without a model, of an encoder's sizes and under its name: pieces of words have those of real tokens."""

    def __init__(self, real: Encoder, texts: list[str]) -> None:
        found = real.encode_passages(texts)
        self._pool = np.concatenate([encoding.tokens for encoding in found])
        self._known: dict[str, int] = {}
        super().__init__(real.name, real.fingerprint, real.prompts, real.max_tokens)
        self.dimension, self.token_dimension = real.dimension, real.token_dimension

    def _encode(self, texts: list[str], prompt: str, task: Task) -> list[Encoding]:
        return [self._one(text) for text in texts]

    def _one(self, text: str) -> Encoding:
        pieces = list(itertools.islice(PIECES.finditer(text), 500))
        rows = [self._row(piece.group()) for piece in pieces]
        spans = np.array([piece.span() for piece in pieces], np.int32).reshape(-1, 2)
        tokens = self._pool[rows] if rows else self._pool[:0]
        own: NDArray[np.float32] = np.random.default_rng(zlib.crc32(text.encode())).normal(size=self._pool.shape[1])
        mean = tokens.mean(axis=0) if rows else self._pool[0]
        return Encoding(unit((unit(mean) + OWN_SHARE * unit(own)).astype(np.float32)), tokens, spans)

    def _row(self, piece: str) -> int:
        return self._known.setdefault(piece, zlib.crc32(piece.encode()) % len(self._pool))


def varied_pages() -> Iterator[tuple[str, str]]:
    """Pages without end: the real ones, then copies of them with other words."""
    real = [(d.name.replace("/", "-"), d.text) for d in read_corpus(DEFAULT_CORPUS).documents] + list(read_pages())
    yield from real
    vocabulary = sorted({word for _, text in real for word in LONG.findall(text)})

    for copy in itertools.count(1):

        def other(word: re.Match[str], copy: int = copy) -> str:
            number = zlib.crc32(f"{copy} {word.group()}".encode())
            return word.group() if number % CHANGED else vocabulary[number // CHANGED % len(vocabulary)]

        yield from ((f"{copy:03d}-{name}", LONG.sub(other, text)) for name, text in real)


def snapshot_of(size: int, settings: Settings) -> tuple[Path, float | None]:
    """The index of about `size` passages, and the seconds its build took if it was not there."""
    encoder = load_encoder(settings)
    top = Path(tempfile.gettempdir()) / f"grundlag-scale-{FORMAT}-{encoder.fingerprint[:8]}-{os.getuid()}"
    top.mkdir(mode=0o700, exist_ok=True)
    index = top / str(size)
    try:
        read_manifest(current_folder(index))
    except GrundlagError:
        pass
    else:
        return index, None
    print(f"building {size:,} passages", flush=True)
    begun = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="grundlag-scale-") as name:
        corpus = Path(name) / "corpus"
        write_pages(corpus, itertools.islice(varied_pages(), int(size / PASSAGES_A_PAGE)))
        real = passages_of(read_corpus(DEFAULT_CORPUS).documents)
        texts = [context_of(passage) + squeeze(passage.text) for passage in real][:SAMPLE]
        build_index(load_settings(corpus=corpus, index=index), MadeEncoder(encoder, texts))
    return index, time.perf_counter() - begun


def answer(index: Path, turns: int) -> dict[str, Any]:
    """What the answering process measures of itself."""
    settings = load_settings(index=index)
    begun = time.perf_counter()
    encoder = load_encoder(settings)
    loaded, before = time.perf_counter() - begun, Memory.of()
    begun = time.perf_counter()
    assistant = open_assistant(settings, encoder)
    opened = time.perf_counter() - begun
    questions = [text for _, text, _ in read_questions()]
    for question in questions[-WARM:]:
        assistant.ask(question)
    memory = Memory.of()
    # Only now: torch is no part of what answers.
    from benchmarks.bare import bare_model  # noqa: PLC0415

    model = bare_model(settings)
    laps: list[tuple[float, float, float]] = []

    def ours(turn: int) -> None:
        timing = assistant.ask(questions[turn % len(questions)]).timing_ms
        laps.append((timing.encode, timing.retrieve, timing.compose))

    def bare(turn: int) -> None:
        model.encode(questions[turn % len(questions)], prompt_name="query", show_progress_bar=False)

    Contest({"bare": bare, "ours": ours}, 3)
    laps.clear()
    contest = Contest({"bare": bare, "ours": ours}, turns)
    folder = current_folder(index)
    return {
        "passages": len(assistant.searcher.snapshot.passages),
        "tokens": len(assistant.searcher.snapshot.tables["passages"].tokens),
        "loaded": loaded,
        "opened": opened,
        "encoder": before.own + before.files,
        "own": memory.own,
        "files": memory.files,
        "peak": memory.peak,
        "disk": sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()),
        "ours": contest.taken["ours"],
        "bare": contest.taken["bare"],
        "ratio": contest.ratio("ours", "bare"),
        "laps": np.median(laps, axis=0).tolist(),
    }


def measured(index: Path, turns: int) -> dict[str, Any]:
    """`answer` in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.scale", "--answer", str(index), "--turns", str(turns)]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, check=True, text=True)
    return dict(json.loads(done.stdout.splitlines()[-1]))


def row(found: dict[str, Any], seconds: float | None) -> list[str]:
    ours = [1000 * taken for taken in found["ours"]]
    return [
        f"{found['passages']:,}",
        spread(ours),
        f"{percentile(ours, 95):.1f}",
        f"{found['ratio']:.2f}",
        " / ".join(f"{part:.1f}" for part in found["laps"]),
        f"{found['own']:.0f} + {found['files']:.0f}",
        f"{found['peak']:.0f}",
        f"{found['disk'] / 1e9:.2f}",
        f"{found['opened']:.1f}",
        f"{seconds:.0f}" if seconds is not None else "kept",
    ]


HEAD = (
    "passages",
    "a question, ms",
    "p95",
    "× bare encode",
    "encode / retrieve / compose, ms",
    "memory, own + of files, MB",
    "peak, MB",
    "disk, GB",
    "opening, s",
    "build, s",
)


def main() -> None:
    """Measure, and write the section; or, for one process of it, answer."""
    parser = argparse.ArgumentParser(prog=COMMAND, description=__doc__)
    parser.add_argument("--quick", action="store_true", help="up to 10,000 passages, and fewer questions")
    parser.add_argument("--answer", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--turns", type=int, default=ASKED, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.answer is not None:
        print(json.dumps(answer(options.answer, options.turns)))
        return
    run = Run(COMMAND)
    settings = load_settings()
    sizes, turns = (FEW_SIZES, FEW_ASKED) if options.quick else (SIZES, ASKED)
    built = [snapshot_of(size, settings) for size in sizes]
    found = [measured(index, turns) for index, _ in built]
    largest, before = found[-1], found[-2]
    growth = largest["ratio"] / before["ratio"]
    body = [
        f"SweQUAD's questions, {turns} turns with the bare encoder. Memory is that of the answering process after "
        f"{WARM} answers, the {largest['encoder']:.0f} MB with the encoder alone in it; files' pages are shared, and "
        "dropped when the system needs room. Builds are without the encoder's time: the vectors are made.",
        table(HEAD, [row(figures, seconds) for figures, (_, seconds) in zip(found, built, strict=True)]),
        "\n".join(
            [
                judged(f"{largest['passages']:,} passages on disk", largest["disk"] / 1e9, MOST_GIGABYTES, " GB"),
                judged("a whole question there beside bare encode", largest["ratio"], MOST_RATIO, " x"),
                judged(f"its time beside that with {before['passages']:,}", growth, MOST_GROWTH, " x"),
            ]
        ),
    ]
    run.write("scale", "Growing", "\n\n".join(body))


if __name__ == "__main__":
    main()
