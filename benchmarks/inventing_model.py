"""A real model that invents: `python -m benchmarks.inventing_model` counts what of it is shown (extra "model").

Gemma 3 270M writes the answers to 100 questions, warm, so that it invents more. Every statement that is shown is read
again out of the answer record and held against the passage that its mark leads to. `--write FILE` keeps every shown
statement beside its passage, for reading. `--keep FILE` keeps everything that the model wrote, and `--again FILE` has
that checked once more, without the model: what two versions of the check say of the same words can be compared.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks.small_model import served
from bot.answering.assistant import Assistant
from bot.answering.phrases import answer_language, phrase, unescape
from bot.answering.writing.checker import Checker, Verdict
from bot.answering.writing.statements import Statement, split_statements
from bot.answering.writing.talking import Talker
from bot.answering.writing.writer import Writer
from bot.composition import open_assistant
from bot.evaluation.gold import read_gold
from bot.models.chat import load_chat_model
from bot.progress import counted
from bot.schema import Answer
from bot.settings import ROOT, load_settings
from bot.store.bank import read_bank

DEVELOPMENT = ROOT / "benchmarks" / "data" / "development.jsonl"
WANTED = 100
BANK_STEP = 13
"""Every so manieth question of the bank is asked once the development questions are used up."""
TOKENS = 120
GRAMMAR = """root ::= sentence sentence sentence
sentence ::= [A-ZÆØÅÄÖ] [^\\n.<>\\[\\]]{15,120} " [" [1-6] "]. "
"""
"""A model so small forgets the marks. Held to this form, by llama.cpp, what it makes up gets as far as the check."""
SECONDS = 300.0
"""The model has all the time it wants: it is the check that is measured."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A statement that was shown, with the passage it cites; `reason` is empty where the check supports it."""

    question: str
    statement: str
    passage: str
    reason: str


@dataclass(frozen=True, slots=True)
class Kept:
    """A statement as the model wrote it; `offered` are the passages it was given, each by its document and start."""

    words: str
    marks: tuple[int, ...]
    offered: tuple[tuple[str, int], ...]
    language: str


class KeepingChecker(Checker):
    """A checker that keeps what it is asked to check."""

    kept: list[Kept]

    def check(self, statement: Statement, rows: Sequence[int], language: str) -> Verdict:
        places = [self.snapshot.passages[row].place for row in rows]
        offered = tuple((place.document, place.start) for place in places)
        self.kept.append(Kept(statement.words, statement.marks, offered, language))
        return super().check(statement, rows, language)


