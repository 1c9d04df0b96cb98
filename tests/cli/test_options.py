from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.running import Run


def test_a_corpus_that_is_not_there(run: Run, tmp_path: Path) -> None:
    for command in (["index"], ["ask", "Hvad?"], ["search", "leg"], ["text", "a.txt"]):
        complaint = run(*command, "--corpus", tmp_path / "nowhere", *(["--index", tmp_path] * (command[0] != "text")))
        assert "no folder" in complaint.complaint


def test_a_wrong_setting(run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("GRUNDLAG_THREADS", "many")

    assert "GRUNDLAG_THREADS" in run("ask", "Hvad?", "--index", tmp_path).complaint
