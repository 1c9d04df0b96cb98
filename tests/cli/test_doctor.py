from __future__ import annotations

import pytest

from bot.settings import Settings
from bot.store.snapshot import current_folder
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


@pytest.mark.parametrize("name", ["passages/vectors.npy", "manifest.json", "groups.json", "stems/vocab.index.json"])
def test_doctor_with_a_damaged_index(run: Run, write_corpus: Write, name: str) -> None:
    settings = write_corpus({"leg.txt": LEG, "mad.txt": MAD})
    places = ("--corpus", settings.corpus, "--index", settings.index)
    assert run("index", *places).code == 0
    path = current_folder(settings.index) / name
    path.write_bytes(path.read_bytes()[:-3])

    done = run("doctor", *places)

    [bad] = doctor_lines(done)["BAD"]
    assert done.code == 1
    assert "index" in bad
    assert "--rebuild" in bad


def test_doctor_with_documents_that_have_changed(run: Run, write_corpus: Write) -> None:
    settings = write_corpus({"leg.txt": LEG})
    places = ("--corpus", settings.corpus, "--index", settings.index)
    run("index", *places)
    write_corpus({"leg.txt": MAD})

    done = run("doctor", *places)

    assert done.code == 1
    assert any("changed" in line and "grundlag index" in line for line in doctor_lines(done)["BAD"])


def test_doctor_with_a_damaged_corpus(run: Run, write_corpus: Write) -> None:
    settings = write_corpus({"leg.txt": LEG, "catalogue.toml": "[documents\n"})

    done = run("doctor", "--corpus", settings.corpus, "--index", settings.index)

    assert done.code == 1
    assert any("catalogue.toml" in line for line in doctor_lines(done)["BAD"])
