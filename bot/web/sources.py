"""The sources under an answer: citations of one section put together, each quote in its surroundings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from bot.schema import Block, BlockKind, Citation, Document, Elsewhere
from bot.web.outline import Cut, Line, Stretch, document_blocks, draw_block

NEIGHBOUR_CHARACTERS = 220
"""How much of the paragraph before and after a quote is shown: a sentence or two."""


@dataclass(frozen=True, slots=True)
class Also:
    """A section of another document that has the same words: one stretch or several."""

    document: str
    path: tuple[str, ...]
    stretches: Sequence[Elsewhere]

    @property
    def title(self) -> str:
        """The document's title."""
        return self.stretches[0].title

    @property
    def at(self) -> str:
        """The stretches as a link's `at`."""
        return ",".join(f"{s.start}-{s.end}" for s in self.stretches)

    @property
    def pages(self) -> tuple[int, ...]:
        """The pages that the stretches begin on, where the format has pages."""
        return tuple(sorted({s.page for s in self.stretches if s.page is not None}))

    @property
    def place(self) -> str:
        """Where it stands, in words."""
        return place_in_words(self.title, self.path)


@dataclass(frozen=True, slots=True)
class Source:
    """A section of a document that an answer cites: its numbers, and the quotes in their surroundings."""

    document: str
    title: str
    language: str
    path: tuple[str, ...]
    citations: tuple[Citation, ...]
    lines: tuple[Line | None, ...]
    """The surroundings, block by block; None where something between two quotes is left out."""
    also: tuple[Also, ...] = ()

    @property
    def at(self) -> str:
        """The cited stretches as a link's `at`."""
        return ",".join(f"{c.start}-{c.end}" for c in self.citations)

    @property
    def pages(self) -> tuple[int, ...]:
        """The pages that the quotes begin on, where the format has pages."""
        return tuple(sorted({c.page for c in self.citations if c.page is not None}))

    @property
    def place(self) -> str:
        """Where it stands, in words: "Børn og læring, Dagtilbud"."""
        return place_in_words(self.title, self.path)


def place_in_words(title: str, path: Iterable[str]) -> str:
    """A title and the headings below it on one line: "Børn og læring, Dagtilbud"."""
    return ", ".join((title, *path))


def shown_path(title: str, section: Iterable[str]) -> tuple[str, ...]:
    """A section's path without what the title has said, and without the colons headings end with."""
    path = [" ".join(part.split()).rstrip(" :") for part in section]
    return tuple(part for part in path if part and part.casefold() != title.casefold())


def group_sources(citations: Sequence[Citation], documents: Mapping[str, Document]) -> list[Source]:
    """The citations by document and section, in order of their first number.

    A citation of a document that is no longer there, or that says something else now, is left out.
    """
    proven = [c for c in citations if c.document in documents and _proven(c, documents[c.document])]
    first: dict[tuple[str, tuple[str, ...]], int] = {}
    for citation in proven:
        first.setdefault((citation.document, citation.section), citation.number)
    proven.sort(key=lambda c: (first[c.document, c.section], c.number))
    groups = groupby(proven, key=lambda c: (c.document, c.section))
    return [_source(documents[name], tuple(group), documents) for (name, _), group in groups]


def _proven(citation: Citation, document: Document) -> bool:
    return document.quote(citation.start, citation.end) == citation.quote


def _also(citations: Iterable[Citation], documents: Mapping[str, Document]) -> tuple[Also, ...]:
    """Where other documents say the same, as far as they still do, in order of the citations."""
    found: dict[tuple[str, tuple[str, ...]], list[Elsewhere]] = {}
    for citation in citations:
        for other in citation.also:
            there = documents.get(other.document)
            if there is not None and there.quote(other.start, other.end).split() == citation.quote.split():
                found.setdefault((other.document, other.section), []).append(other)
    return tuple(
        Also(name, shown_path(stretches[0].title, section), stretches) for (name, section), stretches in found.items()
    )


def _source(document: Document, citations: tuple[Citation, ...], documents: Mapping[str, Document]) -> Source:
    title = citations[0].title
    cuts = [Cut(c.start, c.end, c.number) for c in citations]
    path = shown_path(title, citations[0].section)
    lines, also = surroundings(document, cuts), _also(citations, documents)
    return Source(document.name, title, document.language, path, citations, lines, also)


def surroundings(document: Document, cuts: Sequence[Cut]) -> tuple[Line | None, ...]:
    """The blocks that are cited, with the end of the block before and the beginning of the one after."""
    blocks = document_blocks(document)
    cited = [i for i, block in enumerate(blocks) if any(c.start < block.end and block.start < c.end for c in cuts)]
    shown = sorted({j for i in cited for j in (i - 1, i, i + 1) if _belongs(blocks, i, j)})
    lines: list[Line | None] = []
    for before, index in zip([None, *shown], shown, strict=False):
        if before is not None and index != before + 1:
            lines.append(None)
        line = draw_block(document, blocks[index], cuts)
        if index not in cited:
            line = _clipped(line, keep_end=index + 1 in cited)
        lines.append(line)
    return tuple(lines)


def _belongs(blocks: Sequence[Block], cited: int, index: int) -> bool:
    """Whether a block is shown beside a cited one: itself, or a neighbour of the same section that is no heading."""
    if not 0 <= index < len(blocks):
        return False
    same = blocks[index].section == blocks[cited].section and blocks[index].kind is not BlockKind.HEADING
    return index == cited or same


def _clipped(line: Line, *, keep_end: bool) -> Line:
    text = " ".join("".join(s.text for s in line.stretches).split())
    if len(text) <= NEIGHBOUR_CHARACTERS:
        return line
    if keep_end:
        text = "… " + text[-NEIGHBOUR_CHARACTERS:].partition(" ")[2]
    else:
        text = text[:NEIGHBOUR_CHARACTERS].rpartition(" ")[0] + " …"
    return Line(line.kind, line.start, line.end, (Stretch(text),), line.level, line.list_number)
