"""The assistant: everything a page or command asks of the core, over one opened snapshot."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from functools import cached_property
from typing import TYPE_CHECKING

from bot.answering.checking import clean_question, reason_to_reject
from bot.answering.phrases import answer_language
from bot.answering.pipeline import Question, Steps
from bot.answering.related import Related
from bot.answering.suggesting import suggest
from bot.documents.notes import NO_NOTES, Notes
from bot.retrieval.query import query_of
from bot.retrieval.retriever import Searcher
from bot.schema import Answer, Document, Hit, Note, PassageNote

if TYPE_CHECKING:
    from langchain_core.runnables import Runnable

    from bot.answering.writing.writer import Writer


class Assistant:
    """Answers questions, searches passages and suggests questions. Threads may share it."""

    def __init__(self, searcher: Searcher, writer: Writer | None = None, notes: Notes = NO_NOTES) -> None:
        self.searcher = searcher
        self.writer = writer
        self.notes = notes
        self.steps = Steps(searcher, writer)
        self._related = Related(searcher.snapshot)

    @cached_property
    def pipeline(self) -> Runnable[Question, Answer]:
        """The steps as a LangChain Runnable, for whoever wants to go on with that."""
        # Imported here because it takes a fifth of a second, and no question needs it.
        from bot.answering.langchain_pipeline import steps_runnable  # noqa: PLC0415

        return steps_runnable(self.steps)

    def now(self) -> Assistant:
        """Itself: one that follows its index gives the assistant of this moment."""
        return self

    @property
    def vectors_up(self) -> bool:
        """Were vectors found where they are meant to be, such as in Chroma's server?"""
        return self.searcher.snapshot.vectors.up

    def tend(self) -> bool:
        """Reach for Chroma's server again if there is one and it was away; `vectors_up` after that."""
        return self.searcher.snapshot.vectors.tend()

    @property
    def documents(self) -> Mapping[str, Document]:
        """The documents by name, in order."""
        return self.searcher.snapshot.documents

    def source_hash(self, name: str) -> str | None:
        """The SHA-256 of the file that a document was read from; None where there is no such document."""
        return self.searcher.snapshot.manifest.documents.get(name)

    @property
    def snapshot_id(self) -> str:
        """The id of the snapshot in use."""
        return self.searcher.snapshot.id

    @property
    def model_name(self) -> str:
        """The encoder's name, and the chat model's if there is one."""
        name = self.searcher.encoder.name
        return name if self.writer is None else f"{name} + {self.writer.name}"

    @property
    def writes(self) -> bool:
        """Does a chat model write the answers?"""
        return self.writer is not None

    @property
    def sent_to(self) -> str:
        """Where questions and passages go to be written about: a host, or "" if they stay here."""
        return "" if self.writer is None else self.writer.sent_to

    def ask(
        self, question: str, history: Sequence[str] = (), *, identity: str = "q1", expected: str | None = None
    ) -> Answer:
        """The answer record for a question after the asker's earlier questions, oldest first.

        `expected` is the language of the page it was typed on: it decides where the question does not tell its own.
        """
        return self._explained(self.steps.answer(Question(question, tuple(history), identity, expected)))

    def ask_growing(
        self,
        question: str,
        history: Sequence[str] = (),
        *,
        expected: str | None = None,
        reader: str | None = None,
    ) -> Iterator[Answer]:
        """The answer record as it grows: one at once without a chat model; with one, after each checked sentence.

        `reader` is how it is worded: short, plain or thorough; None for what is set.
        """
        for answer in self.steps.grow(Question(question, tuple(history), "q1", expected, reader)):
            yield self._explained(answer)

    def ask_all(self, questions: Iterable[Question]) -> Iterator[Answer]:
        """The answer records for many questions, one by one, in order."""
        for question in questions:
            yield self._explained(self.steps.answer(question))

    def notes_on(self, document: str) -> list[tuple[int, PassageNote]]:
        """The notes in plain words on a document, each with the offset that its passage begins at."""
        found = [
            (place.start, note)
            for place, notes in self.notes.by_place.items()
            for note in notes
            if place.document == document
        ]
        return sorted(found, key=lambda pair: pair[0])

    def _explained(self, answer: Answer) -> Answer:
        """The answer with what is kept in plain words on the passages that it cites, in its language."""
        if not self.notes.by_place:
            return answer
        language = answer_language(answer.language)
        found = [
            Note(cited.number, note.language, note.text)
            for cited in answer.citations
            for note in self.notes.at(cited.document, cited.start, cited.end, language)
        ]
        # Two quotes from one passage have one note.
        once = {note.text: note for note in reversed(found)}
        kept = tuple(note for note in found if once[note.text] is note)
        return replace(answer, notes=kept) if kept else answer

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
        """Questions to begin with, in the page's language and for a kind of reader."""
        return suggest(self.searcher.snapshot, answer_language(language), reader=reader)

    def related(self, answer: Answer, language: str, asked: Sequence[str] = ()) -> list[str]:
        """Questions to go on with after an answer, in the page's language, without what was `asked` already."""
        return self._related.questions(answer, answer_language(language), asked)


def record(answer: Answer) -> dict[str, object]:
    """The answer record as JSON has it: without what is None (`dropped` with no chat model), and an empty `also`."""
    fields = asdict(answer)
    for name in ("dropped", "warning", "notes"):
        if fields[name] is None:
            del fields[name]
    for citation in fields["citations"]:
        if not citation["also"]:
            del citation["also"]
    return fields
