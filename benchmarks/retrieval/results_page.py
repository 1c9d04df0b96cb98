"""The section on retrieval: the tables, and what one needs to know to read them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from string import Template

from benchmarks.report import table
from benchmarks.retrieval.measurement import Measured

TEMPLATE = Path(__file__).with_name("page.md")
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

    development: Mapping[str, Measured]
    pages: Mapping[str, Measured]
    weights: Mapping[str, Mapping[str, float]]
    bare: tuple[float, float]
    counts: Mapping[str, int]


def body(run: Run) -> str:
    """The section's text."""
    names = list(dict.fromkeys([*run.development, *run.pages]))
    return Template(TEMPLATE.read_text(encoding="utf-8")).substitute(
        run.counts,
        bare=f"{run.bare[0]:.1f}",
        bare_pages=f"{run.bare[1]:.1f}",
        systems=table(HEAD, [_row(name, run) for name in names if name not in run.weights]),
        ablations=table(ABLATION_HEAD, [_ablation(name, run) for name in run.weights]),
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
