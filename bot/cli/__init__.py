"""The command line, `grundlag` and `python -m bot`: one module for each command.

What a command does not need is not imported: `grundlag --help` and `grundlag text` start without the encoder.
"""

from bot.cli.program import main

__all__ = ["main"]
