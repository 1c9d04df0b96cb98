"""Only what is new is encoded, and what comes of it is the same, bit for bit, as a build from nothing."""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np
import pytest

from bot.composition import STAFF_INDEX, build_index
from bot.errors import IndexUnwritableError
from bot.models.encoder import Encoder, Task
from bot.models.encoding import Encoding
from bot.settings import Settings
from bot.store import embedding, rows
from bot.store.builds import current_folder
from bot.store.checkpoint import CHECK_BYTES, CHECKPOINT
from bot.store.consistency import TABLES
from bot.store.manifest import read_manifest
from bot.store.numbering import NUMBERS
from bot.store.rows import Wording
from bot.store.snapshot import open_snapshot, verify_snapshot
from tests.store.test_building import LEG, MAD, QUESTION, InterruptedEncoder, SameEncoder

Write = Callable[[Mapping[str, str | bytes]], Settings]
LONG = "Om hverdagen\n\n" + "\n\n".join(f"Dag {n} leger vi {n} timer i skoven og synger bagefter." for n in range(90))
CATALOGUE = '[documents."leg.txt"]\naudience = "staff"\n'


class CountingEncoder(SameEncoder):
    """Remembers what it was given to encode."""

    def __init__(self, real: Encoder) -> None:
        super().__init__(real)
        self.seen: list[tuple[Task, str]] = []

    def _encode(self, texts: list[str], prompt: str, task: Task) -> list[Encoding]:
        if getattr(self, "dimension", None):
            self.seen += [(task, text) for text in texts]
        return super()._encode(texts, prompt, task)


class DyingEncoder(CountingEncoder):
    """Stops after so many texts."""

    def __init__(self, real: Encoder, limit: int) -> None:
        super().__init__(real)
        self.seen.clear()
        self.limit = limit

    def encode_passages(
        self,
        texts: Sequence[str],
        progress: Callable[[int, int], None] | None = None,
        batch_size: int | None = None,
    ) -> list[Encoding]:
        if len(self.seen) >= self.limit:
            raise KeyboardInterrupt
        return super().encode_passages(texts, progress, batch_size)


def arrays(settings: Settings) -> dict[str, bytes]:
    """Every byte of the tables and word indexes, but for what rows are called in Chroma."""
    folder = current_folder(settings.index)
    names = [
        path for name in (*TABLES, "stems", "ngrams") for path in (folder / name).iterdir() if path.name != NUMBERS
    ]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in names}


def built_anew(settings: Settings, encoder: Encoder, tmp_path: Path) -> dict[str, bytes]:
    elsewhere = settings.model_copy(update={"index": tmp_path / "anew"})
    build_index(elsewhere, encoder)
    return arrays(elsewhere)


def test_only_what_changed_is_encoded(write_corpus: Write, encoder: Encoder, tmp_path: Path) -> None:
    settings = write_corpus({"leg.txt": LEG, "mad.txt": MAD, "questions.jsonl": json.dumps(QUESTION)})
    first, _ = build_index(settings, encoder)
    counting = CountingEncoder(encoder)
    counting.seen.clear()

    write_corpus({"mad.txt": MAD.replace("tolv", "elleve")})
    report, _ = build_index(settings, counting)

    assert (first.embedded, first.reused) == (3, 0)
    assert len(counting.seen) == report.embedded == 1
    assert all("elleve" in text for _, text in counting.seen)
    assert report.reused == 2
    assert arrays(settings) == built_anew(settings, encoder, tmp_path)


def test_a_renamed_file_costs_nothing(write_corpus: Write, encoder: Encoder, tmp_path: Path) -> None:
    settings = write_corpus({"leg.txt": LEG, "mad.txt": MAD})
    build_index(settings, encoder)
    (settings.corpus / "mad.txt").rename(settings.corpus / "måltider.txt")

    report, _ = build_index(settings, encoder)

    assert report.renamed == (("mad.txt", "måltider.txt"),)
    assert report.added == report.removed == report.changed == ()
    assert report.embedded == 0
    assert arrays(settings) == built_anew(settings, encoder, tmp_path)
    snapshot = open_snapshot(current_folder(settings.index), encoder)
    assert set(snapshot.documents) == {"leg.txt", "måltider.txt"}
    snapshot.close()


