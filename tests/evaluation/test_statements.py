from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from bot.answering.writing.checker import Checker, Verdict
from bot.answering.writing.statements import Statement
from bot.errors import QuestionFileError
from bot.evaluation.statements import (
    GOOD,
    Judged,
    by_kind,
    figures,
    judge_statements,
    learned_passages,
    read_statements,
    row_of,
)
from bot.retrieval.retriever import Searcher
from bot.settings import ROOT
from bot.store.snapshot import Snapshot

DATA = ROOT / "benchmarks" / "data" / "statements.jsonl"
LINE = {"id": "s1", "kind": "quote", "language": "da", "document": "a.txt", "quote": "x", "statement": "y [1]."}


def test_the_data_is_what_it_says(snapshot: Snapshot) -> None:
    statements = read_statements(DATA)
    kinds = Counter(s.kind for s in statements)

    assert len(statements) >= 400
    assert 0.4 < sum(s.good for s in statements) / len(statements) < 0.6
    assert set(kinds) - set(GOOD) == {
        "wrong_number", "negated", "other_document", "invented_mark", "changed_modal", "swapped", "translated_quote",
    }  # fmt: skip
    assert {s.language for s in statements} == {"da", "sv", "en"}
    assert len({s.document for s in statements}) == 5
    assert all(Statement.of(s.statement).marks for s in statements)
    assert all(row_of(snapshot, s) >= 0 for s in statements)


def test_a_line_separator_inside_a_statement_does_not_part_its_line(tmp_path: Path) -> None:
    path = tmp_path / "s.jsonl"
    statement = "Vi leger.\u2028Hver dag.\u0085 [1]."
    path.write_text(json.dumps({**LINE, "statement": statement}, ensure_ascii=False), encoding="utf-8-sig")

    assert [one.statement for one in read_statements(path)] == [statement]


def test_half_of_the_passages_are_kept_for_the_test() -> None:
    statements = read_statements(DATA)
    learned = learned_passages(statements)
    passages = {(s.document, s.quote) for s in statements}

    assert learned < passages
    assert abs(len(learned) - len(passages) / 2) <= 1


def test_a_few_are_judged(snapshot: Snapshot, searcher: Searcher) -> None:
    statements = [s for s in read_statements(DATA) if s.kind in {"invented_mark", "translated_quote"}][:6]
    judged = list(judge_statements(Checker(snapshot, searcher.encoder), statements))

    assert [j.verdict.reason for j in judged] == [
        "misquoted" if s.kind == "translated_quote" else "unknown_mark" for s in statements
    ]


def test_figures_count_what_is_held_back(tmp_path: Path) -> None:
    path = tmp_path / "s.jsonl"
    path.write_text("".join(json.dumps({**LINE, "kind": kind}) + "\n" for kind in ("quote", "quote", "negated")))
    good, also, bad = read_statements(path)
    judged = [Judged(good, Verdict(""), False), Judged(also, Verdict("modal"), False), Judged(bad, Verdict(""), False)]

    found = figures(judged)

    assert (found["harmed"], found["caught"], found["citation_precision"]) == (0.5, 0.0, 0.5)
    assert by_kind(judged) == {
        "quote": {"statements": 2, "held_back": 0.5},
        "negated": {"statements": 1, "held_back": 0.0},
    }


@pytest.mark.parametrize("text", ["", "{}", json.dumps({**LINE, "more": 1}), "no JSON"])
def test_what_is_no_statement_is_named(tmp_path: Path, text: str) -> None:
    path = tmp_path / "s.jsonl"
    path.write_text(text)

    with pytest.raises(QuestionFileError, match=r"s\.jsonl"):
        read_statements(path)
