"""A small assistant over the five real documents: words are counted, nothing is learned."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

from bot.documents.corpus import read_corpus
from bot.privacy.personal_numbers import mask_personal_numbers
from bot.schema import (
    Answer,
    Block,
    BlockKind,
    Citation,
    Document,
    Hit,
    Passage,
    PassageNote,
    Place,
    RankedSpan,
    Status,
    Timing,
)
from bot.settings import MAX_QUESTION_CHARACTERS

CORPUS = Path(__file__).resolve().parents[2] / "corpus"
COMMON = frozenset(
    re.findall(
        r"\w+",
        "hvad hvem hvor hvilke hvordan betyder det at de den der vi og i er en et som for til på vad are is "
        "what the a of does mean it to og av ar är att med har om",
    )
)
SUGGESTIONS = {
    "da": [
        "Hvad betyder det at anerkende de unge?",
        "Hvilke værdier har UngHerning?",
        "Hvad er Byrådets mål for dagtilbud?",
    ],
    "sv": ["Vad betyder det att bejaka?", "Vilka ledord hör till Berika?", "Hur bemöter vi den enskilde?"],
    "en": [
        "What does it mean to acknowledge young people?",
        "Which values does UngHerning have?",
        "What is said about wellbeing?",
    ],
}


class FakeAssistant:
    """Satisfies the pages' `Assistant` by counting shared words."""

    snapshot_id = "fake-1"
    model_name = "words"
    vectors_up = True
    writes: bool = False
    sent_to: str = ""

    def __init__(self, documents: Sequence[Document]) -> None:
        self.documents: Mapping[str, Document] = {document.name: document for document in documents}
        self.asked: list[tuple[str, tuple[str, ...]]] = []
        self.expected: str | None = None
        self.worded_for: str | None = None

    def now(self) -> FakeAssistant:
        return self

    def source_hash(self, name: str) -> str | None:
        return read_corpus(CORPUS).hashes.get(name) if name in self.documents else None

    def notes_on(self, document: str) -> list[tuple[int, PassageNote]]:
        return []

    def ask(self, question: str, history: Sequence[str] = (), *, expected: str | None = None) -> Answer:
        given, question = question, mask_personal_numbers(question)
        if given != question:
            return replace(self.ask(question, history, expected=expected), warning="Et personnummer er taget ud.")
        self.asked.append((question, tuple(history)))
        self.expected = expected
        if question.strip(" !").lower() in {"hej", "hello"}:
            return self._answer(question, Status.NOT_FOUND, f"Hej! Spørg for eksempel: *{SUGGESTIONS['da'][0]}*")
        if not question.strip() or len(question) > MAX_QUESTION_CHARACTERS:
            return self._answer(question, Status.REJECTED, "Skriv et spørgsmål på højst 1.000 tegn.")
        follows = question.lower().startswith(("og ", "och ", "and "))
        hits = self.search(" ".join([*history, question] if follows else [question]), k=20)
        spans = tuple(
            RankedSpan(h.passage.place.document, h.passage.place.start, h.passage.place.end, h.score) for h in hits
        )
        best = [hit for hit in hits if hit.score >= 0.34][:3]
        if not best:
            return self._answer(question, Status.NOT_FOUND, "Det siger dokumenterne ikke noget om.", spans=spans)
        citations = tuple(self._citation(number, hit) for number, hit in enumerate(best, 1))
        title = best[0].passage.title
        lines = [f"**{escape(title)}** skriver:", ""]
        for citation in citations:
            lines += [f"> {escape(' '.join(citation.quote.split()))} [{citation.number}]", ""]
        return self._answer(question, Status.ANSWERED, "\n".join(lines), citations, spans)

    def ask_growing(
        self,
        question: str,
        history: Sequence[str] = (),
        *,
        expected: str | None = None,
        reader: str | None = None,
    ) -> Iterator[Answer]:
        """As a chat model that writes would: the first words, then all of it."""
        self.worded_for = reader
        answer = self.ask(question, history, expected=expected)
        yield replace(answer, text=answer.text.split("\n\n", maxsplit=1)[0], citations=())
        yield answer

    def search(self, words: str, *, document: str | None = None, language: str | None = None, k: int = 10) -> list[Hit]:
        wanted = set(_words(words))
        hits = []
        for found in self.documents.values():
            if document not in {None, found.name} or language not in {None, found.language}:
                continue
            for block in found.blocks:
                if block.kind in {BlockKind.PARAGRAPH, BlockKind.LIST_ITEM}:
                    text = found.quote(block.start, block.end)
                    shared = wanted & set(_words(text))
                    if shared:
                        hits.append(Hit(_passage(found, block), len(shared) / len(wanted)))
        return sorted(hits, key=lambda hit: (-hit.score, len(hit.passage.text)))[:k]

    def suggestions(self, language: str, reader: str | None = None) -> list[str]:
        return SUGGESTIONS[language]

    def related(self, answer: Answer, language: str, asked: Sequence[str] = ()) -> list[str]:
        known = {answer.question, *asked}
        return [question for question in SUGGESTIONS[language] if question not in known] if answer.passages else []

    def _citation(self, number: int, hit: Hit) -> Citation:
        place = hit.passage.place
        quote = self.documents[place.document].quote(place.start, place.end)
        return Citation(number, place.document, hit.passage.title, place.section, place.start, place.end, quote)

    def _answer(
        self,
        question: str,
        status: Status,
        text: str,
        citations: tuple[Citation, ...] = (),
        spans: tuple[RankedSpan, ...] = (),
    ) -> Answer:
        timing = Timing(1.0, 0.2, 0.5, 0.3)
        return Answer(
            "", question, "da", status, text, citations, spans, 0.9, timing, self.snapshot_id, self.model_name
        )


@cache
def real_documents() -> tuple[Document, ...]:
    """The five documents of the checkout."""
    return read_corpus(CORPUS).documents


def fake_assistant() -> FakeAssistant:
    """A fake over the five documents."""
    return FakeAssistant(real_documents())


def escape(text: str) -> str:
    """Markdown's special characters with a backslash before each."""
    return re.sub(r"([\\*\[\]_<>`])", r"\\\1", text)


def _passage(document: Document, block: Block) -> Passage:
    path = document.sections[block.section].path if block.section is not None else ()
    place = Place(document.name, block.start, block.end, path, block.list_number)
    text = document.quote(block.start, block.end)
    return Passage(f"{document.name}:{block.start}", text, block.kind, document.title, document.language, (place,))


def _words(text: str) -> list[str]:
    return [word for word in re.findall(r"\w+", text.lower()) if word not in COMMON]
