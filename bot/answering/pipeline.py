"""The way of a question: understand, retrieve, compose; each step can be lifted out (langchain_pipeline.py)."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from bot.answering.checking import clean_question, reason_to_reject
from bot.answering.choosing import Chooser
from bot.answering.elsewhere import Elsewhere
from bot.answering.intents import load_intents, wants_a_text
from bot.answering.phrases import answer_language, phrase
from bot.answering.quotes import Quote, cite, prove
from bot.answering.repeats import Repeats
from bot.answering.selecting import Selection, Shape
from bot.answering.suggesting import suggest
from bot.answering.wording import word_answer, word_examples, word_refusal
from bot.language import detect_language
from bot.naming import NameIndex
from bot.privacy.personal_numbers import MASK, mask_personal_numbers
from bot.retrieval.query import Query
from bot.retrieval.retriever import Found, Searcher
from bot.retrieval.terms import mentioned
from bot.schema import Answer, Citation, RankedSpan, Status, Timing
from bot.settings import MAX_QUESTION_CHARACTERS

if TYPE_CHECKING:
    from bot.answering.writing.writer import Draft, Writer

RANKED_PASSAGES = 20
OFFERED = 6
"""Passages that a chat model may write from."""
WRITTEN_SHAPES = frozenset({Shape.PASSAGES, Shape.COMPARISON})
"""Whole lists and headings are shown as they stand: nothing is won by writing them again."""
NEAREST = 3
EXAMPLES = 2
NO_QUESTION = 0.5
"""What is not answered and is so probably a greeting, or an attempt to steer the bot, is told what can be asked."""


@dataclass(frozen=True, slots=True)
class Question:
    """A question as it comes in; `id` is given back in the answer record.

    `expected` is the language of the page it was typed on, which decides where its words do not tell theirs; `reader`
    how a written answer is worded (prompts.READERS), None for what is set.
    """

    text: str
    history: tuple[str, ...] = ()
    id: str = ""
    expected: str | None = None
    reader: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Turn:
    """A question on its way through the pipeline, with what each step found out.

    Its question and the earlier ones are without personal numbers; `masked` says that one was taken out.
    """

    question: Question
    started: float
    masked: bool = False
    language: str = "da"
    rejected: str | None = None
    query: Query | None = None
    earlier: tuple[Query, ...] = ()
    found: Found | None = None
    laps: dict[str, float] = field(default_factory=dict)


class Steps:
    """The three steps as plain methods; they share a searcher and keep nothing between questions."""

    def __init__(self, searcher: Searcher, writer: Writer | None = None) -> None:
        self.searcher = searcher
        self.writer = writer
        self._intents = load_intents()
        self._repeats = Repeats(searcher.snapshot)
        self._elsewhere = Elsewhere(searcher.snapshot)
        self._chooser = Chooser(searcher.snapshot, searcher.model)
        documents = searcher.snapshot.documents.values()
        titles = {d.title for d in documents} | {s.title for d in documents for s in d.sections}
        titles |= {name for d in documents for name in d.also_called}
        self._names = NameIndex(sorted((t for t in titles if len(t) > len("Data")), key=len, reverse=True))

    def answer(self, question: Question) -> Answer:
        """All three steps: what the Runnable gives, without its bookkeeping, which takes a millisecond."""
        return self.compose(self.retrieve(self.understand(question)))

    def understand(self, question: Question) -> Turn:
        """Take personal numbers out, clean the question, tell its language, encode it; or say why it is rejected."""
        started = time.perf_counter()
        given, question = question, _without_numbers(question)
        turn = Turn(question, started, masked=question.text != given.text)
        reason = reason_to_reject(question.text)
        if reason is not None:
            shortened = _asked(question.text[:MAX_QUESTION_CHARACTERS])
            return replace(turn, rejected=reason, language=self._language(question, shortened))
        text = _asked(question.text)
        history = [_asked(earlier)[:MAX_QUESTION_CHARACTERS] for earlier in question.history]
        language = self._language(question, text)
        if self.writer is not None and history:
            # Imported here: without a chat model nothing is rewritten.
            from bot.answering.writing.rewriting import standalone  # noqa: PLC0415

            alone = standalone(self.writer.talker, text, history)
            text, history = (alone, []) if alone is not None else (text, history)
        query, earlier = self.searcher.encode(text, history)
        turn.laps["encode"] = time.perf_counter() - turn.started
        return replace(turn, language=language, query=query, earlier=tuple(earlier))

    def _language(self, question: Question, text: str) -> str:
        expected = question.expected
        return detect_language(text, names=self._names, default=expected or "da", expected=expected)

    def retrieve(self, turn: Turn) -> Turn:
        """Rank the passages."""
        if turn.query is None:
            return turn
        begun = time.perf_counter()
        found = self.searcher.find(turn.query, turn.earlier)
        turn.laps["retrieve"] = time.perf_counter() - begun
        return replace(turn, found=found)

    def compose(self, turn: Turn) -> Answer:
        """Choose the quotes, prove them, word the answer; or refuse. With a writer, the answer as it is at the end."""
        answer, selection = self._compose(turn)
        if self.writer is not None:
            *_, answer = self._written(self.writer, turn, answer, selection)
        return answer

    def grow(self, question: Question) -> Iterator[Answer]:
        """The answer as it grows, sentence by sentence, each one checked; the last is what `compose` gives."""
        turn = self.retrieve(self.understand(question))
        answer, selection = self._compose(turn)
        if self.writer is None:
            yield answer
        else:
            yield from self._written(self.writer, turn, answer, selection)

    def _compose(self, turn: Turn) -> tuple[Answer, Selection | None]:
        begun = time.perf_counter()
        if turn.rejected is not None:
            text = phrase(turn.language, turn.rejected, found=len(turn.question.text), limit=MAX_QUESTION_CHARACTERS)
            return self._record(turn, begun, Status.REJECTED, text), None
        assert turn.found is not None  # noqa: S101 - the steps run in this order
        found, ranked = turn.found, turn.found.ranked
        intents = self._intents.probabilities(found.query.vector)
        if wants_a_text(found.query.text):
            return self._examples(turn, "instruction", begun), None
        elsewhere = self._elsewhere.named(found.query.text)
        if elsewhere:
            text = word_refusal(turn.language, self.searcher.hits(ranked, NEAREST), elsewhere=elsewhere)
            turn = replace(turn, found=replace(found, answerable=0.0))
            return self._record(turn, begun, Status.NOT_FOUND, text), None
        selection = self._chooser.outline(found, intents) if len(ranked.rows) else None
        if selection is None:
            if not len(ranked.rows) or found.answerable < self.searcher.model.threshold:
                return self._refuse(turn, found, intents, begun), None
            selection = self._chooser.choose(found, intents)
        documents = self.searcher.snapshot.documents
        citations = cite(selection.quotes, documents, self._repeats.elsewhere)
        text = word_answer(turn.language, selection, citations, documents, self.searcher.today())
        prove(citations, text, documents)
        return self._record(turn, begun, Status.ANSWERED, text, citations, selection), selection

    def _written(self, writer: Writer, turn: Turn, quoted: Answer, selection: Selection | None) -> Iterator[Answer]:
        """The written answer as it grows; `quoted`, the documents' own words, where there is nothing to write or too
        little of it could be shown.
        """
        begun = time.perf_counter()
        named = f"{quoted.model} + {writer.name}"
        quoted = replace(quoted, model=named, dropped=())
        if turn.found is None or selection is None or selection.shape not in WRITTEN_SHAPES:
            yield quoted
            return
        rows = self._offered(turn.found, selection)
        spoken = answer_language(turn.language)
        draft = None
        for draft in writer.write(turn.found.query.text, spoken, rows, turn.question.reader, turn.language):
            if draft.sentences:
                yield self._told(turn, quoted, draft, begun, done=False)
        assert draft is not None  # noqa: S101 - a writer gives its last draft in any case
        yield self._told(turn, quoted, draft, begun, done=True)

    def _told(self, turn: Turn, quoted: Answer, draft: Draft, begun: float, *, done: bool) -> Answer:
        """What is known of a written answer so far; `done`: nothing more comes."""
        documents = self.searcher.snapshot.documents
        compose = _ms(time.perf_counter() - begun) + quoted.timing_ms.compose
        timing = replace(quoted.timing_ms, total=_ms(time.perf_counter() - turn.started), compose=round(compose, 2))
        told = replace(quoted, timing_ms=timing, dropped=tuple(draft.dropped))
        if done and not draft.enough:
            return replace(told, text=f"{phrase(turn.language, 'fallback')}\n\n{quoted.text}")
        places = [self.searcher.snapshot.passages[row].place for row in draft.rows]
        citations = cite([Quote.of_place(place) for place in places], documents, self._repeats.elsewhere)
        prove(citations, draft.text, documents)
        note = phrase(turn.language, "translated" if draft.translated else "written")
        text = f"{draft.text}\n\n{note}" if done else draft.text
        return replace(told, text=text, citations=citations)

    def _offered(self, found: Found, selection: Selection) -> list[int]:
        """The passages that a writer may use: those that the quotes are from, then the best ranked."""
        ranked = found.ranked.rows[:RANKED_PASSAGES].tolist()
        passages = self.searcher.snapshot.passages
        chosen = [
            row
            for quote in selection.quotes
            for row in ranked
            if any(p.document == quote.document and p.start <= quote.start < p.end for p in passages[row].places)
        ]
        return list(dict.fromkeys([*chosen, *ranked]))[:OFFERED]

    def _examples(self, turn: Turn, intent: str, begun: float) -> Answer:
        """A word about what can be asked."""
        examples = suggest(self.searcher.snapshot, answer_language(turn.language), count=EXAMPLES)
        text = word_examples(turn.language, intent, examples)
        # Nothing is asked, so no passage is near.
        return replace(self._record(turn, begun, Status.NOT_FOUND, text), passages=())

    def _refuse(self, turn: Turn, found: Found, intents: Mapping[str, float], begun: float) -> Answer:
        """No answer: a word about what can be asked to those who did not ask, the nearest passages to the others."""
        for intent in ("smalltalk", "instruction"):
            if intents[intent] >= NO_QUESTION:
                return self._examples(turn, intent, begun)
        word, places = mentioned(self.searcher.snapshot, found.query.text)
        text = word_refusal(turn.language, places or self.searcher.hits(found.ranked, NEAREST), word)
        return self._record(turn, begun, Status.NOT_FOUND, text)

    def _record(
        self,
        turn: Turn,
        begun: float,
        status: Status,
        text: str,
        citations: tuple[Citation, ...] = (),
        selection: Selection | None = None,
    ) -> Answer:
        now = time.perf_counter()
        return Answer(
            id=turn.question.id,
            question=turn.question.text,
            language=turn.language,
            status=status,
            text=text,
            citations=citations,
            passages=self._passages(turn.found, selection),
            confidence=round(turn.found.answerable, 4) if turn.found else 0.0,
            timing_ms=Timing(
                total=_ms(now - turn.started),
                encode=_ms(turn.laps.get("encode", 0.0)),
                retrieve=_ms(turn.laps.get("retrieve", 0.0)),
                compose=_ms(now - begun),
            ),
            index=self.searcher.snapshot.id,
            model=self.searcher.encoder.name,
            warning=phrase(turn.question.expected or turn.language, "personal_number") if turn.masked else None,
        )

    def _passages(self, found: Found | None, selection: Selection | None) -> tuple[RankedSpan, ...]:
        """The ranked passages; those that the answer shows come first."""
        if found is None:
            return ()
        hits = self.searcher.hits(found.ranked, RANKED_PASSAGES + len(selection.quotes if selection else ()))
        spans = [
            RankedSpan(h.passage.place.document, h.passage.place.start, h.passage.place.end, round(h.score, 4))
            for h in hits
        ]
        shown = [
            RankedSpan(q.document, q.start, q.end, spans[0].score if spans else 0.0)
            for q in (selection.quotes if selection else ())
        ]
        rest = [s for s in spans if not any(_covers(q, s) for q in shown)]
        return tuple((shown + rest)[:RANKED_PASSAGES])


def _without_numbers(question: Question) -> Question:
    """The question, and those before it, without personal numbers: nothing behind this ever sees one."""
    earlier = tuple(mask_personal_numbers(text) for text in question.history)
    return replace(question, text=mask_personal_numbers(question.text), history=earlier)


def _asked(text: str) -> str:
    """A question as it is searched for: clean, and without what stands for a personal number."""
    return clean_question(text.replace(MASK, " "))


def _covers(one: RankedSpan, other: RankedSpan) -> bool:
    return one.document == other.document and one.start < other.end and other.start < one.end


def _ms(seconds: float) -> float:
    return round(seconds * 1000, 2)
