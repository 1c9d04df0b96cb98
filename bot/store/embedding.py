"""Texts -> the tables of a snapshot: rows that are known already are taken over, the others are encoded."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bot.store.checkpoint import Checkpoint
from bot.store.lending import Lender, lender_of
from bot.store.rows import Rows, Wording, row_of, write_table

if TYPE_CHECKING:
    from bot.models.encoder import Encoder

AT_A_TIME = 64
"""Texts that are encoded before they are put on disk: what an interrupted build loses at most."""
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

    def find(self, key: bytes) -> tuple[Rows, int] | None:
        """Where the row with this key is, or None."""
        sources: Sequence[Rows] = (*self.lenders, self.checkpoint)
        for rows in sources:
            place = rows.find(key)
            if place is not None:
                return rows, place
        return None


@contextmanager
def known_rows(
    index: Path, encoder: Encoder, wordings: Wordings, lenders: Sequence[Path], *, fresh: bool
) -> Iterator[Known]:
    """What is known of `wordings` by the indexes `lenders`, and unless `fresh` by the checkpoint in `index`.

    The checkpoint is kept unless the block succeeds.
    """
    opened = [lender for path in lenders if (lender := lender_of(path, encoder)) is not None]
    keys = {wording.key for table in wordings.values() for wording in table}
    wanted = frozenset() if fresh else frozenset(k for k in keys if all(lender.find(k) is None for lender in opened))
    checkpoint = Checkpoint(index, encoder, wanted)
    done = False
    try:
        yield Known(opened, checkpoint)
        done = True
    finally:
        checkpoint.close(done=done)
        for lender in opened:
            lender.close()


def write_tables(folder: Path, wordings: Wordings, encoder: Encoder, known: Known, progress: Progress) -> Embedded:
    """Write every table into a folder of its name; each different text is encoded once, if at all."""
    resumed = len(known.checkpoint)
    distinct = {wording.key for table in wordings.values() for wording in table}
    encoded = sum(_encode_missing(name, table, encoder, known, progress) for name, table in wordings.items())
    for name, table in wordings.items():
        keys = [wording.key for wording in table]
        found = [place for key in keys if (place := known.find(key)) is not None]
        write_table(folder / name, keys, found, (encoder.dimension, encoder.token_dimension))
    return Embedded(encoded, len(distinct) - encoded, resumed)


def _encode_missing(name: str, table: Sequence[Wording], encoder: Encoder, known: Known, progress: Progress) -> int:
    missing = {wording.key: wording for wording in table if known.find(wording.key) is None}
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
