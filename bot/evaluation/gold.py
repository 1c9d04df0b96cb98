"""Gold questions: what is asked, and which exact passages a right answer must cite."""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from bot.errors import QuestionFileError

Line = TypeVar("Line", bound=BaseModel)


class Evidence(BaseModel):
    """A passage that answers: `quote` is an exact part of `document`."""

    model_config = ConfigDict(frozen=True)

    document: str
    quote: str


class GoldQuestion(BaseModel):
    """One line of a gold file; `mode` "any": one piece of evidence is enough, "all": every one is needed."""

    model_config = ConfigDict(frozen=True)

    id: str
    question: str
    history: tuple[str, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    mode: str = "any"
    kind: str = ""
    lang: str = ""
    persona: str = ""


def read_gold(path: Path) -> tuple[GoldQuestion, ...]:
    """The gold questions of a JSON Lines file. Raises QuestionFileError naming the first line that is none."""
    return read_lines(path, GoldQuestion, "gold questions")


def read_lines(path: Path, model: type[Line], what: str) -> tuple[Line, ...]:
    """The lines of a JSON Lines file, each a `model`; `what` they are called where there is none.

    Raises QuestionFileError naming the first line that is none.
    """
    try:
        # Not splitlines, which would part a line at a line separator inside a string.
        lines = path.read_text(encoding="utf-8-sig").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise QuestionFileError(f"{path} cannot be read: {error}. Name a JSON Lines file of {what}.") from None
    found = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            found.append(model.model_validate_json(line))
        except ValidationError as error:
            first = error.errors()[0]
            field = ".".join(str(part) for part in first["loc"]) or "line"
            raise QuestionFileError(
                f"{path} line {number}: {field}: {first['msg']}. Mend or remove the line."
            ) from None
    if not found:
        raise QuestionFileError(f"{path} has no {what.rsplit(maxsplit=1)[-1]}. Name a JSON Lines file of {what}.")
    return tuple(found)
