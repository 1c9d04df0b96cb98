"""Plain-language notes on passages: drafted by a chat model, checked, then for a person to review."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.answering.writing.checker import Checker
from bot.answering.writing.prompts import explain_messages
from bot.answering.writing.statements import Statement, split_statements
from bot.answering.writing.talking import Talker
from bot.answering.writing.writer import shown_passage
from bot.documents.passages import squeeze

DRAFTS = "notes.draft.jsonl"
SHORTEST = 40
"""Characters; a shorter passage (a heading, a guide word) has nothing to explain."""


@dataclass(frozen=True, slots=True)
class DraftNote:
    """A note for a person to review: `text` are the sentences that passed the check, `dropped` counts the others."""

    document: str
    quote: str
    language: str
    text: str
    dropped: int


def explain(talker: Talker, checker: Checker, rows: Sequence[int], language: str) -> Iterator[DraftNote]:
    """A note for each passage in `rows`, one call of the model each; without a sentence that passed, an empty one.

    Raises NoReplyError if the model cannot be reached.
    """
    for row in rows:
        passage = checker.snapshot.passages[row]
        with talker.talk() as talk:
            reply = talk.reply(explain_messages(shown_passage(passage), language))
        sentences = [Statement.of(sentence).words for sentence in split_statements(reply)]
        kept = [words for words in sentences if checker.check(Statement(words, (1,), ()), [row], language).supported]
        yield DraftNote(
            passage.place.document, squeeze(passage.text), language, " ".join(kept), len(sentences) - len(kept)
        )
