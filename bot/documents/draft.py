"""What a format with markup says -> a text with exact offsets, and the structure that markup and form tell together."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace

from bot.documents.invisible import without_invisible
from bot.documents.lines import Chunk, chunks_of
from bot.documents.structure import looks_like_heading

BULLET_SIGN = "•"
DEEPEST_LEVEL = 6


@dataclass(frozen=True, slots=True)
class Part:
    """A heading, paragraph, list item or row of a table as a format says it.

    `text` may hold line ends that the writer set. `level` counts headings from 1; 0 is none. Parts with the same
    `listing` are items of one list. `label` is what stands before an item or heading: a bullet, "1.", "§ 2".
    `bold` says that the whole of a paragraph stands out, as a heading does that nobody marked as one.
    """

    text: str
    level: int = 0
    listing: int | None = None
    label: str = ""
    page: int | None = None
    bold: bool = False


@dataclass(frozen=True, slots=True)
class Draft:
    """The text of a document with its chunks. `title` is what the only outermost heading says, if it is not first.

    `invisible` counts the characters that were taken out.
    """

    text: str
    chunks: list[Chunk]
    title: str | None
    invisible: Counter[str]


def draft_of(parts: Iterable[Part]) -> Draft:
    """Write the parts one after the other: items in lines of their own, a blank line between all others.

    Where headings are marked, or set in bold, other lines are none. Otherwise headings are told by their form, as in
    plain text; so is a title above outermost headings.
    """
    cleaned = [(part, found) for part, found in map(_cleaned, parts)]
    kept = _with_bold_headings([part for part, _ in cleaned if part.text])
    outermost = [part for part in kept if part.level == 1]
    by_form = all(part.level == 0 for part in kept[1:])
    written: list[str] = []
    chunks: list[Chunk] = []
    at = 0
    for i, part in enumerate(kept):
        gap = 0
        if i:
            gap = 0 if part.listing is not None and kept[i - 1].listing == part.listing else 1
            written.append("\n" * (1 + gap))
        at += len(written[-1]) if i else 0
        before = f"{part.label} " if part.label else ""
        form = by_form or (i == 0 and len(outermost) != 1)
        chunks += _chunks(part, before, at, gap, by_form=form)
        written.append(before + part.text)
        at += len(written[-1])
    alone = outermost[0].text if len(outermost) == 1 and kept[0] is not outermost[0] else None
    text = "".join((*written, "\n")) if written else ""
    return Draft(text, chunks, alone, sum((found for _, found in cleaned), Counter[str]()))


def _cleaned(part: Part) -> tuple[Part, Counter[str]]:
    """The part in Unicode NFC with single spaces and without what nobody sees."""
    text, invisible = without_invisible(part.text)
    lines = [" ".join(line.split()) for line in unicodedata.normalize("NFC", text).splitlines()]
    one_line = part.level > 0 or part.listing is not None
    joined = " ".join(line for line in lines if line) if one_line else "\n".join(lines).strip("\n")
    return replace(part, text=joined), invisible


def _with_bold_headings(parts: list[Part]) -> list[Part]:
    """Short bold lines become headings below the marked ones; where none is marked, two of them are a rule."""
    deepest = max((part.level for part in parts[1:]), default=0)
    bold = {i for i, part in enumerate(parts) if part.bold and part.level == 0 and _is_heading_by_form(part)}
    if not deepest and len(bold - {0}) < 2:  # noqa: PLR2004 - one bold line may be an emphasis
        return parts
    return [replace(part, level=deepest + 1) if i in bold else part for i, part in enumerate(parts)]


def _is_heading_by_form(part: Part) -> bool:
    found = list(chunks_of(part.text)) if part.listing is None else []
    return len(found) == 1 and looks_like_heading(found[0])


def _chunks(part: Part, before: str, at: int, gap: int, *, by_form: bool) -> list[Chunk]:
    body = at + len(before)
    end = body + len(part.text)
    if part.listing is not None:
        return [Chunk(part.text, at, body, end, gap, bullet=True, marked=True, listing=part.listing, page=part.page)]
    if part.level:
        level = min(part.level, DEEPEST_LEVEL)
        return [Chunk(before + part.text, at, at, end, gap, level=level, marked=True, page=part.page)]
    return [
        replace(
            chunk,
            start=chunk.start + at,
            body=chunk.body + at,
            end=chunk.end + at,
            gap=chunk.gap if number else gap,
            level=0,
            marked=not by_form,
            page=part.page,
        )
        for number, chunk in enumerate(chunks_of(before + part.text))
    ]
