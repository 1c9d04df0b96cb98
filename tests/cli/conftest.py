from __future__ import annotations

import pytest

from bot.cli import main
from bot.settings import Settings
from tests.cli.running import Done, Run


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs the command line in this process, which has the encoder already."""

    def command(*arguments: object) -> Done:
        code = main([str(argument) for argument in arguments])
        return Done(code, *capsys.readouterr())

    return command


@pytest.fixture
def ask(run: Run, real_settings: Settings) -> Run:
    """Runs a command on the index of the five documents."""
    return lambda command, *arguments: run(command, *arguments, "--index", real_settings.index)
