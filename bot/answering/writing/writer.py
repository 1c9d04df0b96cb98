"""Writes an answer with a chat model: every sentence is checked before anyone sees it, mended once, or dropped."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from bot.answering.phrases import escape
from bot.answering.writing.checker import Checker
from bot.answering.writing.prompts import READERS, repair_messages, write_messages
from bot.answering.writing.statements import Statement, split_statements, stream_statements
from bot.answering.writing.talking import NoReplyError, Talk, Talker
from bot.answering.writing.translating import Translator, can_translate
from bot.documents.passages import context_of, squeeze
from bot.schema import Dropped, Passage

MAX_REPAIRS = 3
"""Sentences of one answer that are asked for again; further ones that fail are dropped at once."""
LEAST_SHOWN = 0.34
"""If a smaller share of what was written can be shown, too little is left: the documents' own words are shown."""
NONE = "NONE"


@dataclass(slots=True)
class Draft:
    """An answer as it grows. `rows` are the passages it cites, [n] being `rows[n - 1]`."""

    sentences: list[str] = field(default_factory=list)
    rows: list[int] = field(default_factory=list)
    dropped: list[Dropped] = field(default_factory=list)
    translated: int = 0
    """Sentences that are shown in a translation."""
    untranslated: int = 0
    """Sentences that are shown as they were written because their translation, in `dropped`, did not hold up."""
    failure: str = ""
    """Why the model did not finish, if it did not."""

    @property
    def text(self) -> str:
        """Markdown, each sentence followed by its marks."""
        return " ".join(self.sentences)

    @property
    def enough(self) -> bool:
        """Is what was shown worth being the answer?"""
        shown = len(self.sentences)
        return shown > 0 and shown >= LEAST_SHOWN * (shown + len(self.dropped) - self.untranslated)

    def add(self, statement: Statement, rows: Sequence[int], translator: Translator | None = None) -> None:
        """Take a statement in, translated where a translator is given and its translation holds up.

        Its marks are numbered again, in the order in which passages are first cited, and stand behind either.
        """
        words = statement.words if translator is None else self._translated(statement, translator)
        for mark in statement.marks:
            if rows[mark - 1] not in self.rows:
                self.rows.append(rows[mark - 1])
        marks = "".join(f"[{self.rows.index(rows[mark - 1]) + 1}]" for mark in statement.marks)
        self.sentences.append(f"{escape(words)} {marks}")

    def _translated(self, statement: Statement, translator: Translator) -> str:
        translation = translator.translate(statement)
        if not translation.reason:
            self.translated += 1
            return translation.words
        self.untranslated += 1
        self.dropped.append(Dropped(translation.words or statement.words, f"translation_{translation.reason}"))
        return statement.words


class Writer:
    """A chat model and the check of what it writes. Threads may share it.

    `reader` is one of prompts.READERS; `sent_to` the host that the model is asked at, "" if that is here; `repairs` how
    many sentences of one answer may be asked for again.
    """

    def __init__(
        self,
        talker: Talker,
        checker: Checker,
        *,
        reader: str,
        name: str,
        sent_to: str = "",
        repairs: int = MAX_REPAIRS,
    ) -> None:
        self.talker = talker
        self.checker = checker
        self.reader = reader
        self.name = name
        self.sent_to = sent_to
        self.repairs = repairs

    def write(
        self, question: str, language: str, rows: Sequence[int], reader: str | None = None, asked: str | None = None
    ) -> Iterator[Draft]:
        """The answer from the passages in `rows`, a checked sentence at a time; last as it is at the end.

        It is written in `language` (da, sv or en), and translated if `asked`, the asker's own, is one of
        prompts.TRANSLATED. `reader` is one of prompts.READERS; None, or another, is the writer's own. Never raises for
        the model's sake: what it does not do is said in `failure`.
        """
        draft = Draft()
        try:
            with self.talker.talk() as talk:
                worded = reader if reader in READERS else self.reader
                into = asked if asked is not None and can_translate(asked) else None
                translator = Translator(talk, self.checker, rows, language, into) if into is not None else None
                yield from self._grow(talk, draft, question, language, rows, worded, translator)
        except NoReplyError as error:
            draft.failure = str(error)
        yield draft

    def _grow(
        self,
        talk: Talk,
        draft: Draft,
        question: str,
        language: str,
        rows: Sequence[int],
        reader: str,
        translator: Translator | None,
    ) -> Iterator[Draft]:
        passages = [self._shown(row) for row in rows]
        repairs = 0
        for sentence in stream_statements(talk.stream(write_messages(question, passages, language, reader))):
            if sentence.strip(" .") == NONE:
                continue
            statement = Statement.of(sentence)
            if not statement.words.strip(" .!?-"):
                continue
            verdict = self.checker.check(statement, rows, language)
            if not verdict.supported and repairs < self.repairs:
                repairs += 1
                try:
                    mended = self._mended(talk, statement, rows, language)
                except NoReplyError:
                    draft.dropped.append(Dropped(sentence, verdict.reason))
                    raise
                if mended is not None:
                    statement, verdict = mended, self.checker.check(mended, rows, language)
            if verdict.supported:
                draft.add(statement, rows, translator)
                yield draft
            else:
                draft.dropped.append(Dropped(sentence, verdict.reason))

    def _mended(self, talk: Talk, statement: Statement, rows: Sequence[int], language: str) -> Statement | None:
        """The model's second try at a sentence, from the passage it cites; None where it cites none that there is."""
        mark = next((mark for mark in statement.marks if 1 <= mark <= len(rows)), None)
        if mark is None:
            return None
        messages = repair_messages(statement.words, mark, self._shown(rows[mark - 1]), language)
        sentences = split_statements(talk.reply(messages))
        if not sentences or sentences[0].strip(" .") == NONE:
            return None
        mended = Statement.of(sentences[0])
        return mended if mended.marks == (mark,) else None

    def _shown(self, row: int) -> tuple[str, str]:
        return shown_passage(self.checker.snapshot.passages[row])


def shown_passage(passage: Passage) -> tuple[str, str]:
    """Where a passage stands, and what it says: as the model is shown it."""
    return context_of(passage), squeeze(passage.text)