def test_a_removed_file_costs_nothing_and_is_gone(write_corpus: Write, encoder: Encoder) -> None:
    settings = write_corpus({"leg.txt": LEG, "mad.txt": MAD})
    build_index(settings, encoder)
    (settings.corpus / "mad.txt").unlink()

    report, _ = build_index(settings, encoder)

    assert (report.removed, report.embedded) == (("mad.txt",), 0)
    folder = current_folder(settings.index)
    for path in (folder / "documents.json", folder / "passages.json", folder / "groups.json", folder / "manifest.json"):
        assert b"mad.txt" not in path.read_bytes()
    snapshot = open_snapshot(folder, encoder)
    assert [passage.text for passage in snapshot.passages] == [LEG.splitlines()[2]]
    snapshot.close()


def test_the_same_text_in_two_documents_is_encoded_once(write_corpus: Write, encoder: Encoder) -> None:
    counting = CountingEncoder(encoder)
    counting.seen.clear()
    settings = write_corpus({"leg.txt": LEG, "også leg.txt": LEG})

    report, _ = build_index(settings, counting)

    assert report.passages == 1
    assert len(counting.seen) == 1
    snapshot = open_snapshot(current_folder(settings.index), encoder)
    assert [place.document for place in snapshot.passages[0].places] == ["leg.txt", "også leg.txt"]
    snapshot.close()


def test_what_the_catalogue_says_is_told(write_corpus: Write, encoder: Encoder) -> None:
    settings = write_corpus({"leg.txt": LEG})
    build_index(settings, encoder)
    write_corpus({"catalogue.toml": '[documents."leg.txt"]\ncontact = "Skolen"\n'})

    report, _ = build_index(settings, encoder)

    assert report.described
    assert report.embedded == 0


def test_the_index_for_staff_takes_over_what_is_public(write_corpus: Write, encoder: Encoder) -> None:
    counting = CountingEncoder(encoder)
    counting.seen.clear()
    settings = write_corpus({"leg.txt": LEG, "mad.txt": MAD, "catalogue.toml": CATALOGUE})

    build_index(settings, counting, rebuild=True)

    assert sorted(counting.seen) == sorted(set(counting.seen))
    assert len(counting.seen) == 2
    assert read_manifest(current_folder(settings.index)).passages == 1
    assert read_manifest(current_folder(settings.index / STAFF_INDEX)).passages == 2


def test_another_encoder_takes_nothing_over(write_corpus: Write, encoder: Encoder) -> None:
    settings = write_corpus({"leg.txt": LEG})
    build_index(settings, encoder)

    report, _ = build_index(settings, SameEncoder(encoder, "another model"))

    assert (report.embedded, report.reused) == (1, 0)


@pytest.mark.parametrize("name", ["vectors.npy", "tokens.npy", "spans.npy", "starts.npy", "keys.npy"])
def test_nothing_is_taken_over_from_a_damaged_snapshot(
    write_corpus: Write, encoder: Encoder, tmp_path: Path, name: str
) -> None:
    settings = write_corpus({"leg.txt": LEG})
    build_index(settings, encoder)
    path = current_folder(settings.index) / "passages" / name
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)

    write_corpus({"mad.txt": MAD})
    report, _ = build_index(settings, encoder)

    assert (report.embedded, report.reused) == (2, 0)
    assert arrays(settings) == built_anew(settings, encoder, tmp_path)


def test_an_interrupted_build_goes_on_where_it_was(write_corpus: Write, encoder: Encoder, tmp_path: Path) -> None:
    settings = write_corpus({"lang.txt": LONG})
    with pytest.raises(KeyboardInterrupt):
        build_index(settings, DyingEncoder(encoder, 60))
    counting = CountingEncoder(encoder)
    counting.seen.clear()

    report, _ = build_index(settings, counting)

    assert report.resumed == embedding.AT_A_TIME
    assert report.embedded == len(counting.seen) == 90 - embedding.AT_A_TIME
    assert not (settings.index / CHECKPOINT).exists()
    assert arrays(settings) == built_anew(settings, encoder, tmp_path)


