from __future__ import annotations

import io
import json
import sys

import pytest

from bot.cli.output import print_record, say, show
from tests.cli.running import LEG, Run, Write

LINE_ENDS = "\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029"


def test_a_record_is_one_line_for_everybody(capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    record = {"text": f"å{LINE_ENDS}€ \x00\x7f\x9f", LINE_ENDS: [1]}

    print_record(record)

    printed = capsysbinary.readouterr().out.decode("utf-8")
    assert len(printed.splitlines()) == 1
    assert printed.endswith("}\n")
    assert json.loads(printed) == record
    assert "å" in printed
    assert [c for c in printed[:-1] if not c.isprintable()] == []


def test_half_a_surrogate_pair_is_no_character(capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    print_record({"text": "ondt \ud83d tegn"})

    assert json.loads(capsysbinary.readouterr().out) == {"text": "ondt ? tegn"}


def test_a_terminal_is_sent_no_controls(capsys: pytest.CaptureFixture[str]) -> None:
    hostile = "æ\x1b[2J\x07\r\x9b\u2028\u202e\tb"

    show(f"a\n{hostile}")
    say(hostile)

    shown = "æ\\x1b[2J\\x07\\r\\x9b\\u2028\\u202e\tb\n"
    assert capsys.readouterr() == (f"a\n{shown}", shown)


def test_a_terminal_that_lacks_a_character(run: Run, write_corpus: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = write_corpus({"leg.txt": LEG + "\nLeg → læring er vejen frem for alle børn.\n"})
    stream = io.TextIOWrapper(io.BytesIO(), encoding="latin-1")
    monkeypatch.setattr(sys, "stdout", stream)

    done = run("search", "leg", "--corpus", settings.corpus, "--index", settings.index)

    stream.flush()
    assert (done.code, done.err) == (0, "")
    assert "Leg ? læring er vejen" in stream.buffer.getvalue().decode("latin-1")
