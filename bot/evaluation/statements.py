"""Statements with planted errors: how many the check catches, how many good ones it harms."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from bot.answering.writing.checker import Checker, Verdict
from bot.answering.writing.statements import Statement
from bot.documents.passages import squeeze
from bot.errors import QuestionFileError
from bot.evaluation.gold import read_lines
from bot.store.snapshot import Snapshot

GOOD = ("paraphrase", "translation", "quote")


class GoldStatement(BaseModel):
    """One line of the file: a statement about the passage that begins with `quote`, cited as [1].

    `kind` is one of GOOD, or names the error that was planted.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    kind: str
    language: str
    document: str
    quote: str
    statement: str
    held_back: bool = False
    """Nothing may ever be learned from it."""

    @property
    def good(self) -> bool:
        """Is nothing wrong with it?"""
        return self.kind in GOOD


@dataclass(frozen=True, slots=True)
class Judged:
    """A statement, what the check says of it, and whether the check's weights were learned on its passage."""

    gold: GoldStatement
    verdict: Verdict
    learned: bool

    @property
    def right(self) -> bool:
        """Was it let through if it is good, and held back if it is not?"""
        return self.verdict.supported == self.gold.good


def read_statements(path: Path) -> tuple[GoldStatement, ...]:
    """The statements of a JSON Lines file. Raises QuestionFileError naming the first line that is none."""
    return read_lines(path, GoldStatement, "statements")


def learned_passages(statements: Sequence[GoldStatement]) -> set[tuple[str, str]]:
    """Every other passage, in the order of the file: the weights are learned on these, tested on the others."""
    passages = list(dict.fromkeys((one.document, one.quote) for one in statements if not one.held_back))
    return set(passages[::2])


def row_of(snapshot: Snapshot, statement: GoldStatement) -> int:
    """The passage that a statement is about. Raises QuestionFileError if no passage begins with its quote."""
    for row, passage in enumerate(snapshot.passages):
        there = any(place.document == statement.document for place in passage.places)
        if there and squeeze(passage.text).startswith(statement.quote):
            return row
    raise QuestionFileError(
        f"{statement.id}: no passage of {statement.document} begins with {statement.quote[:60]!r}. Mend the line."
    )


def judge_statements(checker: Checker, statements: Sequence[GoldStatement]) -> Iterator[Judged]:
    """Check every statement, one by one, in order."""
    learned = learned_passages(statements)
    for statement in statements:
        row = row_of(checker.snapshot, statement)
        verdict = checker.check(Statement.of(statement.statement), [row], statement.language)
        yield Judged(statement, verdict, (statement.document, statement.quote) in learned)


def figures(judged: Iterable[Judged]) -> dict[str, float | int]:
    """How many of the planted errors are caught and of the good statements harmed, as shares.

    `citation_recall` and `citation_precision` are ALCE's, with this check as the judge and on what is shown: the share
    of statements shown that are supported by all they cite, and of citations that support on their own. As every
    statement here cites one passage they are the same: what is shown and good, of all that is shown.
    """
    found = list(judged)
    good = [j for j in found if j.gold.good]
    bad = [j for j in found if not j.gold.good]
    shown = [j for j in found if j.verdict.supported]
    supported = _share(sum(j.gold.good for j in shown), len(shown))
    return {
        "statements": len(found),
        "good": len(good),
        "harmed": _share(sum(not j.right for j in good), len(good)),
        "planted": len(bad),
        "caught": _share(sum(j.right for j in bad), len(bad)),
        "citation_recall": supported,
        "citation_precision": supported,
    }


def by_kind(judged: Iterable[Judged]) -> dict[str, dict[str, float | int]]:
    """For each kind how many there are, and the share that is held back: harmed if good, else caught."""
    groups: dict[str, list[Judged]] = {}
    for one in judged:
        groups.setdefault(one.gold.kind, []).append(one)
    return {
        kind: {"statements": len(part), "held_back": _share(sum(not j.verdict.supported for j in part), len(part))}
        for kind, part in sorted(groups.items(), key=lambda pair: (pair[0] not in GOOD, pair[0]))
    }


def _share(part: int, whole: int) -> float:
    return round(part / whole, 4) if whole else 0.0
