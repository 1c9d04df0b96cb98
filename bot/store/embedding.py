"""Texts -> the tables of a snapshot: rows that are known already are taken over, the others are encoded."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from bot.store.checkpoint import Checkpoint
from bot.store.compression import DIRECTIONS, Basis
from bot.store.lending import Lender, lender_of
from bot.store.rows import Rows, Wording, row_of, whole, write_table
from bot.store.table import unit

if TYPE_CHECKING:
    from bot.models.encoder import Encoder

AT_A_TIME = 64
"""Texts that are encoded before they are put on disk: what an interrupted build loses at most."""
WHOLE_ROWS = 8192
"""Larger tables are compressed."""
NEVER_COMPRESSED = frozenset({"questions"})
"""Questions are short, and so alike that a little noise puts another one first (benchmarks/compression.py)."""
LEARNED_ROWS = 1024
"""Rows of a table that its basis is learned from."""
Progress = Callable[[str, int, int], None]
Wordings = Mapping[str, Sequence[Wording]]
"""What the encoder reads for each row, by table."""


@dataclass(frozen=True, slots=True)
class Embedded:
    """How many different texts had to be encoded, and how many were known: `resumed` from an interrupted build."""

    encoded: int
    reused: int
    resumed: int


class Known:
    """The rows that need not be encoded: of snapshots, and of what an interrupted build left."""

    def __init__(self, lenders: Sequence[Lender], checkpoint: Checkpoint) -> None:
        self.lenders = lenders
        self.checkpoint = checkpoint

    def find(self, key: bytes, basis: Basis | None = None) -> tuple[Rows, int] | None:
        """Where the row with this key is, whole or in codes of `basis`, or None."""
        fingerprint = basis.fingerprint if basis is not None else ""
        sources: Sequence[Rows] = (*self.lenders, self.checkpoint)
        for rows in sources:
            place = rows.find(key, fingerprint)
            if place is not None:
                return rows, place
        return None


def compressed(name: str, rows: int, token_dimension: int) -> bool:
    """Whether the table of that name and so many rows is written as codes, which short vectors gain nothing from."""
    return name not in NEVER_COMPRESSED and rows > WHOLE_ROWS and token_dimension > DIRECTIONS


def goes_on_with(name: str, rows: int, token_dimension: int, lenders: Sequence[Lender]) -> Basis | None:
    """The basis of the first lender that has one for the table of that name.

    None for a table of so few `rows` that it is not compressed, and for one whose basis is still to be learned.
    """
    if not compressed(name, rows, token_dimension):
        return None
    return next((lender.bases[name] for lender in lenders if name in lender.bases), None)


@contextmanager
def known_rows(
    index: Path, encoder: Encoder, wordings: Wordings, lenders: Sequence[Path], *, fresh: bool
) -> Iterator[Known]:
    """What is known of `wordings` by the indexes `lenders`, and unless `fresh` by the checkpoint in `index`.

    The checkpoint is kept unless the block succeeds.
    """
    opened = [lender for path in lenders if (lender := lender_of(path, encoder)) is not None]
    # Who wants what depends on the table: what one is lent in codes, another must have whole.
    checkpoint = Checkpoint(index, encoder, frozenset() if fresh else _wanted(wordings, opened, encoder))
    done = False
    try:
        yield Known(opened, checkpoint)
        done = True
    finally:
        checkpoint.close(done=done)
        for lender in opened:
            lender.close()


def _wanted(wordings: Wordings, opened: Sequence[Lender], encoder: Encoder) -> frozenset[bytes]:
    """The keys of the rows that no lender has as their table needs them."""
    wanted = set()
    for name, table in wordings.items():
        basis = goes_on_with(name, len(table), encoder.token_dimension, opened)
        fingerprint = basis.fingerprint if basis is not None else ""
        keys = {wording.key for wording in table}
        wanted |= {key for key in keys if all(lender.find(key, fingerprint) is None for lender in opened)}
    return frozenset(wanted)


def write_tables(folder: Path, wordings: Wordings, encoder: Encoder, known: Known, progress: Progress) -> Embedded:
    """Write every table into a folder of its name; each different text is encoded once, if at all."""
    resumed = len(known.checkpoint)
    distinct = {wording.key for table in wordings.values() for wording in table}
    widths = (encoder.dimension, encoder.token_dimension)
    bases = {name: goes_on_with(name, len(table), widths[1], known.lenders) for name, table in wordings.items()}
    encoded = sum(
        _encode_missing(name, table, encoder, known, bases[name], progress) for name, table in wordings.items()
    )
    for name, table in wordings.items():
        keys = [wording.key for wording in table]
        basis = bases[name]
        found = [place for key in keys if (place := known.find(key, basis)) is not None]
        if basis is None and compressed(name, len(table), widths[1]):
            basis = _learned(found)
        longest = max((len(wording.text) for wording in table), default=0)
        short = basis is not None and longest <= np.iinfo(np.int16).max
        write_table(folder / name, keys, found, widths, basis, np.int16 if short else np.int32)
    return Embedded(encoded, len(distinct) - encoded, resumed)


def _learned(found: Sequence[tuple[Rows, int]]) -> Basis | None:
    """A basis for rows that are all there whole, from some that are evenly spread; None if these have no tokens."""
    chosen = np.unique(np.linspace(0, len(found) - 1, min(len(found), LEARNED_ROWS)).astype(np.int64))
    parts = [rows.read(place).tokens for rows, place in (found[number] for number in chosen.tolist())]
    tokens = np.concatenate(parts)
    return Basis.learned(unit(whole(tokens))) if len(tokens) else None


def _encode_missing(
    name: str, table: Sequence[Wording], encoder: Encoder, known: Known, basis: Basis | None, progress: Progress
) -> int:
    missing = {wording.key: wording for wording in table if known.find(wording.key, basis) is None}
    # The longest first, so that the rest takes no longer than it seems, and texts of like length go together.
    order = sorted(missing.items(), key=lambda item: len(item[1].text), reverse=True)
    for start in range(0, len(order), AT_A_TIME):
        part = order[start : start + AT_A_TIME]
        texts = [wording.text for _, wording in part]
        encode = encoder.encode_queries if part[0][1].task == "query" else encoder.encode_passages
        encodings = encode(texts, lambda done, _, start=start: progress(name, start + done, len(order)))  # type: ignore[misc]
        for (key, wording), encoding in zip(part, encodings, strict=True):
            known.checkpoint.add(key, row_of(encoding, wording.prefix))
        known.checkpoint.flush()
    return len(order)
