from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from bot.cli import main
from bot.settings import ROOT, Settings
from tests.cli.running import (
    ANERKENDE,
    HERNING,
    LEG,
    Write,
    lines,
    program,
)


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["dance"],
        ["search"],
        ["search", "leg", "-k", "0"],
        ["search", "leg", "-k", "many"],
        ["text"],
        ["evaluate"],
        ["evaluate", "x.jsonl", "--by", "colour"],
        ["serve", "--port", "many"],
        ["ask", "Hvad?", "--colour"],
    ],
)
def test_wrong_usage(arguments: Sequence[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(arguments)

    assert caught.value.code == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert "usage: grundlag" in printed.err


def test_the_program_answers_a_batch_and_writes_nothing_else(
    real_settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    asked = lines({"id": "a", "question": ANERKENDE}, {"id": "b", "question": ""})

    done = program("ask", "--batch", "-", "--index", real_settings.index, stdin=asked, cwd=tmp_path)

    assert (done.returncode, done.stderr.decode()) == (0, "")
    records = [json.loads(line) for line in done.stdout.decode().splitlines()]
    assert [(record["id"], record["status"]) for record in records] == [("a", "answered"), ("b", "rejected")]
    assert list(tmp_path.iterdir()) == []


def test_the_program_ends_with_1_and_one_line(tmp_path: Path) -> None:
    done = program("text", "gone.txt", cwd=tmp_path)

    assert (done.returncode, done.stdout) == (1, b"")
    [line] = done.stderr.decode().splitlines()
    assert line.startswith("grundlag: ")


def test_the_program_ends_with_2_for_wrong_usage() -> None:
    done = program("dance")

    assert (done.returncode, done.stdout) == (2, b"")
    assert b"Traceback" not in done.stderr


def test_the_program_says_its_version() -> None:
    done = program("--version")

    assert done.returncode == 0
    assert done.stdout.startswith(b"grundlag ")


def test_a_reader_that_goes_away_is_no_error(write_corpus: Write) -> None:
    """As in `grundlag text D | head -1`, with a text longer than a pipe holds."""
    corpus = write_corpus({"lang.txt": LEG * 10_000}).corpus
    command = [sys.executable, "-m", "bot", "text", "lang.txt", "--corpus", str(corpus)]

    # Unbuffered, Python takes the first part of a write for the whole and never learns that nobody read the rest.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    streams = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(command, cwd=ROOT, env=environment, **streams) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.read(6) == b"Om leg"
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(60) == 1


def loaded_by(*arguments: object) -> tuple[int, str, set[str]]:
    """How a command ends, what it prints, and the top-level modules that it has loaded by then."""
    code = (
        "import atexit, sys\n"
        "atexit.register(lambda: print(*{name.split('.')[0] for name in sys.modules}, file=sys.stderr))\n"
        "from bot.cli import main\n"
        f"sys.exit(main({[str(argument) for argument in arguments]}))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    *said, loaded = done.stderr.splitlines()
    assert "argparse" in loaded.split()
    return done.returncode, "\n".join([done.stdout, *said]), set(loaded.split())


@pytest.mark.parametrize("arguments", [["--help"], ["ask", "--help"], ["--version"], ["text", HERNING]])
def test_what_needs_no_model_loads_none(arguments: Sequence[str]) -> None:
    slow = {"torch", "transformers", "onnxruntime", "chromadb", "gradio", "langchain_core", "sklearn", "numpy"}

    code, printed, loaded = loaded_by(*arguments)

    assert code == 0
    assert printed
    assert loaded & slow == set()


def test_a_question_needs_no_torch(real_settings: Settings) -> None:
    """To import it takes longer than the whole answer."""
    places = ("--corpus", real_settings.corpus, "--index", real_settings.index)

    code, printed, loaded = loaded_by("ask", ANERKENDE, *places)

    assert code == 0
    assert printed
    assert "onnxruntime" in loaded
    assert loaded & {"torch", "transformers", "sentence_transformers", "onnx", "sklearn", "gradio"} == set()


def test_what_is_wrong_with_the_index_is_said_before_anything_is_loaded(tmp_path: Path) -> None:
    (tmp_path / "corpus").mkdir()
    (tmp_path / "corpus" / "questions.jsonl").write_text("{", encoding="utf-8")
    for arguments, complaint in (
        (["ask", "Hvad?", "--index", tmp_path / "none"], "no index"),
        (["search", "leg", "--index", tmp_path / "none"], "no index"),
        (["ask", "Hvad?", "--corpus", tmp_path / "none"], "no folder"),
        (["index", "--corpus", tmp_path / "corpus"], "questions.jsonl line 1"),
    ):
        code, said, loaded = loaded_by(*arguments)
        assert code == 1
        assert complaint in said
        assert loaded & {"torch", "transformers", "onnxruntime"} == set()


def test_a_signal_to_end_ends_it_in_order() -> None:
    """As `timeout` or the end of a service does; by default a program has no time to clear anything away."""
    command = [sys.executable, "-m", "bot", "ask", "--batch", "-"]

    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdin is not None
        assert process.stderr is not None
        # It reads its questions before anything else: once it has read more than a pipe holds, it is under way.
        process.stdin.write(b'{"question": "Hvad?"}\n' * 10_000)
        process.stdin.flush()
        process.terminate()
        assert process.wait(300) == 128 + signal.SIGTERM
        assert process.stderr.read() == b""
