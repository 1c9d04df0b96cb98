"""How long a build takes: `python -m benchmarks.rebuilds`, and with `--size 2000` how much memory a large one.

Beside each build stands the bare time of the encoder for the texts that had to be embedded, in the same process and
on the same cores: what is above it is reading, writing and checking. The large corpus is invented; with `--stub` its
texts are given vectors by hashing their words instead of by the model, which embeds 10 to 20 of them a second on two
cores: sizes and memory are those of the real thing, the time of the encoder is not.
"""

from __future__ import annotations

import argparse
import random
import resource
import shutil
import tempfile
import threading
import time
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table

from bot.composition import build_index
from bot.models.encoder import Encoder, Prompts, Task
from bot.models.encoding import Encoding
from bot.models.loading import load_encoder
from bot.settings import ROOT, Settings, load_settings
from bot.store.builds import current_folder
from bot.store.report import Report

WIDTH = 384
WORDS = [
    "barn",
    "børn",
    "unge",
    "skole",
    "dagtilbud",
    "leg",
    "læring",
    "trivsel",
    "fællesskab",
    "sprog",
    "natur",
    "krop",
    "måltid",
    "forældre",
    "medarbejder",
    "leder",
    "mål",
    "plan",
    "hver",
    "dag",
    "ude",
    "inde",
    "sammen",
    "med",
    "for",
    "at",
    "kunne",
    "give",
    "støtte",
    "udvikle",
    "styrke",
    "møde",
    "lytte",
    "tale",
    "synge",
    "bygge",
    "male",
    "læse",
    "skrive",
    "regne",
    "undersøge",
    "opdage",
    "prøve",
    "igen",
    "altid",
    "ofte",
    "sjældent",
    "alle",
    "nogle",
    "enkelte",
]
PARAGRAPHS = 25
SENTENCE = "Vi går en tur i skoven hver onsdag, og alle børn er med."
NEW = "Om svømning\n\nBørnene lærer at svømme i fjerde klasse.\n\nEn instruktør er altid med ved bassinet.\n"


class TimedEncoder(Encoder):
    """The encoder, and how long it took."""

    def __init__(self, real: Encoder) -> None:
        self.real = real
        self.seconds = 0.0
        self.texts = 0
        self.batch_size = real.batch_size
        super().__init__(real.name, real.fingerprint, real.prompts, real.max_tokens)

    def _encode(self, texts: list[str], prompt: str, task: Task) -> list[Encoding]:
        begun = time.perf_counter()
        try:
            return self.real._encode(texts, prompt, task)
        finally:
            self.seconds += time.perf_counter() - begun
            self.texts += len(texts)


class HashingEncoder(Encoder):
    """Vectors from hashes of words: of the real one's sizes, of no meaning, and a thousand times as fast."""

    def __init__(self) -> None:
        self._known: dict[str, np.ndarray] = {}
        super().__init__("hashing", "hashing", Prompts("", ""), 512)

    def _encode(self, texts: list[str], prompt: str, task: Task) -> list[Encoding]:
        return [self._one(text) for text in texts]

    def _one(self, text: str) -> Encoding:
        tokens, spans, at = [], [], 0
        for word in text.split()[:510]:
            at = text.index(word, at)
            spans.append((at, at + len(word)))
            tokens.append(self._vector(word))
            at += len(word)
        # Each text's own part keeps apart texts of the same words.
        own = np.random.default_rng(zlib.crc32(text.encode())).normal(size=WIDTH).astype(np.float32)
        matrix = np.array(tokens, np.float32).reshape(-1, WIDTH)
        vector = own + (matrix.mean(axis=0) if len(matrix) else 0)
        return Encoding(vector / np.linalg.norm(vector), matrix, np.array(spans, np.int32).reshape(-1, 2))

    def _vector(self, word: str) -> np.ndarray:
        if word not in self._known:
            seed = zlib.crc32(word.encode())
            self._known[word] = np.random.default_rng(seed).normal(size=WIDTH).astype(np.float32)
        return self._known[word]


def timed(settings: Settings, encoder: Encoder, **options: bool) -> tuple[Report, float, float]:
    """A build, its seconds, and those of them that the encoder took."""
    wrapped = TimedEncoder(encoder)
    begun = time.perf_counter()
    report, _ = build_index(settings, wrapped, **options)
    return report, time.perf_counter() - begun, wrapped.seconds


