"""What a document says, apart from any format."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from bot.documents.passages import squeeze
from bot.schema import BlockKind, Document


class Kind(Enum):
    """What a piece of a document is."""

    TITLE = 0
    HEADING = 1
    PARAGRAPH = 2
    LIST = 3
    TABLE = 4


@dataclass(frozen=True, slots=True)
class Piece:
    """A title, heading (of `level`, from 1), paragraph, list of `lines` or table of `rows`, headers first."""

    kind: Kind
    text: str = ""
    level: int = 0
    lines: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()


def content_of(document: Document) -> list[Piece]:
    """The content of a document that was read from plain text; wrapped lines become one."""
    pieces: list[Piece] = []
    items: list[str] = []
    list_number = None
    for block in document.blocks:
        text = squeeze(document.text[block.start : block.end])
        if items and (block.kind is not BlockKind.LIST_ITEM or block.list_number != list_number):
            pieces.append(Piece(Kind.LIST, lines=tuple(items)))
            items = []
        if block.kind is BlockKind.LIST_ITEM:
            items.append(text)
            list_number = block.list_number
        elif block.kind is BlockKind.HEADING and block.section is not None:
            level = document.sections[block.section].level
            words = document.sections[block.section].title
            pieces.append(Piece(Kind.HEADING, words, level) if level else Piece(Kind.TITLE, words))
        else:
            pieces.append(Piece(Kind.PARAGRAPH, text))
    if items:
        pieces.append(Piece(Kind.LIST, lines=tuple(items)))
    return pieces
