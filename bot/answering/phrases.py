"""What the bot itself says: one text in one place, in Danish, Swedish and English."""

from __future__ import annotations

import re
import tomllib
from functools import lru_cache
from importlib import resources

LANGUAGES = ("da", "sv", "en")
NEIGHBOURS = {"nb": "da", "nn": "da", "no": "da"}
"""Norwegians are answered in Danish; everybody else in English."""
MARKUP = re.compile(r"[\\`*_\[\]<>#|~&]")
LINE_START = re.compile(r"(?=[-+=])|[0-9]{1,9}(?=[.)](?: |$))")
"""What would begin a list or underline a heading: "- ", "+ ", "1986. ", "1) ", "==="."""
PUNCTUATION = "!-/:-@\\[-`{-~"
"""The characters that a backslash makes plain in Markdown, as a range for a regular expression."""
WRITTEN = re.compile(rf"\\([{PUNCTUATION}])|\*{{1,2}}")


def answer_language(asked: str) -> str:
    """The language the bot answers in, one of LANGUAGES, for a question in the language `asked` (ISO 639-1)."""
    if asked in LANGUAGES:
        return asked
    return NEIGHBOURS.get(asked, "en")


def phrase(language: str, name: str, **values: object) -> str:
    """A phrase in the answer's language with its `values` filled in; the values must be escaped already."""
    return phrases()[answer_language(language)][name].format(**values)


def escape(text: str) -> str:
    """Text of a document as Markdown that shows just that text: no markup, no entities, no HTML, one line."""
    escaped = MARKUP.sub(r"\\\g<0>", " ".join(text.split()))
    start = LINE_START.match(escaped)
    return escaped if start is None else f"{start[0]}\\{escaped[start.end() :]}"


def unescape(markdown: str) -> str:
    """An answer's Markdown as a terminal shows it: without the backslashes of `escape` and without emphasis."""
    return WRITTEN.sub(lambda mark: mark[1] or "", markdown)


@lru_cache(maxsize=1)
def phrases() -> dict[str, dict[str, str]]:
    """All phrases by language and name."""
    return tomllib.loads(resources.files("bot.answering").joinpath("phrases.toml").read_text("utf-8"))
