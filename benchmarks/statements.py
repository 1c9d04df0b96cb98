"""Learns when a passage says what a statement says: `python -m benchmarks.statements` writes meaning.json.

Only the passages of `learned_passages` are looked at. Good statements are also set beside the passages nearest to them
that they are not about, have a claim of another passage added to them, and have words of other statements put in the
place of one to three of their own. The threshold is chosen on the probabilities
that statements are given by weights learned without the passage they are about.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bot.answering.writing import checker as checking
from bot.answering.writing.checker import Checker, Meaning
from bot.answering.writing.meaning import FEATURES, Floats, compare
from bot.answering.writing.statements import Statement
from bot.composition import open_assistant
from bot.evaluation.learning import choose_threshold, learn_logistic
from bot.evaluation.statements import GoldStatement, learned_passages, read_statements, row_of
from bot.models.encoder import Encoder
from bot.models.encoding import Encoding
from bot.retrieval.ranking import Logistic
from bot.settings import ROOT, load_settings
from bot.store.snapshot import Snapshot

DATA = ROOT / "benchmarks" / "data" / "statements.jsonl"
MEANING = Path(checking.__file__).with_name("meaning.json")
WRONG_PASSAGES = 3
HARMED = 0.03
"""The share of good statements that the threshold may hold back, by weights that have not seen their passage."""
STRENGTH = 1.0
"""Of the logistic regression: 1.0 tells the left out passages apart better than 0.3 and 0.1 do."""
WEIGHTS = {
    **{"good": 1.0, "planted": 4.0, "miscited": 0.3, "padded": 1.5},
    **{"one_altered": 0.0, "two_altered": 0.3, "three_altered": 0.7},
}
"""How much each kind of pair counts; of the planted errors that are about meaning there are few. What counts nothing is
only judged."""
AND = {"da": "og", "sv": "och", "en": "and"}
ALTERED = {1: "one_altered", 2: "two_altered", 3: "three_altered"}
"""How many words are put in the place of others, and what that is called."""
LONG_WORD = re.compile(r"[^\W\d_]{6,}")
SAME_BEGINNING = 5
"""Letters; a word that begins as one of the statement's own is no error."""
STEP = 7
"""Which other statement is added to the next one: none of the same passage follows so soon."""
ABOUT_MEANING = frozenset({"other_document"})


@dataclass(frozen=True, slots=True, eq=False)
class LearningPair:
    """A statement beside a passage that it cites; `about` is the row of the one that it is about."""

    kind: str
    about: int
    features: Floats


def main() -> None:
    """Learn, say how well it went, write."""
    statements = read_statements(DATA)
    learned = learned_passages(statements)
    searcher = open_assistant(load_settings()).searcher
    snapshot, encoder = searcher.snapshot, searcher.encoder
    kept = [s for s in statements if (s.document, s.quote) in learned]
    kept = [s for s in kept if s.good or s.kind in ABOUT_MEANING]
    pairs = [pair for number in range(len(kept)) for pair in _pairs(snapshot, encoder, kept, number)]
    values = np.array([pair.features for pair in pairs], dtype=np.float64)
    kinds, about = np.array([pair.kind for pair in pairs]), np.array([pair.about for pair in pairs])
    right = kinds == "good"
    weights = np.array([WEIGHTS[kind] for kind in kinds])
    unseen = _left_out(values, right, weights, about)
    threshold = choose_threshold(unseen, right, HARMED)
    shares = [f"{kind} {(unseen[kinds == kind] < threshold).mean():.3f} of {sum(kinds == kind)}" for kind in WEIGHTS]
    print(f"held back, with the passage left out: {', '.join(shares)}")
    counts = weights > 0
    agrees = learn_logistic(FEATURES, values[counts], right[counts], weights[counts], strength=STRENGTH)
    _write(agrees, threshold, int(counts.sum()))
    Checker(snapshot, encoder)


def _pairs(snapshot: Snapshot, encoder: Encoder, kept: Sequence[GoldStatement], number: int) -> Iterator[LearningPair]:
    """A statement beside its passage; a good one also beside passages near to it, and with a claim of another added."""
    statement = kept[number]
    row, said = row_of(snapshot, statement), Statement.of(statement.statement).words

    def pair(kind: str, words: str, encoding: Encoding, cited: int) -> LearningPair:
        return LearningPair(kind, row, compare(snapshot, words, encoding, [cited], statement.language).features)

    encoding = encoder.encode_passages([said])[0]
    yield pair("good" if statement.good else "planted", said, encoding, row)
    if not statement.good:
        return
    for wrong in [r for r in snapshot.nearest("passages", encoding.vector, WRONG_PASSAGES + 1) if r != row]:
        yield pair("miscited", said, encoding, wrong)
    others = [s for s in kept if s.good and s.language == statement.language and row_of(snapshot, s) != row]
    added = Statement.of(others[number * STEP % len(others)].statement).words
    both = f"{said.rstrip('.')}, {AND[statement.language]} {added[0].lower()}{added[1:]}"
    yield pair("padded", both, encoder.encode_passages([both])[0], row)
    strangers = [match.group() for s in others for match in _long_words(Statement.of(s.statement).words)]
    for count, kind in ALTERED.items():
        words = altered(said, strangers, count, random.Random(number))
        if words:
            yield pair(kind, words, encoder.encode_passages([words])[0], row)


def _long_words(text: str) -> list[re.Match[str]]:
    return [match for match in LONG_WORD.finditer(text) if match.group().islower()]


def altered(said: str, strangers: Sequence[str], count: int, chance: random.Random) -> str:
    """`said` with `count` of its long words replaced by `strangers`; "" if hardly another long word would be left."""
    places = _long_words(said)
    strange = [word for word in strangers if word[:SAME_BEGINNING] not in said.lower()]
    if len(places) <= count or not strange:
        return ""
    for match in sorted(chance.sample(places, count), key=lambda match: -match.start()):
        said = f"{said[: match.start()]}{chance.choice(strange)}{said[match.end() :]}"
    return said


def _left_out(values: np.ndarray, right: np.ndarray, weights: np.ndarray, about: np.ndarray) -> np.ndarray:
    """The probability of every pair, by weights learned without the passage that its statement is about."""
    found = np.zeros(len(values))
    for row in np.unique(about):
        out = about == row
        kept = ~out & (weights > 0)
        agrees = learn_logistic(FEATURES, values[kept], right[kept], weights[kept], strength=STRENGTH)
        found[out] = agrees.probability(values[out])
    return found


def _write(agrees: Logistic, threshold: float, examples: int) -> None:
    learned_on = f"{DATA.relative_to(ROOT)}, every other passage, {examples} pairs: python -m benchmarks.statements"
    meaning = Meaning(learned_on=learned_on, agrees=agrees, threshold=round(threshold, 4))
    MEANING.write_text(json.dumps(meaning.model_dump(), indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
