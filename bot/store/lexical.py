"""Word and character n-gram search by BM25 (bm25s), with scores that mean something across questions."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path

import bm25s
import numpy as np
import Stemmer

WORD = re.compile(r"\w+")
NGRAM = 4
K1, B = 1.2, 0.75
FOLD = str.maketrans({"æ": "ae", "ø": "oe", "å": "aa", "ä": "ae", "ö": "oe", "ß": "ss", "đ": "d", "ł": "l"})


def words(text: str) -> list[str]:
    """The words of `text` in lower case, NFC."""
    return WORD.findall(unicodedata.normalize("NFC", text).lower())


def fold(word: str) -> str:
    """A lower-case word without the letters that keyboards lack: "lærke" and "laerke" are one, "ä" is "æ"."""
    plain = unicodedata.normalize("NFKD", word.translate(FOLD))
    return "".join(c for c in plain if not unicodedata.combining(c))


def stems(text: str) -> list[str]:
    """Danish and Swedish Snowball stems of the words, each word's once where both agree."""
    return [stem for word in words(text) for stem in word_stems(word)]


def ngrams(text: str) -> list[str]:
    """Character 4-grams of the folded words, with their edges marked: they forgive typing and find compounds' parts."""
    return [gram for word in words(text) for gram in word_ngrams(word)]


def word_stems(word: str) -> list[str]:
    """`stems` of one lower-case word."""
    danish, swedish = (stemmer.stemWord(word) for stemmer in _stemmers())
    return [danish] if danish == swedish else [danish, swedish]


def word_ngrams(word: str) -> list[str]:
    """`ngrams` of one lower-case word."""
    edged = f"_{fold(word)}_"
    return [edged[i : i + NGRAM] for i in range(max(1, len(edged) - NGRAM + 1))]


@lru_cache(maxsize=1)
def _stemmers() -> tuple[Stemmer.Stemmer, Stemmer.Stemmer]:
    return Stemmer.Stemmer("danish"), Stemmer.Stemmer("swedish")


Tokeniser = Callable[[str], list[str]]
"""From a lower-case word to its tokens."""
TOKENISERS: dict[str, Tokeniser] = {"stems": word_stems, "ngrams": word_ngrams}


class _Known(dict[str, list[str]]):
    """The tokens of words by word: texts have many words and few different ones."""

    def __init__(self, tokeniser: Tokeniser) -> None:
        self._tokeniser = tokeniser

    def __missing__(self, word: str) -> list[str]:
        self[word] = tokens = self._tokeniser(word)
        return tokens


class LexicalIndex:
    """A BM25 index over texts; row i is the i-th text it was built from."""

    def __init__(self, tokeniser: str, bm25: bm25s.BM25, size: int) -> None:
        self._tokeniser = TOKENISERS[tokeniser]
        self._bm25 = bm25
        self._size = size
        indptr = np.asarray(bm25.scores["indptr"])
        frequencies = np.diff(indptr)
        # The "lucene" form of inverse document frequency, as bm25s uses it.
        self._idf = np.log(1 + (size - frequencies + 0.5) / (frequencies + 0.5))
        self._idf_unknown = float(np.log(1 + (size + 0.5) / 0.5))

    @classmethod
    def build(cls, tokeniser: str, texts: Iterable[str]) -> LexicalIndex:
        """Index `texts` with one of TOKENISERS."""
        known = _Known(TOKENISERS[tokeniser])
        tokens = [[token for word in words(text) for token in known[word]] or [""] for text in texts]
        bm25 = bm25s.BM25(method="lucene", k1=K1, b=B)
        bm25.index(tokens, show_progress=False)
        return cls(tokeniser, bm25, len(tokens))

    def save(self, folder: Path) -> None:
        """Write the index into `folder`."""
        self._bm25.save(folder, show_progress=False)

    @classmethod
    def open(cls, tokeniser: str, folder: Path, size: int) -> LexicalIndex:
        """Open what `save` wrote, memory-mapped. Raises ValueError if it is not an index of `size` texts."""
        bm25 = bm25s.BM25.load(folder, mmap=True, show_progress=False)
        # As plain arrays over the same pages: numpy's memmap does housekeeping in Python each time it is sliced.
        bm25.scores.update({name: np.asarray(bm25.scores[name]) for name in ("data", "indices", "indptr")})
        if not _fits(bm25, size):
            raise ValueError(f"the word index {folder.name} does not fit {size} passages")
        return cls(tokeniser, bm25, size)

    @property
    def vocabulary(self) -> Mapping[str, int]:
        """The tokens of the indexed texts."""
        known: Mapping[str, int] = self._bm25.vocab_dict
        return known

    def count_with(self, token: str) -> int:
        """How many rows have a token."""
        number = self._bm25.vocab_dict.get(token)
        if number is None:
            return 0
        begin, end = self._bm25.scores["indptr"][number : number + 2]
        return int(end - begin)

    def rows_with(self, token: str) -> list[int]:
        """The rows that have a token, ascending."""
        number = self._bm25.vocab_dict.get(token)
        if number is None:
            return []
        begin, end = self._bm25.scores["indptr"][number : number + 2]
        return sorted(int(row) for row in self._bm25.scores["indices"][begin:end])

    def scores(self, query: str) -> np.ndarray:
        """For each row, its BM25 score as a share of the most a text could get for this query: float32 (rows,), 0 to 1.

        Words that occur nowhere count in the whole, so a query about something else stays low everywhere.
        """
        tokens = [token for word in words(query) for token in self._tokeniser(word)]
        vocabulary = self._bm25.vocab_dict
        known = [token for token in tokens if token in vocabulary]
        if not known or not self._size:
            return np.zeros(self._size, dtype=np.float32)
        best = sum(float(self._idf[vocabulary[token]]) for token in known)
        best += self._idf_unknown * (len(tokens) - len(known))
        scores: np.ndarray = self._bm25.get_scores(known)
        return (scores / best).astype(np.float32)


def _fits(bm25: bm25s.BM25, size: int) -> bool:
    """Whether every token has its stretch of rows, and every row is one of `size`."""
    data, rows, begins = (bm25.scores[name] for name in ("data", "indices", "indptr"))
    if bm25.scores["num_docs"] != size or len(data) != len(rows) or begins[0] != 0 or begins[-1] != len(rows):
        return False
    # bm25s adds the empty token, which stands in no text and has no stretch.
    numbers = [number for token, number in bm25.vocab_dict.items() if token]
    known = all(isinstance(number, int) and 0 <= number < len(begins) - 1 for number in numbers)
    in_range = not len(rows) or 0 <= rows.min() <= rows.max() < size
    return bool(known and in_range and (np.diff(begins) >= 0).all())


def top_rows(scores: np.ndarray, k: int) -> Sequence[int]:
    """The rows of the k largest scores above 0, best first."""
    k = min(k, len(scores))
    if k == 0:
        return []
    rows = np.argpartition(-scores, k - 1)[:k]
    rows = rows[np.argsort(-scores[rows], kind="stable")]
    return [int(row) for row in rows if scores[row] > 0]
