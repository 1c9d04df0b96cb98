"""The command line: `grundlag` and `python -m bot`.

What a command does not need is not imported: `grundlag --help` and `grundlag text` start without the encoder.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from bot import __version__
from bot.errors import GrundlagError, QuestionFileError

if TYPE_CHECKING:
    from bot.answering.assistant import Assistant
    from bot.answering.pipeline import Question
    from bot.settings import Settings

DEFAULT_HITS = 10
# Read by the libraries when they are imported. Nobody is told anything about a question; and the products of small
# matrices that a question needs take longer on several threads that wait for one another than on one.
ENVIRONMENT = {"ANONYMIZED_TELEMETRY": "False", "GRADIO_ANALYTICS_ENABLED": "False", "OPENBLAS_NUM_THREADS": "1"}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the exit code: 0, 1 with one line that says what is wrong, 2 for wrong usage."""
    for name, value in ENVIRONMENT.items():
        os.environ.setdefault(name, value)
    options = _parser().parse_args(arguments)
    try:
        return int(options.run(options) or 0)
    except GrundlagError as error:
        _say(f"grundlag: {' '.join(str(error).split())}")
        return 1
    except KeyboardInterrupt:
        _say("grundlag: stopped.")
        return 1
    except BrokenPipeError:
        # The reader of our output has gone (`| head`); there is nobody left to tell.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except Exception as error:
        if os.environ.get("GRUNDLAG_DEBUG"):
            raise
        reason = " ".join(str(error).split())[:300]
        _say(
            f"grundlag: an unexpected {type(error).__name__}: {reason}. "
            "Run `grundlag doctor`; set GRUNDLAG_DEBUG=1 to see where it came from."
        )
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="grundlag", description="Answers from pedagogical foundation documents, with the exact passages."
    )
    parser.add_argument("--version", action="version", version=f"grundlag {__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def command(name: str, run: Callable[[argparse.Namespace], int | None], text: str) -> argparse.ArgumentParser:
        found = commands.add_parser(name, help=text, description=text)
        found.set_defaults(run=run)
        found.add_argument("--corpus", type=Path, metavar="DIR", help="folder of the documents")
        found.add_argument("--index", type=Path, metavar="DIR", help="folder of the index")
        return found

    index = command("index", _index, "build the index, or bring it up to date")
    index.add_argument("--rebuild", action="store_true", help="build even if nothing has changed")

    ask = command("ask", _ask, "answer one question, or a file of them")
    ask.add_argument("question", nargs="?")
    ask.add_argument(
        "--batch", metavar="FILE", help='JSON Lines of {"id", "question", "history"}; - for standard input'
    )
    ask.add_argument("--json", action="store_true", help="the whole answer record")
    ask.add_argument("--history", action="append", default=[], metavar="QUESTION", help="an earlier question")

    search = command("search", _search, "find passages by words and meaning")
    search.add_argument("words")
    search.add_argument("--document", metavar="D", help="only in this document")
    search.add_argument("--language", metavar="L", help="only in documents of this language (da, sv ...)")
    search.add_argument("-k", type=_positive, default=DEFAULT_HITS, metavar="N", help="how many")
    search.add_argument("--json", action="store_true")

    text = command("text", _text, "print the extracted text that offsets refer to")
    text.add_argument("document")

    evaluate = command("evaluate", _evaluate, "score the answers to gold questions")
    evaluate.add_argument("questions", type=Path, metavar="QUESTIONS.jsonl")
    evaluate.add_argument("--json", action="store_true")
    evaluate.add_argument("--by", choices=["kind", "lang", "persona"])
    evaluate.add_argument("--failures", action="store_true", help="list the questions that fell short")

    serve = command("serve", _serve, "open the chat page")
    serve.add_argument("--host")
    serve.add_argument("--port", type=int)

    command("doctor", _doctor, "check model, index, corpus and versions")
    return parser


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{number} found, a whole number from 1 expected")
    return number


def _settings(options: argparse.Namespace) -> Settings:
    from bot.settings import ROOT, load_settings

    settings = load_settings(
        corpus=options.corpus,
        index=options.index,
        host=getattr(options, "host", None),
        port=getattr(options, "port", None),
    )
    if options.corpus is not None and options.index is None and settings.index == ROOT / "index":
        # Another corpus has an index of its own: it must not take the place of the default one.
        return settings.model_copy(update={"index": other_index(settings.index, options.corpus)})
    return settings


def other_index(index: Path, corpus: Path) -> Path:
    """Where the index of a corpus other than the default one is kept."""
    import hashlib

    from bot.settings import ROOT

    resolved = corpus.resolve()
    if resolved == (ROOT / "corpus").resolve():
        return index
    return index / "other" / hashlib.sha256(str(resolved).encode()).hexdigest()[:12]


def _index(options: argparse.Namespace) -> int:
    from bot.progress import indexed

    report, corpus = indexed(_settings(options), rebuild=options.rebuild)
    changes = [("added", report.added), ("changed", report.changed), ("removed", report.removed)]
    for verb, names in changes:
        for name in names:
            _say(f"{verb}: {name}")
    for question in report.lost_questions:
        _say(f"question bank: the passage is gone for {question!r}")
    done = "Built" if report.built else "Up to date"
    _say(f"{done}: {len(corpus.documents)} documents, {report.passages} passages, snapshot {report.snapshot}.")
    for problem in corpus.problems:
        _say(f"left out: {problem}")
    return 1 if corpus.problems else 0


def _ask(options: argparse.Namespace) -> int:
    if (options.question is None) == (options.batch is None):
        _say("grundlag ask: give one QUESTION or --batch FILE, not both and not neither.")
        return 2
    if options.batch is not None:
        from bot.progress import counted

        questions = list(_batch(options.batch))
        assistant = _assistant(options)
        for answer in counted(assistant.ask_all(questions), len(questions)):
            _print_record(answer)
        return 0
    assistant = _assistant(options)
    answer = assistant.ask(options.question, options.history)
    if options.json:
        _print_record(answer)
    else:
        print(_plain(answer.text))
        for citation in answer.citations:
            where = " › ".join((citation.title, *(part for part in citation.section if part != citation.title)))
            print(f"[{citation.number}] {where} ({citation.document} {citation.start}-{citation.end})")
    return 0


def _batch(name: str) -> Iterator[Question]:
    from bot.answering.pipeline import Question

    for number, line in enumerate(_lines(name), 1):
        if not line.strip():
            continue
        try:
            fields = json.loads(line)
            history = fields.get("history") or []
            if not isinstance(fields["question"], str) or not all(isinstance(h, str) for h in history):
                raise TypeError("question and history are texts")
            yield Question(fields["question"], tuple(history), str(fields.get("id", f"q{number}")))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise QuestionFileError(
                f'{name} line {number} is no question ({error}): expected {{"id", "question", "history": []}}. '
                "Mend or remove the line."
            ) from None


def _lines(name: str) -> Iterator[str]:
    try:
        if name == "-":
            yield from _decoded(sys.stdin)
        else:
            with Path(name).open(encoding="utf-8") as file:
                yield from file
    except (OSError, UnicodeDecodeError) as error:
        raise QuestionFileError(f"{name} cannot be read: {error}. Name a JSON Lines file of questions.") from None


def _decoded(stream: TextIO) -> Iterator[str]:
    for line in stream.buffer:
        yield line.decode("utf-8")


def _print_record(answer: object) -> None:
    from dataclasses import asdict

    # default=str is not used: a record that is not plain JSON is a bug that must be seen.
    line = json.dumps(asdict(answer), ensure_ascii=False)  # type: ignore[call-overload]
    sys.stdout.buffer.write(line.encode("utf-8", "replace") + b"\n")
    sys.stdout.buffer.flush()


def _plain(markdown: str) -> str:
    """Markdown as a terminal shows it: without escapes and emphasis."""
    import re

    bare = re.sub(r"(?<!\\)\*{1,2}", "", markdown)
    return re.sub(r"\\([\\`*_\[\]<>#|~])", r"\1", bare)


def _search(options: argparse.Namespace) -> int:
    assistant = _assistant(options)
    if options.document is not None and options.document not in assistant.documents:
        known = ", ".join(assistant.documents)
        raise GrundlagError(f"There is no document {options.document!r}; there are {known}. Name one of them.")
    hits = assistant.search(options.words, document=options.document, language=options.language, k=options.k)
    for hit in hits:
        passage = hit.passage
        place = next((p for p in passage.places if p.document == options.document), passage.place)
        if options.json:
            fields = {
                "document": place.document,
                "title": passage.title,
                "section": list(place.section),
                "start": place.start,
                "end": place.end,
                "quote": assistant.documents[place.document].text[place.start : place.end],
                "page": place.page,
                "score": round(hit.score, 4),
            }
            print(json.dumps(fields, ensure_ascii=False))
        else:
            where = " › ".join((passage.title, *(part for part in place.section if part != passage.title)))
            print(f"{hit.score:.2f}  {where} ({place.document} {place.start}-{place.end})")
            print(f"      {' '.join(passage.text.split())}")
    return 0


def _text(options: argparse.Namespace) -> int:
    from bot.documents.corpus import read_document
    from bot.settings import ROOT

    corpus = options.corpus or Path(os.environ.get("GRUNDLAG_CORPUS", ROOT / "corpus"))
    sys.stdout.buffer.write(read_document(corpus, options.document).text.encode())
    return 0


def _evaluate(options: argparse.Namespace) -> int:
    from bot.answering.pipeline import Question
    from bot.evaluation.gold import read_gold
    from bot.evaluation.report import print_report
    from bot.evaluation.scoring import Judge
    from bot.progress import counted

    gold = read_gold(options.questions)
    assistant = _assistant(options)
    judge = Judge(assistant.documents)
    answers = assistant.ask_all(Question(q.question, q.history, q.id) for q in gold)
    judgements = [judge.judge(q, a) for q, a in zip(gold, counted(answers, len(gold)), strict=True)]
    print_report(judgements, as_json=options.json, by=options.by, failures=options.failures)
    return 0


def _serve(options: argparse.Namespace) -> int:
    from bot.progress import indexed
    from bot.web.server import serve

    settings = _settings(options)
    _, corpus = indexed(settings)
    for problem in corpus.problems:
        _say(f"left out: {problem}")
    serve(_open(settings), settings)
    return 0


def _doctor(options: argparse.Namespace) -> int:
    from bot.doctor import examine

    findings = list(examine(_settings(options)))
    for finding in findings:
        print(f"{'ok  ' if finding.well else 'BAD '} {finding.subject}: {finding.text}")
    return 0 if all(finding.well for finding in findings) else 1


def _assistant(options: argparse.Namespace) -> Assistant:
    """The assistant for the corpus asked for; a corpus that was never indexed is indexed first."""
    from bot.progress import indexed

    settings = _settings(options)
    if options.corpus is not None:
        _, corpus = indexed(settings)
        for problem in corpus.problems:
            _say(f"left out: {problem}")
    return _open(settings)


def _open(settings: Settings) -> Assistant:
    from bot.composition import open_assistant
    from bot.progress import loaded_encoder

    return open_assistant(settings, loaded_encoder(settings))


def _say(line: str) -> None:
    print(line, file=sys.stderr)
