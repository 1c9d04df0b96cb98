"""Compares an opened snapshot with itself: counts, ranges, offsets, and vectors that must find their own row."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from bot.documents.groups import lists_of
from bot.documents.passages import squeeze
from bot.errors import GrundlagError, IndexDamagedError
from bot.schema import Document, Passage
from bot.store.manifest import REBUILD
from bot.store.table import Table
from bot.store.vectors import VectorStore

if TYPE_CHECKING:
    from bot.store.snapshot import Snapshot

TABLES = ("passages", "groups", "questions")
ROWS_FOR_ONE_MISS = 50
"""Chroma's search is approximate: of so many rows it may miss one, and in a smaller table none."""
SEARCHED = 1000
"""So many rows of a table are searched for by whoever has built it; `grundlag doctor` searches for all."""
COMPARED = 4096
"""So many stored vectors are compared at a time."""
SAME = 1e-4
"""Two vectors nearer than this are copies of one text; either may be found first."""


def check_snapshot(snapshot: Snapshot, *, rows_of_each: int | None = None) -> None:
    """Compare a snapshot with itself.

    What Chroma has is compared in all rows, or in `rows_of_each` of the tables that Chroma is to search: nothing that
    it has of the others can come into an answer. Raises IndexDamagedError naming what disagrees.
    """
    found = _miscounted(snapshot) or _odd_vectors(snapshot) or _out_of_range(snapshot) or _misplaced(snapshot)
    if found is not None:
        raise _damaged(snapshot, found)
    # What a server holds is checked by whoever puts it there, and may be put there again.
    if isinstance(snapshot.vectors, VectorStore):
        for name in TABLES if rows_of_each is None else snapshot.searched_by_chroma:
            size = len(snapshot.tables[name])
            step = 1 if rows_of_each is None else max(1, size // rows_of_each)
            _check_count(snapshot.vectors, snapshot, name)
            _check_found(snapshot.vectors, snapshot, name, np.arange(0, size, step))


def check_written(snapshot: Snapshot, written: Mapping[str, NDArray[np.int64]]) -> None:
    """Check the vectors of a snapshot that was just built, and opened, which has compared the rest.

    Each is stored as it should be, and of the rows that were `written`, and of all, up to SEARCHED are searched for.
    Raises IndexDamagedError naming what disagrees.
    """
    assert isinstance(snapshot.vectors, VectorStore)  # noqa: S101 - it is built in a folder
    for name in TABLES:
        size = len(snapshot.tables[name])
        if size:
            _check_count(snapshot.vectors, snapshot, name)
            _check_stored(snapshot.vectors, snapshot, name)
            some = [_spread(written[name]), _spread(np.arange(size))]
            _check_found(snapshot.vectors, snapshot, name, np.unique(np.concatenate(some)))


def _spread(rows: NDArray[np.int64]) -> NDArray[np.int64]:
    return rows[:: max(1, -(-len(rows) // SEARCHED))]


def _miscounted(snapshot: Snapshot) -> str | None:
    """Does the manifest count what there is?"""
    manifest, bank = snapshot.manifest, snapshot.bank
    if set(manifest.documents) != set(snapshot.documents):
        return f"{len(manifest.documents)} documents expected, found {len(snapshot.documents)}"
    if len({len(bank.questions), len(bank.rows), len(bank.spans)}) > 1:
        return f"{len(bank.questions)} bank questions with {len(bank.rows)} rows and {len(bank.spans)} spans"
    lists = lists_of(snapshot.groups)
    if manifest.groups != len(snapshot.groups) or list(snapshot.groups[: len(lists)]) != lists:
        return f"{manifest.groups} groups expected, the lists first, found {len(snapshot.groups)}"
    expected = dict(zip(TABLES, (manifest.passages, len(lists), manifest.questions), strict=True))
    records = dict(zip(TABLES, (len(snapshot.passages), len(lists), len(bank.questions)), strict=True))
    for name in TABLES:
        counts = {expected[name], records[name], len(snapshot.tables[name])}
        if len(counts) > 1:
            return f"{name}: {expected[name]} expected, found {sorted(counts)}"
    return None


def _odd_vectors(snapshot: Snapshot) -> str | None:
    """Are the vectors those of this encoder, and of length 1?"""
    for name, table in snapshot.tables.items():
        widths = (table.vectors.shape[1], table.token_dimension)
        expected = (snapshot.embeddings.dimension, snapshot.embeddings.token_dimension)
        if widths != expected:
            return f"{name} has vectors of {widths} dimensions, the encoder of {expected}"
        # Said this way round, a vector of no numbers is caught too.
        if not (np.abs(np.einsum("ij,ij->i", table.vectors, table.vectors) - 1) < SAME).all():
            return f"{name} has vectors that are not of length 1"
    return None


def _out_of_range(snapshot: Snapshot) -> str | None:
    """Does every number that stands for a passage, a group's stretch or a bank question's quote stand for one?"""
    passages, bank = snapshot.passages, snapshot.bank
    for group in snapshot.groups:
        document = snapshot.documents.get(group.document)
        if document is None or not 0 <= group.start <= group.end <= len(document.text):
            return f"a group stands at {group.document} {group.start}-{group.end}, where there is no text"
        if not all(0 <= row < len(passages) for row in group.members):
            return f"a group of {group.document} has members that are no passages"
    for row, (start, end) in zip(bank.rows, bank.spans, strict=True):
        if not 0 <= row < len(passages):
            return f"a bank question belongs to passage {row} of {len(passages)}"
        if not 0 <= start <= end <= len(squeeze(passages[row].text)):
            return f"a bank question quotes {start}-{end} of passage {row}, which is shorter"
    return None


def _misplaced(snapshot: Snapshot) -> str | None:
    """Does every passage stand where it says?"""
    for row, passage in enumerate(snapshot.passages):
        if not passage.places:
            return f"passage {row} stands nowhere"
        for place in passage.places:
            document = snapshot.documents.get(place.document)
            if document is None or not _stands(passage, document, place.start, place.end):
                return f"a passage is not what stands at {place.document} {place.start}-{place.end}"
    return None


def _stands(passage: Passage, document: Document, start: int, end: int) -> bool:
    within = 0 <= start < end <= len(document.text)
    return within and document.quote(start, end).split() == passage.text.split()


def _check_count(vectors: VectorStore, snapshot: Snapshot, name: str) -> None:
    """Has Chroma as many rows as the table? It has no collection for an empty one."""
    expected = len(snapshot.tables[name])
    try:
        found = vectors.count(name) if expected else 0
    except GrundlagError:
        raise
    except Exception as error:  # noqa: BLE001 - Chroma has errors of its own, and its database others
        raise _damaged(snapshot, f"the vectors of {name} cannot be counted ({type(error).__name__})") from None
    if found != expected:
        raise _damaged(snapshot, f"{name}: {expected} expected, found {found} in Chroma")


def _check_stored(vectors: VectorStore, snapshot: Snapshot, name: str) -> None:
    table = snapshot.tables[name]
    for start in range(0, len(table), COMPARED):
        rows = range(start, min(start + COMPARED, len(table)))
        try:
            off = np.abs(vectors.stored(name, rows) - table.vectors[rows.start : rows.stop]).max(axis=1)
        except Exception as error:  # noqa: BLE001 - what does not fit together raises whatever it likes
            raise _damaged(snapshot, f"the vectors of {name} cannot be read ({type(error).__name__})") from None
        if not (off < SAME).all():
            raise _damaged(snapshot, f"row {start + int(np.argmax(~(off < SAME)))} of {name} is stored otherwise")


def _check_found(vectors: VectorStore, snapshot: Snapshot, name: str, rows: NDArray[np.int64]) -> None:
    table = snapshot.tables[name]
    if not len(rows):
        return
    try:
        found = vectors.nearest_to_each(name, table.vectors[rows])
        similarities = (table.vectors[rows] * table.vectors[found]).sum(axis=1)
    except Exception as error:  # noqa: BLE001 - what does not fit together raises whatever it likes
        raise _damaged(snapshot, f"the vectors of {name} cannot be searched ({type(error).__name__})") from None
    # Said this way round, a vector that has no length or is no number is caught too.
    lost = rows[~(similarities >= 1 - SAME)]
    if len(lost) and not _only_missed(vectors, table, name, lost):
        raise _damaged(
            snapshot,
            f"{len(lost)} of {len(rows)} rows of {name} are not found by their own vectors, row {lost[0]} the first",
        )


def _only_missed(vectors: VectorStore, table: Table, name: str, rows: NDArray[np.int64]) -> bool:
    """Are these rows stored as they should be, and so few that the approximate search may just have missed them?"""
    if len(rows) > len(table) // ROWS_FOR_ONE_MISS:
        return False
    stored = vectors.stored(name, rows.tolist())
    return bool(np.abs(stored - table.vectors[rows]).max() < SAME)


def _damaged(snapshot: Snapshot, what: str) -> IndexDamagedError:
    return IndexDamagedError(f"Snapshot {snapshot.id}: {what}. {REBUILD}")