def rebuilds(corpus: Path, encoder: Encoder) -> Table:
    """The builds that a corpus goes through in its life."""
    table = Table("build", "texts embedded", "taken over", "seconds", "of them encoder", "the rest")
    with tempfile.TemporaryDirectory(prefix="rebuilds-") as folder:
        copy = Path(shutil.copytree(corpus, Path(folder) / "corpus"))
        settings = load_settings(corpus=copy, index=Path(folder) / "index")
        documents = copy / "documents" if (copy / "documents").is_dir() else copy
        first = sorted(documents.glob("*.txt"))[0]

        def change() -> None:
            lines = first.read_text(encoding="utf-8").split("\n")
            longest = max(range(len(lines)), key=lambda number: len(lines[number]))
            lines[longest] += f" {SENTENCE}"
            first.write_text("\n".join(lines), encoding="utf-8")

        steps: list[tuple[str, Callable[[], object]]] = [
            ("first", lambda: None),
            ("unchanged", lambda: None),
            ("one sentence changed", change),
            ("one document added", lambda: (documents / "svoemning.txt").write_text(NEW, encoding="utf-8")),
            ("one document renamed", lambda: (documents / "svoemning.txt").rename(documents / "om-svoemning.txt")),
            ("one document removed", (documents / "om-svoemning.txt").unlink),
        ]
        for name, step in steps:
            step()
            report, seconds, encoding = timed(settings, encoder)
            figures = (f"{seconds:.2f}", f"{encoding:.2f}", f"{seconds - encoding:.2f}")
            table.add_row(name, str(report.embedded), str(report.reused), *figures)
    return table


def write_large(folder: Path, documents: int) -> None:
    """So many invented documents of PARAGRAPHS passages each."""
    chooser = random.Random(1)
    folder.mkdir(parents=True)
    for number in range(documents):
        lines = [f"Plan nummer {number}"]
        for part in range(PARAGRAPHS):
            if part % 5 == 0:
                lines.append(f"Afsnit {part // 5 + 1} om {chooser.choice(WORDS)}")
            words = " ".join(chooser.choice(WORDS) for _ in range(chooser.randint(25, 60)))
            lines.append(f"{words.capitalize()} {number} {part}.")
        (folder / f"plan-{number:05}.txt").write_text("\n\n".join(lines) + "\n", encoding="utf-8")


class Memory:
    """The most memory this process had, looked at twenty times a second; mapped files count where they are resident."""

    def __init__(self) -> None:
        self.peak = 0.0
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def _watch(self) -> None:
        pages = resource.getpagesize()
        while not self._stopped.wait(0.05):
            resident = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * pages / 1e6
            self.peak = max(self.peak, resident)

    def stop(self) -> float:
        """The peak in MB."""
        self._stopped.set()
        self._thread.join()
        return self.peak


def large(documents: int, encoder: Encoder) -> Table:
    """A first build of a large corpus, an interrupted one, and one after a single change."""
    table = Table("build", "passages", "texts embedded", "taken over", "seconds", "of them encoder", "peak memory, MB")
    with tempfile.TemporaryDirectory(prefix="rebuilds-") as folder:
        settings = load_settings(corpus=Path(folder) / "corpus", index=Path(folder) / "index")
        write_large(settings.corpus, documents)
        for name in ("first", "unchanged", "one document changed"):
            if name == "one document changed":
                path = settings.corpus / "plan-00000.txt"
                path.write_text(path.read_text(encoding="utf-8") + f"\n{SENTENCE}\n", encoding="utf-8")
            memory = Memory()
            report, seconds, encoding = timed(settings, encoder)
            peak = f"{memory.stop():.0f}"
            counts = (str(report.passages), str(report.embedded), str(report.reused))
            table.add_row(name, *counts, f"{seconds:.0f}", f"{encoding:.0f}", peak)
            Console(stderr=True).print(table)
        size = sum(path.stat().st_size for path in current_folder(settings.index).rglob("*") if path.is_file())
        table.caption = f"The snapshot has {size / 1e6:.0f} MB."
    return table


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpus", type=Path, default=ROOT / "corpus")
    parser.add_argument("--size", type=int, metavar="DOCUMENTS", help="build an invented corpus of so many documents")
    parser.add_argument("--stub", action="store_true", help="vectors by hashing instead of by the model")
    chosen = parser.parse_args()
    encoder = HashingEncoder() if chosen.stub else load_encoder(load_settings())
    console = Console(width=120)
    console.print(large(chosen.size, encoder) if chosen.size else rebuilds(chosen.corpus, encoder))


if __name__ == "__main__":
    main()
