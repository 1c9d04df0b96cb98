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
SAMPLE_CHARACTERS = 100_000
ZERO_SHARE = 0.6
"""In Western text nearly every other byte of UTF-16 is zero, on one side; in UTF-8 none is."""
DAMAGE_SHARE = 0.1
"""Text in UTF-8 with less damage than this, in letters beyond ASCII, is UTF-8 all the same."""


def decode(data: bytes, name: str, declared: str | None = None) -> str:
    """The text of a file, with line ends `\\n`, in Unicode NFC.

    Its encoding is what its byte order mark says, else UTF-8 or UTF-16 where the bytes are that, else the `declared`
    one, else cp1252 (which Latin-1 is a part of). Raises DocumentError, naming `name`, for a file that is empty or
    not text.
    """
    text = _decoded(data, declared)
    if not text.strip():
        raise DocumentError(f"{name} is empty: expected text. Fill the file or take it out of the documents folder.")
    sample = text[:SAMPLE_CHARACTERS]
    odd = sum(1 for c in sample if unicodedata.category(c) == "Cc" and not c.isspace())
    if odd > CONTROL_SHARE * len(sample):
        raise DocumentError(f"{name} is not text: {odd} control characters found. Save it as a UTF-8 text file.")
    return unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))


def _decoded(data: bytes, declared: str | None) -> str:
    for mark, encoding in BYTE_ORDER_MARKS:
        if data.startswith(mark):
            return data.decode(encoding, errors="replace")
    for side, encoding in ((1, "utf-16-le"), (0, "utf-16-be")):
        half = data[side : 2 * SAMPLE_CHARACTERS : 2]
        if half and half.count(0) > ZERO_SHARE * len(half) and not _has_zeros(data[1 - side : SAMPLE_CHARACTERS : 2]):
            return data.decode(encoding, errors="replace")
    text = data.decode("utf-8", errors="replace")
    broken = text.count("\ufffd")
    if broken and broken > DAMAGE_SHARE * sum(1 for c in text if c > "\x7f"):
        return data.decode(_known(declared) or "cp1252", errors="replace")
    return text


def _has_zeros(half: bytes) -> bool:
    return half.count(0) > CONTROL_SHARE * len(half)


def _known(encoding: str | None) -> str | None:
    """The encoding, if it is one for text that Python knows; what the web calls Latin-1 is cp1252."""
    try:
        found = codecs.lookup(encoding) if encoding else None
    except (LookupError, ValueError):
        return None
    if found is None or not found._is_text_encoding or found.name.startswith("utf"):
        return None
    return "cp1252" if found.name == "iso8859-1" else found.name
