"""The question bank: questions written beforehand for passages, and where each one's quote stands now."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.documents.passages import squeeze
from bot.errors import QuestionFileError
from bot.schema import BankQuestion, Document, Passage

BANK = "questions.jsonl"


@dataclass(frozen=True, slots=True)
class Bank:
    """Questions that found their passage: `rows[i]` is the passage of `questions[i]`, `spans[i]` the quote's place
    in that passage's squeezed text. `lost` are the questions whose quote stands in no document any more.
    """

    questions: tuple[BankQuestion, ...]
    rows: tuple[int, ...]
    spans: tuple[tuple[int, int], ...]
    lost: tuple[BankQuestion, ...]


def read_bank(corpus: Path) -> tuple[BankQuestion, ...]:
    """The questions of `corpus`/questions.jsonl; none where there is no such file.

    Raises QuestionFileError naming the line that is no bank question.
    """
    path = corpus / BANK
    if not path.exists():
        return ()
    try:
        # Not splitlines, which would part a question at a line separator inside it.
        lines = path.read_text(encoding="utf-8-sig").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise QuestionFileError(f"{path} cannot be read ({error}). Save it as a UTF-8 text file.") from None
    found = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            found.append(_bank_question(json.loads(line)))
        except (ValueError, RecursionError) as error:
            raise QuestionFileError(
                f"{path} line {number} is no bank question ({error}): expected question, language, document and quote."
                " Mend or remove the line."
            ) from None
    return tuple(found)


def _bank_question(fields: object) -> BankQuestion:
    if not isinstance(fields, dict):
        raise ValueError("it is no object")
    for name in ("question", "language", "document", "quote"):
        if not isinstance(fields.get(name), str) or not fields[name].strip():
            raise ValueError(f"{name} is no text")
    if not isinstance(fields.get("reader", ""), str) or not isinstance(fields.get("list", False), bool):
        raise ValueError("reader is a text, list is true or false")
    return BankQuestion(
        question=fields["question"],
        language=fields["language"],
        document=fields["document"],
        quote=fields["quote"],
        reader=fields.get("reader", ""),
        list=fields.get("list", False),
    )


def settle(questions: Sequence[BankQuestion], documents: Sequence[Document], passages: Sequence[Passage]) -> Bank:
    """Find each question's passage by its quote, wherever that stands now."""
    known = {document.name for document in documents}
    where = _passages_by_document(passages)
    kept, rows, spans, lost = [], [], [], []
    for question in questions:
        names = [question.document] if question.document in known else sorted(known)
        # A quote over several paragraphs belongs to the passage of its longest one.
        parts = sorted(map(squeeze, question.quote.split("\n\n")), key=len, reverse=True)
        quotes = [squeeze(question.quote), *parts]
        places = ((found, quote) for quote in quotes for name in names if (found := _find(quote, where.get(name, []))))
        place = next(places, None)
        if place is None:
            lost.append(question)
            continue
        (row, at), quote = place
        kept.append(question)
        rows.append(row)
        spans.append((at, at + len(quote)))
    return Bank(tuple(kept), tuple(rows), tuple(spans), tuple(lost))


def _passages_by_document(passages: Sequence[Passage]) -> Mapping[str, list[tuple[int, str]]]:
    where: dict[str, list[tuple[int, str]]] = {}
    for row, passage in enumerate(passages):
        for document in {place.document for place in passage.places}:
            where.setdefault(document, []).append((row, squeeze(passage.text)))
    return where


def _find(quote: str, passages: list[tuple[int, str]]) -> tuple[int, int] | None:
    """The passage that is the quote, else the first that contains it, and where in it the quote begins."""
    whole = next((row for row, text in passages if text == quote), None)
    if whole is not None:
        return whole, 0
    return next(((row, at) for row, text in passages if (at := text.find(quote)) >= 0), None)
