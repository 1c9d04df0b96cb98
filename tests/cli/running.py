"""Runs commands, in this process or as a program of their own, and gives them something to read."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

import pytest

from bot.settings import ROOT, Settings

ANERKENDE = "Hvad betyder det at anerkende de unge?"
UNGHERNING = "ungherning-vaerdier-og-paedagogisk-grundlag.txt"
HERNING = "herning-boern-og-laering.txt"
LEG = "Om leg\n\nLeg er den vigtigste vej til læring for de yngste børn.\n"
MAD = "Om mad\n\nVi spiser sammen med børnene hver dag klokken tolv, og alle smager.\n"
TIMING = "timing_ms"
Write = Callable[[Mapping[str, str | bytes]], Settings]


class Done(NamedTuple):
    """What a command returned and wrote."""

    code: int
    out: str
    err: str

    @property
    def records(self) -> list[dict[str, object]]:
        """Standard output as JSON Lines; whatever else stood there would not be JSON."""
        return [json.loads(line) for line in self.out.splitlines()]

    @property
    def complaint(self) -> str:
        """The one line on standard error of a command that went wrong."""
        assert self.code == 1
        [line] = self.err.splitlines()
        assert "Traceback" not in line
        return line


Run = Callable[..., Done]


def given(monkeypatch: pytest.MonkeyPatch, data: bytes) -> None:
    """Put `data` on standard input."""
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data), encoding="ascii"))


def lines(*questions: Mapping[str, object]) -> bytes:
    return "".join(json.dumps(question, ensure_ascii=False) + "\n" for question in questions).encode()


def untimed(record: Mapping[str, object]) -> dict[str, object]:
    return {name: value for name, value in record.items() if name != TIMING}


def gold_file(path: Path) -> Path:
    """One question that is answered right, one that is refused though it has an answer, one that has none."""
    sentence = {"document": UNGHERNING, "quote": "Det at anerkende de unge er ikke det samme som at give dem ret."}
    gold = [
        {"id": "g1", "kind": "fact", "lang": "da", "persona": "parent", "question": ANERKENDE, "evidence": [sentence]},
        {"id": "g2", "kind": "long", "lang": "da", "persona": "staff", "question": "x" * 1001, "evidence": [sentence]},
        {"id": "g3", "kind": "none", "lang": "da", "persona": "staff", "question": "?", "evidence": []},
    ]
    path.write_bytes(lines(*gold))
    return path


def program(*arguments: object, stdin: bytes = b"", cwd: Path = ROOT) -> subprocess.CompletedProcess[bytes]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"}
    environment.pop("PYTHONWARNINGS", None)
    return subprocess.run(
        [sys.executable, "-m", "bot", *map(str, arguments)],
        input=stdin,
        capture_output=True,
        cwd=cwd,
        env=environment,
        check=False,
        timeout=300,
    )
