from __future__ import annotations

import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from bot.models.conversion import PIECES, TOKENIZER
from bot.models.model_folder import converted_folder
from bot.models.tokenising import SHORT, Tokenising

SHORT_TEXT = "query: og barn æ"
LONG_TEXT = "og " * SHORT


@pytest.fixture
def folder(small_source: Path, tmp_path: Path) -> Path:
    """A converted folder that may be changed."""
    return Path(shutil.copytree(converted_folder(small_source, tmp_path / "cache").path, tmp_path / "model"))


def test_a_short_text_needs_no_whole_tokenizer(folder: Path) -> None:
    expected = Tokenising(folder)._long(SHORT_TEXT)
    (folder / TOKENIZER).unlink()

    tokenising = Tokenising(folder)
    [found] = tokenising.encode([SHORT_TEXT])

    assert found.ids.tolist() == expected.ids.tolist()
    assert np.array_equal(found.offsets, expected.offsets)
    assert np.array_equal(found.special, expected.special)
    assert tokenising.max_length == len(tokenising.encode(["og " * (SHORT // 3)])[0].ids)
    with pytest.raises(Exception, match=r"(?i)no such file"):
        tokenising.encode([LONG_TEXT])
    with pytest.raises(Exception, match=r"(?i)no such file"):
        tokenising.encode(["og </s> barn"])


def test_many_texts_take_the_whole_tokenizer_once(folder: Path) -> None:
    tokenising = Tokenising(folder)
    short = tokenising.encode([SHORT_TEXT])[0]

    with ThreadPoolExecutor(4) as threads:
        found = list(threads.map(lambda _: tokenising.encode([LONG_TEXT, SHORT_TEXT]), range(4)))
    (folder / TOKENIZER).unlink()

    assert all(one[1].ids.tolist() == short.ids.tolist() for one in found)
    assert tokenising.encode(["og </s> barn"])[0].ids.tolist().count(2) == 2


def test_a_folder_without_pieces_has_the_same_tokens(folder: Path) -> None:
    expected = Tokenising(folder)
    (folder / PIECES).unlink()

    found = Tokenising(folder)

    assert found.encode([SHORT_TEXT])[0].ids.tolist() == expected.encode([SHORT_TEXT])[0].ids.tolist()
    assert found.max_length == expected.max_length
