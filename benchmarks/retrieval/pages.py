"""SweQUAD-MC as a corpus of ours: each page a document, indexed once into the cache folder."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from benchmarks.collections import HERE
from bot.models.encoder import Encoder
from bot.progress import indexed
from bot.settings import load_settings
from bot.store.builds import current_folder
from bot.store.snapshot import Snapshot, open_snapshot

FOLDER = HERE / "swequad"
SUFFIX = ".txt"


def open_pages(encoder: Encoder, cache: Path) -> Snapshot:
    """The snapshot of the pages, built into `cache` where that has not been done."""
    with tempfile.TemporaryDirectory(prefix="swequad-") as name:
        corpus = Path(name) / "corpus"
        write_pages(corpus, read_pages())
        settings = load_settings(corpus=corpus, index=cache / "swequad")
        indexed(settings)
    return open_snapshot(current_folder(settings.index), encoder)


def read_questions() -> Iterator[tuple[str, str, frozenset[str]]]:
    """Each question's id and text, and the names of the pages that answer it."""
    right: dict[str, set[str]] = {}
    for line in (FOLDER / "qrels.tsv").read_text(encoding="utf-8").splitlines()[1:]:
        question, page, score = line.split("\t")
        if int(score) > 0:
            right.setdefault(question, set()).add(page + SUFFIX)
    for query in _lines("queries.jsonl"):
        yield query["_id"], query["text"], frozenset(right[query["_id"]])


def read_pages() -> Iterator[tuple[str, str]]:
    """Each page's name and text."""
    for page in _lines("passages.jsonl"):
        yield page["_id"] + SUFFIX, page["text"]


def write_pages(corpus: Path, pages: Iterable[tuple[str, str]]) -> None:
    """Pages as files; a page's first line is its title, whatever its length, so the catalogue says so."""
    (corpus / "documents").mkdir(parents=True)
    entries = []
    for name, text in pages:
        (corpus / "documents" / name).write_text(text, encoding="utf-8")
        title = text.strip().splitlines()[0].strip().rstrip(": ")
        # A JSON string is a TOML string too.
        entries.append(f'[documents."{name}"]\ntitle = {json.dumps(title, ensure_ascii=False)}\nlanguage = "sv"\n')
    (corpus / "catalogue.toml").write_text("\n".join(entries), encoding="utf-8")


def _lines(name: str) -> Iterator[dict[str, str]]:
    for line in (FOLDER / name).read_text(encoding="utf-8").splitlines():
        if line.strip():
            yield json.loads(line)
