"""Does a passage say what a statement says? Late interaction between their tokens, clause by clause."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from bot.documents.passages import squeeze
from bot.documents.sentences import sentence_spans
from bot.models.encoding import Encoding
from bot.store.snapshot import Snapshot
from bot.store.table import unit

if TYPE_CHECKING:
    from bot.models.encoder import Encoder

Floats = NDArray[np.float32]
CLAUSE_END = re.compile(
    r"[.;:!?,](?=\s)|\s[–-]\s|\s(?=(?:men|utan|but|og at|och att|og ikke|och inte|and not|hvor|samtidigt)\s)",
    re.IGNORECASE,
)
SHORTEST_CLAUSE = 18
"""Characters; what is shorter belongs to the clause before it."""
FEATURES = (
    *("mean", "low", "least", "standing", "lead", "lead_elsewhere"),
    *("covered", "foreign", "weakest", "weakest_lead", "weakest_run", "run_lead"),
    *("strangers", "stranger_lead", "strangers_lead"),
)
LOW = 0.2
GRAMMAR = 3
"""Characters; the shortest words are grammar."""
STRETCH = 8
"""Words. A claim that was added to a true one shows in its own stretch, where the whole sentence still looks right."""
RUN = 3
"""Words that are no grammar. Shorter than a stretch: a claim that was added may be no longer than that."""
STRANGERS = 3
"""Words of a statement that are least like any of the passage, wherever in it they stand: what a model puts in the
place of the passage's words changes no stretch as a whole."""
WORD = re.compile(r"\w[\w’'-]*")


@dataclass(frozen=True, slots=True, eq=False)
class Alignment:
    """A statement beside the passages it cites.

    `parts` are the statement's clauses, `clauses` the passages', `sentences` (one for each clause) those they stand in.
    `explains` (parts, clauses) says how well each clause accounts for each part, `covered` (clauses,) how much of each
    clause the whole statement says: mean cosines.
    """

    parts: tuple[str, ...]
    clauses: tuple[str, ...]
    sentences: tuple[str, ...]
    explains: Floats
    covered: Floats
    features: Floats

    def best(self, part: int, margin: float) -> list[int]:
        """The clauses that account for a part of the statement best, the best one first, and those within `margin`."""
        scores = self.explains[part]
        order = np.argsort(-scores, kind="stable")
        return [int(number) for number in order if scores[number] >= scores.max() - margin]


def align(snapshot: Snapshot, encoder: Encoder, words: str, rows: Sequence[int], language: str) -> Alignment:
    """Compare the statement `words` with the passages in `rows` and, to know what is near, with all the others."""
    return compare(snapshot, words, encoder.encode_passages([words])[0], rows, language)


def compare(snapshot: Snapshot, words: str, encoding: Encoding, rows: Sequence[int], language: str) -> Alignment:
    """The same for a statement that was encoded (as a passage is) already."""
    table = snapshot.tables["passages"]
    tokens = unit(encoding.tokens) if len(encoding.tokens) else encoding.vector[None]
    all_rows = np.arange(len(table))
    others, begins = table.tokens_of(all_rows)
    similar = table.project(tokens) @ others.T
    nearest = np.maximum.reduceat(similar, begins, axis=1)
    scores = nearest.mean(axis=0)
    cited = np.array(sorted(set(rows)), dtype=np.int64)
    ends = np.append(begins[1:], len(others))
    columns = np.concatenate([np.arange(begins[row], ends[row]) for row in cited])
    own = similar[:, columns]
    best = np.column_stack([own.max(axis=1), nearest])
    clauses, sentences, columns_of = _clauses(snapshot, cited, begins)
    explains = np.column_stack([similar[:, inside].max(axis=1) for inside in columns_of])
    covered = np.array([similar[:, inside].max(axis=0).mean() for inside in columns_of], dtype=np.float32)
    features = _features(snapshot, encoding.spans, words, best, scores, cited, covered, language)
    parts, of_parts = _parts(words, encoding.spans, explains)
    return Alignment(tuple(parts), tuple(clauses), tuple(sentences), of_parts, covered, features)


def _parts(words: str, spans: NDArray[np.int32], explains: Floats) -> tuple[list[str], Floats]:
    """The statement's clauses, and the means of their tokens: `explains` (tokens, clauses) -> (parts, clauses)."""
    middle = spans.mean(axis=1) if len(spans) else np.zeros(1)
    inside = [(words[start:end], (middle >= start) & (middle < end)) for start, end in clause_spans(words)]
    found = [(part, explains[tokens].mean(axis=0)) for part, tokens in inside if tokens.any()]
    if not found:
        return [words], explains.mean(axis=0, keepdims=True)
    return [part for part, _ in found], np.array([mean for _, mean in found], dtype=np.float32)


