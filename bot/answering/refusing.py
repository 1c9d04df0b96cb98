"""What to say when the documents do not answer: what they mention all the same, and where."""

from __future__ import annotations

import re

from bot.schema import Hit
from bot.store.lexical import stems, words
from bot.store.snapshot import Snapshot

LONG_WORD = 10
"""A word so long is a matter of its own ("forandringsmodellen"); a shorter one must be a name in the documents."""
RARE_PASSAGES = 3
RARE_SHARE = 0.01
"""A word in at most this many passages, or this share of them, tells where its matter is mentioned."""


def mentioned(snapshot: Snapshot, question: str) -> tuple[str, tuple[Hit, ...]]:
    """The rarest name or long word of the question that the documents have, and the passages that have it.

    "Hvad går Herningmodellen ud på?" is not answered, but the model is named in one passage: that is worth saying.
    Empty where no such word is found.
    """
    index = snapshot.lexical["stems"]
    most = max(RARE_PASSAGES, int(RARE_SHARE * len(snapshot.passages)))
    best: tuple[str, list[int]] = ("", [])
    for word in words(question):
        rows = sorted({row for stem in stems(word) for row in index.rows_with(stem)})
        if len(word) < LONG_WORD and not any(_is_name(word, snapshot.passages[row].text) for row in rows):
            continue
        if 0 < len(rows) <= most and (not best[1] or (len(rows), -len(word)) < (len(best[1]), -len(best[0]))):
            best = (word, rows)
    return best[0], tuple(Hit(snapshot.passages[row], 0.0) for row in best[1])


def _is_name(word: str, text: str) -> bool:
    """Does a text have the word with a capital letter inside a sentence, and never with a small one?"""
    found = re.finditer(rf"\b{re.escape(word)}\w{{0,2}}\b", text, re.IGNORECASE)
    inside = [m for m in found if text[: m.start()].rstrip()[-1:] not in {"", ".", "!", "?", ":"}]
    return bool(inside) and all(m.group()[0].isupper() for m in inside)
