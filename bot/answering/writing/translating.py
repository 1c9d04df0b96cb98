"""A checked statement in the asker's language: translated by the chat model, and shown only if it holds up.

The check of words knows few languages, so the model translates back what it wrote, in a call that sees nothing else,
and that is checked like any other statement. What can be told without the model is looked at first.
"""

from __future__ import annotations

import re
import time
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bot.answering.writing.checker import ADDRESS, Checker
from bot.answering.writing.prompts import TRANSLATED, translate_messages
from bot.answering.writing.statements import MARK, QUOTED, Statement
from bot.answering.writing.talking import NoReplyError, Talk
from bot.answering.writing.words import WORD, Words, licensed, words_of
from bot.language import detect_language
from bot.store.table import unit

if TYPE_CHECKING:
    from bot.models.encoder import Encoder

MAX_TRANSLATIONS = 8
"""Statements of one answer that are translated, at two calls each; further ones are shown as they were written."""
TIME_SHARE = 0.5
"""Of the time left, what one statement's translation may take: a call that hangs does not hold up all the others."""
LEAST_AGREEMENT = 0.64
"""Late interaction between a statement and its translation: somewhat below the lowest of those written by hand
(`python -m benchmarks.translations`)."""
LONGEST, SLACK = 3, 40
"""A translation may be so many times as long as the statement, and so many characters on top."""
NUMBER = re.compile(r"\d+(?:[.,٫٬]\d+)*")
HOST = re.compile(r"\b[a-z0-9-]+\.[a-z]{2,}\b", re.IGNORECASE | re.ASCII)
QUOTE_MARKS = re.compile(r"[“”„»«\"]")
OTHER_QUOTES = re.compile(r"[‹›‚‘「」『』]|(?<!\w)'[^']+'(?!\w)")
JOINERS = "\u200c\u200d"
"""Invisible, and part of how Persian and Arabic are spelled."""


@dataclass(frozen=True, slots=True)
class Translation:
    """What the model made of a statement, "" if nothing; `reason` is empty where it may be shown."""

    words: str
    reason: str


class Translator:
    """Translates the statements of one answer from `spoken` into `asked` (a key of prompts.TRANSLATED)."""

    def __init__(self, talk: Talk, checker: Checker, rows: Sequence[int], spoken: str, asked: str) -> None:
        self.talk = talk
        self.checker = checker
        self.rows = rows
        self.spoken = spoken
        self.asked = asked
        self._left = MAX_TRANSLATIONS

    def translate(self, statement: Statement) -> Translation:
        """The translation of a statement that was found supported. Never raises for the model's sake.

        Once the model gave no reply in time it is not asked again.
        """
        if self._left <= 0:
            return Translation("", "limit")
        self._left -= 1
        words = ""
        now = time.monotonic()
        talk = replace(self.talk, deadline=now + TIME_SHARE * (self.talk.deadline - now))
        try:
            reply = talk.reply(translate_messages(statement.words, self.spoken, self.asked))
            words = " ".join(reply.split())
            reason = self._fault(statement, reply) or self._fault_of_back(
                statement, talk.reply(translate_messages(words, self.asked, self.spoken))
            )
        except NoReplyError:
            self._left = 0
            return Translation(words, "no_reply")
        return Translation(words, reason)

    def _fault(self, statement: Statement, reply: str) -> str:
        """The first thing that is wrong with a translation by what can be told without the model; "" for nothing."""
        words = " ".join(reply.split())
        fault = _form(statement.words, reply) or _marks_and_links(statement.words, words)
        if fault:
            return fault
        if not _same_quotes(statement, words):
            return "misquoted"
        if not numbers_kept(statement.words, words, words_of(self.spoken)):
            return "number"
        bare = _unquoted(words)
        if detect_language(bare, default=self.asked, expected=self.asked) != self.asked:
            return "language"
        near = agreement(self.checker.encoder, _unquoted(statement.words), bare)
        return "" if near >= LEAST_AGREEMENT else "meaning"

    def _fault_of_back(self, statement: Statement, reply: str) -> str:
        """What is wrong with the translation by what it says when it is translated back; "" for nothing."""
        fault = _form(statement.words, reply) or _marks_and_links(statement.words, reply)
        if fault:
            return fault
        back = replace(Statement.of(reply), marks=statement.marks)
        verdict = self.checker.check(back, self.rows, self.spoken)
        if not verdict.supported:
            return verdict.reason
        return _changed(statement.words, back.words, words_of(self.spoken))


