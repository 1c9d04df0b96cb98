"""A folder among the system's temporary files that is removed when nobody needs it, whatever ended its owner."""

from __future__ import annotations

import os
import shutil
import stat
import tempfile
import time
import weakref
from pathlib import Path

from filelock import FileLock, Timeout

PREFIX = "grundlag-index-"
LOCK = "in-use"
"""Held by the owner; the system lets go of it however the owner ends."""
YOUNG_SECONDS = 60.0
"""So young a folder may not have its lock yet."""


class Scratch:
    """An empty folder, `path`, until `remove` is called, the object is forgotten or the program ends.

    Folders that a killed program left behind are cleared away first. Raises OSError if no folder can be made.
    """

    def __init__(self) -> None:
        clear_abandoned()
        top = Path(tempfile.mkdtemp(prefix=PREFIX))
        # Whichever thread forgets the object lets go of it.
        lock = FileLock(top / LOCK, thread_local=False)
        self._remove = weakref.finalize(self, _release, top, lock)
        lock.acquire(timeout=0)
        self.path = top / "files"
        self.path.mkdir()

    def remove(self) -> None:
        """Remove the folder with all that is in it."""
        self._remove()


def _release(top: Path, lock: FileLock) -> None:
    shutil.rmtree(top, ignore_errors=True)
    lock.release()


def clear_abandoned() -> None:
    """Remove the scratch folders of this user that have lost their owner."""
    own = getattr(os, "geteuid", int)()
    for top in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        try:
            found = top.lstat()
            if stat.S_ISDIR(found.st_mode) and found.st_uid == own and time.time() - found.st_mtime > YOUNG_SECONDS:
                with FileLock(top / LOCK, timeout=0):
                    shutil.rmtree(top, ignore_errors=True)
        except (OSError, Timeout):
            # In use, or gone meanwhile.
            continue
