"""Codes of token vectors: what is lost, what is refused, and builds of a compressed table."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.composition import build_index
from bot.models.encoder import Encoder
from bot.retrieval.query import query_of
from bot.retrieval.signals import late_interaction
from bot.settings import Settings
from bot.store import embedding
from bot.store.builds import current_folder
from bot.store.compression import CODE_BYTES, COLUMNS, DIRECTIONS, Basis, expand
from bot.store.snapshot import Snapshot, verify_snapshot
from bot.store.table import BASIS, Table, unit
from tests.store.test_embedding import LONG, CountingEncoder, arrays, built_anew

Write = Callable[[Mapping[str, str | bytes]], Settings]
MORE = "\n\nEt afsnit som ingen havde skrevet før: vi bager boller og ser på stjerner."


def compressed(table: Table) -> Table:
    tokens = table.tokens_of(range(len(table)))[0]
    basis = Basis.learned(tokens)
    return Table(table.vectors, basis.encode(tokens), table.starts, table.spans, basis)


@pytest.fixture(scope="module")
def pair(snapshot: Snapshot) -> tuple[Table, Table]:
    """The passages of the five documents, and the same compressed."""
    table = snapshot.tables["passages"]
    return table, compressed(table)


def test_products_are_the_cosines_but_for_a_little_noise(pair: tuple[Table, Table], encoder: Encoder) -> None:
    table, small = pair
    asked = query_of(encoder, "Hvad betyder det at anerkende de unge?").tokens
    rows = range(len(table))

    off = small.project(asked) @ small.tokens_of(rows)[0].T - asked @ table.tokens_of(rows)[0].T

    assert small.tokens.shape[1] == CODE_BYTES
    assert np.abs(off.mean()) < 0.005
    assert off.std() < 0.02
    assert np.abs(off).max() < 0.15


def test_the_nearest_passage_stays_among_the_nearest(pair: tuple[Table, Table], encoder: Encoder) -> None:
    table, small = pair
    query, rows = query_of(encoder, "Hvordan arbejder I med inklusion?"), np.arange(len(table := pair[0]))

    whole, noisy = late_interaction(table, rows, query), late_interaction(small, rows, query)

    assert np.argmax(whole) in np.argsort(-noisy)[:3]
    assert np.corrcoef(whole, noisy)[0, 1] > 0.99


@given(st.integers(0, 2**32 - 1), st.integers(1, 40))
def test_codes_are_of_the_row_alone_and_never_overflow(seed: int, count: int) -> None:
    random = np.random.default_rng(seed)
    basis = Basis.learned(unit(random.normal(size=(300, 256)).astype(np.float32)))
    # Far from all that it was learned from, of no length, and the mean's opposite.
    odd = [np.zeros((1, 256)), -basis.array[:1], basis.array[1:3] * 1e6]
    tokens = np.concatenate([unit(random.normal(size=(count, 256))), *odd]).astype(np.float32)

    codes = basis.encode(tokens)

    assert codes.shape == (len(tokens), CODE_BYTES)
    assert np.isfinite(expand(codes)).all()
    assert expand(codes).shape == (len(tokens), COLUMNS)


@given(st.integers(0, 2**32 - 1))
def test_what_codes_hold_comes_back_within_their_steps(seed: int) -> None:
    random = np.random.default_rng(seed)
    spread = np.linspace(1, 0.05, 256)
    tokens = unit((random.normal(size=(400, 256)) * spread + 1).astype(np.float32))
    basis = Basis.learned(tokens)

    off = basis.project(tokens) @ expand(basis.encode(tokens)).T - tokens @ tokens.T

    assert np.sqrt(np.square(off).mean()) < 0.02


def test_no_tokens_are_no_codes(pair: tuple[Table, Table]) -> None:
    basis = pair[1].basis
    assert basis is not None
    assert basis.encode(np.zeros((0, basis.width), np.float32)).shape == (0, CODE_BYTES)


def test_a_compressed_table_on_disk_is_the_same(pair: tuple[Table, Table], tmp_path: Path) -> None:
    small = pair[1]
    small.save(tmp_path / "table")

    opened = Table.open(tmp_path / "table")

    assert opened.token_dimension == pair[0].token_dimension
    np.testing.assert_array_equal(opened.tokens_of([3, 1])[0], small.tokens_of([3, 1])[0])


def test_a_row_without_tokens_has_its_text_instead(pair: tuple[Table, Table]) -> None:
    table, small = pair
    ends = int(small.starts[1])
    starts = np.array([0, ends, ends], np.int64)
    short = Table(small.vectors[:2], small.tokens[:ends], starts, small.spans[:ends], small.basis)

    tokens, begins = short.tokens_of([0, 1])

    assert begins.tolist() == [0, ends]
    own = unit(table.vectors[1:2])
    assert (short.project(own) @ tokens[ends:].T).item() > 0.8


@pytest.mark.parametrize("harm", ["rows", "kind", "not finite", "no length", "missing"])
def test_a_damaged_basis_is_refused(pair: tuple[Table, Table], tmp_path: Path, harm: str) -> None:
    small = pair[1]
    small.save(tmp_path / "table")
    assert small.basis is not None
    array = small.basis.array.copy()
    if harm == "rows":
        array = array[:DIRECTIONS]
    elif harm == "kind":
        array = array.astype(np.float64)
    elif harm == "not finite":
        array[5, 5] = np.nan
    elif harm == "no length":
        array[7] = 0
    np.save(tmp_path / "table" / BASIS, array)
    if harm == "missing":
        (tmp_path / "table" / BASIS).unlink()

    with pytest.raises(ValueError, match="do not fit"):
        Table.open(tmp_path / "table")


def test_what_has_not_changed_is_taken_over_as_codes(
    write_corpus: Write, encoder: Encoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embedding, "WHOLE_ROWS", 10)
    settings = write_corpus({"lang.txt": LONG})
    build_index(settings, encoder)
    before = Table.open(current_folder(settings.index) / "passages")
    write_corpus({"lang.txt": LONG + MORE})
    counting = CountingEncoder(encoder)
    counting.seen.clear()

    build_index(settings, counting)

    folder = current_folder(settings.index)
    after = Table.open(folder / "passages")
    assert len(counting.seen) == 1
    assert len(after) == len(before) + 1
    assert after.basis is not None
    assert before.basis is not None
    assert after.basis.fingerprint == before.basis.fingerprint
    np.testing.assert_array_equal(after.tokens[: len(before.tokens)], before.tokens)
    verify_snapshot(folder, encoder)


def test_it_finds_what_one_from_nothing_finds(
    write_corpus: Write, encoder: Encoder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embedding, "WHOLE_ROWS", 10)
    settings = write_corpus({"lang.txt": LONG})
    build_index(settings, encoder)
    write_corpus({"lang.txt": LONG + MORE})
    build_index(settings, encoder)
    built_anew(settings, encoder, tmp_path)
    one = Table.open(current_folder(settings.index) / "passages")
    other = Table.open(current_folder(tmp_path / "anew") / "passages")
    query, rows = query_of(encoder, "Hvem bager boller og ser på stjerner?"), np.arange(len(one))

    found = [np.argmax(late_interaction(table, rows, query)) for table in (one, other)]

    assert found == [len(one) - 1] * 2


def test_over_the_bound_nothing_is_encoded_again_and_below_it_all_is_whole(
    write_corpus: Write, encoder: Encoder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = write_corpus({"lang.txt": LONG})
    build_index(settings, encoder)
    counting = CountingEncoder(encoder)
    counting.seen.clear()
    with monkeypatch.context() as patch:
        patch.setattr(embedding, "WHOLE_ROWS", 10)
        write_corpus({"lang.txt": LONG + MORE})
        build_index(settings, counting)
        assert len(counting.seen) == 1
        assert Table.open(current_folder(settings.index) / "passages").basis is not None
    write_corpus({"lang.txt": LONG})

    build_index(settings, counting)

    assert arrays(settings) == built_anew(settings, encoder, tmp_path)
    assert f"passages/{BASIS}" not in arrays(settings)
