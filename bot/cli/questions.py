"""The questions of `grundlag ask --batch`: JSON Lines from a file or from standard input."""

from __future__ import annotations

import codecs
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from bot.answering.pipeline import Question
from bot.errors import QuestionFileError

SHOWN_CHARACTERS = 40


def read_questions(name: str) -> Iterator[Question]:
    """The questions of the file `name`, "-" for standard input; one without an id is named by its line, "q3".

    Raises QuestionFileError naming the first line that is no question.
    """
    for number, line in enumerate(_lines(name), 1):
        if not line.strip():
            continue
        try:
            yield _question(line, f"q{number}")
        except (ValueError, RecursionError) as error:
            raise QuestionFileError(
                f'{name} line {number} is no question ({_reason(error)}): expected {{"id", "question", "history": []}}.'
                " Mend or remove the line."
            ) from None


def _question(line: bytes, identity: str) -> Question:
    fields = json.loads(line.decode("utf-8"))
    if not isinstance(fields, dict):
        raise ValueError("it is no object")
    question, history, given = fields.get("question"), fields.get("history"), fields.get("id")
    if not isinstance(question, str):
        raise ValueError(f"question is {_shown(question)}, a text expected")
    if history is None:
        history = []
    if not isinstance(history, list) or not all(isinstance(earlier, str) for earlier in history):
        raise ValueError(f"history is {_shown(history)}, a list of texts expected")
    if not isinstance(given, str | int | None) or isinstance(given, bool):
        raise ValueError(f"id is {_shown(given)}, a text or a whole number expected")
    return Question(question, tuple(history), identity if given is None else str(given))


def _shown(value: object) -> str:
    text = json.dumps(value)
    return text if len(text) <= SHOWN_CHARACTERS else f"{text[:SHOWN_CHARACTERS]}..."


def _reason(error: Exception) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f"no JSON: {error.msg} at character {error.pos + 1}"
    if isinstance(error, UnicodeDecodeError):
        return f"no UTF-8 at byte {error.start + 1}"
    if isinstance(error, RecursionError):
        return "too deeply nested"
    return str(error)


def _lines(name: str) -> Iterator[bytes]:
    """The lines, which end with a line feed and nothing else; without the mark that some programs begin a file with."""
    try:
        if name == "-":
            yield from _unmarked(sys.stdin.buffer)
        else:
            with Path(name).open("rb") as file:
                yield from _unmarked(file)
    except OSError as error:
        raise QuestionFileError(
            f"{name} cannot be read ({error.strerror}). Name a JSON Lines file of questions, or - for standard input."
        ) from None


def _unmarked(file: BinaryIO) -> Iterator[bytes]:
    for number, line in enumerate(file):
        yield line if number else line.removeprefix(codecs.BOM_UTF8)
