"""Characters that nobody sees: taken out of a text, since they hide words from search and from the reader."""

from __future__ import annotations

import re
from collections import Counter

SOFT_HYPHEN = "\u00ad"
INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff"
    "\uffa0\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
"""Soft hyphens, zero-width and bidirectional controls, fillers, variation selectors and tags."""


def without_invisible(text: str) -> tuple[str, Counter[str]]:
    """The text without what nobody sees, and how often each such character stood there."""
    found = Counter(INVISIBLE.findall(text))
    return (INVISIBLE.sub("", text), found) if found else (text, found)


def note_of(found: Counter[str]) -> str | None:
    """One line for the person who indexes, or None where nothing was taken out."""
    if not found:
        return None
    softs = found[SOFT_HYPHEN]
    others = found.total() - softs
    parts = [f"{softs} soft hyphens" if softs else "", f"{others} zero-width or direction characters" if others else ""]
    return f"{' and '.join(part for part in parts if part)} were taken out of the text"