@pytest.mark.parametrize("harm", ["cut", "flip", "foreign", "empty", "other encoder"])
def test_what_is_damaged_of_an_interrupted_build_is_not_used(
    write_corpus: Write, encoder: Encoder, tmp_path: Path, harm: str
) -> None:
    settings = write_corpus({"lang.txt": LONG})
    with pytest.raises(KeyboardInterrupt):
        build_index(settings, DyingEncoder(encoder, 60))
    path = settings.index / CHECKPOINT
    data = bytearray(path.read_bytes())
    if harm == "flip":
        data[len(data) // 2] ^= 1
    used = encoder if harm != "other encoder" else SameEncoder(encoder, "another model")
    path.write_bytes({"cut": data[: -CHECK_BYTES // 2], "foreign": b"x" * 10_000, "empty": b""}.get(harm, data))

    report, _ = build_index(settings, used)

    least = {"cut": embedding.AT_A_TIME - 1, "flip": 1}.get(harm, 0)
    assert least <= report.resumed < embedding.AT_A_TIME
    assert report.embedded + report.resumed == 90
    assert arrays(settings) == built_anew(settings, used, tmp_path)


def test_what_is_no_longer_wanted_of_an_interrupted_build_goes(write_corpus: Write, encoder: Encoder) -> None:
    settings = write_corpus({"lang.txt": LONG})
    with pytest.raises(KeyboardInterrupt):
        build_index(settings, DyingEncoder(encoder, 60))
    before = (settings.index / CHECKPOINT).stat().st_size

    write_corpus({"lang.txt": LEG})
    with pytest.raises(KeyboardInterrupt):
        build_index(settings, InterruptedEncoder(encoder, KeyboardInterrupt()))

    assert (settings.index / CHECKPOINT).stat().st_size < before / 10


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EFBIG])
@pytest.mark.parametrize("place", ["checkpoint", "tables"])
def test_a_full_disk_is_one_line_and_loses_nothing(
    write_corpus: Write, encoder: Encoder, monkeypatch: pytest.MonkeyPatch, number: int, place: str
) -> None:
    settings = write_corpus({"leg.txt": LEG})
    before, _ = build_index(settings, encoder)
    write_corpus({"leg.txt": MAD})

    def full(*_: object) -> None:
        raise OSError(number, os.strerror(number))

    with monkeypatch.context() as patch:
        if place == "checkpoint":
            patch.setattr(embedding.Checkpoint, "add", full)
        else:
            patch.setattr(embedding, "write_table", full)
        with pytest.raises(IndexUnwritableError, match="disk is full") as caught:
            build_index(settings, encoder)

    assert "\n" not in str(caught.value)
    verify_snapshot(current_folder(settings.index), encoder)
    assert current_folder(settings.index).name == before.snapshot
    assert build_index(settings, encoder)[0].built


def test_rows_are_read_as_they_were_written(tmp_path: Path) -> None:
    table = np.arange(12, dtype=np.int32).reshape(6, 2)
    np.save(tmp_path / "a.npy", table)
    file = rows.ArrayFile(tmp_path / "a.npy")

    assert file.rows(2, 5).tolist() == table[2:5].tolist()
    assert file.rows(3, 3).shape == (0, 2)
    file.close()


@pytest.mark.parametrize("array", [np.zeros(3), np.asfortranarray(np.zeros((2, 3)))])
def test_an_array_that_is_no_table_is_refused(tmp_path: Path, array: np.ndarray) -> None:
    np.save(tmp_path / "a.npy", array)

    with pytest.raises(ValueError, match="rows"):
        rows.ArrayFile(tmp_path / "a.npy")


def test_a_key_tells_apart_all_that_the_encoder_is_told() -> None:
    wordings = [
        Wording("a b", "document"),
        Wording("a b", "query"),
        Wording("a b", "document", 2),
        Wording("ab", "query"),
    ]

    assert len({wording.key for wording in wordings}) == len(wordings)
    assert Wording("a\udc80", "query").key
