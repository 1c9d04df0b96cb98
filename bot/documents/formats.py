"""Which reader reads which kind of file; each is imported with the libraries it needs when there is such a file."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from bot.documents.catalogue import Entry
from bot.schema import Document

Reader = Callable[[bytes, str, Entry | None], Document]
"""From a file's bytes, its name and what the catalogue says of it. Raises DocumentError for what cannot be read."""


def _plain_text(data: bytes, name: str, entry: Entry | None) -> Document:
    from bot.documents.plain_text import read_plain_text

    return read_plain_text(data, name, entry)


def _markdown(data: bytes, name: str, entry: Entry | None) -> Document:
    from bot.documents.markdown_text import read_markdown

    return read_markdown(data, name, entry)


def _web_page(data: bytes, name: str, entry: Entry | None) -> Document:
    from bot.documents.web_page import read_web_page

    return read_web_page(data, name, entry)


def _word(data: bytes, name: str, entry: Entry | None) -> Document:
    from bot.documents.word_file import read_word

    return read_word(data, name, entry)


def _open_document(data: bytes, name: str, entry: Entry | None) -> Document:
    from bot.documents.open_document import read_open_document

    return read_open_document(data, name, entry)


def _pdf(data: bytes, name: str, entry: Entry | None) -> Document:
    from bot.documents.pdf_file import read_pdf

    return read_pdf(data, name, entry)


READERS: Mapping[str, Reader] = MappingProxyType(
    {
        ".txt": _plain_text,
        ".md": _markdown,
        ".html": _web_page,
        ".htm": _web_page,
        ".docx": _word,
        ".odt": _open_document,
        ".pdf": _pdf,
    }
)
