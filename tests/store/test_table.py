from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bot.models.encoder import Encoder
from bot.models.encoding import Encoding
from bot.store.table import ARRAYS, Table, quantise, unit

DIMENSION = 8


def random_encoding(random: np.random.Generator, tokens: int) -> Encoding:
    vector = unit(random.normal(size=DIMENSION).astype(np.float32))
    spans = np.array([(3 * n, 3 * n + 2) for n in range(tokens)], dtype=np.int32).reshape(-1, 2)
    return Encoding(vector, random.normal(size=(tokens, DIMENSION)).astype(np.float32), spans)


def made(lengths: list[int], prefix: int = 0) -> tuple[Table, list[Encoding]]:
    random = np.random.default_rng(5)
    encodings = [random_encoding(random, length) for length in lengths]
    return Table.of(encodings, (DIMENSION, DIMENSION), [prefix] * len(lengths)), encodings


def cosines(one: NDArray[np.float32], other: NDArray[np.float32]) -> NDArray[np.float32]:
    return (unit(one) * unit(other)).sum(axis=1)


def test_rows_give_back_what_was_put_in() -> None:
    table, encodings = made([3, 1, 5])

    assert len(table) == 3
    tokens, begins = table.tokens_of([2, 0])
    assert begins.tolist() == [0, 5]
    assert cosines(tokens[:5], encodings[2].tokens).min() > 0.999
    assert cosines(tokens[5:], encodings[0].tokens).min() > 0.999
    np.testing.assert_array_equal(table.row_spans(2), encodings[2].spans)
    np.testing.assert_array_equal(table.vectors, [encoding.vector for encoding in encodings])


def test_headings_in_front_have_negative_places() -> None:
    table, _ = made([4], prefix=6)

    assert table.row_spans(0)[:, 0].tolist() == [-6, -3, 0, 3]


def test_a_row_without_tokens_has_its_text_instead() -> None:
    table, encodings = made([2, 0, 1])

    tokens, begins = table.tokens_of([0, 1, 2])

    assert begins.tolist() == [0, 2, 3]
    assert cosines(tokens[2:3], encodings[1].vector[None]).min() > 0.999


def test_a_table_without_rows(tmp_path: Path) -> None:
    table, _ = made([])

    table.save(tmp_path / "empty")

    opened = Table.open(tmp_path / "empty")
    assert len(opened) == 0
    assert opened.vectors.shape == (0, DIMENSION)
    assert opened.tokens_of([])[0].shape == (0, DIMENSION)


def test_a_table_on_disk_is_the_same(tmp_path: Path) -> None:
    table, _ = made([3, 0, 5])

    table.save(tmp_path / "deep" / "table")

    opened = Table.open(tmp_path / "deep" / "table")
    for name in ARRAYS:
        np.testing.assert_array_equal(getattr(opened, name), getattr(table, name))
        assert getattr(opened, name).dtype == getattr(table, name).dtype


def test_quantised_tokens_are_as_near_as_the_table_says(encoder: Encoder) -> None:
    text = "Det er Byrådets mål at alle børn og unge trives, lærer og udvikler sig i forpligtende fællesskaber."
    vectors = unit(encoder.encode_passages([text])[0].tokens)

    steps = quantise(vectors)

    assert steps.dtype == np.int8
    found = cosines(steps.astype(np.float32), vectors)
    assert found.min() > 0.9985
    assert round(float(found.mean()), 3) == 0.999


def test_a_vector_of_no_length_stays() -> None:
    assert not unit(np.zeros((1, 4), dtype=np.float32)).any()


def test_a_sample_is_the_same_each_time_and_what_the_rows_hold() -> None:
    random = np.random.default_rng(3)
    encodings = [random_encoding(random, count) for count in (1, 3, 2, 4, 1)]
    table = Table.of(encodings, (DIMENSION, DIMENSION), [0] * 5)
    sample = table.sample(3)
    tokens, begins = table.tokens_of(sample.rows)
    assert sample.rows.tolist() == [0, 2, 4]
    assert (sample.tokens == tokens).all()
    assert (sample.begins == begins).all()
    assert table.sample(3) is sample
    assert table.sample(99).rows.tolist() == [0, 1, 2, 3, 4]
