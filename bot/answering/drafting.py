"""Drafts questions for the question bank with a chat model, for a person to review before they are used."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bot.answering.writing.prompts import question_messages
from bot.documents.passages import context_of, squeeze
from bot.errors import ModelError
from bot.schema import BankQuestion, Passage

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

DRAFTS = "questions.draft.jsonl"
LANGUAGES = ("da", "sv", "en")
EACH = 3
"""Questions asked for in each language."""
SHORTEST, LONGEST = 5, 300
LINE = re.compile(r"^\W*([a-z]{2})\W*[:|]\s*(\S.*)$")


@dataclass(frozen=True, slots=True)
class Draft:
    """The questions drafted for one passage."""

    passage: Passage
    questions: tuple[BankQuestion, ...]


def draft_questions(
    model: BaseChatModel, passages: Sequence[Passage], languages: Sequence[str] = LANGUAGES, each: int = EACH
) -> Iterator[Draft]:
    """Ask the model for questions to each passage, one call a passage.

    What comes back and is no question in one of the languages is left out, so a draft may be empty.
    Raises ModelError if the model cannot be reached.
    """
    for passage in passages:
        messages = question_messages((context_of(passage), squeeze(passage.text)), languages, each)
        try:
            reply = model.invoke(messages)
        except Exception as error:  # noqa: BLE001 - each provider has errors of its own
            reason = " ".join(str(error).split())[:200]
            raise ModelError(
                f"The chat model did not answer ({type(error).__name__}: {reason}); look at GRUNDLAG_CHAT_MODEL, "
                "GRUNDLAG_CHAT_URL and GRUNDLAG_CHAT_KEY and start again: what is drafted already is kept."
            ) from None
        yield Draft(passage, tuple(_questions(reply.text, passage, languages, each)))


def _questions(reply: str, passage: Passage, languages: Sequence[str], each: int) -> Iterator[BankQuestion]:
    seen: set[str] = set()
    counts = dict.fromkeys(languages, 0)
    for line in reply.splitlines():
        match = LINE.match(line)
        if match is None:
            continue
        language, question = match.group(1), squeeze(match.group(2))
        if counts.get(language, each) >= each or not SHORTEST <= len(question) <= LONGEST:
            continue
        if question.casefold() in seen or not question.isprintable():
            continue
        seen.add(question.casefold())
        counts[language] += 1
        yield BankQuestion(question, language, passage.place.document, squeeze(passage.text))


def drafted_passages(path: Path) -> set[tuple[str, str]]:
    """(document, quote) of every line of a file of drafts, so that drafting can go on where it stopped."""
    if not path.is_file():
        return set()
    found = set()
    for line in path.read_text(encoding="utf-8").split("\n"):
        try:
            fields = json.loads(line)
            found.add((str(fields["document"]), str(fields["quote"])))
        except (ValueError, KeyError, TypeError):
            continue  # the last line of an interrupted run
    return found


def write_draft(path: Path, draft: Draft) -> None:
    """Append a draft, one question a line, in the form of the question bank."""
    lines = []
    for q in draft.questions:
        fields = {"question": q.question, "language": q.language, "document": q.document, "quote": q.quote}
        lines.append(json.dumps(fields, ensure_ascii=False) + "\n")
    # A run that was killed may have left half a line; the next one begins on its own.
    before = path.read_bytes() if path.is_file() else b""
    broken = bool(before) and not before.endswith(b"\n")
    with path.open("a", encoding="utf-8") as file:
        file.write("\n" * broken + "".join(lines))
