"""Lists and sections as wholes: what "all goals for day care" or "what does Bemöta mean" ask for."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence

from bot.documents.passages import cuts, is_cited, longest_in_force_first, source_line, squeeze
from bot.schema import Block, BlockKind, Document, Group, GroupKind, Passage


def groups_of(documents: Iterable[Document], passages: Sequence[Passage]) -> tuple[Group, ...]:
    """The lists and sections of the documents; one whose passages were all seen in an earlier group is left out."""
    rows = {(place.document, place.start): row for row, passage in enumerate(passages) for place in passage.places}
    seen: set[tuple[GroupKind, tuple[int, ...]]] = set()
    found = []
    for document in longest_in_force_first(documents):
        for group in (*_lists(document, rows), *_sections(document, rows)):
            if group.members and (group.kind, group.members) not in seen:
                seen.add((group.kind, group.members))
                found.append(group)
    return tuple(found)


def lists_of(groups: Iterable[Group]) -> list[Group]:
    """The lists among groups. They alone are encoded: no question is compared with a whole section."""
    return [group for group in groups if group.kind is GroupKind.LIST]


def group_text(group: Group, passages: Sequence[Passage]) -> str:
    """A group as the encoder reads it: headings, lead-in, then its passages in one line."""
    body = " ".join(squeeze(passages[row].text) for row in group.members)
    return f"{source_line(group.publisher, group.title, group.path)}{group.lead_in} {body}"


def _lists(document: Document, rows: dict[tuple[str, int], int]) -> Iterator[Group]:
    by_number: dict[int, list[Block]] = {}
    for block in document.blocks:
        if block.list_number is not None:
            by_number.setdefault(block.list_number, []).append(block)
    for _, blocks in sorted(by_number.items()):
        items = [b for b in blocks if b.kind is BlockKind.LIST_ITEM]
        if len(items) > 1:  # one item is no list
            lead_in = " ".join(squeeze(document.text[b.start : b.end]) for b in blocks if b.kind is BlockKind.LEAD_IN)
            yield _group(GroupKind.LIST, document, _path(document, items[0].section), lead_in, blocks, rows)


def _sections(document: Document, rows: dict[tuple[str, int], int]) -> Iterator[Group]:
    """Each section with the subsections that follow it; a title stands above its own paragraphs only."""
    sections = document.sections
    numbers = [-1 if block.section is None else block.section for block in document.blocks]
    for index, section in enumerate(sections):
        last = index + 1
        while last < len(sections) and section.level > 0 and sections[last].path[: len(section.path)] == section.path:
            last += 1
        blocks = list(document.blocks[bisect_left(numbers, index) : bisect_left(numbers, last)])
        if any(is_cited(document, b) for b in blocks):
            yield _group(GroupKind.SECTION, document, section.path, "", blocks, rows)


def _path(document: Document, section: int | None) -> tuple[str, ...]:
    return document.sections[section].path if section is not None else ()


def _group(
    kind: GroupKind,
    document: Document,
    path: tuple[str, ...],
    lead_in: str,
    blocks: list[Block],
    rows: dict[tuple[str, int], int],
) -> Group:
    members: dict[int, None] = {}
    for block in blocks:
        if is_cited(document, block):
            for start, _ in cuts(document, block):
                members[rows[document.name, start]] = None
    return Group(
        kind,
        document.name,
        document.title,
        path,
        lead_in,
        tuple(members),
        blocks[0].start,
        blocks[-1].end,
        document.publisher,
    )
