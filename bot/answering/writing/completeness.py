"""Is a statement a sentence that comes to its end? A model that is cut off, or loses its thread, breaks off."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.answering.writing.rules import Pair

CLOSING = ' .!?…)“”„»«"'
OPEN_APOSTROPHE = re.compile(r"(?<![sSxXzZ])['’]$")
QUOTATION = '“”„»«"'
LEADING_ON = ",;:/–-(&+"
LAST_WORD = re.compile(r"[^\W\d_]+$")
LAST_WORDS = re.compile(r"[^\W\d_]+\s+[^\W\d_]+$")
COPIED = re.compile(r"\w+\W+\w+\W+[^\W\d_]+$")
SHORT_WORDS = frozenset("iåöø")
"""Words of one letter that may end a sentence."""
TORN_OFF = 3
"""Letters that a word must have lost at the least to be torn: fewer are an ending that a good paraphrase leaves out."""


CONTENT = re.compile(r"[^\W\d_]{4,}")
LEAST = 1
"""Words of four letters. "So it is" claims nothing, and is near to everything."""


def long_words(text: str) -> int:
    """How many words of four letters or more there are."""
    return len(CONTENT.findall(text))


def is_whole(pair: Pair) -> bool:
    """The sentence comes to its end: not at a word or a sign that leads on, in a word, nor inside a quotation."""
    text = pair.whole.rstrip(CLOSING)
    if (
        not text
        or text[-1] in LEADING_ON
        or OPEN_APOSTROPHE.search(text)
        or sum(pair.whole.count(sign) for sign in QUOTATION) % 2
    ):
        return False
    if long_words(text) < LEAST:
        return False
    last = LAST_WORD.search(text)
    if last is None:
        return True
    torn = len(last[0]) == 1 and last[0].islower() and last[0] not in SHORT_WORDS
    if torn or pair.spoken.has("leads_on", last[0]) or _breaks_off_copying(text, pair.text):
        return False
    lasts = LAST_WORDS.search(text)
    trails_off = lasts is not None and pair.spoken.classes["trails_off"].fullmatch(lasts[0]) is not None
    return not trails_off and not _only_infinitive(text, pair)


def _only_infinitive(text: str, pair: Pair) -> bool:
    """Is it "To build an identity", and nothing is said of that?"""
    begun = pair.spoken.classes["infinitive"].match(text)
    return begun is not None and not pair.spoken.has("finite", text[begun.end() :])


def _breaks_off_copying(said: str, text: str) -> bool:
    """Are the last words the passage's, but that the last one goes on there: "summed up in value" of "value words"?"""
    last = COPIED.search(said)
    if last is None or not text:
        return False
    found = [match[1] for match in re.finditer(rf"(?<!\w){re.escape(last[0])}(\w*)", text, re.IGNORECASE)]
    return bool(found) and min(map(len, found)) >= TORN_OFF
