"""Files that cannot be read, among one that can: each is one line that names it, and the other is indexed."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping

import pytest

from benchmarks.formats.content import Kind, Piece
from benchmarks.formats.writers import WRITERS
from bot.documents.archive import RATIO_FROM_BYTES
from bot.documents.corpus import READERS, read_corpus
from bot.documents.folder import MAX_FILE_BYTES
from bot.documents.passages import MAX_SENTENCE_CHARACTERS, passages_of
from bot.settings import Settings

Write = Callable[[Mapping[str, str | bytes]], Settings]
GOOD = "Om leg\n\nLeg er den vigtigste vej til læring for de yngste børn.\n"
CONTENT = [Piece(Kind.TITLE, "Om leg"), *[Piece(Kind.PARAGRAPH, "Leg er den vigtigste vej til læring.")] * 30]
ENDINGS = sorted(READERS)
PACKED = (".docx", ".odt")
ENTITY = b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>'


def archive(**members: bytes) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in members.items():
            file.writestr(name.replace("__", "/").replace("_", "."), content)
    return written.getvalue()


BOMB = archive(content_xml=b"<x/>", word__document_xml=b"<x/>", bomb=b"\0" * (RATIO_FROM_BYTES + 1))
HOSTILE = archive(content_xml=ENTITY, word__document_xml=ENTITY)
BAD: dict[str, bytes] = {
    **{f"empty{ending}": b"" for ending in ENDINGS},
    **{f"blank{ending}": b" \r\n\t\n" for ending in ENDINGS},
    **{f"binary{ending}": bytes(range(256)) * 20 for ending in ENDINGS},
    **{f"bomb{ending}": BOMB for ending in PACKED},
    **{f"hostile{ending}": HOSTILE for ending in PACKED},
    **{f"cut{ending}": WRITERS[ending](CONTENT)[:-200] for ending in (*PACKED, ".pdf")},
    **{f"text{ending}": GOOD.encode() for ending in (*PACKED, ".pdf")},
    "deep.html": b"<div>" * 5000 + b"leg",
    "page.docx": WRITERS[".pdf"](CONTENT),
    "word.pdf": WRITERS[".docx"](CONTENT),
    "old.doc": b"\xd0\xcf\x11\xe0" * 100,
    "sheet.xlsx": WRITERS[".docx"](CONTENT),
}


@pytest.mark.parametrize("name", BAD)
def test_one_bad_file_is_one_line(write_corpus: Write, name: str) -> None:
    found = read_corpus(write_corpus({"good.txt": GOOD, name: BAD[name]}).corpus)

    assert [document.name for document in found.documents] == ["good.txt"]
    [problem] = found.problems
    assert problem.startswith(f"{name} ")
    assert problem.endswith(".")
    assert "\n" not in problem


def test_all_of_them_at_once(write_corpus: Write) -> None:
    found = read_corpus(write_corpus({"good.txt": GOOD, **BAD}).corpus)

    assert [document.name for document in found.documents] == ["good.txt"]
    assert len(found.problems) == len(BAD)


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_folder_named_like_a_file(write_corpus: Write, ending: str) -> None:
    found = read_corpus(write_corpus({"good.txt": GOOD, f"folder{ending}/inner.txt": GOOD}).corpus)

    assert [document.name for document in found.documents] == [f"folder{ending}/inner.txt", "good.txt"]
    assert found.problems == ()


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_huge_file_is_left_out(write_corpus: Write, ending: str) -> None:
    corpus = write_corpus({"good.txt": GOOD, f"huge{ending}": b""}).corpus
    with (corpus / f"huge{ending}").open("r+b") as file:
        file.truncate(60_000_000)  # takes no space on the disk

    [problem] = read_corpus(corpus).problems
    assert str(MAX_FILE_BYTES) in problem


@pytest.mark.parametrize("word", ["leg ", "x", "”"])
@pytest.mark.parametrize("ending", [".txt", ".md", ".html"])
def test_a_line_of_a_million_characters_is_read(write_corpus: Write, ending: str, word: str) -> None:
    line = word * (1_000_000 // len(word))

    found = read_corpus(write_corpus({f"line{ending}": f"Vi leger ude. {line} Vi synger."}).corpus)

    assert found.problems == ()
    for passage in passages_of(found.documents):
        assert len(passage.text) <= MAX_SENTENCE_CHARACTERS