def main() -> None:
    """Ask, count, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--url", help="a server that is running already")
    parser.add_argument("--model", type=Path, help="another GGUF file")
    parser.add_argument("--temperature", type=float, default=0.7)
    parser.add_argument("--questions", type=int, default=WANTED)
    parser.add_argument("--skip", type=int, default=0, help="leave out so many questions at the beginning of the list")
    parser.add_argument("--write", type=Path, metavar="FILE")
    parser.add_argument("--keep", type=Path, metavar="FILE")
    parser.add_argument("--again", type=Path, metavar="FILE")
    options = parser.parse_args()
    searcher = open_assistant(load_settings(chat_model="")).searcher
    checker = KeepingChecker(searcher.snapshot, searcher.encoder)
    checker.kept = []
    if options.again:
        _check_again(checker, options.again)
        return
    with ExitStack() as stack:
        url = options.url or stack.enter_context(served(options.model))
        settings = load_settings(chat_model="openai:small", chat_url=url, chat_key="none", chat_tokens=TOKENS)
        model = load_chat_model(settings).model_copy(
            update={"temperature": options.temperature, "extra_body": {"grammar": GRAMMAR}}
        )
        talker = Talker(model, seconds=SECONDS, at_a_time=1, max_characters=8 * TOKENS)
        assistant = Assistant(searcher, Writer(talker, checker, reader="plain", name="small", repairs=0))
        begun = time.monotonic()
        answers = list(counted(_written(assistant, options.questions, options.skip), options.questions, "questions"))
    if options.keep:
        _write(options.keep, checker.kept)
    shown = [one for answer in answers for one in shown_statements(checker, answer)]
    _print(answers, shown, time.monotonic() - begun)
    if options.write:
        _write(options.write, shown)
    sys.exit(any(one.reason for one in shown))


def _written(assistant: Assistant, wanted: int, skip: int) -> Iterator[Answer]:
    """The answers that the model was asked to write."""
    questions = [q.question for q in read_gold(DEVELOPMENT) if not q.history]
    questions += [q.question for q in read_bank(ROOT / "corpus")[::BANK_STEP]]
    count = 0
    for question in list(dict.fromkeys(questions))[skip:]:
        answer = assistant.ask(question)
        own_words = answer.text.startswith(phrase(answer.language, "fallback"))
        if own_words or answer.text.endswith(phrase(answer.language, "written")):
            count += 1
            yield answer
        if count == wanted:
            return


def shown_statements(checker: Checker, answer: Answer) -> Iterator[Shown]:
    """What a written answer says, sentence by sentence, checked once more from the record alone."""
    written = phrase(answer.language, "written")
    if not answer.text.endswith(written):
        return
    rows = _rows(checker)
    cited = [rows[citation.document, citation.start] for citation in answer.citations]
    for sentence in split_statements(answer.text.removesuffix(written).strip()):
        statement = Statement.of(unescape(sentence))
        verdict = checker.check(statement, cited, answer_language(answer.language))
        quotes = [answer.citations[mark - 1].quote for mark in statement.marks if mark <= len(answer.citations)]
        yield Shown(answer.question, unescape(sentence), " / ".join(quotes), verdict.reason)


def _check_again(checker: Checker, path: Path) -> None:
    """Print what the check says of the statements in `path`, and every one that it lets through."""
    kept = [Kept(**json.loads(line)) for line in path.read_text(encoding="utf-8").splitlines()]
    rows = _rows(checker)
    reasons: Counter[str] = Counter()
    for one in kept:
        offered = [rows[document, start] for document, start in one.offered]
        verdict = checker.check(Statement(one.words, tuple(one.marks), _quoted(one.words)), offered, one.language)
        reasons[verdict.reason or "shown"] += 1
        if verdict.supported:
            print(f"shown: {one.words}")
            for mark in one.marks:
                print(f"       {checker.snapshot.passages[offered[mark - 1]].text}")
    print(f"{len(kept)} statements: {', '.join(f'{reason} {count}' for reason, count in reasons.most_common())}")


def _quoted(words: str) -> tuple[str, ...]:
    return Statement.of(words).quotes


def _rows(checker: Checker) -> dict[tuple[str, int], int]:
    passages = enumerate(checker.snapshot.passages)
    return {(place.document, place.start): row for row, passage in passages for place in passage.places}


def _write(path: Path, found: Sequence[Kept | Shown]) -> None:
    lines = [json.dumps(asdict(one), ensure_ascii=False) + "\n" for one in found]
    path.write_text("".join(lines), encoding="utf-8")


def _print(answers: list[Answer], shown: list[Shown], seconds: float) -> None:
    dropped = Counter(one.reason for answer in answers for one in answer.dropped or ())
    own_words = sum(answer.text.startswith(phrase(answer.language, "fallback")) for answer in answers)
    print(f"| questions that the model wrote about | {len(answers)} |\n|---|---|")
    print(f"| statements it wrote | {sum(dropped.values()) + len(shown)} |")
    print(f"| held back | {sum(dropped.values())} |")
    for reason, count in dropped.most_common():
        print(f"| ... because of: {reason} | {count} |")
    print(f"| answered in the documents' own words | {own_words} |")
    print(f"| statements shown | {len(shown)} |")
    print(f"| shown, and not supported by their passage | {sum(bool(one.reason) for one in shown)} |")
    print(f"\n{seconds:.0f} s")


if __name__ == "__main__":
    main()
