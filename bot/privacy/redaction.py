"""A text as it may be written down: without personal numbers, addresses, telephone numbers and names."""

from __future__ import annotations

import re
import unicodedata

from bot.privacy.names import redact_names
from bot.privacy.personal_numbers import MASK, masked, personal_numbers
from bot.privacy.telephones import telephones

MAIL = re.compile(
    r"[^\s<>()\[\],;:\"@＠]{1,64}\s?(?:@|＠|\(at\)|\[at\]|\(snabel-?a\))\s?[\w\-]{1,63}(?:\.[\w\-]{1,63}){1,8}",
    re.IGNORECASE,
)
MAIL_MARK = "[e-mail]"
TELEPHONE_MARK = "[telephone]"


def redact(text: str) -> str:
    """The text in NFC with marks for what points at a person.

    `[…]` for personal numbers, `[e-mail]`, `[telephone]`, and `[name]` after words that say a name follows. A name
    that nothing announces is not found.
    """
    plain = unicodedata.normalize("NFC", text.encode("utf-8", "replace").decode("utf-8"))
    plain = MAIL.sub(MAIL_MARK, plain)
    plain = masked(plain, [(start, end, MASK) for start, end in personal_numbers(plain)])
    plain = masked(plain, [(start, end, TELEPHONE_MARK) for start, end in telephones(plain)])
    return redact_names(plain)
