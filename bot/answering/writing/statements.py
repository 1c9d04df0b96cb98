"""What a model writes -> statements: the marks they carry, the words they quote, where one ends in a stream."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from bot.documents.sentences import BOUNDARY, sentence_spans

MARK = re.compile(r"\s*\[(\d{1,3}(?:\s*[,;]\s*\d{1,3})*)\]")
QUOTED = re.compile(r"[“”„»«\"]([^“”„»«\"]+)[“”»«\"]")
AFTER = re.compile(r"(?:\s*\[\d{1,3}(?:\s*[,;]\s*\d{1,3})*\])+[.!?…]?")
"""Marks that follow a sentence's full stop belong to it."""
OPEN_MARK = re.compile(r"\[[\d\s,;]*$")


@dataclass(frozen=True, slots=True)
class Statement:
    """One sentence of a written answer: `words` without its marks, the `marks` in order, and what it `quotes`."""

    words: str
    marks: tuple[int, ...]
    quotes: tuple[str, ...]

    @classmethod
    def of(cls, text: str) -> Statement:
        """Read a sentence as the model wrote it, such as "Alle kan lære [1]."."""
        marks = [int(n) for match in MARK.finditer(text) for n in re.findall(r"\d+", match[1])]
        words = " ".join(MARK.sub("", text).split())
        return cls(words, tuple(dict.fromkeys(marks)), tuple(match[1].strip() for match in QUOTED.finditer(words)))


def split_statements(text: str) -> list[str]:
    """The sentences of a finished text, each with the marks that stand behind its full stop."""
    found: list[str] = []
    for line in text.splitlines():
        for start, end in sentence_spans(line):
            sentence = line[start:end]
            lead = AFTER.match(sentence)
            if lead and found:
                found[-1] += f" {lead.group().strip()}"
                sentence = sentence[lead.end() :].strip()
            if sentence:
                found.append(sentence)
    return found


def stream_statements(pieces: Iterable[str]) -> Iterator[str]:
    """Sentences as soon as they are complete, from text that arrives in pieces of any size.

    A sentence is complete when another has begun behind it: until then a mark may still follow. What is left at the
    end is given out too; whoever reads it checks it like the others.
    """
    waiting = ""
    for piece in pieces:
        waiting += piece
        if not (BOUNDARY.search(waiting) or "\n" in waiting) or OPEN_MARK.search(waiting):
            continue
        done = split_statements(waiting)
        if len(done) < 2:  # noqa: PLR2004 - the last one may go on
            continue
        last = done[-1]
        at = waiting.rfind(last)
        if at <= 0:
            continue
        yield from done[:-1]
        waiting = waiting[at:]
    yield from split_statements(waiting)
