"""The files of a documents folder: their names, and their bytes; nothing hidden, and nothing from outside."""

from __future__ import annotations

import os
import stat
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bot.errors import DocumentError

MAX_FILE_BYTES = 50 * 1024 * 1024
"""A larger file is left out: it is a picture book or a mistake, and reading it would take minutes and gigabytes."""
ODD_CATEGORIES = frozenset({"Cc", "Cs", "Zl", "Zp"})
DIRECTIONS = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Characters that turn the direction of writing: a name with them reads otherwise than it is."""


@dataclass(frozen=True, slots=True)
class Source:
    """A file below the documents folder; `name` is its path there with forward slashes, in Unicode NFC."""

    name: str
    path: Path


def sources_in(folder: Path) -> tuple[list[Source], list[str]]:
    """The files below `folder` in order of name, and one line for each that cannot be a document.

    Hidden files and folders are passed over. Links to folders are not followed.
    """
    sources: list[Source] = []
    problems: list[str] = []
    seen: dict[str, str] = {}
    for path in sorted(_walk(folder, problems)):
        name = unicodedata.normalize("NFC", path.relative_to(folder).as_posix())
        shown = printable(name)
        if shown != name:
            problems.append(f"{shown} has a name with characters that cannot be shown. Rename the file.")
        elif path.is_symlink() and path.is_dir():
            problems.append(f"{name} is a link to a folder: links are not followed. Copy its files into the folder.")
        elif name.casefold() in seen:
            problems.append(f"{name} has the name of {seen[name.casefold()]} but for its case or form. Rename one.")
        else:
            seen[name.casefold()] = name
            sources.append(Source(name, path))
    return sources, problems


def _walk(folder: Path, problems: list[str]) -> Iterator[Path]:
    def unreadable(error: OSError) -> None:
        below = printable(os.path.relpath(error.filename, folder))
        problems.append(f"{below} cannot be read: {error.strerror}. Check that the folder may be read.")

    for parent, folders, files in os.walk(folder, onerror=unreadable):
        folders[:] = [name for name in folders if not name.startswith(".")]
        links = [name for name in folders if Path(parent, name).is_symlink()]
        yield from (Path(parent, name) for name in (*files, *links) if not name.startswith("."))


def printable(name: str) -> str:
    """A file name for a message of one line: what no screen can show is written as an escape."""
    text = os.fsencode(name).decode("utf-8", "backslashreplace")
    return "".join(
        c.encode("unicode_escape").decode() if unicodedata.category(c) in ODD_CATEGORIES or c in DIRECTIONS else c
        for c in text
    )


def read_bytes(source: Source, folder: Path) -> bytes:
    """The bytes of a file. Raises DocumentError when it lies outside `folder`, is too large or cannot be read."""
    name = source.name
    try:
        if not Path(os.path.realpath(source.path)).is_relative_to(os.path.realpath(folder)):
            raise DocumentError(f"{name} is a link to a file outside the documents folder. Copy the file into it.")
        if not stat.S_ISREG(source.path.stat().st_mode):
            raise DocumentError(f"{name} is not a regular file. Take it out of the documents folder.")
        with source.path.open("rb") as file:
            before = os.fstat(file.fileno())
            if before.st_size > MAX_FILE_BYTES:
                raise DocumentError(
                    f"{name} has {before.st_size} bytes: at most {MAX_FILE_BYTES} can be read. Split the file."
                )
            data = file.read(MAX_FILE_BYTES + 1)
            after = os.fstat(file.fileno())
    except OSError as error:
        raise DocumentError(f"{name} cannot be read: {error.strerror}. Check that it exists and may be read.") from None
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns) or len(data) != after.st_size:
        raise DocumentError(f"{name} changed while it was read. Run `grundlag index` again when it is saved.")
    return data
