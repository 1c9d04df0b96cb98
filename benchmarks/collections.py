"""The corpora and questions that are learned on and measured on, opened as snapshots."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.composition import build_index
from bot.evaluation.gold import GoldQuestion, read_gold
from bot.evaluation.scoring import letters_of
from bot.models.encoder import Encoder
from bot.settings import ROOT, Settings
from bot.store.builds import current_folder
from bot.store.snapshot import Snapshot, open_snapshot

HERE = ROOT / "benchmarks"
SHORTEST_PIECE = 6
"""A passage with fewer letters than this does not count as part of a longer quote."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with what answers it: for each piece of evidence the passage rows that hold it."""

    text: str
    history: tuple[str, ...]
    pieces: tuple[frozenset[int], ...]
    whole_list: bool = False
    bank_row: int | None = None
    """Its row when the question is one of the bank; it is left out when it is searched for."""

    @property
    def rows(self) -> frozenset[int]:
        """Every passage row that holds some of the evidence; empty for a question without an answer."""
        return frozenset().union(*self.pieces)


def open_corpus(corpus: Path, encoder: Encoder, cache: Path) -> Snapshot:
    """The snapshot of a corpus, built into `cache` where that has not been done."""
    settings = Settings(corpus=corpus, index=cache / corpus.relative_to(ROOT).as_posix().replace("/", "-"))
    build_index(settings, encoder)
    return open_snapshot(current_folder(settings.index), encoder)


def development(snapshot: Snapshot) -> list[Asked]:
    """The development questions on the five documents."""
    return [asked(question, snapshot) for question in read_gold(HERE / "data" / "development.jsonl")]


def asked(question: GoldQuestion, snapshot: Snapshot) -> Asked:
    """A gold question with the passages of its evidence."""
    pieces = rows_of(snapshot, ((e.document, e.quote) for e in question.evidence))
    return Asked(question.question, question.history, pieces, question.kind == "list")


def written(folder: Path, snapshot: Snapshot) -> list[Asked]:
    """The questions of a training corpus; those that need an earlier one beside them teach nothing about passages."""
    found = []
    for line in _lines(folder / "gold.jsonl"):
        if line["style"] == "follow":
            continue
        pieces = rows_of(snapshot, ((line["document"], quote) for quote in line["quotes"]))
        found.append(Asked(line["question"], (), pieces, line["style"] == "list"))
    return found


def answerable_or_not(folder: Path) -> list[tuple[str, bool]]:
    """The questions of a training corpus that stand alone, and whether its documents answer them."""
    lines = _lines(folder / "gold.jsonl")
    return [(str(line["question"]), bool(line["answerable"])) for line in lines if line["style"] != "follow"]


def bank(snapshot: Snapshot) -> list[Asked]:
    """The questions of a snapshot's own bank."""
    found = []
    for number, (question, row) in enumerate(zip(snapshot.bank.questions, snapshot.bank.rows, strict=True)):
        rows = [row]
        if question.list:
            rows = next((list(g.members) for g in snapshot.groups if g.kind == "list" and row in g.members), rows)
        found.append(Asked(question.question, (), tuple(frozenset({r}) for r in rows), question.list, number))
    return found


def unanswerable() -> list[Asked]:
    """Questions that the five documents do not answer."""
    return [Asked(line["question"], (), ()) for line in _lines(HERE / "data" / "unanswerable.jsonl")]


def no_questions() -> list[Asked]:
    """Greetings and attempts to steer the bot: nothing to look up."""
    lines = _lines(HERE / "data" / "intents.jsonl")
    return [Asked(str(line["text"]), (), ()) for line in lines if line["intent"] in {"smalltalk", "instruction"}]


def out_of_domain() -> list[Asked]:
    """SweQUAD's questions: about Swedish agencies, nothing the documents could answer."""
    return [Asked(line["text"], (), ()) for line in _lines(HERE / "swequad" / "queries.jsonl")]


def rows_of(snapshot: Snapshot, quotes: Iterable[tuple[str, str]]) -> tuple[frozenset[int], ...]:
    """For each (document, quote) the passages that hold it, or that it holds."""
    texts = [letters_of(passage.text) for passage in snapshot.passages]
    found = []
    for document, quote in quotes:
        wanted = letters_of(quote)
        found.append(
            frozenset(
                row
                for row, (passage, text) in enumerate(zip(snapshot.passages, texts, strict=True))
                if any(place.document == document for place in passage.places)
                and (wanted in text or (text in wanted and len(text) >= SHORTEST_PIECE))
            )
        )
    return tuple(found)


def _lines(path: Path) -> Sequence[dict[str, object]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n") if line.strip()]
