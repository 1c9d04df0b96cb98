"""An answer's Markdown -> what it consists of: paragraphs, quotes and lists, with their [n] marks.

Only what the composers write is understood: paragraphs, `> ` quotes, `- ` lists, `**bold**`, `*emphasis*`, `[n]`
and a backslash before a character that is meant as it stands. Everything else is text and is shown as text.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby

INLINE = re.compile(
    r"\\(?P<escaped>[!-/:-@\[-`{-~])"
    r"|\[(?P<mark>[0-9]{1,3})\]"
    r"|\*\*(?P<strong>(?:\\.|[^*\\\n])+)\*\*"
    r"|\*(?P<emphasis>(?:\\.|[^*\\\n])+)\*"
)
BULLET = re.compile(r"- +")


class Style(StrEnum):
    """How a stretch of text is set."""

    PLAIN = "plain"
    STRONG = "strong"
    EMPHASIS = "emphasis"
    MARK = "mark"
    """The number of a citation."""


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of text in one style."""

    style: Style
    text: str


@dataclass(frozen=True, slots=True)
class Piece:
    """A paragraph or a list, quoted or not: what appears at once when an answer grows.

    A paragraph has one line; a list has one for each item.
    """

    lines: tuple[tuple[Span, ...], ...]
    quoted: bool = False
    listed: bool = False

    def marks(self) -> tuple[int, ...]:
        """The numbers of the citations that the piece refers to, in order."""
        return tuple(int(span.text) for line in self.lines for span in line if span.style is Style.MARK)


def parse_prose(text: str, numbers: Collection[int]) -> tuple[Piece, ...]:
    """The pieces of an answer. A mark whose number is not among `numbers` is left as text."""
    pieces: list[Piece] = []
    for (quoted, listed), lines in _stretches(text):
        bodies = [" ".join(lines)] if not listed else lines
        spans = tuple(tuple(_spans(body, numbers)) for body in bodies)
        pieces.append(Piece(spans, quoted=quoted, listed=listed))
    return tuple(pieces)


def _stretches(text: str) -> Iterator[tuple[tuple[bool, bool], list[str]]]:
    """Lines that belong together, with whether they are quoted and whether they are a list."""
    read = (_line(raw) for raw in text.splitlines())
    for (quoted, listed, filled), lines in groupby(read, key=lambda line: (line[0], line[1], bool(line[2]))):
        if filled:
            yield (quoted, listed), [body for _, _, body in lines]


def _line(raw: str) -> tuple[bool, bool, str]:
    body = raw.strip()
    quoted = body.startswith(">")
    body = body.removeprefix(">").strip() if quoted else body
    bullet = BULLET.match(body)
    return quoted, bullet is not None, body[bullet.end() :] if bullet else body


def _spans(body: str, numbers: Collection[int]) -> Iterator[Span]:
    plain = ""
    last = 0
    for match in INLINE.finditer(body):
        plain += body[last : match.start()]
        last = match.end()
        style = Style.PLAIN if match["escaped"] else Style(match.lastgroup or Style.PLAIN)
        if style is Style.PLAIN:
            plain += match["escaped"]
        elif style is Style.MARK and int(match["mark"]) not in numbers:
            plain += match[0]
        else:
            if plain:
                yield Span(Style.PLAIN, plain)
            plain = ""
            yield Span(style, _bare(match[style]))
    if plain + body[last:]:
        yield Span(Style.PLAIN, plain + body[last:])


def _bare(text: str) -> str:
    return re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", text)
