"""What `expand` and `explain` share: the chat model, the documents asked for, files that are added to."""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.answering.writing.talking import Talker
    from bot.schema import Document
    from bot.settings import Settings


def chosen_documents(documents: Mapping[str, Document], wanted: Sequence[str]) -> list[str]:
    """The names of the documents asked for, all if none is. Raises DocumentError for one that is not there."""
    from bot.errors import DocumentError

    for name in wanted:
        if name not in documents:
            known = ", ".join(sorted(documents))
            raise DocumentError(f"There is no document {name}; name one of: {known}.")
    return list(wanted) or list(documents)


def language(text: str) -> str:
    """The code of a language. Raises ArgumentTypeError, which argparse turns into wrong usage."""
    if not (len(text) == 2 and text.isascii() and text.isalpha() and text.islower()):  # noqa: PLR2004
        raise argparse.ArgumentTypeError(f"{text!r} found, a code of two letters such as da, sv or en expected")
    return text


def talker_of(settings: Settings) -> Talker:
    """The chat model, for one task at a time. Raises ModelError if none is set or it cannot be loaded."""
    from bot.answering.writing.talking import Talker
    from bot.models.chat import load_chat_model

    model = load_chat_model(settings)
    return Talker(model, seconds=settings.chat_timeout, at_a_time=1, max_characters=8 * settings.chat_tokens)


def append_line(path: Path, fields: Mapping[str, object]) -> None:
    """Add one line of JSON. What a killed run left of a line is ended first, so that this one stands on its own."""
    before = path.read_bytes() if path.is_file() else b""
    with path.open("a", encoding="utf-8") as file:
        file.write("\n" * (bool(before) and not before.endswith(b"\n")) + json.dumps(fields, ensure_ascii=False) + "\n")


def drafted(path: Path, keys: Sequence[str]) -> set[tuple[str, ...]]:
    """The values of `keys` in every whole line, so that drafting can go on where it stopped."""
    if not path.is_file():
        return set()
    found = set()
    for line in path.read_text(encoding="utf-8").split("\n"):
        try:
            fields = json.loads(line)
            found.add(tuple(str(fields[key]) for key in keys))
        except (ValueError, KeyError, TypeError):
            continue  # the last line of an interrupted run
    return found
