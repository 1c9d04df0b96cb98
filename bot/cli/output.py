"""What commands print: records on standard output, everything else on standard error."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Sequence

NOT_SHOWN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
"""Controls that would end a line, turn its direction or make a terminal do something; tab and line feed are none."""
LINE_ENDS = re.compile(r"[\x7f-\x9f\u2028\u2029]")
"""What JSON lets stand in a text though some programs take it for the end of a line, and the controls beside it."""


def say(line: str) -> None:
    """One line for the person at the terminal, on standard error."""
    print(_visible(line), file=sys.stderr)


def show(text: str) -> None:
    """Text for the person at the terminal, on standard output."""
    print(_visible(text))


def print_record(record: object) -> None:
    """One line of JSON in UTF-8 on standard output, whatever a reader takes for the end of a line."""
    # `default` is not used: a record that is not plain JSON is a bug that must be seen.
    line = LINE_ENDS.sub(lambda found: f"\\u{ord(found[0]):04x}", json.dumps(record, ensure_ascii=False))
    sys.stdout.buffer.write(line.encode("utf-8", "replace") + b"\n")
    sys.stdout.buffer.flush()


def _visible(text: str) -> str:
    """Documents and questions are other people's: what no screen should be sent is written as an escape."""
    return NOT_SHOWN.sub(lambda found: found[0].encode("unicode_escape").decode(), text)


def source_line(title: str, section: Sequence[str], document: str, start: int, end: int) -> str:
    """Where a quote stands: title and headings, then the document and the offsets in it."""
    where = " › ".join((title, *(part for part in section if part != title)))
    return f"{where} ({document} {start}-{end})"
