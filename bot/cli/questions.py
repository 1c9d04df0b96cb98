"""The questions of `grundlag ask --batch`: JSON Lines from a file or from standard input."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

from bot.answering.pipeline import Question
from bot.errors import QuestionFileError


def read_questions(name: str) -> Iterator[Question]:
    """The questions of the file `name`, "-" for standard input. Raises QuestionFileError naming the line."""
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
