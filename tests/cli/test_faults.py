"""Builds that are killed, started twice or run out of room, as programs; `benchmarks.faults` tries more."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from bot.composition import build_index
from bot.models.encoder import Encoder
from bot.settings import ROOT, Settings
from bot.store.builds import BUILDS, current_folder
from bot.store.checkpoint import CHECKPOINT
from bot.store.manifest import MANIFEST, read_manifest
from bot.store.snapshot import open_snapshot, verify_snapshot
from tests.cli.running import LEG, Write

LONG = "Om hverdagen\n\n" + "\n\n".join(f"Dag {n} leger vi {n} timer i skoven og synger bagefter." for n in range(150))
SECONDS = 120.0
MOMENTS: Mapping[str, Callable[[Path], bool]] = {
    "begun": lambda index: any((index / BUILDS).glob(".building-*")),
    "embedding": lambda index: (index / CHECKPOINT).exists() and (index / CHECKPOINT).stat().st_size > 1000,
    "checking": lambda index: any((index / BUILDS).glob(f".building-*/{MANIFEST}")),
}


def started(settings: Settings, limit: int | None = None) -> subprocess.Popen[bytes]:
    def bounded() -> None:
        if limit is not None:
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    return subprocess.Popen(
        [sys.executable, "-m", "bot", "index", "--corpus", settings.corpus, "--index", settings.index],
        cwd=ROOT,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
        stderr=subprocess.PIPE,
        preexec_fn=bounded,  # noqa: PLW1509 - no threads are started between fork and exec
    )


def passages(settings: Settings, encoder: Encoder) -> list[str]:
    """The passages of the snapshot in use, after every check there is."""
    folder = current_folder(settings.index)
    verify_snapshot(folder, encoder)
    snapshot = open_snapshot(folder, encoder)
    try:
        return [passage.text for passage in snapshot.passages]
    finally:
        snapshot.close()


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_build_that_is_killed_loses_nothing(write_corpus: Write, encoder: Encoder, moment: str) -> None:
    settings = write_corpus({"leg.txt": LEG})
    build_index(settings, encoder)
    write_corpus({"leg.txt": LONG})

    process = started(settings)
    end = time.monotonic() + SECONDS
    while not MOMENTS[moment](settings.index):
        assert process.poll() is None
        assert time.monotonic() < end
        time.sleep(0.002)
    process.kill()
    process.communicate()

    assert passages(settings, encoder) == [LEG.splitlines()[2]]
    report, _ = build_index(settings, encoder)
    assert report.built
    assert report.resumed == {"begun": report.resumed, "checking": 150}.get(moment, max(report.resumed, 1))
    assert len(passages(settings, encoder)) == 150
    assert [path.name for path in settings.index.iterdir() if path.name.startswith("unfinished")] == []


def test_two_builds_at_once(write_corpus: Write, encoder: Encoder) -> None:
    settings = write_corpus({"leg.txt": LONG})

    both = [started(settings), started(settings)]
    said = [process.communicate()[1].decode() for process in both]

    assert sorted(process.returncode for process in both) in ([0, 0], [0, 1])
    for process, lines in zip(both, said, strict=True):
        assert "Traceback" not in lines
        assert process.returncode == 0 or "Another process is building" in lines
    assert len(passages(settings, encoder)) == 150
    assert len(list((settings.index / BUILDS).iterdir())) == 1


@pytest.mark.parametrize("limit", [2_000, 700_000])
def test_a_build_without_room_loses_nothing(write_corpus: Write, encoder: Encoder, limit: int) -> None:
    settings = write_corpus({"leg.txt": LEG})
    build_index(settings, encoder)
    write_corpus({"leg.txt": LONG})

    process = started(settings, limit)
    said = process.communicate()[1].decode()

    assert process.returncode == 1
    assert "the disk is full" in said
    assert "Traceback" not in said
    assert passages(settings, encoder) == [LEG.splitlines()[2]]
    build_index(settings, encoder)
    assert read_manifest(current_folder(settings.index)).passages == 150
