"""`grundlag doctor`: checks model, index, corpus and versions."""

from __future__ import annotations

import argparse

from bot.cli.options import Commands, new_command, settings_of
from bot.cli.output import show


def add_command(commands: Commands) -> None:
    """Add `doctor` to the program."""
    new_command(commands, "doctor", run, "check model, index, corpus and versions")


def run(options: argparse.Namespace) -> int:
    """Print one line for each thing that was looked at; the exit code is 1 if one is not well."""
    from bot.doctor import examine

    findings = list(examine(settings_of(options)))
    for finding in findings:
        show(f"{'ok  ' if finding.well else 'BAD '} {finding.subject}: {finding.text}")
    return 0 if all(finding.well for finding in findings) else 1
