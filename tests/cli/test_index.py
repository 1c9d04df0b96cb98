from __future__ import annotations

from collections.abc import Mapping

import pytest

from tests.cli.running import (
    LEG,
    MAD,
    Run,
    Write,
)


def test_index_says_what_it_did(run: Run, write_corpus: Write) -> None:
    settings = write_corpus({"leg.txt": LEG, "mad.txt": MAD})
    places = ("--corpus", settings.corpus, "--index", settings.index)

    first = run("index", *places)
    again = run("index", *places)
    write_corpus({"leg.txt": LEG + "\nMere om leg og læring i hverdagen.\n", "ny.txt": MAD.upper()})
    (settings.corpus / "mad.txt").unlink()
    changed = run("index", *places)
    rebuilt = run("index", *places, "--rebuild")

    assert {done.code for done in (first, again, changed, rebuilt)} == {0}
    assert {done.out for done in (first, again, changed, rebuilt)} == {""}
    assert first.err.splitlines()[:2] == ["added: leg.txt", "added: mad.txt"]
    assert again.err.startswith("Up to date: 2 documents")
    assert changed.err.splitlines()[:3] == ["added: ny.txt", "changed: leg.txt", "removed: mad.txt"]
    assert rebuilt.err.startswith("Built: 2 documents")


def test_index_names_what_it_could_not_read_and_takes_the_rest(run: Run, write_corpus: Write) -> None:
    settings = write_corpus({"leg.txt": LEG, "tom.txt": "", "billede.png": b"\x89PNG"})
    places = ("--corpus", settings.corpus, "--index", settings.index)

    done = run("index", *places)

    assert done.code == 1
    left_out = [line for line in done.err.splitlines() if line.startswith("left out: ")]
    assert len(left_out) == 2
    assert "billede.png" in left_out[0]
    assert "tom.txt" in left_out[1]
    found = run("search", "leg", "--json", *places)
    assert found.code == 0
    assert [record["document"] for record in found.records] == ["leg.txt"]


@pytest.mark.parametrize(
    ("files", "named"),
    [
        ({"a.txt": ""}, "no document"),
        ({"a.txt": LEG, "catalogue.toml": "[documents\n"}, "catalogue.toml"),
        ({"a.txt": LEG, "questions.jsonl": "{\n"}, "questions.jsonl line 1"),
    ],
)
def test_index_stops_with_one_line(run: Run, write_corpus: Write, files: Mapping[str, str], named: str) -> None:
    settings = write_corpus(files)

    assert named in run("index", "--corpus", settings.corpus, "--index", settings.index).complaint
