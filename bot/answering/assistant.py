"""The assistant: everything a page or command asks of the core, over one opened snapshot."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict

from bot.answering.checking import clean_question, reason_to_reject
from bot.answering.phrases import answer_language
from bot.answering.pipeline import Question, pipeline
from bot.retrieval.query import query_of
from bot.retrieval.retriever import Searcher
from bot.schema import Answer, Document, Hit

SUGGESTED = 6
SUGGESTION_CHARACTERS = 90
"""A longer example does not fit a phone."""


class Assistant:
    """Answers questions, searches passages and suggests questions. Threads may share it."""

    def __init__(self, searcher: Searcher) -> None:
        self.searcher = searcher
        self.pipeline = pipeline(searcher)

    @property
    def documents(self) -> Mapping[str, Document]:
        """The documents by name, in order."""
        return self.searcher.snapshot.documents

    @property
    def snapshot_id(self) -> str:
        """The id of the snapshot in use."""
        return self.searcher.snapshot.id

    @property
    def model_name(self) -> str:
        """The encoder's name."""
        return self.searcher.encoder.name

    def ask(self, question: str, history: Sequence[str] = (), *, identity: str = "q1") -> Answer:
        """The answer record for a question after the asker's earlier questions, oldest first."""
        return self.pipeline.invoke(Question(question, tuple(history), identity))

    def ask_all(self, questions: Iterable[Question]) -> Iterator[Answer]:
        """The answer records for many questions, one by one, in order."""
        for question in questions:
            yield self.pipeline.invoke(question)

    def search(self, words: str, *, document: str | None = None, language: str | None = None, k: int = 10) -> list[Hit]:
        """The k passages nearest to `words`, best first, of one document or language if wanted."""
        if reason_to_reject(words) is not None:
            return []
        ranked = self.searcher.rank(query_of(self.searcher.encoder, clean_question(words)))
        hits = self.searcher.hits(ranked, len(ranked.rows))
        wanted = [
            hit
            for hit in hits
            if (language is None or hit.passage.language == language)
            and (document is None or any(place.document == document for place in hit.passage.places))
        ]
        return wanted[:k]

    def suggestions(self, language: str, reader: str | None = None) -> list[str]:
        """Questions from the bank to begin with: of one language and kind of reader, each from another passage."""
        spoken = answer_language(language)
        bank = self.searcher.snapshot.bank
        fitting = [
            (row, q.question)
            for row, q in zip(bank.rows, bank.questions, strict=True)
            if q.language == spoken
            and (reader is None or q.reader == reader)
            and len(q.question) <= SUGGESTION_CHARACTERS
            and q.question.rstrip().endswith("?")
        ]
        # The same seed for the same index: a page that is loaded again shows the same examples.
        random.Random(self.snapshot_id).shuffle(fitting)  # noqa: S311 - nothing secret
        chosen: dict[int, str] = {}
        for row, question in fitting:
            chosen.setdefault(row, question)
        return list(chosen.values())[:SUGGESTED]


def record(answer: Answer) -> dict[str, object]:
    """The answer record as JSON has it."""
    return asdict(answer)
