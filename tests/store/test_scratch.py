from __future__ import annotations

import gc
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from bot.settings import ROOT
from bot.store.scratch import PREFIX, YOUNG_SECONDS, Scratch, clear_abandoned


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where temporary files are put."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def age(path: Path) -> None:
    os.utime(path, (time.time() - 2 * YOUNG_SECONDS,) * 2)


def test_a_scratch_folder_goes_when_it_is_removed_or_forgotten(folder: Path) -> None:
    one, other = Scratch(), Scratch()
    for scratch in (one, other):
        (scratch.path / "deep").mkdir()
        (scratch.path / "deep" / "file").write_bytes(b"x")
    assert len(list(folder.iterdir())) == 2

    one.remove()
    one.remove()
    assert not one.path.exists()
    assert other.path.exists()

    del other, scratch
    gc.collect()
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize(("end", "left"), [("", 0), ("sys.exit(3)", 0), ("os.kill(os.getpid(), 9)", 1)])
def test_what_a_killed_program_left_is_cleared_away(folder: Path, end: str, left: int) -> None:
    code = f"import os, sys\nfrom bot.store.scratch import Scratch\nscratch = Scratch()\n{end}"
    environment = {**os.environ, "TMPDIR": str(folder)}
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=environment, check=False)
    found = list(folder.iterdir())
    assert len(found) == left

    for path in found:
        age(path)
    scratch = Scratch()

    assert list(folder.iterdir()) == [scratch.path.parent]


def test_what_is_in_use_stays(folder: Path) -> None:
    scratch = Scratch()
    age(scratch.path.parent)

    clear_abandoned()

    assert scratch.path.exists()


def test_what_is_young_stays(folder: Path) -> None:
    """Another program may be about to lock it."""
    (folder / f"{PREFIX}abc").mkdir()

    clear_abandoned()

    assert (folder / f"{PREFIX}abc").exists()


def test_what_is_no_scratch_folder_stays(folder: Path) -> None:
    (folder / "own").mkdir()
    (folder / "own" / "file").write_bytes(b"x")
    (folder / f"{PREFIX}link").symlink_to("own")
    (folder / f"{PREFIX}file").write_bytes(b"x")
    for path in folder.iterdir():
        os.utime(path, (0, 0), follow_symlinks=False)

    clear_abandoned()

    assert len(list(folder.iterdir())) == 3
    assert (folder / "own" / "file").exists()
