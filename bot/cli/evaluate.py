"""`grundlag evaluate`: scores the answers to gold questions."""

from __future__ import annotations

import argparse
from pathlib import Path

from bot.cli.opening import assistant_of
from bot.cli.options import Commands, new_command


def add_command(commands: Commands) -> None:
    """Add `evaluate` to the program."""
    parser = new_command(commands, "evaluate", run, "score the answers to gold questions")
    parser.add_argument("questions", type=Path, metavar="QUESTIONS.jsonl")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--by", choices=["kind", "lang", "persona"])
    parser.add_argument("--failures", action="store_true", help="list the questions that fell short")


def run(options: argparse.Namespace) -> int:
    """Print the figures."""
    from bot.answering.pipeline import Question
    from bot.evaluation.gold import read_gold
    from bot.evaluation.report import print_report
    from bot.evaluation.scoring import Judge
    from bot.progress import counted

    gold = read_gold(options.questions)
    assistant = assistant_of(options)
    judge = Judge(assistant.documents)
    answers = assistant.ask_all(Question(q.question, q.history, q.id) for q in gold)
    judgements = [judge.judge(q, a) for q, a in zip(gold, counted(answers, len(gold)), strict=True)]
    print_report(judgements, as_json=options.json, by=options.by, failures=options.failures)
    return 0