def can_translate(asked: str) -> bool:
    """Is `asked` (ISO 639-1) a language that statements are translated into?"""
    return asked in TRANSLATED


def agreement(encoder: Encoder, one: str, other: str) -> float:
    """How well two texts account for each other: the lower of the two mean cosines of their tokens."""
    first, second = (unit(found.tokens) for found in encoder.encode_passages([one, other]))
    if not len(first) or not len(second):
        return 0.0
    similar = first @ second.T
    return float(min(similar.max(axis=0).mean(), similar.max(axis=1).mean()))


def numbers_kept(statement: str, translation: str, spoken: Words) -> bool:
    """Do the digits of the statement stand in its translation, and no others but those it has in words?"""
    given, found = _digits(statement), _digits(translation)
    if given is None or found is None or given - found:
        return False
    return set(found - given) <= spoken.numbers_in(NUMBER.sub(" ", statement))


def _digits(text: str) -> Counter[str] | None:
    """The numbers in digits of any script; None where there is one that is no plain digit, such as "²" or "½"."""
    if any(c.isnumeric() and not c.isdecimal() for c in text):
        return None
    plain = "".join(str(unicodedata.decimal(c)) if c.isdecimal() else c for c in text)
    return Counter(re.sub(r"[,٫٬]", ".", match.group()) for match in NUMBER.finditer(plain))


def _form(statement: str, reply: str) -> str:
    """One line of a bearable length that has words and nothing invisible."""
    lines = [line for line in reply.splitlines() if line.strip()]
    if len(lines) != 1 or not WORD.search(_unquoted(lines[0]) or lines[0]):
        return "form"
    if len(lines[0]) > LONGEST * len(statement) + SLACK:
        return "form"
    visible = "".join(lines[0].split()).translate(dict.fromkeys(map(ord, JOINERS)))
    return "" if visible.isprintable() else "form"


def _marks_and_links(statement: str, words: str) -> str:
    if MARK.search(words) or Counter(c for c in words if c in "[]") != Counter(c for c in statement if c in "[]"):
        return "mark"
    if any(set(sign.findall(words)) - set(sign.findall(statement)) for sign in (ADDRESS, HOST)):
        return "address"
    return "address" if set("<>") & set(words) - set(statement) else ""


def _same_quotes(statement: Statement, words: str) -> bool:
    """Are the same words quoted, letter by letter, and no others in whatever quotation marks?"""
    quotes = Statement.of(words).quotes
    if sorted(quotes) != sorted(statement.quotes) or len(QUOTE_MARKS.findall(words)) != 2 * len(quotes):
        return False
    return not set(OTHER_QUOTES.findall(words)) - set(OTHER_QUOTES.findall(statement.words))


def _changed(statement: str, back: str, spoken: Words) -> str:
    """What the back translation has otherwise than the statement: numbers, a denial, or a group that was not in it."""
    if spoken.numbers_in(statement) != spoken.numbers_in(back):
        return "number"
    said, again = statement.lower(), back.lower()
    if spoken.has("negation", said) != spoken.has("negation", again):
        return "negation"
    groups = spoken.groups_in(said)
    strange = [one for one in spoken.groups_in(again) - groups if not licensed().get(one, frozenset()) & groups]
    return "group" if strange else ""


def _unquoted(words: str) -> str:
    """What is not quoted, or all of it where nothing else is there."""
    bare = " ".join(QUOTED.sub(" ", words).split())
    return bare if WORD.search(bare) else words
