"""`grundlag evaluate`: scores the answers to gold questions, or the check of written statements."""

from __future__ import annotations

import argparse
from pathlib import Path

from bot.cli.opening import assistant_of
from bot.cli.options import Commands, new_command, settings_of
from bot.cli.output import print_record


def add_command(commands: Commands) -> None:
    """Add `evaluate` to the program."""
    parser = new_command(commands, "evaluate", run, "score the answers to gold questions, or the check of statements")
    given = parser.add_mutually_exclusive_group(required=True)
    given.add_argument("questions", nargs="?", type=Path, metavar="QUESTIONS.jsonl")
    given.add_argument(
        "--statements",
        type=Path,
        metavar="FILE",
        help="score the check of written statements on planted errors instead",
    )
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--by", choices=["kind", "lang", "persona"])
    parser.add_argument("--failures", action="store_true", help="list the questions or statements that fell short")


def run(options: argparse.Namespace) -> int:
    """Print the figures."""
    if options.statements is not None:
        return _statements(options)
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


def _statements(options: argparse.Namespace) -> int:
    from bot.composition import open_checker
    from bot.evaluation.statements import by_kind, figures, judge_statements, read_statements
    from bot.progress import counted

    statements = read_statements(options.statements)
    searcher = assistant_of(options).searcher
    checker = open_checker(settings_of(options), searcher)
    judged = list(counted(judge_statements(checker, statements), len(statements), "statements"))
    parts = {"all": judged}
    if any(j.learned for j in judged):
        parts |= {"learned on": [j for j in judged if j.learned], "not": [j for j in judged if not j.learned]}
    if options.json:
        print_record({name: {**figures(part), "kinds": by_kind(part)} for name, part in parts.items()})
        return 0
    for name, part in parts.items():
        print(f"passages {name}: " + " ".join(f"{key}={value}" for key, value in figures(part).items()))
    print(f"\n{'held back, of kind':20s}" + "".join(f"{name:>14s}" for name in parts))
    tables = [by_kind(part) for part in parts.values()]
    for kind in tables[0]:
        cells = [table.get(kind, {"held_back": 0.0, "statements": 0}) for table in tables]
        print(f"{kind:20s}" + "".join(f"{cell['held_back']:8.3f} of {cell['statements']:<3d}" for cell in cells))
    if options.failures:
        for one in judged:
            if not one.right:
                print(f"{one.gold.id} {one.gold.kind:16s} {one.verdict.reason or 'shown':12s} {one.gold.statement}")
    return 0
