"""Bytes of a text file -> normalised text."""

from __future__ import annotations

import codecs
import unicodedata

from bot.errors import DocumentError

BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
CONTROL_SHARE = 0.02  # a text file has hardly any control characters; a binary file has many


def decode(data: bytes, name: str) -> str:
    """The text of a file: UTF-8 (or what its byte order mark says), else cp1252; line ends `\\n`; Unicode NFC.

    Raises DocumentError, naming `name`, for a file that is empty or not text.
    """
    if not data.strip():
        raise DocumentError(f"{name} is empty: expected text. Fill the file or take it out of the documents folder.")
    text = _decoded(data)
    odd = sum(1 for c in text[:100_000] if unicodedata.category(c) == "Cc" and not c.isspace())
    if odd > CONTROL_SHARE * min(len(text), 100_000):
        raise DocumentError(f"{name} is not text: {odd} control characters found. Save it as a UTF-8 text file.")
    return unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))


def _decoded(data: bytes) -> str:
    for mark, encoding in BYTE_ORDER_MARKS:
        if data.startswith(mark):
            return data.decode(encoding, errors="replace")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")
