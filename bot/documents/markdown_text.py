"""Markdown files -> Document: rendered as a page and read as one."""

from __future__ import annotations

import re

from markdown_it import MarkdownIt

from bot.documents.catalogue import Entry
from bot.documents.decoding import decode
from bot.documents.web_page import read_markup
from bot.schema import Document

FRONT_MATTER = re.compile(r"---\n(?:(?!---\n).*\n){0,100}---\n")
TYPED_BULLET = re.compile(r"^([ \t]*)[•●◦▪■‣⁃∙·○➢✓]\s+", re.MULTILINE)
"""A bullet that Markdown does not know; who types it means a list."""


def read_markdown(data: bytes, name: str, entry: Entry | None = None) -> Document:
    """The document in a Markdown file (CommonMark and tables). Raises DocumentError for a file without text."""
    text = decode(data, name)
    if front := FRONT_MATTER.match(text):
        text = text[front.end() :]
    page = MarkdownIt("commonmark").enable("table").render(TYPED_BULLET.sub(r"\1- ", text))
    return read_markup(f"<body>{page}</body>", name, entry)
