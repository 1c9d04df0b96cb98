"""Gold questions: what is asked, and which exact passages a right answer must cite."""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from bot.errors import QuestionFileError


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
    try:
        # Not splitlines, which would part a question at a line separator inside it.
        lines = path.read_text(encoding="utf-8-sig").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise QuestionFileError(f"{path} cannot be read: {error}. Name a JSON Lines file of gold questions.") from None
    found = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            found.append(GoldQuestion.model_validate_json(line))
        except ValidationError as error:
            first = error.errors()[0]
            field = ".".join(str(part) for part in first["loc"]) or "line"
            raise QuestionFileError(
                f"{path} line {number}: {field}: {first['msg']}. Mend or remove the line."
            ) from None
    if not found:
        raise QuestionFileError(f"{path} has no questions. Name a JSON Lines file of gold questions.")
    return tuple(found)
