from __future__ import annotations

import shutil
from pathlib import Path

from bot.settings import Settings
from bot.store.builds import current_folder
from tests.cli.running import (
    ANERKENDE,
    Run,
    gold_file,
)


def test_no_index(run: Run, tmp_path: Path) -> None:
    for command in (["ask", "Hvad?"], ["search", "leg"], ["evaluate", str(gold_file(tmp_path / "gold.jsonl"))]):
        done = run(*command, "--index", tmp_path / "none")
        assert "grundlag index" in done.complaint
        assert done.out == ""


def test_a_damaged_index(run: Run, real_settings: Settings, tmp_path: Path) -> None:
    index = shutil.copytree(real_settings.index, tmp_path / "index")
    (current_folder(index) / "passages.json").unlink()

    done = run("ask", ANERKENDE, "--index", index)

    assert "grundlag index --rebuild" in done.complaint
    assert done.out == ""
