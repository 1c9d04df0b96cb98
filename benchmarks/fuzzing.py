"""Throws damaged and invented files at every parser: `python -m benchmarks.fuzzing --minutes 30`.

Hypothesis makes the files: bytes of a whole file changed, cut, doubled or spliced with another, and texts of the signs
that a format knows. Each is read or refused in one line that names it, holds what every document must hold, and takes
neither long nor much memory; whatever else happens is printed with the file, as Python source.
"""

from __future__ import annotations

import argparse
import resource
import sys
import time
import traceback
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from rich.console import Console
from rich.table import Table

from benchmarks.formats.content import Kind, Piece
from benchmarks.formats.writers import WRITERS
from bot.documents.corpus import READERS
from bot.errors import DocumentError
from tests.documents.invariants import check_invariants

SLOW_SECONDS = 5.0
ROUND_SECONDS = 20.0
SIGNS: dict[str, tuple[str, ...]] = {
    ".txt": (
        "\n",
        "\n\n",
        "• ",
        "- ",
        "1. ",
        "§ 2 ",
        "===",
        "\t",
        "\x0c",
        "a",
        "Om leg",
        ".",
        ":",
        "\u2028",
        "\u00ad",
        "å",
    ),
    ".md": (
        "# ",
        "\n",
        "- ",
        "> ",
        "```",
        "|a|b|\n|-|-|\n",
        "![x](",
        "<b>",
        "&#0;",
        "[^1]",
        "  \n",
        "***",
        "1) ",
        "\\",
        "æ",
    ),
    ".html": (
        "<p>",
        "</p>",
        "<ul><li>",
        "<table><tr><td>",
        "<div hidden>",
        "<script>",
        "<!--",
        "-->",
        "&nbsp;",
        "<h1>",
        "leg",
        "<br>",
        "<p style='display:none'>",
        "<![CDATA[",
        "</table>",
        "<svg>",
        "<template>",
        "\x00",
        "<li>",
    ),
}
SIGNS[".htm"] = SIGNS[".html"]
CONTENT = [
    Piece(Kind.TITLE, "Planen"),
    Piece(Kind.HEADING, "Mål", 1),
    Piece(Kind.PARAGRAPH, "Vi leger ude hver dag, også når det regner, for det giver glade børn."),
    Piece(Kind.LIST, lines=("styrke børnenes sprog.", "give plads til alle.")),
    Piece(Kind.TABLE, rows=(("Alder", "Pladser"), ("3-5 år", "20"))),
    Piece(Kind.PARAGRAPH, "Vi spiser sammen og hygger os hver dag."),
]


@dataclass
class Tally:
    """What became of the files of one format."""

    tried: int = 0
    read: int = 0
    refused: int = 0
    slowest: float = 0.0
    faults: dict[str, bytes] = field(default_factory=dict)
    kinds: Counter[str] = field(default_factory=Counter)


def strategy(ending: str) -> st.SearchStrategy[bytes]:
    """Files of one format."""
    whole = WRITERS[ending if ending in WRITERS else ".html"](CONTENT)
    places = st.integers(0, len(whole) - 1)
    flips = st.lists(st.tuples(places, st.integers(0, 255)), max_size=12).map(lambda changes: _flipped(whole, changes))
    spliced = st.tuples(places, places, st.binary(max_size=40)).map(lambda p: whole[: p[0]] + p[2] + whole[p[1] :])
    doubled = st.tuples(places, places, st.integers(1, 50)).map(lambda p: whole[: p[0]] + whole[p[0] : p[1]] * p[2])
    found = [flips, spliced, doubled, st.binary(max_size=200)]
    if ending in SIGNS:
        signs = st.lists(st.one_of(st.sampled_from(SIGNS[ending]), st.text(max_size=5)), max_size=80)
        texts = st.tuples(signs, st.integers(1, 200)).map(lambda p: ("".join(p[0]) * p[1])[:200_000])
        found += [texts.map(lambda t: t.encode("utf-8", "replace")), texts.map(lambda t: t.encode("utf-16", "replace"))]
    if ending in {".docx", ".odt"}:
        found.append(_with_other_xml(ending, whole))
    return st.one_of(found)


