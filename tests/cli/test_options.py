from __future__ import annotations

from pathlib import Path

import pytest

from bot.cli.options import other_index
from bot.settings import ROOT
from tests.cli.running import (
    Run,
)


def test_another_corpus_has_another_index(tmp_path: Path) -> None:
    index = ROOT / "index"

    assert other_index(index, ROOT / "corpus") == index
    one, two = other_index(index, tmp_path / "one"), other_index(index, tmp_path / "two")
    assert len({index, one, two}) == 3
    assert one == other_index(index, tmp_path / "x" / ".." / "one")
    assert index in one.parents


def test_a_corpus_that_is_not_there(run: Run, tmp_path: Path) -> None:
    for command in (["index"], ["ask", "Hvad?"], ["search", "leg"], ["text", "a.txt"]):
        complaint = run(*command, "--corpus", tmp_path / "nowhere", *(["--index", tmp_path] * (command[0] != "text")))
        assert "no folder" in complaint.complaint


def test_a_wrong_setting(run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("GRUNDLAG_THREADS", "many")

    assert "GRUNDLAG_THREADS" in run("ask", "Hvad?", "--index", tmp_path).complaint
