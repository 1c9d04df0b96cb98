from __future__ import annotations

from pathlib import Path

from bot.models.e5_file import E5File
from bot.models.e5_tokenizer import build_normalizer, build_tokenizer


def test_normalizer_agrees_with_the_whole_map(source: Path) -> None:
    normalisation = E5File(source).vocabulary.normalisation
    normalizer = build_normalizer(normalisation)

    wrong = {
        character: (found, replacement)
        for character, replacement in normalisation.items()
        if (found := normalizer.normalize_str(character)) != replacement
    }

    assert not wrong


def test_decomposed_letters_are_composed(source: Path) -> None:
    normalizer = build_normalizer(E5File(source).vocabulary.normalisation)

    assert normalizer.normalize_str("Bla\u030abær") == "Blåbær"


def test_offsets_refer_to_the_text_before_normalisation(small_source: Path) -> None:
    text = "\x01 ﬁn\tog  barn "
    encoding = build_tokenizer(E5File(small_source).vocabulary, 24).encode(text)

    pairs = list(zip(encoding.tokens, [text[start:end] for start, end in encoding.offsets], strict=True))

    assert pairs[0] == ("<s>", "")
    assert pairs[-1] == ("</s>", "")
    assert pairs[-3:-1] == [("▁og", "og"), ("▁barn", "barn")]
    assert ("f", "ﬁ") in pairs


def test_long_text_is_cut(small_source: Path) -> None:
    encoding = build_tokenizer(E5File(small_source).vocabulary, 24).encode("og " * 100)

    assert len(encoding.ids) == 24
    assert encoding.tokens[-1] == "</s>"
