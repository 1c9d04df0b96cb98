"""Writes the vectors of a snapshot into Chroma: all of them, or what has changed since the snapshot before."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bot.store.consistency import TABLES
from bot.store.labels import Labels, labels_of
from bot.store.manifest import check_files, read_manifest
from bot.store.numbering import Carried, Numbering, carry
from bot.store.records import read_records
from bot.store.rows import KEYS
from bot.store.table import Table
from bot.store.vectors import CHROMA, VectorStore

WORN_SHARE = 0.2
"""Chroma's graph keeps the marks of what was taken out: when so many of its rows have come or gone, it is made anew."""


@dataclass(frozen=True, slots=True)
class Written:
    """The rows that were put into Chroma, by table, and how many came or went since its graphs were made whole."""

    rows: Mapping[str, NDArray[np.int64]]
    worn: int


@dataclass(frozen=True, slots=True)
class _Change:
    """One table after another: what came and went, and the kept rows that Chroma is told something else of."""

    carried: Carried
    relabelled: NDArray[np.int64]

    @property
    def written(self) -> NDArray[np.int64]:
        """The rows that have to be written."""
        return np.concatenate([self.carried.new, self.relabelled])


def write_vectors(folder: Path, labels: Mapping[str, Labels], before: Path | None) -> Written:
    """Write Chroma's folder into the snapshot that is built in `folder`, whose tables are there.

    `before` is the folder of the snapshot before, of the same format and encoder: where it is whole and not worn,
    its vectors are copied and only what has changed is written.
    """
    if before is not None:
        try:
            written = _written_after(folder, labels, before)
        except Exception:  # noqa: BLE001 - a damaged snapshot, or what Chroma does not bear: neither is needed
            written = None
        if written is not None:
            return written
        shutil.rmtree(folder / CHROMA, ignore_errors=True)
    return _written_whole(folder, labels)


def _written_whole(folder: Path, labels: Mapping[str, Labels]) -> Written:
    store = VectorStore.create(folder / CHROMA)
    rows = {}
    try:
        for name in TABLES:
            table = Table.open(folder / name)
            rows[name] = np.arange(len(table), dtype=np.int64)
            Numbering.plain(len(table)).save(folder / name)
            if len(table):
                store.write(name, table.vectors, *labels[name])
    finally:
        store.close()
    return Written(rows, 0)


def _written_after(folder: Path, labels: Mapping[str, Labels], before: Path) -> Written | None:
    """The same from the snapshot before; None where its graphs have changed so much that they are better made anew."""
    manifest = read_manifest(before)
    for part in (CHROMA, *TABLES):
        check_files(before, manifest, f"{part}/")
    _, passages, groups, bank = read_records(before)
    old_labels = labels_of(passages, groups, bank.questions)
    changes = {name: _change(folder / name, before / name, labels[name], old_labels[name]) for name in TABLES}
    worn = manifest.worn + sum(change.carried.changes for change in changes.values())
    if worn > WORN_SHARE * sum(len(change.carried.numbering) for change in changes.values()):
        return None
    store = VectorStore.copy(before / CHROMA, folder / CHROMA)
    try:
        for name, change in changes.items():
            _apply(store, name, Table.open(folder / name), labels[name], change)
            change.carried.numbering.save(folder / name)
    finally:
        store.close()
    return Written({name: change.written for name, change in changes.items()}, worn)


def _change(folder: Path, before: Path, labels: Labels, old_labels: Labels) -> _Change:
    carried = carry(_keys(before), Numbering.open(before), _keys(folder))
    (texts, fields), (old_texts, old_fields) = labels, old_labels
    other = [
        row for row, old in carried.kept.tolist() if texts[row] != old_texts[old] or fields[row] != old_fields[old]
    ]
    return _Change(carried, np.array(other, dtype=np.int64))


def _keys(folder: Path) -> list[bytes]:
    return [key.tobytes() for key in np.load(folder / KEYS, allow_pickle=False)]


def _apply(store: VectorStore, name: str, table: Table, labels: Labels, change: _Change) -> None:
    if not len(table):
        store.remove(name)
        return
    store.drop(name, change.carried.gone.tolist())
    rows = change.written.tolist()
    if rows:
        texts, fields = labels
        numbers = change.carried.numbering.numbers[rows].tolist()
        store.write(name, table.vectors[rows], [texts[row] for row in rows], [fields[row] for row in rows], numbers)
