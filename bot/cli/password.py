"""`grundlag password`: gives a member of staff a password, in the file that GRUNDLAG_PASSWORDS names."""

from __future__ import annotations

import argparse
import getpass
import sys

from bot.cli.options import Commands, new_command, settings_of
from bot.cli.output import say
from bot.errors import SettingsError


def add_command(commands: Commands) -> None:
    """Add `password` to the program."""
    parser = new_command(commands, "password", run, "give a member of staff a password, asked for or read from a pipe")
    parser.add_argument("name")


def run(options: argparse.Namespace) -> int:
    """Write the name and the hash of the password."""
    from bot.web.passwords import write_password

    path = settings_of(options).passwords
    if path is None:
        raise SettingsError("GRUNDLAG_PASSWORDS is not set. Set it to the file that names and hashes are kept in.")
    typed = getpass.getpass(f"Password for {options.name}: ") if sys.stdin.isatty() else sys.stdin.readline()
    write_password(path, options.name, typed.rstrip("\r\n"))
    say(f"{options.name} can sign in. The hash is in {path}.")
    return 0
