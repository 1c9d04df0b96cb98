"""The format matrix: `python -m benchmarks.formats`.

Every document of the corpus is written in each format and read again. The figure is the share of the passages of the
plain text that come out with the same words under the same headings, and behind the slash the share with the same
words anywhere. Then the five are indexed in each format, without a question bank, and asked the development questions:
the share of quotes that stand so in the document's text, and the share of answers whose quotes are those that the plain
text gives.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks.formats.content import content_of
from benchmarks.formats.writers import WRITERS
from bot.answering.assistant import Assistant
from bot.composition import build_index, open_assistant
from bot.documents.catalogue import Entry
from bot.documents.corpus import READERS, read_corpus
from bot.documents.passages import passages_of, squeeze
from bot.evaluation.gold import read_gold
from bot.models.encoder import Encoder
from bot.progress import loaded_encoder
from bot.schema import Document
from bot.settings import ROOT, Settings, load_settings

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
    Console(width=160).print(_answers(documents))


def _answers(documents: Sequence[Document]) -> Table:
    """The answers' figures, one column a format."""
    encoder = loaded_encoder(load_settings())
    questions = [(q.question, q.history) for q in read_gold(ROOT / "benchmarks" / "data" / "development.jsonl")]
    verbatim, same, plain = [], [], None
    for ending in WRITERS:
        with tempfile.TemporaryDirectory() as folder:
            assistant = _indexed(Path(folder), documents, ending, encoder)
            answers = [assistant.ask(question, history) for question, history in questions]
            texts = {name: document.text for name, document in assistant.documents.items()}
        cited = [citation for answer in answers for citation in answer.citations]
        exact = [texts[c.document][c.start : c.end] == c.quote for c in cited]
        quotes = [[squeeze(c.quote) for c in answer.citations] for answer in answers]
        plain = plain or quotes
        verbatim.append(f"{sum(exact) / len(exact):.3f} of {len(exact)}")
        same.append(f"{sum(one == other for one, other in zip(quotes, plain, strict=True)) / len(quotes):.3f}")
    table = Table("answers", *WRITERS)
    table.add_row("quotes that stand so", *verbatim)
    table.add_row("the same quotes", *same)
    return table


def _indexed(folder: Path, documents: Sequence[Document], ending: str, encoder: Encoder) -> Assistant:
    """An assistant over the documents written in one format."""
    (folder / "documents").mkdir()
    lines = []
    for document in documents:
        name = f"{Path(document.name).stem}{ending}"
        (folder / "documents" / name).write_bytes(WRITERS[ending](content_of(document)))
        fields = {"title": document.title, "publisher": document.publisher, "language": document.language}
        lines.append(f'[documents."{name}"]\n' + "".join(f"{k} = {json.dumps(v)}\n" for k, v in fields.items() if v))
    (folder / "catalogue.toml").write_text("\n".join(lines), encoding="utf-8")
    settings = Settings(corpus=folder, index=folder / "index")
    build_index(settings, encoder)
    return open_assistant(settings, encoder)


if __name__ == "__main__":
    main()
