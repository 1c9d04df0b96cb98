"""The folders of an index: `builds/<id>` holds one snapshot each, `current` names the one in use."""

from __future__ import annotations

import os
import re
import secrets
import shutil
from pathlib import Path

from bot.errors import IndexMissingError
from bot.store.manifest import REBUILD

CURRENT = "current"
BUILDS = "builds"
NAME = re.compile(r"[0-9a-f]{16}(-[0-9]{1,9})?")
"""The name of a finished snapshot's folder: its id, and a number if it is not the first of that id."""


def current_folder(index: Path) -> Path:
    """The folder of the snapshot in use. Raises IndexMissingError when there is none."""
    path = index / CURRENT
    try:
        name = path.read_text(encoding="utf-8").strip()
    except (FileNotFoundError, NotADirectoryError):
        raise IndexMissingError(f"There is no index in {index}. Run `grundlag index`.") from None
    except UnicodeDecodeError:
        raise IndexMissingError(f"{path} is not text: expected the name of a snapshot. {REBUILD}") from None
    except OSError as error:
        raise IndexMissingError(
            f"{path} cannot be read ({error.strerror}). Let this user read it, or remove it and run `grundlag index`."
        ) from None
    if not NAME.fullmatch(name):
        raise IndexMissingError(f"{path} says {name[:40]!r}: expected the name of a snapshot. {REBUILD}")
    if not (index / BUILDS / name).is_dir():
        raise IndexMissingError(f"{path} names the snapshot {name}, which is gone. {REBUILD}")
    return index / BUILDS / name


def snapshots_in(index: Path) -> set[str]:
    """The ids of the finished snapshots of an index."""
    try:
        names = [path.name for path in (index / BUILDS).iterdir()]
    except OSError:
        return set()
    return {name.partition("-")[0] for name in names if NAME.fullmatch(name)}


def new_folder(index: Path) -> Path:
    """An empty folder to build in, on the disk of the finished ones; `clear` removes it if it is never finished."""
    folder = index / BUILDS / f".building-{secrets.token_hex(4)}"
    folder.mkdir(parents=True)
    return folder


def finish(folder: Path, identity: str) -> str:
    """Give a built snapshot its name: its id, or after a rebuild one beside that, which somebody may still read."""
    taken = {path.name for path in folder.parent.iterdir()}
    names = [identity, *(f"{identity}-{number}" for number in range(1, len(taken) + 2))]
    name = next(name for name in names if name not in taken)
    folder.rename(folder.parent / name)
    return name


def switch(index: Path, name: str) -> None:
    """Name the new snapshot in `current`, in one step that cannot be seen half done."""
    draft = index / f".{CURRENT}-{secrets.token_hex(4)}"
    with draft.open("x", encoding="utf-8") as file:
        file.write(name + "\n")
        file.flush()
        os.fsync(file.fileno())
    draft.replace(index / CURRENT)


def clear(index: Path, current: str, previous: str | None) -> None:
    """Remove every build but the one in use and the last good one, and what an interrupted build left."""
    for path in (index / BUILDS).iterdir():
        if path.name not in {current, previous}:
            shutil.rmtree(path, ignore_errors=True)
