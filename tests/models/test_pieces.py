from __future__ import annotations

import zlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from safetensors import SafetensorError

from bot.models.e5_file import E5File, Vocabulary
from bot.models.e5_tokenizer import build_frame, build_tokenizer
from bot.models.pieces import Pieces, write_pieces

LENGTH = 24
ALIKE = ("plumless", "buckeroo")
"""Two words of one checksum."""
WORDS = {"▁og": -3.0, "▁": -4.0, "o": -5.0, "g": -5.5, "▁barn": -3.5, "barn": -6.0, "b": -7.0, "bæ": -2.0}
VOCABULARY = Vocabulary(
    pieces=(
        ("<unk>", 0.0),
        *WORDS.items(),
        *((f"▁{word}", -1.0) for word in ALIKE),
        *(("</s>", 0.0), ("<s>", 0.0), ("<pad>", 0.0)),
        *((word, -1.5) for word in ALIKE),
    ),
    unk=0,
    eos=11,
    bos=12,
    pad=13,
    normalisation={"\x01": "", "\t": " ", "ﬁ": "fi"},
)


def written(vocabulary: Vocabulary, path: Path) -> Pieces:
    frame, special = build_frame(vocabulary, LENGTH)
    write_pieces(path, vocabulary.pieces, special, frame)
    return Pieces(path)


@pytest.fixture(scope="module")
def pieces(tmp_path_factory: pytest.TempPathFactory) -> Pieces:
    return written(VOCABULARY, tmp_path_factory.mktemp("pieces") / "pieces.safetensors")


@given(
    text=st.text(alphabet=" bargnoæ▁<s>/ﬁ\t\x01x", max_size=60)
    | st.lists(st.sampled_from(["og", "barn", *ALIKE, "bæ", "＜s＞", "ukendt", "ogog"]), max_size=30).map(" ".join)
)
def test_tokens_are_those_of_the_whole_vocabulary(pieces: Pieces, text: str) -> None:
    expected = build_tokenizer(VOCABULARY, LENGTH).encode(text)

    found = pieces.encode(text)

    if found is None:
        assert any(mark in text for mark in ("<s>", "</s>"))
        return
    tokenised, numbers = found
    assert numbers.tolist() == expected.ids
    assert tokenised.offsets == expected.offsets
    assert tokenised.special_tokens_mask == expected.special_tokens_mask
    assert tokenised.tokens == expected.tokens


def test_pieces_of_one_checksum_are_told_apart(pieces: Pieces) -> None:
    assert len({zlib.crc32(word.encode()) for word in ALIKE}) == 1

    found = pieces.encode(f"og{ALIKE[0]} og{ALIKE[1]}")

    assert found is not None
    assert [token for token in found[0].tokens if token in ALIKE] == list(ALIKE)
    assert set(found[1].tolist()) >= {14, 15}


def test_written_special_tokens_are_left_to_the_whole_tokenizer(pieces: Pieces) -> None:
    assert pieces.encode("og</s>barn") is None
    assert pieces.encode("og < s >barn") is not None


def test_an_unknown_character_costs_what_it_always_does(tmp_path: Path) -> None:
    """10 below the lowest score there is: here so little that "xy" is read as unknown, and "x" is a piece."""
    low = (*VOCABULARY.pieces, ("x", -30.0), ("zz", -50.0))
    vocabulary = Vocabulary(low, VOCABULARY.bos, VOCABULARY.eos, VOCABULARY.pad, VOCABULARY.unk, {})

    found = written(vocabulary, tmp_path / "pieces.safetensors").encode("xy")

    assert found is not None
    assert found[1].tolist() == build_tokenizer(vocabulary, LENGTH).encode("xy").ids


def test_the_model_file_has_what_it_takes(small_source: Path, tmp_path: Path) -> None:
    file = E5File(small_source)

    pieces = written(file.vocabulary, tmp_path / "pieces.safetensors")

    found = pieces.encode("og barn: æblé")
    expected = build_tokenizer(file.vocabulary, LENGTH).encode("og barn: æblé")
    assert found is not None
    assert found[1].tolist() == expected.ids
    assert pieces.truncation == build_tokenizer(file.vocabulary, LENGTH).truncation


def test_a_file_that_is_cut_short(tmp_path: Path) -> None:
    path = tmp_path / "pieces.safetensors"
    written(VOCABULARY, path)
    path.write_bytes(path.read_bytes()[:-9])

    with pytest.raises(SafetensorError):
        Pieces(path)
