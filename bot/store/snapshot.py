"""An opened snapshot: everything a question needs, read-only, checked when it is opened."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from bot.errors import GrundlagError, IndexDamagedError
from bot.schema import Document, Group, Passage
from bot.store.bank import Bank
from bot.store.consistency import TABLES, check_snapshot, check_written
from bot.store.labels import labels_of
from bot.store.lexical import TOKENISERS, LexicalIndex
from bot.store.manifest import REBUILD, Manifest, check_files, check_sizes, read_manifest
from bot.store.memberships import Memberships
from bot.store.numbering import Numbering
from bot.store.records import read_records
from bot.store.table import Table
from bot.store.vectors import CHROMA, VectorStore

if TYPE_CHECKING:
    from bot.models.encoder import Encoder
    from bot.store.served import ServedVectors

KNOWN_VECTORS = 8
"""Rows whose own vector must find them again each time a snapshot is opened; a whole check asks for every row."""
EXACT_ROWS = 131_072
"""One product finds the nearest of so few rows sooner than Chroma's graph, and misses none."""


@dataclass(frozen=True, slots=True, eq=False)
class Snapshot:
    """One build of the index. Row numbers of `passages`, bank questions and lists, the first of `groups`, are those of
    their tables; sections have no rows.
    """

    manifest: Manifest
    documents: Mapping[str, Document]
    passages: tuple[Passage, ...]
    groups: tuple[Group, ...]
    bank: Bank
    tables: Mapping[str, Table]
    lexical: Mapping[str, LexicalIndex]
    vectors: VectorStore | ServedVectors
    embeddings: Encoder
    rows_by_id: Mapping[str, int] = field(default_factory=dict)
    exact_rows: int = EXACT_ROWS
    memberships: Memberships = field(init=False)
    """Which of `groups` a passage is in."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "memberships", Memberships(self.groups, len(self.passages)))

    @property
    def id(self) -> str:
        """The snapshot's id, a hash of all that went into it."""
        return self.manifest.id

    @property
    def searched_by_chroma(self) -> list[str]:
        """The tables with so many rows that Chroma searches them."""
        return [name for name, table in self.tables.items() if len(table) > self.exact_rows]

    def nearest(self, table: str, vector: np.ndarray, k: int) -> list[int]:
        """The k rows of a table nearest to `vector` by cosine, best first.

        By Chroma; exactly, by the snapshot's own vectors, in a small table and while Chroma's server does not answer.
        """
        if table in self.searched_by_chroma:
            found = self.vectors.nearest(table, vector, k)
            if found is not None:
                return found
        similarities = self.tables[table].vectors @ vector
        # The k-th best first, so that only what is as near has to be sorted; of equals the first come first.
        least = np.partition(similarities, -k)[-k] if 0 < k < len(similarities) else -np.inf
        near = np.flatnonzero(similarities >= least)
        rows: list[int] = near[np.argsort(-similarities[near], kind="stable")][:k].tolist()
        return rows

    def close(self) -> None:
        """Let go of the files."""
        self.vectors.close()


def open_snapshot(folder: Path, encoder: Encoder, *, server: str = "", exact_rows: int = EXACT_ROWS) -> Snapshot:
    """Open a snapshot and check it: format, encoder, every byte, ranges, counts, offsets, a sample of known vectors.

    With the address of a Chroma `server` its vectors are searched there, and put there first if they are missing.
    Raises IndexDamagedError with the remedy for anything that does not agree.
    """
    manifest = read_manifest(folder)
    if manifest.encoder_fingerprint != encoder.fingerprint:
        raise IndexDamagedError(
            f"The index was built with the encoder {manifest.encoder}, this is {encoder.name}: "
            f"their vectors cannot be compared. {REBUILD}"
        )
    check_sizes(folder, manifest)
    # Before anything is made of them: Chroma is native code, and a damaged file may end the process.
    check_files(folder, manifest, besides=f"{CHROMA}/" if server else None)
    documents, passages, groups, bank = read_records(folder)
    try:
        tables = {name: Table.open(folder / name) for name in TABLES}
        vectors: VectorStore | ServedVectors
        if server:
            # Imported here: without a server nothing is asked over a network.
            from bot.store.served import ServedVectors  # noqa: PLC0415

            vectors = ServedVectors(server, manifest.id, tables, partial(labels_of, passages, groups, bank.questions))
        else:
            vectors = VectorStore.open(folder / CHROMA, {name: Numbering.open(folder / name) for name in TABLES})
        snapshot = Snapshot(
            manifest=manifest,
            documents={document.name: document for document in documents},
            passages=passages,
            groups=groups,
            bank=bank,
            tables=tables,
            lexical={name: LexicalIndex.open(name, folder / name, len(passages)) for name in TOKENISERS},
            vectors=vectors,
            embeddings=encoder,
            rows_by_id={passage.id: row for row, passage in enumerate(passages)},
            exact_rows=exact_rows,
        )
    except GrundlagError:
        raise
    except Exception as error:  # noqa: BLE001 - whatever a damaged file makes a library raise, the remedy is one
        first = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise IndexDamagedError(f"Snapshot {folder.name} cannot be opened ({first}). {REBUILD}") from None
    try:
        check_snapshot(snapshot, rows_of_each=KNOWN_VECTORS)
        snapshot.vectors.tend()
    except BaseException:
        snapshot.close()
        raise
    return snapshot


def verify_snapshot(folder: Path, encoder: Encoder, written: Mapping[str, NDArray[np.int64]] | None = None) -> None:
    """Open a snapshot and check every vector in it, as the builder and `grundlag doctor` do.

    Every vector must be found by a search; to the builder, who names the rows that it has `written` into Chroma, it is
    enough that all are stored as they should be and that many are found.
    Raises IndexDamagedError naming what disagrees.
    """
    snapshot = open_snapshot(folder, encoder)
    try:
        if written is None:
            check_snapshot(snapshot)
        else:
            check_written(snapshot, written)
    finally:
        snapshot.close()
