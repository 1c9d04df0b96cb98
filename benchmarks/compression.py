"""What compressing large tables costs: `python -m benchmarks.compression`.

Only tables of more than 8,192 rows are compressed, and nobody has written questions for documents of that size. So the
tables of smaller ones are compressed by force, and asked what they are asked whole: the development questions with and
without their bank, the unseen documents, and the pages of SweQUAD-MC.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import replace

from benchmarks.collections import HERE, open_corpus
from benchmarks.report import Run, table
from benchmarks.retrieval.ours import Searching, without_bank
from benchmarks.retrieval.pages import open_pages
from benchmarks.retrieval.tasks import Pages
from bot.answering.assistant import Assistant
from bot.answering.pipeline import Question
from bot.evaluation.gold import GoldQuestion, read_gold
from bot.evaluation.scoring import Judge, summarise
from bot.models.encoder import Encoder
from bot.models.loading import load_encoder
from bot.progress import counted, indexed
from bot.retrieval.ranking import load_ranking
from bot.retrieval.retriever import Searcher
from bot.settings import load_settings
from bot.store.builds import current_folder
from bot.store.compression import CODE_BYTES, Basis
from bot.store.embedding import LEARNED_ROWS, NEVER_COMPRESSED
from bot.store.snapshot import Snapshot, open_snapshot
from bot.store.table import Table

COMMAND = "python -m benchmarks.compression"
MOST_LOST = 0.005
FIGURES = ("recall", "first_hit", "precision", "rightly_refused", "wrongly_refused")
Figures = dict[str, float]


def compressed(whole: Table) -> Table:
    """A table as the builder would write it if it were large."""
    basis = Basis.learned(whole.sample(LEARNED_ROWS).tokens)
    return Table(whole.vectors, basis.encode(whole.tokens_of(range(len(whole)))[0]), whole.starts, whole.spans, basis)


def small(snapshot: Snapshot) -> Snapshot:
    """The snapshot with those of its tables compressed that have any rows and may be."""
    chosen = {name: table for name, table in snapshot.tables.items() if len(table) and name not in NEVER_COMPRESSED}
    return replace(snapshot, tables={**snapshot.tables, **{name: compressed(table) for name, table in chosen.items()}})


def answered(snapshot: Snapshot, encoder: Encoder, gold: Sequence[GoldQuestion]) -> Figures:
    """The figures of answers to gold questions."""
    assistant, judge = Assistant(Searcher(snapshot, encoder)), Judge(snapshot.documents)
    answers = assistant.ask_all(Question(q.question, q.history, q.id) for q in gold)
    judgements = [judge.judge(q, answer) for q, answer in zip(gold, counted(answers, len(gold)), strict=True)]
    found = summarise(judgements)
    return {name: float(found[name] or 0) for name in FIGURES}


def ranked(snapshot: Snapshot, encoder: Encoder, pages: Pages) -> Figures:
    """How well pages are ranked."""
    searching = Searching("pages", snapshot, encoder, lambda _: load_ranking())
    results = [searching.search(q.question, ()) for q in counted(pages.questions, len(pages.questions))]
    return pages.figures(searching, results)


def row(name: str, kind: str, figures: Figures, columns: Sequence[str]) -> list[str]:
    """One line of the table; what was not measured is left empty."""
    return [name, kind, *(f"{figures[column]:.3f}" if column in figures else "" for column in columns)]


def compared(what: str, gained: float) -> str:
    """One line: is no more lost than may be?"""
    kept = "kept" if gained >= -MOST_LOST else "**missed**"
    return f"- {kept}: {what}: {gained:+.3f} beside the whole tables, at least {-MOST_LOST}"


def main() -> None:
    """Measure, and write the section."""
    argparse.ArgumentParser(prog=COMMAND, description=__doc__).parse_args()
    run = Run(COMMAND)
    settings = load_settings()
    indexed(settings)
    encoder = load_encoder(settings)
    five = open_snapshot(current_folder(settings.index), encoder)
    unseen = open_corpus(HERE / "unseen", encoder, settings.cache / "benchmarks")
    pages = open_pages(encoder, settings.cache / "benchmarks")
    development = read_gold(HERE / "data" / "development.jsonl")
    others = read_gold(HERE / "unseen" / "gold.jsonl")
    asked = Pages()
    measured = {
        "five documents": [answered(s, encoder, development) for s in (five, small(five))],
        "without the bank": [answered(without_bank(s), encoder, development) for s in (five, small(five))],
        "unseen documents": [answered(s, encoder, others) for s in (unseen, small(unseen))],
        "SweQUAD-MC": [ranked(s, encoder, asked) for s in (pages, small(pages))],
    }
    columns = [*FIGURES, *measured["SweQUAD-MC"][0]]
    kinds = ("whole", "compressed")
    rows = [row(n, k, f, columns) for n, both in measured.items() for k, f in zip(kinds, both, strict=True)]
    kept = [
        compared(f"{name}, {figure}", both[1][figure] - both[0][figure])
        for name, both in measured.items()
        for figure in ("recall", "first_hit", "ndcg10")
        if figure in both[0]
    ]
    body = (
        f"A token takes {CODE_BYTES} bytes instead of {five.tables['passages'].tokens.shape[1]}. "
        "Tables of up to 8,192 rows are never compressed, and bank questions never; the others are here, by force.\n\n"
        + table(["", "tables", *columns], rows)
        + "\n\n"
        + "\n".join(kept)
    )
    run.write("compression", "Compressed tables", body)


if __name__ == "__main__":
    main()