def _features(
    snapshot: Snapshot,
    spans: NDArray[np.int32],
    words: str,
    columns: Floats,
    scores: Floats,
    cited: NDArray[np.int64],
    covered: Floats,
    language: str,
) -> Floats:
    best = columns[:, 0]
    spread = max(float(scores.std()), 1e-6)
    standing = (float(best.mean()) - float(scores.mean())) / spread
    other = np.setdiff1d(np.arange(len(scores)), cited)
    names = {place.document for row in cited for place in snapshot.passages[row].places}
    elsewhere = [row for row in other if not names & {place.document for place in snapshot.passages[row].places}]
    lead = (float(best.mean()) - float(scores[other].max(initial=0.0))) / spread
    lead_elsewhere = (float(best.mean()) - float(scores[elsewhere].max(initial=0.0))) / spread
    content = _by_word(spans, words, columns, GRAMMAR)
    weakest, weakest_lead = _weakest(_by_word(spans, words, columns), other, STRETCH)
    weakest_run, run_lead = _weakest(content, other, RUN)
    strangers, stranger_lead, strangers_lead = _strangers(content, other)
    foreign = float(all(snapshot.passages[row].language != language for row in cited))
    return np.array(
        [
            best.mean(),
            np.quantile(content[:, 0], LOW),
            content[:, 0].min(),
            standing,
            lead,
            lead_elsewhere,
            covered.max(initial=0.0),
            foreign,
            weakest,
            weakest_lead,
            weakest_run,
            run_lead,
            strangers,
            stranger_lead,
            strangers_lead,
        ],
        dtype=np.float32,
    )


def _by_word(spans: NDArray[np.int32], words: str, best: Floats, shortest: int = 0) -> Floats:
    """The means of the tokens of each word longer than `shortest`: `best` (tokens, columns) -> (words, columns)."""
    found = []
    for match in WORD.finditer(words):
        inside = (spans[:, 0] < match.end()) & (spans[:, 1] > match.start()) if len(spans) else np.zeros(0, bool)
        if inside.any() and len(match.group()) > shortest:
            found.append(best[inside].mean(axis=0))
    return np.array(found or [best.mean(axis=0)], dtype=np.float32)


def _weakest(by_word: Floats, other: NDArray[np.int64], length: int) -> tuple[float, float]:
    """Of all stretches of `length` words the lowest mean, and the lowest lead on the best of the `other` passages.

    The first column of `by_word` is what is cited, the further ones are all passages.
    """
    length = min(length, len(by_word))
    sums = np.vstack([np.zeros((1, by_word.shape[1]), np.float32), np.cumsum(by_word, axis=0)])
    means = (sums[length:] - sums[:-length]) / length
    elsewhere = means[:, 1 + other].max(axis=1, initial=0.0)
    return float(means[:, 0].min()), float((means[:, 0] - elsewhere).min())


def _strangers(by_word: Floats, other: NDArray[np.int64]) -> tuple[float, float, float]:
    """The mean of the STRANGERS words that are least like the passage, the lowest lead of a word on the best of the
    `other` passages, and the mean of the STRANGERS lowest leads. `by_word` is as for `_weakest`.
    """
    leads = np.sort(by_word[:, 0] - by_word[:, 1 + other].max(axis=1, initial=0.0))
    return float(np.sort(by_word[:, 0])[:STRANGERS].mean()), float(leads[0]), float(leads[:STRANGERS].mean())


def _clauses(
    snapshot: Snapshot, rows: NDArray[np.int64], begins: NDArray[np.int64]
) -> tuple[list[str], list[str], list[NDArray[np.int64]]]:
    """The passages' clauses, the sentences they stand in, and the columns that their tokens have."""
    table = snapshot.tables["passages"]
    texts: list[str] = []
    whole: list[str] = []
    columns: list[NDArray[np.int64]] = []
    for row in rows.tolist():
        text = squeeze(snapshot.passages[row].text)
        spans = table.row_spans(row)
        middle = spans.mean(axis=1) if len(spans) else np.zeros(1)
        sentences = sentence_spans(text)
        for start, end in clause_spans(text):
            inside = np.flatnonzero((middle >= start) & (middle < end))
            if not len(inside):
                continue
            texts.append(text[start:end])
            whole.append(next((text[s:e] for s, e in sentences if s <= start < e), text[start:end]))
            columns.append(begins[row] + inside)
    if not texts:
        return [""], [""], [np.atleast_1d(begins[rows[0]])]
    return texts, whole, columns


def clause_spans(text: str) -> list[tuple[int, int]]:
    """Where the clauses of `text` begin and end; no clause goes over the end of a sentence."""
    return [span for start, end in sentence_spans(text) or [(0, len(text))] for span in _cut(text, start, end)]


def _cut(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    for match in CLAUSE_END.finditer(text, start, end):
        while text[start : start + 1].isspace():
            start += 1
        if match.end() - start >= SHORTEST_CLAUSE and end - match.end() >= SHORTEST_CLAUSE:
            yield start, match.end()
            start = match.end()
    yield start, end
