from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.settings import Settings
from bot.store.builds import CURRENT, current_folder
from tests.cli.running import (
    LEG,
    MAD,
    Done,
    Run,
    Write,
)


def doctor_lines(done: Done) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {"ok": [], "BAD": []}
    for line in done.out.splitlines():
        found[line.split()[0]].append(line)
    return found


def test_doctor_finds_all_well(run: Run, real_settings: Settings) -> None:
    done = run("doctor", "--corpus", real_settings.corpus, "--index", real_settings.index)

    found = doctor_lines(done)
    assert (done.code, done.err, found["BAD"]) == (0, "", [])
    for subject in ("python", "torch", "gradio", "corpus", "encoder", "index"):
        assert any(line.split()[1] == f"{subject}:" for line in found["ok"])


def test_doctor_without_an_index(run: Run, write_corpus: Write) -> None:
    settings = write_corpus({"leg.txt": LEG, "tom.txt": ""})

    done = run("doctor", "--corpus", settings.corpus, "--index", settings.index)

    bad = doctor_lines(done)["BAD"]
    assert done.code == 1
    assert any("tom.txt" in line for line in bad)
    assert any("grundlag index" in line for line in bad)


def test_doctor_looks_at_the_feedback_file(run: Run, write_corpus: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = write_corpus({"leg.txt": LEG})
    path = settings.corpus.parent / "feedback.sqlite"
    monkeypatch.setenv("GRUNDLAG_FEEDBACK", str(path))
    command = ("doctor", "--corpus", settings.corpus, "--index", settings.index)

    well = doctor_lines(run(*command))["ok"]
    path.write_bytes(b"x" * 200)
    bad = doctor_lines(run(*command))["BAD"]

    assert any("feedback:" in line for line in well)
    assert any("feedback:" in line and str(path) in line for line in bad)


def flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def test_doctor_notices_a_byte_that_differs_in_any_file(run: Run, write_corpus: Write) -> None:
    settings = write_corpus({"leg.txt": LEG, "mad.txt": MAD})
    places = ("--corpus", settings.corpus, "--index", settings.index)
    assert run("index", *places).code == 0
    paths = [path for path in current_folder(settings.index).rglob("*") if path.is_file() and path.stat().st_size]
    assert len(paths) > 25
    for path in (*paths, settings.index / CURRENT):
        whole = path.read_bytes()
        flip(path)

        done = run("doctor", *places)

        [bad] = doctor_lines(done)["BAD"]
        assert done.code == 1, path
        assert bad.split()[1] == "index:"
        assert "grundlag index" in bad
        path.write_bytes(whole)


@pytest.mark.parametrize(
    "damage",
    [
        lambda folder: shutil.rmtree(folder / "chroma"),
        lambda folder: (folder / "chroma" / "chroma.sqlite3").unlink(),
        lambda folder: shutil.rmtree(folder / "stems"),
        shutil.rmtree,
        lambda folder: shutil.rmtree(folder.parent),
    ],
    ids=["chroma", "database", "words", "snapshot", "all"],
)
def test_doctor_goes_on_when_a_part_of_the_index_is_gone(
    run: Run, write_corpus: Write, damage: Callable[[Path], object]
) -> None:
    settings = write_corpus({"leg.txt": LEG, "tom.txt": ""})
    places = ("--corpus", settings.corpus, "--index", settings.index)
    run("index", *places)
    damage(current_folder(settings.index))

    done = run("doctor", *places)

    found = doctor_lines(done)
    assert done.code == 1
    assert [line.split()[1] for line in found["BAD"]] == ["corpus:", "index:"]
    assert "grundlag index" in found["BAD"][1]
    assert any("encoder:" in line for line in found["ok"])


def test_doctor_without_an_encoder_looks_at_the_files(
    run: Run, write_corpus: Write, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    settings = write_corpus({"leg.txt": LEG})
    places = ("--corpus", settings.corpus, "--index", settings.index)
    run("index", *places)
    monkeypatch.setenv("GRUNDLAG_ENCODER", str(tmp_path / "gone"))

    whole = doctor_lines(run("doctor", *places))
    flip(current_folder(settings.index) / "groups" / "tokens.npy")
    damaged = doctor_lines(run("doctor", *places))

    assert [line.split()[1] for line in whole["BAD"]] == ["encoder:"]
    assert any("index:" in line for line in whole["ok"])
    assert [line.split()[1] for line in damaged["BAD"]] == ["encoder:", "index:"]


def test_doctor_with_a_damaged_question_bank(run: Run, write_corpus: Write) -> None:
    settings = write_corpus({"leg.txt": LEG})
    places = ("--corpus", settings.corpus, "--index", settings.index)
    run("index", *places)
    write_corpus({"questions.jsonl": "{\n"})

    [bad] = doctor_lines(run("doctor", *places))["BAD"]

    assert "questions.jsonl line 1" in bad


def test_doctor_with_documents_that_have_changed(run: Run, write_corpus: Write) -> None:
    settings = write_corpus({"leg.txt": LEG})
    places = ("--corpus", settings.corpus, "--index", settings.index)
    run("index", *places)
    write_corpus({"leg.txt": MAD})

    done = run("doctor", *places)

    assert done.code == 1
    assert any("changed" in line and "grundlag index" in line for line in doctor_lines(done)["BAD"])


def test_doctor_without_documents(run: Run, write_corpus: Write) -> None:
    settings = write_corpus({"tom.txt": ""})

    bad = doctor_lines(run("doctor", "--corpus", settings.corpus, "--index", settings.index))["BAD"]

    assert [line.split()[1] for line in bad] == ["corpus:", "corpus:", "index:"]
    assert "0 documents" in bad[0]
    assert "--corpus" in bad[0]


def test_doctor_with_a_damaged_corpus(run: Run, write_corpus: Write) -> None:
    settings = write_corpus({"leg.txt": LEG, "catalogue.toml": "[documents\n"})

    done = run("doctor", "--corpus", settings.corpus, "--index", settings.index)

    assert done.code == 1
    assert any("catalogue.toml" in line for line in doctor_lines(done)["BAD"])
