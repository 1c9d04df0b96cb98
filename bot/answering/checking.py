"""What is asked, before it is searched for: too long, empty, unreadable, or fit to go on."""

from __future__ import annotations

import unicodedata

from bot.settings import MAX_QUESTION_CHARACTERS


def clean_question(question: str) -> str:
    """The question as it is searched for: NFC, one line, without invisible format characters."""
    visible = "".join(" " if c.isspace() else c for c in question if c.isspace() or unicodedata.category(c) != "Cf")
    # A lone surrogate is no character; it comes from broken JSON escapes.
    readable = visible.encode("utf-8", "replace").decode("utf-8")
    return " ".join(unicodedata.normalize("NFC", readable).split())


def reason_to_reject(question: str) -> str | None:
    """The name of the phrase that says why a question cannot be searched for, or None when it can."""
    if len(question) > MAX_QUESTION_CHARACTERS:
        return "too_long"
    if any(unicodedata.category(c) in {"Cc", "Cs"} and not c.isspace() for c in question):
        return "control"
    if not any(c.isalnum() for c in clean_question(question)):
        return "empty"
    return None
