from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from bot.cli import main
from bot.schema import Document
from tests.cli.running import (
    HERNING,
    LEG,
    Run,
    Write,
)


@pytest.mark.parametrize("bare", [True, False])
def test_text_is_what_offsets_refer_to(
    capsysbinary: pytest.CaptureFixture[bytes], documents: Mapping[str, Document], corpus_folder: Path, bare: bool
) -> None:
    for name, document in documents.items():
        folder = corpus_folder / "documents" if bare else corpus_folder
        assert main(["text", name, "--corpus", str(folder)]) == 0
        printed = capsysbinary.readouterr()
        assert printed.out == document.text.encode()
        assert printed.out == (corpus_folder / "documents" / name).read_bytes()
        assert printed.err == b""


def test_text_of_the_corpus_that_is_set(run: Run, write_corpus: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRUNDLAG_CORPUS", str(write_corpus({"leg.txt": LEG}).corpus))

    assert run("text", "leg.txt") == (0, LEG, "")


def test_text_of_a_document_that_is_not_there(run: Run, corpus_folder: Path) -> None:
    complaint = run("text", "gone.txt", "--corpus", corpus_folder).complaint

    assert "gone.txt" in complaint
    assert HERNING in complaint