def _flipped(whole: bytes, changes: list[tuple[int, int]]) -> bytes:
    data = bytearray(whole)
    for at, value in changes:
        data[at] = value
    return bytes(data)


def _with_other_xml(ending: str, whole: bytes) -> st.SearchStrategy[bytes]:
    """The archive whole, and its main XML changed: a flip in packed bytes hardly ever reaches the parser."""
    import io  # noqa: PLC0415
    import zipfile  # noqa: PLC0415

    main = "word/document.xml" if ending == ".docx" else "content.xml"
    with zipfile.ZipFile(io.BytesIO(whole)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    xml = members[main]
    cuts = [i for i, byte in enumerate(xml) if byte in b"<>"]

    def packed(changes: list[tuple[int, int]]) -> bytes:
        changed = xml
        for one, other in changes:
            start, end = sorted((cuts[one % len(cuts)], cuts[other % len(cuts)]))
            changed = changed[:end] + changed[start:end] + changed[end:] if one % 2 else changed[:start] + changed[end:]
        written = io.BytesIO()
        with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in members.items():
                archive.writestr(name, changed if name == main else content)
        return written.getvalue()

    number = st.integers(0, 10_000)
    return st.lists(st.tuples(number, number), max_size=4).map(packed)


def judge(ending: str, data: bytes, tally: Tally) -> None:
    """Read one file, and note what became of it."""
    name = f"a{ending}"
    tally.tried += 1
    begun = time.process_time()  # the machine may be busy with something else
    try:
        document = READERS[ending](data, name, None)
    except DocumentError as error:
        tally.refused += 1
        if not str(error).startswith(f"{name} ") or "\n" in str(error):
            _note(tally, f"a message that is not one line about the file: {error}", data)
    except Exception as error:  # noqa: BLE001 - this is what is looked for
        where = traceback.extract_tb(error.__traceback__)[-1]
        _note(tally, f"{type(error).__name__} in {where.name}: {str(error)[:80]}", data)
    else:
        tally.read += 1
        try:
            check_invariants(document)
        except AssertionError as error:
            where = traceback.extract_tb(error.__traceback__)[-1]
            _note(tally, f"broken: {where.line}", data)
    seconds = time.process_time() - begun
    tally.slowest = max(tally.slowest, seconds)
    if seconds > SLOW_SECONDS:
        _note(tally, f"more than {SLOW_SECONDS:g} s", data)


def _note(tally: Tally, kind: str, data: bytes) -> None:
    tally.kinds[kind] += 1
    if len(data) < len(tally.faults.get(kind, b"x" * 10**9)):
        tally.faults[kind] = data


def fuzz(ending: str, seconds: float, tally: Tally) -> None:
    """Try files of one format for so long."""
    end = time.monotonic() + seconds

    @settings(
        max_examples=10_000_000,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(strategy(ending))
    def attempt(data: bytes) -> None:
        if time.monotonic() > end:
            raise TimeoutError
        judge(ending, data, tally)

    run: Callable[[], None] = attempt
    try:
        run()
    except TimeoutError:
        return


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=30.0)
    parser.add_argument("--formats", nargs="*", default=sorted(set(READERS) - {".htm"}), choices=sorted(READERS))
    chosen = parser.parse_args()
    tallies = {ending: Tally() for ending in chosen.formats}
    end = time.monotonic() + 60 * chosen.minutes
    while time.monotonic() < end:
        for ending, tally in tallies.items():
            fuzz(ending, min(ROUND_SECONDS, max(1.0, end - time.monotonic())), tally)
            print(f"{ending}: {tally.tried} tried, {sum(tally.kinds.values())} faults", file=sys.stderr, flush=True)
    table = Table("format", "tried", "read", "refused", "slowest, s", "faults")
    for ending, tally in tallies.items():
        faults = str(sum(tally.kinds.values()))
        table.add_row(ending, str(tally.tried), str(tally.read), str(tally.refused), f"{tally.slowest:.2f}", faults)
    Console(width=100).print(table)
    for ending, tally in tallies.items():
        for kind, data in tally.faults.items():
            print(f"{ending} {tally.kinds[kind]} times {kind}\n  {data[:2000]!r}")
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")
    return 1 if any(tally.kinds for tally in tallies.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
