from __future__ import annotations

import json
from pathlib import Path

import pytest

from bot.documents.catalogue import Entry
from bot.documents.passages import passages_of, squeeze
from bot.documents.plain_text import read_plain_text
from bot.errors import QuestionFileError
from bot.schema import BankQuestion, Document
from bot.store.bank import BANK, read_bank, settle

PARAGRAPH = "Vi leger ude  hver dag. Vi synger."
TEXT = f"Planen\n\n{PARAGRAPH}\n\nDet er vores mål at\n\n• lege\n• lære\n\nVi spiser sammen klokken tolv.\n"
FULL = {"question": "Hvad er leg?", "language": "da", "document": "a.txt", "quote": "Vi leger."}


def read(text: str, name: str = "a.txt") -> Document:
    return read_plain_text(text.encode(), name, Entry(language="da"))


def asked(quote: str, document: str = "a.txt") -> BankQuestion:
    return BankQuestion(question="Hvad?", language="da", document=document, quote=quote)


def found(quote: str, *documents: Document, document: str = "a.txt") -> str | None:
    """The text of the passage that the quote was found in, which must have the quote at the span."""
    passages = passages_of(documents)
    bank = settle([asked(quote, document)], documents, passages)
    if bank.lost:
        assert bank.questions == bank.rows == bank.spans == ()
        return None
    [row], [(start, end)] = bank.rows, bank.spans
    assert squeeze(passages[row].text)[start:end] in squeeze(quote)
    assert start < end
    return passages[row].text


def test_no_file_is_an_empty_bank(tmp_path: Path) -> None:
    assert read_bank(tmp_path) == ()


def test_lines_with_and_without_the_optional_fields(tmp_path: Path) -> None:
    lines = [json.dumps(FULL), "", json.dumps({**FULL, "reader": "parent", "list": True, "note": "ikke brugt"})]
    (tmp_path / BANK).write_text("\n".join(lines), encoding="utf-8")

    plain, full = read_bank(tmp_path)

    assert plain == BankQuestion(question="Hvad er leg?", language="da", document="a.txt", quote="Vi leger.")
    assert (full.reader, full.list) == ("parent", True)


@pytest.mark.parametrize(
    "line",
    [
        "{",
        "3",
        "[]",
        '"tekst"',
        '{"question": "Hvad?"}',
        "null",
        "[" * 100_000,
        *(json.dumps({**FULL, name: value}) for name in FULL for value in (None, 3, ["x"], "", " ")),
        json.dumps({**FULL, "reader": None}),
        json.dumps({**FULL, "list": "false"}),
    ],
    ids=lambda line: line[:90],
)
def test_a_line_that_is_no_question_is_named(tmp_path: Path, line: str) -> None:
    (tmp_path / BANK).write_text(f"{json.dumps(FULL)}\n{line}\n", encoding="utf-8")

    with pytest.raises(QuestionFileError, match="line 2") as caught:
        read_bank(tmp_path)

    assert "\n" not in str(caught.value)
    assert str(tmp_path / BANK) in str(caught.value)


def test_a_line_ends_with_a_line_feed_and_nothing_else(tmp_path: Path) -> None:
    text = "Hvad er\u2028\u2029\u0085leg?"
    line = json.dumps({**FULL, "question": text}, ensure_ascii=False)
    (tmp_path / BANK).write_text(f"\ufeff{line}\n{line}\n", encoding="utf-8")

    assert [question.question for question in read_bank(tmp_path)] == [text, text]


@pytest.mark.parametrize("content", [b"\xff\xfe{}", None], ids=["no text", "a folder"])
def test_a_bank_that_cannot_be_read(tmp_path: Path, content: bytes | None) -> None:
    if content is None:
        (tmp_path / BANK).mkdir()
    else:
        (tmp_path / BANK).write_bytes(content)

    with pytest.raises(QuestionFileError, match=r"cannot be read.*UTF-8"):
        read_bank(tmp_path)


def test_a_quote_that_is_a_passage() -> None:
    assert found("lære", read(TEXT)) == "lære"


def test_a_quote_inside_a_passage_whatever_its_line_breaks() -> None:
    assert found("leger ude hver\ndag.", read(TEXT)) == PARAGRAPH


def test_a_whole_passage_goes_before_one_that_contains_it() -> None:
    document = read("Planen\n\nVi leger og lærer sammen med alle.\n\n• leger\n• Vi leger og lærer sammen\n")

    assert found("Vi leger og lærer sammen", document) == "Vi leger og lærer sammen"


def test_a_quote_over_several_paragraphs_belongs_to_the_longest() -> None:
    assert found("lære\n\nVi spiser sammen klokken tolv.", read(TEXT)) == "Vi spiser sammen klokken tolv."


def test_a_document_that_was_renamed() -> None:
    assert found("lære", read(TEXT, "b.txt"), document="gone.txt") == "lære"


def test_another_document_is_not_searched_while_the_named_one_is_there() -> None:
    assert found("lære", read("Planen\n\nVi spiser sammen hver dag.\n"), read(TEXT, "b.txt")) is None


def test_a_quote_that_is_gone_is_lost() -> None:
    assert found("Vi rejser til Månen.", read(TEXT)) is None
