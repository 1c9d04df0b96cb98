"""What commands print: records on standard output, everything else on standard error."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence


def say(line: str) -> None:
    """One line for the person at the terminal, on standard error."""
    print(line, file=sys.stderr)


def print_record(record: object) -> None:
    """One line of JSON in UTF-8 on standard output."""
    # `default` is not used: a record that is not plain JSON is a bug that must be seen.
    line = json.dumps(record, ensure_ascii=False)
    sys.stdout.buffer.write(line.encode("utf-8", "replace") + b"\n")
    sys.stdout.buffer.flush()


def source_line(title: str, section: Sequence[str], document: str, start: int, end: int) -> str:
    """Where a quote stands: title and headings, then the document and the offsets in it."""
    where = " › ".join((title, *(part for part in section if part != title)))
    return f"{where} ({document} {start}-{end})"
