"""An opened snapshot: everything a question needs, read-only, checked when it is opened."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from langchain_core.embeddings import Embeddings

from bot.errors import GrundlagError, IndexDamagedError, IndexMissingError
from bot.schema import Document, Group, Passage
from bot.store.bank import Bank
from bot.store.lexical import TOKENISERS, LexicalIndex
from bot.store.manifest import REBUILD, Manifest, check_files, read_manifest
from bot.store.records import read_records
from bot.store.table import Table
from bot.store.vectors import VectorStore

if TYPE_CHECKING:
    from bot.models.encoder import Encoder

CHROMA = "chroma"
CURRENT = "current"
BUILDS = "builds"
TABLES = ("passages", "groups", "questions")
KNOWN_VECTORS = 8
"""Rows whose own vector must find them again each time a snapshot is opened; a whole check asks for every row."""
EXACT_ROWS = 4096
"""One product finds the nearest of so few rows sooner than Chroma has fetched its answer, and misses none."""
SAME = 1e-4
"""Two vectors nearer than this are copies of one text; either may be found first."""


@dataclass(frozen=True, slots=True, eq=False)
class Snapshot:
    """One build of the index. Row numbers of `passages`, `groups` and bank questions are those of their tables."""

    manifest: Manifest
    documents: Mapping[str, Document]
    passages: tuple[Passage, ...]
    groups: tuple[Group, ...]
    bank: Bank
    tables: Mapping[str, Table]
    lexical: Mapping[str, LexicalIndex]
    vectors: VectorStore
    embeddings: Embeddings
    rows_by_id: Mapping[str, int] = field(default_factory=dict)

    @property
    def id(self) -> str:
        """The snapshot's id, a hash of all that went into it."""
        return self.manifest.id

    def nearest(self, table: str, vector: np.ndarray, k: int) -> list[int]:
        """The k rows of a table nearest to `vector` by cosine, best first: by Chroma, and exactly in a small table."""
        size = len(self.tables[table])
        if size > EXACT_ROWS:
            return self.vectors.nearest(table, self.embeddings, vector, k)
        similarities = self.tables[table].vectors @ vector
        rows: list[int] = np.argsort(-similarities, kind="stable")[:k].tolist()
        return rows

    def close(self) -> None:
        """Let go of the files."""
        self.vectors.close()


def current_folder(index: Path) -> Path:
    """The folder of the snapshot in use. Raises IndexMissingError when there is none."""
    try:
        name = (index / CURRENT).read_text(encoding="utf-8").strip()
    except OSError:
        raise IndexMissingError(f"There is no index in {index}. Run `grundlag index`.") from None
    folder = index / BUILDS / name
    if not name or "/" in name or not folder.is_dir():
        raise IndexMissingError(f"{index / CURRENT} names the snapshot {name!r}, which is gone. {REBUILD}")
    return folder


def open_snapshot(folder: Path, encoder: Encoder) -> Snapshot:
    """Open a snapshot and check it: format, encoder, counts, offsets, a sample of known vectors.

    Raises IndexDamagedError with the remedy for anything that does not agree.
    """
    manifest = read_manifest(folder)
    if manifest.encoder_fingerprint != encoder.fingerprint:
        raise IndexDamagedError(
            f"The index was built with the encoder {manifest.encoder}, this is {encoder.name}: "
            f"their vectors cannot be compared. {REBUILD}"
        )
    documents, passages, groups, bank = read_records(folder)
    try:
        snapshot = Snapshot(
            manifest=manifest,
            documents={document.name: document for document in documents},
            passages=passages,
            groups=groups,
            bank=bank,
            tables={name: Table.open(folder / name) for name in TABLES},
            lexical={name: LexicalIndex.open(name, folder / name, len(passages)) for name in TOKENISERS},
            vectors=VectorStore(folder / CHROMA),
            embeddings=encoder,
            rows_by_id={passage.id: row for row, passage in enumerate(passages)},
        )
    except GrundlagError:
        raise
    except Exception as error:  # noqa: BLE001 - whatever a damaged file makes a library raise, the remedy is one
        first = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise IndexDamagedError(f"Snapshot {folder.name} cannot be opened ({first}). {REBUILD}") from None
    check_snapshot(snapshot)
    return snapshot


def check_snapshot(snapshot: Snapshot, *, folder: Path | None = None) -> None:
    """Compare a snapshot with itself; with `folder`, every file and every vector too (for doctor and the builder).

    Raises IndexDamagedError naming what disagrees.
    """
    whole = folder is not None
    if folder is not None and snapshot.manifest.files:
        check_files(folder, snapshot.manifest, CHROMA)
    manifest = snapshot.manifest
    expected = dict(zip(TABLES, (manifest.passages, manifest.groups, manifest.questions), strict=True))
    sizes = dict(zip(TABLES, (len(snapshot.passages), len(snapshot.groups), len(snapshot.bank.questions)), strict=True))
    for name in TABLES:
        counts = {expected[name], sizes[name], len(snapshot.tables[name])}
        if expected[name]:
            counts.add(snapshot.vectors.count(name))
        if len(counts) > 1:
            raise _damaged(snapshot, f"{name}: {expected[name]} expected, found {sorted(counts)}")
    _check_offsets(snapshot)
    for name in TABLES:
        _check_vectors(snapshot, name, whole=whole)


def _check_offsets(snapshot: Snapshot) -> None:
    for passage in snapshot.passages:
        for place in passage.places:
            document = snapshot.documents.get(place.document)
            if document is None or document.text[place.start : place.end].split() != passage.text.split():
                raise _damaged(snapshot, f"a passage is not what stands at {place.document} {place.start}-{place.end}")


def _check_vectors(snapshot: Snapshot, name: str, *, whole: bool) -> None:
    table = snapshot.tables[name]
    step = 1 if whole else max(1, len(table) // KNOWN_VECTORS)
    for row in range(0, len(table), step):
        vector = np.asarray(table.vectors[row])
        try:
            found = snapshot.vectors.nearest(name, snapshot.embeddings, vector, 1)
        except Exception as error:  # noqa: BLE001 - a damaged vector file raises whatever it likes
            raise _damaged(snapshot, f"the vectors of {name} cannot be searched ({type(error).__name__})") from None
        if not found or float(vector @ table.vectors[found[0]]) < 1 - SAME:
            raise _damaged(snapshot, f"{name} row {row} is not found by its own vector")


def _damaged(snapshot: Snapshot, what: str) -> IndexDamagedError:
    return IndexDamagedError(f"Snapshot {snapshot.id}: {what}. {REBUILD}")
