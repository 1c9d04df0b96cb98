from __future__ import annotations

import pytest

from bot.schema import Block, BlockKind, Document
from bot.web.outline import Cut, document_lines, parse_cuts
from tests.web.fakes import real_documents


@pytest.mark.parametrize("document", real_documents(), ids=lambda d: d.name)
def test_every_block_is_drawn_as_it_stands(document):
    for line, block in zip(document_lines(document), document.blocks, strict=True):
        assert "".join(s.text for s in line.stretches) == document.quote(block.start, block.end)
        assert not line.marked


def test_a_quote_within_a_block_is_set_apart():
    document = Document("a.txt", "A", "En to tre.", "da", (), (Block(BlockKind.PARAGRAPH, 0, 10),))
    (line,) = document_lines(document, [Cut(3, 5, 7)])
    assert [(s.text, s.numbers) for s in line.stretches] == [("En ", ()), ("to", (7,)), (" tre.", ())]


def test_quotes_may_overlap_and_cross_blocks():
    blocks = (Block(BlockKind.PARAGRAPH, 0, 4), Block(BlockKind.PARAGRAPH, 6, 10))
    document = Document("a.txt", "A", "abcd\n\nefgh", "da", (), blocks)
    first, second = document_lines(document, [Cut(2, 8, 1), Cut(3, 7, 2)])
    assert [(s.text, s.numbers) for s in first.stretches] == [("ab", ()), ("c", (1,)), ("d", (1, 2))]
    assert [(s.text, s.numbers) for s in second.stretches] == [("e", (1, 2)), ("f", (1,)), ("gh", ())]


def test_a_document_without_blocks_is_cut_at_blank_lines():
    document = Document("a.txt", "A", "\n\nEn linje\nog en til.\n\n  \nNæste.", "da")
    assert [line.stretches[0].text for line in document_lines(document)] == ["En linje\nog en til.", "Næste."]


@pytest.mark.parametrize("at", ["", "x", "5-", "-5", "5-5", "9-3", "0-99", "1e3-4", "0-5<script>", "٣-٤"])
def test_a_place_that_is_none_is_left_out(at):
    assert parse_cuts(at, 50) == ()


def test_several_places():
    assert parse_cuts("0-5, 10-20", 50) == (Cut(0, 5), Cut(10, 20))
