"""What holds for every document, whatever it was read from."""

from __future__ import annotations

import re

from bot.documents.passages import cuts, is_cited, passages_of
from bot.schema import BlockKind, Document

LINE_ENDS = "\n\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029"


def check_invariants(document: Document) -> None:
    """Blocks are in order and whole; letters stand in one block, but for enumerators; sections are their headings."""
    text, end = document.text, 0
    covered: set[int] = set()
    items = {block.start for block in document.blocks if block.kind is BlockKind.LIST_ITEM}
    for block in document.blocks:
        assert end <= block.start < block.end <= len(text)
        assert text[block.start : block.end] == text[block.start : block.end].strip()
        covered.update(range(block.start, block.end))
        end = block.end
        assert (block.list_number is None) == (block.kind in {BlockKind.HEADING, BlockKind.PARAGRAPH})
    for offset, character in enumerate(text):
        if character.isalpha() and offset not in covered:
            line = re.split(f"[{LINE_ENDS}]", text[:offset])[-1]
            following = min((start for start in items if start > offset), default=None)
            assert following is not None, f"a letter in no block: {text[offset : offset + 20]!r}"
            assert len(line) + following - offset < len("§ 10.10.10. xxx "), text[offset:following]
    headings = [block for block in document.blocks if block.kind is BlockKind.HEADING]
    assert [(s.start, s.end) for s in document.sections] == [(b.start, b.end) for b in headings]
    assert [block.section for block in headings] == list(range(len(headings)))
    current = None
    for block in document.blocks:
        current = block.section if block.kind is BlockKind.HEADING else current
        assert block.section == current
    for section in document.sections:
        assert section.path
        assert section.level >= 0
    numbers = [block.list_number for block in document.blocks if block.list_number is not None]
    assert sorted(set(numbers)) == list(range(len(set(numbers))))
    assert numbers == sorted(numbers)
    check_passages(document)


def check_passages(document: Document) -> None:
    """Every passage is its stretch of the text, stripped, and every block that is cited is cut into passages."""
    passages = passages_of([document])
    for passage in passages:
        place = passage.place
        assert passage.text == document.text[place.start : place.end] == passage.text.strip() != ""
    starts = {place.start for passage in passages for place in passage.places}
    assert starts == {s for block in document.blocks if is_cited(document, block) for s, _ in cuts(document, block)}
