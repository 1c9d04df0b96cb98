"""The format matrix: `python -m benchmarks.formats`.

Every document of the corpus is written in each format and read again. The figure is the share of the passages of the
plain text that come out with the same words under the same headings, and behind the slash the share with the same
words anywhere.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks.formats.content import content_of
from benchmarks.formats.writers import WRITERS
from bot.documents.catalogue import Entry
from bot.documents.corpus import READERS, read_corpus
from bot.documents.passages import passages_of, squeeze
from bot.schema import Document
from bot.settings import ROOT

Words = tuple[str, tuple[str, ...]]


def said(document: Document) -> list[Words]:
    """The words of each passage at each of its places, with the headings above it."""
    return [
        (squeeze(passage.text), tuple(squeeze(part) for part in place.section if part != document.title))
        for passage in passages_of([document])
        for place in passage.places
    ]


def shares(expected: list[Words], found: list[Words]) -> tuple[float, float]:
    """The share of passages found under their headings, and of those found anywhere."""
    whole = set(found)
    words = {text for text, _ in found}
    return (
        sum(passage in whole for passage in expected) / len(expected),
        sum(text in words for text, _ in expected) / len(expected),
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpus", type=Path, default=ROOT / "corpus")
    table = Table("document", *WRITERS)
    sums = {ending: [0.0, 0.0] for ending in WRITERS}
    documents = read_corpus(parser.parse_args().corpus).documents
    for document in documents:
        content = content_of(document)
        row = []
        for ending, write in [(e, w) for e, w in WRITERS.items() if e in READERS]:
            entry = Entry(title=document.title, publisher=document.publisher, language=document.language)
            found = shares(said(document), said(READERS[ending](write(content), f"a{ending}", entry)))
            sums[ending] = [before + share for before, share in zip(sums[ending], found, strict=True)]
            row.append("/".join(f"{share:.3f}" for share in found))
        table.add_row(document.name, *row)
    table.add_row("mean", *("/".join(f"{share / len(documents):.3f}" for share in both) for both in sums.values()))
    Console(width=160).print(table)


if __name__ == "__main__":
    main()
